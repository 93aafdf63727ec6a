//! What a press, a snapshot and a page cost in long lists, beside the shortest one.

use super::{
    Costs, Setup,
    requests::{Request, repeat},
};
use crate::{Outcome, fill::Filling, ours::Session, report::Report};

/// How often each is asked for in one run: enough for the kernel's ticks of 10 ms.
const TIMES: u64 = 400;

/// A session, and what is asked of it.
struct Long {
    session: Session,
    rows: u64,
    asked: [(Request, Costs); 3],
}

/// Runs the rounds: each asks for everything in every session, so that all see the same weather.
pub(super) async fn run(setup: &Setup, sizes: &[u64], rounds: usize) -> Outcome<()> {
    let mut sessions = Vec::new();
    for rows in sizes.iter().copied() {
        let filling = Filling {
            rows,
            ..Filling::default()
        };
        let requests = [Request::Press, Request::Snapshot, Request::Page { rows }];
        sessions.push(Long {
            session: setup.session(filling).await?,
            rows,
            asked: requests.map(|request| (request, Costs::default())),
        });
    }
    let title = format!(
        "long lists, {:?}: CPU us (Postgres included) and wall us, {TIMES} times in a row",
        setup.base.kind()
    );
    let mut report = Report::new(
        &title,
        &[
            "rows",
            "request",
            "CPU us",
            "over the shortest",
            "wall us",
            "over the shortest",
        ],
    );
    for round in 0..=rounds {
        for number in 0..3 {
            for long in &mut sessions {
                let (request, costs) = &mut long.asked[number];
                let costs = (round > 0).then_some(costs);
                repeat(setup, &long.session, *request, TIMES, costs).await?;
            }
        }
    }
    for number in 0..3 {
        let (_, shortest) = &sessions[0].asked[number];
        for long in &sessions {
            let (request, costs) = &long.asked[number];
            report.row(&[
                long.rows.to_string(),
                request.name().into(),
                costs.cpu.to_string(),
                costs.cpu.over(&shortest.cpu).to_string(),
                costs.wall.to_string(),
                costs.wall.over(&shortest.wall).to_string(),
            ]);
        }
    }
    report.print();
    Ok(())
}
