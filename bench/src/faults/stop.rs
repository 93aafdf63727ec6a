//! SIGTERM under load.

use std::time::Duration;

use super::{
    books,
    crowd::Crowd,
    figures::Figures,
    kill::{PRESSING, WATCHING},
    random_between,
    victim::Victim,
    watcher::Watchers,
};
use crate::{
    Outcome,
    database::{Database, Kind},
    process::Folder,
};

/// The longest that a stop may take.
const STOPPED: Duration = Duration::from_secs(10);

/// Stops and starts it so often, under people who press without a pause.
pub(crate) async fn run(kind: Kind, rounds: u32) -> Outcome<()> {
    let title =
        format!("SIGTERM {rounds} times under {PRESSING} who press without a pause, {kind:?}");
    let mut figures = Figures::new(&title);
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let watchers = Watchers::open(victim.port(), &session, WATCHING).await?;
    let pause = Duration::from_millis(1);
    let crowd = Crowd::gather(victim.port(), &session, PRESSING, pause);
    let mut stops = Vec::new();
    for _ in 0..rounds {
        tokio::time::sleep(random_between(300, 900)).await;
        stops.push(victim.stop()?);
        victim.start().await?;
    }
    books::close(&mut figures, &victim, &base, &session, crowd, watchers).await?;
    figures.within("from SIGTERM to the exit", STOPPED, &stops);
    figures.print()
}
