//! Opens live streams that stay open.

use std::sync::Arc;

use super::{
    at_rate::at_rate,
    browser,
    setup::Setup,
    verdict::{Goal, Line},
};
use crate::{Outcome, http::Connection};

/// How many open in a second.
const RATE: u64 = 1_000;

/// Ours beside nchan's, each until its first event. Nobody presses: what frames cost is another benchmark's.
pub(crate) async fn run(setup: &Setup) -> Outcome<Vec<Line>> {
    let half = async |port, pace| {
        let path: Arc<str> = setup.stream().await?.into();
        let open = |number| {
            let path = path.clone();
            async move {
                let connection = Connection::open_from(browser::source(number), port).await?;
                browser::open_stream(connection, &path, browser::STREAM).await
            }
        };
        at_rate(pace, open).await
    };
    let compared = setup.compare(RATE, true, half).await?;
    let goals = [Goal::Micros(100.0), Goal::Times(2.0)];
    let what = format!("opening a live stream, {RATE}/s, all kept open");
    Ok(vec![compared.line(&what, "nchan", &goals)])
}
