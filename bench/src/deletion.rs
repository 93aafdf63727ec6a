//! B11: what those who press notice of a long session that is deleted for good, beside the same presses without it.

mod probe;

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use clap::{Args, ValueEnum};
use sea_orm::ConnectionTrait;

use self::probe::Probe;
use crate::{
    Outcome,
    arrival::{
        at_rate::Pace,
        presses::{self},
    },
    database::{self, Database, Kind},
    failures::Failures,
    fill,
    ours::{self, Session},
    process::{Folder, Process, free_port},
    report::Report,
    stats::{Histogram, Sample},
};

/// How many presses a second.
const RATE: u64 = 200;
/// In pieces of this length they are counted.
const PIECE: Duration = Duration::from_secs(2);
/// How long a deletion may take.
const LONGEST_DELETION: Duration = Duration::from_secs(600);
/// What a deletion may cost the others, in shares of what they wait without it.
const MOST: f64 = 1.5;
/// How long a deletion may hold the write lock.
const LONGEST_LOCK: Duration = Duration::from_millis(50);

/// What is measured, and how long.
#[derive(Args)]
pub(crate) struct Options {
    /// How many rows the session has.
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// SQLite only, or Postgres only.
    #[arg(long)]
    only: Option<Kind>,
    /// In this way only.
    #[arg(long, value_enum)]
    by: Option<By>,
    /// How many pairs are measured.
    #[arg(long, default_value_t = 3)]
    pairs: usize,
    /// How many seconds the presses without a deletion take.
    #[arg(long, default_value_t = 20)]
    seconds: u64,
}

/// Who deletes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// The server that takes the presses, by the session's age.
    Age,
    /// The operator's command, a process beside that server.
    Command,
}

impl By {
    fn words(self) -> &'static str {
        match self {
            Self::Age => "the server, by the session's age",
            Self::Command => "`delete-session` beside the server",
        }
    }
}

/// Runs the pairs.
pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let title = format!(
        "deletion of {} rows while others press {RATE} times a second",
        options.rows
    );
    let mut report = Report::new(
        &title,
        &[
            "database",
            "deleted by",
            "rows deleted a second",
            "p50 ms",
            "p99 ms",
            "p99 without",
            "ratio",
            "longest ms",
            "longest without",
            "write lock away, longest ms",
            "without",
            "goals",
            "failed",
        ],
    );
    for kind in [Kind::Postgres, Kind::Sqlite] {
        for by in [By::Age, By::Command] {
            let is_chosen = options.only.is_none_or(|only| only == kind)
                && options.by.is_none_or(|only| only == by);
            if is_chosen {
                pairs(&mut report, options, kind, by).await?;
            }
        }
    }
    report.note(
        "a press lasts from the moment it was due to its answer; of a run only whole pieces of 2 s within the deletion count",
    );
    report.note(
        "the write lock (SQLite) is asked for every 2 ms: away from the first refusal to the next success, whoever holds it, \
         and however many one after the other",
    );
    report.print();
    Ok(())
}

/// What those who press saw.
#[derive(Default)]
struct Seen {
    p50: Sample,
    p99: Sample,
    longest: Sample,
    lock: Sample,
    failures: Failures,
}

