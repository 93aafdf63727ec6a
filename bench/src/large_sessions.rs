//! B7: what a press, a snapshot and a page cost in long lists, beside the shortest one.

use std::time::Instant;

use serde_json::json;

use crate::{
    Outcome,
    clock::micros,
    database::{Database, Kind},
    fill,
    http::Connection,
    ours::{self, Session, Which},
    process::{Folder, Process},
    report::Report,
    stats::Sample,
    submissions::per,
};

/// What is done.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Press,
    Snapshot,
    Page,
}

const DEEDS: [Deed; 3] = [Deed::Press, Deed::Snapshot, Deed::Page];

/// How often a deed is done in one run: enough for the kernel's ticks of 10 ms.
const TIMES: u64 = 400;

/// A session and how many rows it was filled with.
struct Long {
    session: Session,
    rows: u64,
    cpu: [Sample; DEEDS.len()],
    time: [Sample; DEEDS.len()],
}

/// Runs the rounds: each does every deed in every session, so that all see the same weather.
pub(crate) async fn run(kind: Kind, sizes: &[u64], rounds: usize) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let server = ours::start(Which::Whole, base.url(), &folder, None).await?;
    let mut sessions = Vec::new();
    for rows in sizes.iter().copied() {
        let session = Session::open(&server, fill::BEGAN_MINUTES_AGO).await?;
        let began = Instant::now();
        fill::fill(&base, &session.code, rows).await?;
        eprintln!("{rows} rows written in {:.0?}", began.elapsed());
        sessions.push(Long {
            session,
            rows,
            cpu: Default::default(),
            time: Default::default(),
        });
    }
    let title = format!(
        "long lists, {kind:?}: CPU us (Postgres included) and wall us, {TIMES} times in a row"
    );
    let mut report = Report::new(
        &title,
        &[
            "rows",
            "deed",
            "CPU us",
            "over the shortest",
            "wall us",
            "over the shortest",
        ],
    );
    for round in 0..=rounds {
        for (number, deed) in DEEDS.into_iter().enumerate() {
            for long in &mut sessions {
                let before = server.cpu()? + base.cpu()?;
                let took = repeat(&server, long, deed).await?;
                let used = server.cpu()? + base.cpu()? - before;
                if round > 0 {
                    long.cpu[number].push(per(used, TIMES));
                    long.time[number].push(took);
                }
            }
        }
    }
    for (number, deed) in DEEDS.into_iter().enumerate() {
        for long in &sessions {
            let (cpu, time) = (&long.cpu[number], &long.time[number]);
            report.row(&[
                long.rows.to_string(),
                format!("{deed:?}").to_lowercase(),
                cpu.to_string(),
                cpu.over(&sessions[0].cpu[number]).to_string(),
                time.to_string(),
                time.over(&sessions[0].time[number]).to_string(),
            ]);
        }
    }
    report.print();
    server.stop()
}

/// Does it again and again; answers the mean time, in microseconds.
async fn repeat(server: &Process, long: &Long, deed: Deed) -> Outcome<f64> {
    let mut connection = Connection::open(server.port()).await?;
    let Session { code, cookie } = &long.session;
    let began = Instant::now();
    for time in 0..TIMES {
        match deed {
            Deed::Press => {
                let headers = format!("Content-Type: application/json\r\n{cookie}");
                let body = long.session.press(micros());
                let answer = connection.post("/rpc/submit", &headers, &body).await?;
                if answer.status != 200 {
                    return Err(format!("a press: {}", answer.status).into());
                }
            }
            Deed::Snapshot => {
                let wanted = json!({ "code": code, "audience": "public" });
                ours::ask(&mut connection, cookie, "snapshot", &wanted).await?;
            }
            Deed::Page => {
                // A walk in large steps through the whole list; the first steps of a short one have less to show.
                let number = long.rows / 2 + (long.rows / 2) * time / TIMES;
                let wanted = json!({
                    "code": code,
                    "audience": "public",
                    "before": {
                        "segment_index": 1,
                        "offset_seconds": fill::offset(number, long.rows),
                        "arrival": number + 1,
                    },
                });
                let page = ours::ask(&mut connection, cookie, "page", &wanted).await?;
                if page["timestamps"].as_array().map(Vec::len) != Some(200) {
                    return Err("a page was short".into());
                }
            }
        }
    }
    Ok(began.elapsed().as_secs_f64() * 1e6 / per(TIMES, 1))
}
