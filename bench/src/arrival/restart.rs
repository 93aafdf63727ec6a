//! A restart while ten thousand pages are open: until all are live again, and what that costs the new server.

use std::time::Duration;

use super::verdict::Line;
use crate::{
    Outcome,
    database::Kind,
    faults::returning::{self, Shape, Way},
};

/// How many pages.
const PAGES: usize = 10_000;
/// All are live again within this time.
const WITHIN: Duration = Duration::from_secs(10);
/// What the new server may use until then, in seconds of CPU.
const CPU: f64 = 2.0;

/// Restarts the server as an operator does; the pages come back by their own rule.
pub(crate) async fn run() -> Outcome<Vec<Line>> {
    let shape = Shape {
        pages: PAGES,
        way: Way::Term,
        pressing: 1,
        pause: Duration::from_millis(200),
        back: WITHIN,
    };
    let returned = returning::restart(Kind::Sqlite, &shape).await?;
    let (back, cpu) = (returned.back.as_secs_f64(), returned.cpu.as_secs_f64());
    for note in returned.figures.notes() {
        eprintln!("{note}");
    }
    let live = returned.live;
    let missed = returned.figures.missed().join("; ");
    Ok(vec![
        Line::figure(
            "restart with 10,000 open pages: until all are live again",
            &format!("{live} after {back:.1} s"),
            "<= 10 s",
            live == PAGES && returned.back <= WITHIN,
        ),
        Line::figure(
            "- CPU of the new server until then",
            &format!("{cpu:.2} s"),
            "<= 2 s",
            live == PAGES && cpu <= CPU,
        ),
        Line::figure(
            "- figures of the fault that are missed",
            if missed.is_empty() { "none" } else { &missed },
            "none",
            missed.is_empty(),
        ),
    ])
}
