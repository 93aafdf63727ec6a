//! `kill -9` of the server, again and again, under people who press and watch.

use std::time::Duration;

use super::{
    books,
    crowd::Crowd,
    figures::{Figures, seconds},
    random_between,
    victim::Victim,
    watcher::Watchers,
};
use crate::{
    Outcome,
    database::{Database, Kind},
    process::Folder,
};

/// How many press, and how many watch.
pub(super) const PRESSING: usize = 16;
/// See `PRESSING`.
pub(super) const WATCHING: usize = 4;
/// How long each waits between two presses.
pub(super) const PAUSE: Duration = Duration::from_millis(10);
/// The first acknowledgement comes within this time of the new start.
const BACK: Duration = Duration::from_secs(1);

/// Kills it so often.
pub(crate) async fn run(kind: Kind, rounds: u32) -> Outcome<()> {
    let title = format!(
        "`kill -9` {rounds} times under {PRESSING} who press and {WATCHING} who watch, {kind:?}"
    );
    let mut figures = Figures::new(&title);
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let watchers = Watchers::open(victim.port(), &session, WATCHING).await?;
    let crowd = Crowd::gather(victim.port(), &session, PRESSING, PAUSE);
    let (mut back, mut never) = (Vec::new(), 0);
    for _ in 0..rounds {
        tokio::time::sleep(random_between(150, 600)).await;
        victim.kill();
        let began = victim.launch()?;
        match crowd.first_after(began, Duration::from_secs(10)).await {
            Some(time) => back.push(time),
            None => never += 1,
        }
    }
    books::close(&mut figures, &victim, &base, &session, crowd, watchers).await?;
    figures.within(
        "from the new start to the first acknowledgement",
        BACK,
        &back,
    );
    figures.none("starts after which nothing was acknowledged", never);
    figures.note(format!("stopped in {}", seconds(victim.stop()?)));
    figures.print()
}
