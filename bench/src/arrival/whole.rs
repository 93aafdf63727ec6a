//! A whole arrival: the page, every file that it names, and its live stream.

use std::sync::Arc;

use super::{
    at_rate::at_rate,
    browser::{self, Load},
    setup::Setup,
    verdict::{Goal, Line},
};
use crate::{Outcome, failures::Failure, http::Connection};

/// How many arrive in a second.
const RATE: u64 = 150;
/// Over how many connections one arrives: the page's, and those that a browser adds for what the page names.
const LANES: usize = 4;

/// What is loaded.
struct Plan {
    page: Load,
    lanes: [Vec<Load>; LANES],
    stream: String,
}

/// Ours beside nginx with nchan, while people press.
pub(crate) async fn run(setup: &Setup) -> Outcome<Vec<Line>> {
    let _live = setup.live().await?;
    let half = async |port, pace| {
        let plan = Arc::new(Plan {
            page: Load::new(&setup.page(), browser::PAGE),
            lanes: lanes(&setup.files),
            stream: setup.stream().await?,
        });
        at_rate(pace, |number| arrive(plan.clone(), port, number)).await
    };
    let compared = setup.compare(RATE, true, half).await?;
    let many = setup.files.len();
    let what = format!("a whole arrival (page, {many} files, stream), {RATE}/s");
    Ok(vec![compared.line(
        &what,
        "nginx and nchan",
        &[Goal::Micros(800.0)],
    )])
}

/// Which file comes over which connection: by turns.
fn lanes(files: &[String]) -> [Vec<Load>; LANES] {
    let mut lanes: [Vec<Load>; LANES] = Default::default();
    for (number, file) in files.iter().enumerate() {
        lanes[number % LANES].push(Load::new(file, browser::FILE));
    }
    lanes
}

/// The page first, then the files side by side, then the stream over the page's connection, until its first event.
async fn arrive(plan: Arc<Plan>, port: u16, number: u64) -> Result<(), Failure> {
    let mut connection = Connection::open_from(browser::source(number), port).await?;
    plan.page.over(&mut connection).await?;
    let [first, second, third, fourth] = &plan.lanes;
    let (connection, ..) = tokio::try_join!(
        over(connection, first),
        beside(port, number, second),
        beside(port, number, third),
        beside(port, number, fourth),
    )?;
    browser::open_stream(connection, &plan.stream, browser::STREAM).await?;
    Ok(())
}

async fn over(mut connection: Connection, files: &[Load]) -> Result<Connection, Failure> {
    for file in files {
        file.over(&mut connection).await?;
    }
    Ok(connection)
}

/// The same over one more connection, where there is something for it.
async fn beside(port: u16, number: u64, files: &[Load]) -> Result<(), Failure> {
    if !files.is_empty() {
        let connection = Connection::open_from(browser::source(number), port).await?;
        over(connection, files).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_shared_out_over_the_connections() {
        let files: Vec<_> = (0..6).map(|number| format!("/{number}")).collect();
        let shared = lanes(&files);
        let paths = |lane: &[Load]| lane.iter().map(|load| load.path().to_owned()).collect();
        let paths: Vec<Vec<String>> = shared.iter().map(|lane| paths(lane)).collect();
        assert_eq!(
            paths,
            [vec!["/0", "/4"], vec!["/1", "/5"], vec!["/2"], vec!["/3"]]
        );
    }
}