async fn pairs(report: &mut Report, options: &Options, kind: Kind, by: By) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let (mut without, mut with, mut speed) = (Seen::default(), Seen::default(), Sample::default());
    for pair in 0..options.pairs {
        let mut server = start(&base, &folder, None).await?;
        let pressed = Session::open(&server, 0).await?;
        let long = Session::open(&server, fill::BEGAN_MINUTES_AGO).await?;
        fill::fill(&base, &long.code, options.rows).await?;
        let until = Instant::now() + Duration::from_secs(options.seconds);
        presses_until(&server, &base, &pressed, &mut without, async || {
            Ok(Instant::now() >= until)
        })
        .await?;

        let began;
        let mut command = None;
        match by {
            By::Age => {
                server.stop()?;
                grow_old(&base, &long.code).await?;
                began = Instant::now();
                server = start(&base, &folder, Some(1)).await?;
            }
            By::Command => {
                began = Instant::now();
                command = Some(delete(&base, &long.code)?);
            }
        }
        let connection = base.connect().await?;
        let left = format!("SELECT count(*) FROM session WHERE code = '{}'", long.code);
        presses_until(&server, &base, &pressed, &mut with, async || {
            if began.elapsed() > LONGEST_DELETION {
                return Err("the session is not deleted".into());
            }
            Ok(database::number(&connection, &left).await? == 0)
        })
        .await?;
        connection.close().await?;
        #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
        speed.push(options.rows as f64 / began.elapsed().as_secs_f64());
        if let Some(mut command) = command
            && !command.wait()?.success()
        {
            return Err("delete-session failed".into());
        }
        server.stop()?;
        eprintln!("{kind:?}, {by:?}: pair {} measured", pair + 1);
    }
    let ratio = with.p99.over(&without.p99);
    let most = LONGEST_LOCK.as_secs_f64() * 1e3;
    let mut goals = vec![verdict(&format!("p99 <= {MOST} x"), ratio.median() <= MOST)];
    if kind == Kind::Sqlite {
        let holds = with.lock.highest() <= most;
        goals.push(verdict(&format!("no lock over {most:.0} ms"), holds));
    }
    report.row(&[
        format!("{kind:?}"),
        by.words().into(),
        speed.to_string(),
        with.p50.to_string(),
        with.p99.to_string(),
        without.p99.to_string(),
        ratio.to_string(),
        with.longest.to_string(),
        without.longest.to_string(),
        with.lock.to_string(),
        without.lock.to_string(),
        goals.join("; "),
        format!(
            "{}; without {}",
            with.failures.all(),
            without.failures.all()
        ),
    ]);
    Ok(())
}

fn verdict(goal: &str, is_met: bool) -> String {
    match is_met {
        true => format!("{goal}: met"),
        false => format!("{goal}: **missed**"),
    }
}

/// Presses in pieces until it is over, and adds what was seen.
async fn presses_until(
    server: &Process,
    base: &Database,
    session: &Session,
    seen: &mut Seen,
    is_over: impl AsyncFn() -> Outcome<bool>,
) -> Outcome<()> {
    let probe = Probe::begin(base).await?;
    let whole = Histogram::new();
    let mut pieces = 0;
    loop {
        let acts = presses::press(server.port(), session, Pace::over(RATE, PIECE)).await?;
        let is_over = is_over().await?;
        // What came after the end is no part of it.
        if !is_over || pieces == 0 {
            whole.add(&acts.latencies);
        }
        seen.failures.add(&acts.failures);
        pieces += 1;
        if is_over {
            break;
        }
    }
    seen.p50.push(whole.milliseconds(0.5));
    seen.p99.push(whole.milliseconds(0.99));
    seen.longest.push(whole.milliseconds(1.0));
    if let Some(longest) = probe.end().await? {
        seen.lock.push(longest.as_secs_f64() * 1e3);
    }
    Ok(())
}

/// Starts a server that deletes sessions after so many days, where any are given.
async fn start(base: &Database, folder: &Folder, days: Option<u32>) -> Outcome<Process> {
    let port = free_port()?;
    let mut command = ours::command(port, base.url());
    if let Some(days) = days {
        command.env("DELETE_ENDED_AFTER_DAYS", days.to_string());
    }
    let log = folder.file(&format!("server-{port}.log"));
    Process::start(command, port, "/ready", &log).await
}

/// Lets a session look as if nobody had written to it for days.
async fn grow_old(base: &Database, code: &str) -> Outcome<()> {
    let long_ago = match base.kind() {
        Kind::Postgres => "now() - interval '3 days'",
        Kind::Sqlite => "datetime('now', '-3 days')",
    };
    let connection = base.connect().await?;
    let sql = format!("UPDATE session SET updated_at = {long_ago} WHERE code = '{code}'");
    connection.execute_unprepared(&sql).await?;
    connection.close().await?;
    Ok(())
}

/// The operator's command.
fn delete(base: &Database, code: &str) -> Outcome<Child> {
    let mut command = Command::new(ours::program());
    command
        .args(["delete-session", code, "--yes"])
        .args(["--database-url", base.url()])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    Ok(command.spawn()?)
}
