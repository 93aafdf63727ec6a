//! The wall clock jumps while the server runs: half a minute back, an hour ahead. The monotonic clock is left alone, or
//! tokio's timers would stand still and nothing would be tried.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use serde_json::json;
use tokio::time::sleep;

use super::{
    books,
    crowd::Crowd,
    figures::{Figures, seconds},
    kill::WATCHING,
    victim::Victim,
    watcher::Watchers,
};
use crate::{
    Outcome,
    database::{self, Database, Kind},
    http::{Connection, header},
    ours::{self, Session},
    process::Folder,
};

/// Where Debian's `faketime` keeps its library, below the folder of the machine's kind.
const LIBRARY: &str = "faketime/libfaketimeMT.so.1";
/// What the clock is set to, one after the other.
const JUMPS: [&str; 5] = ["-30s", "+0s", "+3600s", "+0s", "-30s"];
/// How long each holds.
const HOLDS: Duration = Duration::from_millis(2_500);
/// A segment may be told shorter than it was by this much: offsets are whole seconds.
const ROUNDED: Duration = Duration::from_secs(1);
/// A limited visitor is let again within this time: the limit's own period, and a second.
const LET_AGAIN: Duration = Duration::from_secs(12);

/// The clock of one server.
struct Clock(PathBuf);

impl Clock {
    fn set(&self, offset: &str) -> Outcome<()> {
        // In one step: half a file would be another time.
        let new = self.0.with_extension("new");
        fs::write(&new, offset)?;
        Ok(fs::rename(new, &self.0)?)
    }
}

/// Runs the jumps under people who press, and then with one who presses too quickly.
pub(crate) async fn run(kind: Kind) -> Outcome<()> {
    let Some(library) = library() else {
        println!(
            "\n### wall clock: skipped, libfaketime is missing (Debian's package is `faketime`)"
        );
        return Ok(());
    };
    let mut figures = Figures::new(&format!(
        "the wall clock jumps by −30 s and by +1 h while the server runs, {kind:?}"
    ));
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    jumps(&mut figures, &base, &folder, &library).await?;
    limiter(&mut figures, &base, &folder, &library).await?;
    figures.print()
}

/// A server whose clock is set by a file.
async fn start<'a>(
    victim: Victim<'a>,
    library: &Path,
    folder: &Folder,
) -> Outcome<(Victim<'a>, Clock)> {
    let clock = Clock(folder.file("clock"));
    clock.set("+0s")?;
    let mut victim = victim
        .with("LD_PRELOAD", &library.to_string_lossy())
        .with("FAKETIME_TIMESTAMP_FILE", &clock.0.to_string_lossy())
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    victim.start().await?;
    Ok((victim, clock))
}

async fn jumps(
    figures: &mut Figures,
    base: &Database,
    folder: &Folder,
    library: &Path,
) -> Outcome<()> {
    let victim = Victim::new(base.url(), folder)?;
    let (mut victim, clock) = start(victim, library, folder).await?;
    let session = victim.session().await?;
    let watchers = Watchers::open(victim.port(), &session, WATCHING).await?;
    let pause = Duration::from_millis(20);
    let crowd = Crowd::gather(victim.port(), &session, 8, pause);
    let mut lengths = Vec::new();
    for (jump, segment) in JUMPS.iter().zip(1_u32..) {
        let opened = Instant::now();
        // The segment is opened by one clock and closed by another one.
        sleep(HOLDS / 2).await;
        clock.set(jump)?;
        sleep(HOLDS).await;
        lengths.push(opened.elapsed());
        let act = json!({ "act": "pause", "segment": segment });
        acts(&victim, &session, act).await?;
        let act = json!({ "act": "resume", "segment": segment, "began_minutes_ago": 0 });
        acts(&victim, &session, act).await?;
    }
    books::close(figures, &victim, base, &session, crowd, watchers).await?;
    let connection = base.connect().await?;
    judge(figures, &connection, &lengths).await?;
    victim.stop()?;
    Ok(())
}

async fn acts(victim: &Victim<'_>, session: &Session, act: serde_json::Value) -> Outcome<()> {
    let mut panel = Connection::open(victim.port()).await?;
    let arguments = json!({ "code": session.code, "act": act });
    ours::ask(&mut panel, &session.cookie, "act", &arguments).await?;
    Ok(())
}

