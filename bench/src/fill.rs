//! Fills a session with many rows, as if a stream had been watched for hours.

use sea_orm::ConnectionTrait;

use crate::{
    Outcome,
    database::{Database, Kind},
};

/// How long the session has run when its rows are written; offsets are spread over a little less.
pub(crate) const BEGAN_MINUTES_AGO: u32 = 300;
/// The offsets are below this.
pub(crate) const OFFSETS: u64 = 17_900;

/// Where the row with this number stands.
pub(crate) fn offset(number: u64, rows: u64) -> u64 {
    number * OFFSETS / (rows + 1)
}

/// Writes so many rows into the one segment of a session, numbered from one in the order of the list.
pub(crate) async fn fill(base: &Database, code: &str, rows: u64) -> Outcome<()> {
    let connection = base.connect().await?;
    let offset = format!("(i * {OFFSETS} / {})", rows + 1);
    let (numbers, source, id, hms, visitor, hash) = match base.kind() {
        Kind::Postgres => (
            String::new(),
            format!("generate_series(1::bigint, {rows}) AS n(i)"),
            "('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid",
            format!("to_char(make_interval(secs => {offset}), 'HH24:MI:SS')"),
            "gen_random_uuid()",
            "decode(repeat('5a', 32), 'hex')",
        ),
        Kind::Sqlite => (
            format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
            ),
            "n".into(),
            "unhex(printf('01900000000070008000%012x', i))",
            format!("printf('%02d:%02d:%02d', {offset} / 3600, {offset} / 60 % 60, {offset} % 60)"),
            "randomblob(16)",
            "randomblob(32)",
        ),
    };
    let insert = format!(
        "{numbers}INSERT INTO timestamp (session_id, id, segment_id, offset_seconds, offset_hms, note, submitted_by, \
         created_at, arrival, revision, visitor_id, request_hash) \
         SELECT g.session_id, {id}, g.id, {offset}, {hms}, 'A moment worth clipping, number ' || i, \
         'Viewer ' || (i % 1000), g.created_at, s.revision + i, s.revision + i, {visitor}, {hash} \
         FROM session s JOIN segment g ON g.session_id = s.id CROSS JOIN {source} WHERE s.code = '{code}'"
    );
    connection.execute_unprepared(&insert).await?;
    let grow = [
        format!(
            "UPDATE session SET revision = revision + {rows} + 1, timestamp_count = timestamp_count + {rows} \
             WHERE code = '{code}'"
        ),
        format!(
            "UPDATE segment SET timestamp_count = timestamp_count + {rows}, revision = \
             (SELECT revision FROM session WHERE code = '{code}') \
             WHERE session_id = (SELECT id FROM session WHERE code = '{code}')"
        ),
    ];
    for statement in grow {
        connection.execute_unprepared(&statement).await?;
    }
    // What autovacuum does within a minute: no benchmark of its timing.
    match base.kind() {
        Kind::Postgres => {
            connection
                .execute_unprepared("VACUUM ANALYZE timestamp")
                .await?
        }
        Kind::Sqlite => {
            connection
                .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                .await?
        }
    };
    connection.close().await?;
    Ok(())
}
