//! What is asked of a long session again and again, and what that costs.

use std::time::Instant;

use serde_json::json;

use super::{Costs, Setup};
use crate::{
    Outcome,
    clock::micros,
    fill,
    http::Connection,
    ours::{self, Session},
    stats::per,
};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Request {
    /// Takes a press.
    Press,
    /// What the viewers' page shows first.
    Snapshot,
    /// A page of a list with so many rows.
    Page {
        /// How many.
        rows: u64,
    },
}

impl Request {
    /// As tables call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::Snapshot => "snapshot",
            Self::Page { .. } => "page",
        }
    }
}

/// Asks so many times in a row, and adds the mean to the costs where there are any: a round that warms up has none.
pub(super) async fn repeat(
    setup: &Setup,
    session: &Session,
    request: Request,
    times: u64,
    costs: Option<&mut Costs>,
) -> Outcome<()> {
    let mut connection = Connection::open(setup.server.port()).await?;
    let (before, began) = (setup.cpu()?, Instant::now());
    for time in 0..times {
        ask(&mut connection, session, request, time, times).await?;
    }
    let (wall, used) = (began.elapsed(), setup.cpu()? - before);
    if let Some(costs) = costs {
        costs.cpu.push(per(used, times));
        costs.wall.push(wall.as_secs_f64() * 1e6 / per(times, 1));
    }
    Ok(())
}

async fn ask(
    connection: &mut Connection,
    session: &Session,
    request: Request,
    time: u64,
    times: u64,
) -> Outcome<()> {
    let Session { code, cookie } = session;
    match request {
        Request::Press => {
            let headers = format!("Content-Type: application/json\r\n{cookie}");
            let body = session.press(micros());
            let answer = connection.post("/rpc/submit", &headers, &body).await?;
            if answer.status != 200 {
                return Err(format!("a press: {}", answer.status).into());
            }
        }
        Request::Snapshot => {
            let wanted = json!({ "code": code, "audience": "public" });
            ours::ask(connection, cookie, "snapshot", &wanted).await?;
        }
        Request::Page { rows } => {
            // A walk in large steps through the whole list; the first steps of a short one have less to show.
            let number = rows / 2 + (rows / 2) * time / times;
            let wanted = json!({
                "code": code,
                "audience": "public",
                "before": {
                    "segment_index": 1,
                    "offset_seconds": fill::offset(number, rows),
                    "arrival": number + 1,
                },
            });
            let page = ours::ask(connection, cookie, "page", &wanted).await?;
            if page["timestamps"].as_array().map(Vec::len) != Some(200) {
                return Err("a page was short".into());
            }
        }
    }
    Ok(())
}
