//! Postgres is away: stopped hard and started again, frozen, and behind a network that swallows everything.

use std::time::{Duration, Instant};

use super::{
    books,
    crowd::Crowd,
    figures::Figures,
    kill::WATCHING,
    limits::Limits,
    postgres::Postgres,
    proxy::{Proxy, Weather},
    random_between,
    victim::Victim,
    watcher::Watchers,
};
use crate::{
    Outcome,
    database::{Database, Kind},
    process::Folder,
};

/// People hear within this time that it is away.
const TOLD: Duration = Duration::from_secs(3);
/// Presses are acknowledged again within this time after it is back.
const WELL: Duration = Duration::from_secs(5);

/// Stops it so often, then freezes it and cuts it off for so many seconds each.
pub(crate) async fn run(stops: u32, away_seconds: u64, limits: Limits) -> Outcome<()> {
    let title = format!(
        "Postgres stopped {stops} times (`-m immediate`), frozen for {away_seconds} s, cut off for {away_seconds} s{}",
        limits.words()
    );
    let mut figures = Figures::new(&title);
    let folder = Folder::new()?;
    let base = Database::new(Kind::Postgres, &folder).await?;
    let postgres = Postgres::of(base.postmaster().ok_or("no process of Postgres")?)?;
    let proxy = Proxy::start(base.address()?).await?;
    let mut victim = limits.of(Victim::new(&base.through(proxy.port())?, &folder)?);
    victim.start().await?;
    let session = victim.session().await?;
    let watchers = Watchers::open(victim.port(), &session, WATCHING).await?;
    let (many, pause) = limits.crowd();
    let crowd = Crowd::gather(victim.port(), &session, many, pause);

    let (mut back, mut never) = (Vec::new(), 0);
    let mut well = |time: Option<Duration>| match time {
        Some(time) => back.push(time),
        None => never += 1,
    };
    for _ in 0..stops {
        tokio::time::sleep(random_between(200, 800)).await;
        postgres.stop_immediately()?;
        tokio::time::sleep(random_between(100, 1_000)).await;
        postgres.start()?;
        well(crowd.first_after(Instant::now(), WELL * 3).await);
    }
    let refused_by_stops = crowd.seen().refused_after.len();

    let away = Duration::from_secs(away_seconds);
    postgres.freeze(true)?;
    tokio::time::sleep(away).await;
    postgres.freeze(false)?;
    well(crowd.first_after(Instant::now(), WELL * 3).await);
    let refused_frozen = crowd.seen().refused_after.len() - refused_by_stops;

    tokio::time::sleep(Duration::from_secs(2)).await;
    proxy.set(Weather::Swallowing);
    tokio::time::sleep(away).await;
    proxy.set(Weather::Fair);
    well(crowd.first_after(Instant::now(), WELL * 3).await);
    tokio::time::sleep(Duration::from_secs(2)).await;

    let seen = books::close(&mut figures, &victim, &base, &session, crowd, watchers).await?;
    limits.judge(&mut figures, &seen);
    figures.within("from the press to the 503", TOLD, &seen.refused_after);
    figures.none("presses without any answer", seen.unanswered);
    figures.some("503s while it was frozen", refused_frozen as u64);
    figures.within("from its return to the first acknowledgement", WELL, &back);
    figures.none("returns after which nothing was acknowledged", never);
    figures.note("the server was not restarted");
    victim.stop()?;
    figures.print()
}
