//! The books: what was acknowledged, what the database holds, and what every watcher's list shows must be the same.

use std::collections::{HashMap, HashSet};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::{
    crowd::{Acknowledged, Crowd, Seen},
    figures::Figures,
    victim::Victim,
    watcher::{Watched, Watchers},
};
use crate::{
    Outcome,
    database::{Database, Kind},
    http::Connection,
    ours::Session,
};

/// How many acknowledged presses are sent again at the end.
const RETRIES: usize = 200;

/// A timestamp as the database holds it: id, segment, offset and arrival.
type Row = (Uuid, i64, i64, i64);

/// The session's list in the database, in the order of rule 3.
async fn rows(connection: &DatabaseConnection, code: &str) -> Outcome<Vec<Row>> {
    let sql = format!(
        r#"SELECT t.id, CAST(s."index" AS bigint), CAST(t.offset_seconds AS bigint), t.arrival
           FROM "timestamp" t
           JOIN session x ON x.id = t.session_id
           JOIN segment s ON s.session_id = t.session_id AND s.id = t.segment_id
           WHERE x.code = '{code}' ORDER BY s."index", t.offset_seconds, t.arrival"#
    );
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let mut rows = Vec::new();
    for row in connection.query_all_raw(statement).await? {
        rows.push((
            row.try_get_by_index(0)?,
            row.try_get_by_index(1)?,
            row.try_get_by_index(2)?,
            row.try_get_by_index(3)?,
        ));
    }
    Ok(rows)
}

/// The session's revision, and the count that it keeps of its timestamps.
async fn counts(connection: &DatabaseConnection, code: &str) -> Outcome<(i64, i64)> {
    let sql = format!(
        "SELECT revision, CAST(timestamp_count AS bigint) FROM session WHERE code = '{code}'"
    );
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let row = connection.query_one_raw(statement).await?;
    let row = row.ok_or("the session is gone")?;
    Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))
}

/// Lets the crowd and the watchers come to their end, and compares all books. The server must run. Answers what the crowd
/// saw.
pub(crate) async fn close(
    figures: &mut Figures,
    victim: &Victim<'_>,
    base: &Database,
    session: &Session,
    crowd: Crowd,
    watchers: Watchers,
) -> Outcome<Seen> {
    let seen = crowd.leave().await;
    let connection = base.connect().await?;
    let (revision, _) = counts(&connection, &session.code).await?;
    let watched = watchers.close(revision).await?;
    let changed = retries(victim.port(), &seen.acknowledged).await?;
    let rows = rows(&connection, &session.code).await?;
    let (_, count) = counts(&connection, &session.code).await?;
    figures.some("acknowledged presses", seen.acknowledged.len() as u64);
    lost_and_doubled(figures, &seen, &rows, count, changed);
    gaps(figures, &rows, &watched);
    // Presses during a pause are refused, as they must be.
    let odd = seen.odd.iter().filter(|words| !words.starts_with("409"));
    let odd: Vec<_> = odd.collect();
    figures.none("answers other than 200, 409, 429 and 503", odd.len());
    if let Some(words) = odd.first() {
        figures.note(format!("one of them: {words}"));
        for line in victim.complaints() {
            figures.note(format!("the log: {line}"));
        }
    }
    figures.none("panics in the log", victim.panics());
    let statuses: Vec<_> = seen
        .statuses
        .iter()
        .map(|(status, times)| format!("{times} × {status}"))
        .collect();
    figures.note(format!(
        "answers: {}; {} attempts broke, {} got no answer",
        statuses.join(", "),
        seen.broken,
        seen.unanswered
    ));
    if base.kind() == Kind::Sqlite {
        let sql = "PRAGMA integrity_check";
        let statement = Statement::from_string(connection.get_database_backend(), sql);
        let told = connection.query_one_raw(statement).await?;
        let told: String = told.ok_or("no answer")?.try_get_by_index(0)?;
        let holds = told == "ok";
        figures.row("`integrity_check`", "ok", told, holds);
    }
    Ok(seen)
}

fn lost_and_doubled(
    figures: &mut Figures,
    seen: &Seen,
    rows: &[Row],
    count: i64,
    changed_answers: u64,
) {
    let stored: HashSet<Uuid> = rows.iter().map(|row| row.0).collect();
    let acknowledged: HashSet<Uuid> = seen.acknowledged.iter().map(|press| press.id).collect();
    let lost = acknowledged.difference(&stored).count();
    figures.none("acknowledged presses lost", lost);
    let by_id: HashMap<Uuid, &Row> = rows.iter().map(|row| (row.0, row)).collect();
    let differing = seen.acknowledged.iter().filter(|press| {
        let told = |field: &str| press.timestamp[field].as_i64();
        by_id.get(&press.id).is_some_and(|row| {
            told("segment_index") != Some(row.1) || told("offset_seconds") != Some(row.2)
        })
    });
    figures.none("stored otherwise than acknowledged", differing.count());
    figures.none("doubled rows", rows.len() - stored.len());
    figures.exactly(
        "the session's own count of them",
        rows.len() as u64,
        u64::try_from(count).unwrap_or_default(),
    );
    figures.none(
        "retries with another answer than the first",
        changed_answers,
    );
}

/// The lists of the watchers beside the database's.
fn gaps(figures: &mut Figures, rows: &[Row], watched: &[Watched]) {
    let stored: HashSet<Uuid> = rows.iter().map(|row| row.0).collect();
    let in_order: Vec<Uuid> = rows.iter().map(|row| row.0).collect();
    let (mut missing, mut doubled, mut unequal) = (0, 0, 0);
    for page in watched {
        let shown: Vec<Uuid> = page.list.rows().map(|row| row.id.0).collect();
        let seen: HashSet<Uuid> = shown.iter().copied().collect();
        doubled += shown.len() - seen.len();
        missing += stored.difference(&seen).count();
        unequal += usize::from(shown != in_order);
    }
    figures.none("gaps in the watchers' lists", missing);
    figures.none("watchers' lists that differ from the database's", unequal);
    figures.none("doubles in the watchers' lists", doubled);
    let snapshots: u64 = watched.iter().map(|page| page.snapshots).sum();
    figures.none("watchers that had to start over", snapshots);
    let resumed: u64 = watched.iter().map(|page| page.resumed).sum();
    let overlaps: u64 = watched.iter().map(|page| page.overlaps).sum();
    figures.note(format!(
        "the watchers came back {resumed} times; {overlaps} timestamps came again with a frame that began before the \
         cursor, which pages merge"
    ));
}

/// Sends some acknowledged presses again; answers how many were answered otherwise than before.
async fn retries(port: u16, acknowledged: &[Acknowledged]) -> Outcome<u64> {
    let mut connection = Connection::open(port).await?;
    let every = (acknowledged.len() / RETRIES).max(1);
    let mut changed = 0;
    for press in acknowledged.iter().step_by(every) {
        let (cookie, body) = &press.request;
        let headers = format!("Content-Type: application/json\r\n{cookie}");
        let answer = connection.post("/rpc/submit", &headers, body).await?;
        let again: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        changed += u64::from(answer.status != 200 || again != press.timestamp);
    }
    Ok(changed)
}
