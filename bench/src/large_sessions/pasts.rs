//! What many segments, a list that only staff see and hidden rows cost those who press and watch: nothing.

use serde_json::json;

use super::{
    Costs, Setup,
    requests::{Request, repeat},
};
use crate::{
    Outcome,
    fill::Filling,
    http::Connection,
    ours::{self, Session},
    report::Report,
};

/// How often each is asked for in one run.
const TIMES: u64 = 1_000;
/// How many segments a session has at most.
const SEGMENTS: u32 = 1_000;
/// What a long past may cost, in shares of what a short one does.
const MOST: f64 = 1.1;

/// A session with a long past, and its peer.
struct Compared {
    what: &'static str,
    peer: &'static str,
    request: Request,
    long: (Session, Costs),
    short: (Session, Costs),
}

/// Runs the rounds.
pub(super) async fn run(setup: &Setup, rounds: usize) -> Outcome<()> {
    let mut all = [
        Compared {
            what: "press in a session of 1,000 segments",
            peer: "of one segment",
            request: Request::Press,
            long: (of_segments(setup, SEGMENTS).await?, Costs::default()),
            short: (of_segments(setup, 1).await?, Costs::default()),
        },
        Compared {
            what: "public snapshot where only staff see the list, 300,000 rows",
            peer: "1,000 rows",
            request: Request::Snapshot,
            long: (of_staff_list(setup, 300_000).await?, Costs::default()),
            short: (of_staff_list(setup, 1_000).await?, Costs::default()),
        },
        Compared {
            what: "public snapshot, the last 100,000 of 101,000 rows hidden",
            peer: "none hidden",
            request: Request::Snapshot,
            long: (of_hidden(setup, 100_000).await?, Costs::default()),
            short: (of_hidden(setup, 0).await?, Costs::default()),
        },
    ];
    let title = format!(
        "long pasts, {:?}: CPU us (Postgres included) and wall us, {TIMES} times in a row",
        setup.base.kind()
    );
    let mut report = Report::new(
        &title,
        &[
            "what",
            "CPU us",
            "beside",
            "CPU us",
            "ratio",
            "ratio of wall time",
            "goal",
            "",
        ],
    );
    for round in 0..=rounds {
        for compared in &mut all {
            for (session, costs) in [&mut compared.long, &mut compared.short] {
                let costs = (round > 0).then_some(costs);
                repeat(setup, session, compared.request, TIMES, costs).await?;
            }
        }
    }
    for compared in &all {
        let ((_, long), (_, short)) = (&compared.long, &compared.short);
        let ratio = long.cpu.over(&short.cpu);
        let verdict = if ratio.median() <= MOST {
            "met"
        } else {
            "**missed**"
        };
        report.row(&[
            compared.what.into(),
            long.cpu.to_string(),
            compared.peer.into(),
            short.cpu.to_string(),
            ratio.to_string(),
            long.wall.over(&short.wall).to_string(),
            format!("<= {MOST} x"),
            verdict.into(),
        ]);
    }
    report.print();
    Ok(())
}

/// A session whose streamer pressed Pause and Resume, until it has so many segments.
async fn of_segments(setup: &Setup, segments: u32) -> Outcome<Session> {
    let session = Session::open(&setup.server, 0).await?;
    let mut connection = Connection::open(setup.server.port()).await?;
    for segment in 1..segments {
        let pause = json!({ "act": "pause", "segment": segment });
        let resume = json!({ "act": "resume", "segment": segment, "began_minutes_ago": 0 });
        for act in [pause, resume] {
            let wanted = json!({ "code": session.code, "act": act });
            ours::ask(&mut connection, &session.cookie, "act", &wanted).await?;
        }
    }
    Ok(session)
}

/// A session of so many rows that only staff see.
async fn of_staff_list(setup: &Setup, rows: u64) -> Outcome<Session> {
    let filling = Filling {
        rows,
        ..Filling::default()
    };
    let session = setup.session(filling).await?;
    let mut connection = Connection::open(setup.server.port()).await?;
    let wanted = json!({
        "code": session.code,
        "settings": { "rules": { "staff_list": true }, "held_words": [] },
    });
    ours::ask(&mut connection, &session.cookie, "set_settings", &wanted).await?;
    Ok(session)
}

/// A session of 101,000 rows, the last of which are hidden.
async fn of_hidden(setup: &Setup, hidden: u64) -> Outcome<Session> {
    let filling = Filling {
        rows: 101_000,
        hidden,
        ..Filling::default()
    };
    setup.session(filling).await
}
