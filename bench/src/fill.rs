//! Fills a session with many rows, as if a stream had been watched for hours.

use sea_orm::{ConnectionTrait, TransactionTrait};
use server::security::visitor::VisitorCookie;
use uuid::Uuid;

use crate::{
    Outcome,
    database::{Database, Kind},
};

/// How long the session has run when its rows are written; offsets are spread over a little less.
pub(crate) const BEGAN_MINUTES_AGO: u32 = 300;
/// The offsets are below this.
pub(crate) const OFFSETS: u64 = 17_900;
/// How many timestamps each regular has.
pub(crate) const REGULARS_TIMESTAMPS: u64 = 300;

/// Where the row with this number stands.
pub(crate) fn offset(number: u64, rows: u64) -> u64 {
    number * OFFSETS / (rows + 1)
}

/// The name of the row with this number. It is the same in every session.
pub(crate) fn id(number: u64) -> Uuid {
    const FIRST: u128 = 0x0190_0000_0000_7000_8000_0000_0000_0000;
    Uuid::from_u128(FIRST | u128::from(number))
}

/// What a session is filled with.
#[derive(Clone, Copy, Default)]
pub(crate) struct Filling<'a> {
    /// How many rows.
    pub(crate) rows: u64,
    /// How many of them, the last ones of the list, are hidden from viewers.
    pub(crate) hidden: u64,
    /// Visitors who pressed `REGULARS_TIMESTAMPS` times, all over the list. All others pressed once.
    pub(crate) regulars: &'a [Regular],
}

/// A visitor who presses often, and whose browser is known here.
pub(crate) struct Regular {
    /// What their browser sends, as a header line.
    pub(crate) cookie: String,
    visitor: Uuid,
}

impl Regular {
    /// Somebody new.
    pub(crate) fn new() -> Self {
        // The cookie of a server that is reached over plain http, without its attributes.
        let cookie = VisitorCookie::random();
        let set = cookie.set_cookie("http://127.0.0.1");
        let pair = set.split(';').next().unwrap_or_default();
        Self {
            cookie: format!("Cookie: {pair}\r\n"),
            visitor: cookie.visitor().0,
        }
    }
}

impl Filling<'_> {
    /// Every so many rows there is one of a regular.
    fn stride(&self) -> u64 {
        match self.regulars_rows() {
            0 => self.rows + 1,
            theirs => (self.rows / theirs).max(1),
        }
    }

    fn regulars_rows(&self) -> u64 {
        self.regulars.len() as u64 * REGULARS_TIMESTAMPS
    }

    /// The number of a row of the regular with this place in `regulars`.
    pub(crate) fn row_of(&self, regular: usize) -> u64 {
        let place = match regular {
            0 => self.regulars.len(),
            place => place,
        };
        place as u64 * self.stride()
    }

    /// The regulars with their places, as rows of SQL.
    fn values(&self, kind: Kind) -> String {
        let quoted = |visitor: Uuid| match kind {
            Kind::Postgres => format!("'{visitor}'::uuid"),
            Kind::Sqlite => format!("x'{}'", visitor.simple()),
        };
        let rows = self.regulars.iter().enumerate();
        let rows: Vec<_> = rows
            .map(|(place, regular)| format!("({place}, {})", quoted(regular.visitor)))
            .collect();
        match rows.len() {
            // There must be a row, and no row of the session has this place.
            0 => format!("(-1, {})", quoted(Uuid::nil())),
            _ => rows.join(", "),
        }
    }
}

/// Writes so many rows into the one segment of a session, numbered from one in the order of the list. Their visitors are
/// entered in the index.
pub(crate) async fn fill(base: &Database, code: &str, rows: u64) -> Outcome<()> {
    let filling = Filling {
        rows,
        ..Filling::default()
    };
    fill_with(base, code, filling).await
}

/// The same, where more is to be said about the rows.
pub(crate) async fn fill_with(base: &Database, code: &str, filling: Filling<'_>) -> Outcome<()> {
    if filling.regulars_rows() > filling.rows {
        return Err("the regulars have more timestamps than the session has rows".into());
    }
    let shown = filling.rows - filling.hidden;
    let statements = [
        insert(base.kind(), code, filling),
        format!(
            "UPDATE session SET revision = revision + {} + 1, timestamp_count = timestamp_count + {shown} \
             WHERE code = '{code}'",
            filling.rows
        ),
        format!(
            "UPDATE segment SET timestamp_count = timestamp_count + {shown}, revision = \
             (SELECT revision FROM session WHERE code = '{code}') \
             WHERE session_id = (SELECT id FROM session WHERE code = '{code}')"
        ),
        // In the order of the index, as the server enters them.
        format!(
            "INSERT INTO visitor_timestamp (visitor_id, session_id, timestamp_id) \
             SELECT t.visitor_id, t.session_id, t.id FROM session s JOIN timestamp t ON t.session_id = s.id \
             WHERE s.code = '{code}' AND t.revision > s.visitors_indexed ORDER BY t.visitor_id, t.id \
             ON CONFLICT DO NOTHING"
        ),
        format!("UPDATE session SET visitors_indexed = revision WHERE code = '{code}'"),
    ];
    let connection = base.connect().await?;
    // At once: the server would begin to enter what it finds.
    let tx = connection.begin().await?;
    for statement in statements {
        tx.execute_unprepared(&statement).await?;
    }
    tx.commit().await?;
    // What autovacuum does within a minute: no benchmark of its timing.
    match base.kind() {
        Kind::Postgres => {
            for table in ["timestamp", "visitor_timestamp"] {
                let vacuum = format!("VACUUM ANALYZE {table}");
                connection.execute_unprepared(&vacuum).await?;
            }
        }
        Kind::Sqlite => {
            connection
                .execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)")
                .await?;
        }
    };
    connection.close().await?;
    Ok(())
}