/// Offsets and segments, as the database holds them.
async fn judge(
    figures: &mut Figures,
    connection: &DatabaseConnection,
    lengths: &[Duration],
) -> Outcome<()> {
    let negative = "SELECT count(*) FROM timestamp WHERE offset_seconds < 0";
    let negative = database::number(connection, negative).await?;
    figures.none("negative offsets", negative);
    // Presses that arrive at once across a full second can be recorded the other way round.
    let back = r"SELECT count(*) FROM (SELECT offset_seconds - lag(offset_seconds)
        OVER (PARTITION BY session_id, segment_id ORDER BY arrival) AS step FROM timestamp) AS steps WHERE step < -1";
    let back = database::number(connection, back).await?;
    figures.none(
        "offsets that ran backwards by more than a second within a segment",
        back,
    );

    let sql = r#"SELECT s."index", s.start_time, s.end_time, CAST(coalesce(max(t.offset_seconds), 0) AS bigint)
        FROM segment s LEFT JOIN timestamp t ON t.session_id = s.session_id AND t.segment_id = s.id
        WHERE s.end_time IS NOT NULL GROUP BY s."index", s.start_time, s.end_time ORDER BY s."index""#;
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let (mut before_last, mut shorter, mut overlapping) = (0, 0, 0);
    let mut last_end = None;
    for (row, length) in connection
        .query_all_raw(statement)
        .await?
        .into_iter()
        .zip(lengths)
    {
        let start: sea_orm::prelude::ChronoDateTimeUtc = row.try_get_by_index(1)?;
        let end: sea_orm::prelude::ChronoDateTimeUtc = row.try_get_by_index(2)?;
        let last_offset: i64 = row.try_get_by_index(3)?;
        let told = (end - start).to_std().unwrap_or_default();
        before_last += u64::from((end - start).num_seconds() < last_offset);
        let is_shorter = told + ROUNDED < *length;
        shorter += u64::from(is_shorter);
        overlapping += u64::from(last_end.is_some_and(|last| start < last));
        last_end = Some(end);
        let (told, really) = (seconds(told), seconds(*length));
        figures.note(format!("a segment of {really} is stored as {told}"));
    }
    figures.none("segments that end before their last press", before_last);
    figures.none("segments shorter than they really were", shorter);
    figures.none("segments that begin before the last one's end", overlapping);
    Ok(())
}

/// Somebody presses until they are limited; the clock jumps; they are let again in time.
async fn limiter(
    figures: &mut Figures,
    base: &Database,
    folder: &Folder,
    library: &Path,
) -> Outcome<()> {
    let victim = Victim::new(base.url(), folder)?.with_limits();
    let (mut victim, clock) = start(victim, library, folder).await?;
    let session = victim.session().await?;
    let mut again = Vec::new();
    let mut never = 0;
    for jump in ["-30s", "+3600s", "+0s"] {
        let cookie = ours::new_cookie();
        let mut limited = false;
        for _ in 0..20 {
            limited |= press(victim.port(), &session, &cookie).await?.0 == 429;
        }
        if !limited {
            figures.row("the limiter", "limits", "it let 20 presses".into(), false);
            break;
        }
        clock.set(jump)?;
        let began = Instant::now();
        loop {
            let (status, wait) = press(victim.port(), &session, &cookie).await?;
            if status == 200 {
                again.push(began.elapsed());
                break;
            }
            if began.elapsed() > LET_AGAIN * 3 {
                never += 1;
                break;
            }
            sleep(wait.min(LET_AGAIN)).await;
        }
    }
    figures.within("until a limited visitor is let again", LET_AGAIN, &again);
    figures.none("limited visitors who were never let again", never);
    victim.stop()?;
    Ok(())
}

/// The status, and how long to wait as the answer says.
async fn press(port: u16, session: &Session, cookie: &str) -> Outcome<(u16, Duration)> {
    // One that lay idle as long as the limit lasts would be closed.
    let mut connection = Connection::open(port).await?;
    let headers = format!("Content-Type: application/json\r\n{cookie}");
    let body = session.press(0);
    let answer = connection.post("/rpc/submit", &headers, &body).await?;
    let wait = header(&answer.head, "retry-after").and_then(|wait| wait.parse().ok());
    Ok((answer.status, Duration::from_secs(wait.unwrap_or(1))))
}

fn library() -> Option<PathBuf> {
    let folders = fs::read_dir("/usr/lib").ok()?;
    folders
        .filter_map(|folder| Some(folder.ok()?.path().join(LIBRARY)))
        .find(|library| library.exists())
}