/// Seconds from one crowd to the next.
const BETWEEN_CROWDS: u64 = 80;
/// Within how many seconds a crowd presses.
const CROWD_SECONDS: u64 = 11;

/// Writes so many rows into the one segment of a session on SQLite, in so many crowds, each of which makes a moment. The
/// session must have run for 80 s for each crowd, and nobody may have looked at it yet.
pub(crate) async fn fill_with_crowds(
    base: &Database,
    code: &str,
    rows: u64,
    crowds: u64,
) -> Outcome<()> {
    fill(base, code, rows).await?;
    let offset =
        format!("(arrival % {crowds} * {BETWEEN_CROWDS} + arrival / {crowds} % {CROWD_SECONDS})");
    let gather = format!(
        "UPDATE timestamp SET offset_seconds = {offset}, \
         offset_hms = printf('%02d:%02d:%02d', {offset} / 3600, {offset} / 60 % 60, {offset} % 60) \
         WHERE session_id = (SELECT id FROM session WHERE code = '{code}')"
    );
    let connection = base.connect().await?;
    connection.execute_unprepared(&gather).await?;
    connection.close().await?;
    Ok(())
}

/// The rows themselves.
pub(crate) fn insert(kind: Kind, code: &str, filling: Filling<'_>) -> String {
    let Filling { rows, hidden, .. } = filling;
    let (stride, regulars) = (filling.stride(), filling.regulars.len().max(1));
    let regular = filling.values(kind);
    let offset = format!("(i * {OFFSETS} / {})", rows + 1);
    let first = id(0).simple().to_string();
    let (with, numbers, id, hms, visitor, nobody, hash) = match kind {
        Kind::Postgres => (
            "WITH",
            format!("generate_series(1::bigint, {rows}) AS n(i)"),
            format!("('{}' || lpad(to_hex(i), 12, '0'))::uuid", &first[..20]),
            format!("to_char(make_interval(secs => {offset}), 'HH24:MI:SS')"),
            "gen_random_uuid()",
            format!("'{}'::uuid", Uuid::nil()),
            "decode(repeat('5a', 32), 'hex')",
        ),
        Kind::Sqlite => (
            "WITH RECURSIVE",
            format!(
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) SELECT i FROM n)"
            ),
            format!("unhex(printf('{}%012x', i))", &first[..20]),
            format!("printf('%02d:%02d:%02d', {offset} / 3600, {offset} / 60 % 60, {offset} % 60)"),
            "randomblob(16)",
            "zeroblob(16)".into(),
            "randomblob(32)",
        ),
    };
    // Hidden as by a held word, whose act is the nil UUID.
    format!(
        "{with} regular(place, visitor) AS (VALUES {regular}) \
         INSERT INTO timestamp (session_id, id, segment_id, offset_seconds, offset_hms, note, submitted_by, \
         created_at, arrival, revision, visitor_id, hidden_at, hidden_by, request_hash) \
         SELECT g.session_id, {id}, g.id, {offset}, {hms}, 'A moment worth clipping, number ' || i, \
         'Viewer ' || (i % 1000), g.created_at, s.revision + i, s.revision + i, coalesce(r.visitor, {visitor}), \
         CASE WHEN i > {shown} THEN g.created_at END, CASE WHEN i > {shown} THEN {nobody} END, {hash} \
         FROM session s JOIN segment g ON g.session_id = s.id CROSS JOIN {numbers} \
         LEFT JOIN regular r ON i % {stride} = 0 AND i <= {last} AND r.place = i / {stride} % {regulars} \
         WHERE s.code = '{code}'",
        shown = rows - hidden,
        last = filling.regulars_rows() * stride,
    )
}

/// Takes the newest rows of a session out of the index by visitor again, as if they had just been pressed.
pub(crate) async fn take_out_newest(base: &Database, code: &str, rows: u64) -> Outcome<()> {
    let connection = base.connect().await?;
    let tx = connection.begin().await?;
    let newest = format!(
        "SELECT t.visitor_id, t.session_id, t.id FROM session s JOIN timestamp t ON t.session_id = s.id \
         WHERE s.code = '{code}' AND t.revision > s.revision - {rows}"
    );
    let back =
        format!("UPDATE session SET visitors_indexed = revision - {rows} WHERE code = '{code}'");
    let out = format!(
        "DELETE FROM visitor_timestamp WHERE (visitor_id, session_id, timestamp_id) IN ({newest})"
    );
    for statement in [back, out] {
        tx.execute_unprepared(&statement).await?;
    }
    tx.commit().await?;
    connection.close().await?;
    Ok(())
}
