//! How long the newest migrations take on a database that has many rows: nobody is served meanwhile.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use clap::Args;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use server::{clock::Clock, random, store::Store};

use crate::{
    Outcome,
    database::{self, Database, Kind},
    fill::{self, Filling},
    process::Folder,
    report::Report,
};

/// How many migrations the database has had before: those of the version whose index by visitor grew with each press.
const BEFORE: u32 = 10;
/// That index: it is made after the rows, which takes less than adding them to it one by one.
const INDEX: &str = "timestamp_visitor_id_session_id_idx";
/// How often files are looked at.
const LOOK: Duration = Duration::from_millis(100);
/// The code of the session that the rows are in.
const CODE: &str = "AAAAAA";

/// What is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// How many rows there are, each of another visitor.
    #[arg(long, default_value_t = 10_000_000)]
    rows: u64,
    /// SQLite only, or Postgres only.
    #[arg(long)]
    only: Option<Kind>,
}

/// Migrates one database of each kind.
pub(crate) async fn run(options: &Options) -> Outcome<()> {
    let title = format!("the newest migrations of {} rows", options.rows);
    let mut report = Report::new(
        &title,
        &[
            "database",
            "seconds until it is open",
            "of each migration",
            "MiB before",
            "MiB after",
            "MiB at most meanwhile",
        ],
    );
    for kind in [Kind::Postgres, Kind::Sqlite] {
        if options.only.is_none_or(|only| only == kind) {
            one(&mut report, kind, options.rows).await?;
        }
    }
    report.note("opened as the server does, which migrates in one transaction");
    report.note("SQLite's log is in the sizes; Postgres' log, and files for sorting, are not");
    report.print();
    Ok(())
}

async fn one(report: &mut Report, kind: Kind, rows: u64) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    if kind == Kind::Sqlite {
        // An empty file is an empty database.
        fs::File::create(base.url().trim_start_matches("sqlite://"))?;
    }
    let before = prepare(&base, rows).await?;
    eprintln!("{kind:?}: {rows} rows written");

    let sizes = Sizes::watch(folder.file(""));
    let (began, began_at) = (Instant::now(), Clock::System.now().timestamp());
    let store = Store::open(base.url()).await?;
    let took = began.elapsed();
    store.close().await;
    let most = sizes.end()?;

    let connection = base.connect().await?;
    let after = size(&base, &connection).await?;
    let each = each(&connection, began_at).await?;
    connection.close().await?;
    report.row(&[
        format!("{kind:?}"),
        format!("{:.1}", took.as_secs_f64()),
        each.join(", "),
        mebibytes(before),
        mebibytes(after),
        match kind {
            Kind::Postgres => "-".into(),
            Kind::Sqlite => mebibytes(most),
        },
    ]);
    Ok(())
}

/// Makes the database as it was before, and fills it; answers its size.
async fn prepare(base: &Database, rows: u64) -> Outcome<u64> {
    let connection = base.connect().await?;
    if base.kind() == Kind::Sqlite {
        // Nobody minds if it is lost.
        connection
            .execute_unprepared("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            .await?;
    }
    Migrator::up(&connection, Some(BEFORE)).await?;
    let quoted = || match base.kind() {
        Kind::Postgres => format!("'{}'", random::uuid()),
        Kind::Sqlite => format!("x'{}'", random::uuid().simple()),
    };
    let (session, segment) = (quoted(), quoted());
    let began = "'2026-11-27 18:00:00+00:00'";
    let filling = Filling {
        rows,
        ..Filling::default()
    };
    let statements = [
        format!(
            "INSERT INTO session (id, code, title, game, status, revision, timestamp_count, created_at, updated_at) \
             VALUES ({session}, '{CODE}', 'Benchmark', 'Load', 'active', 1, 0, {began}, {began})"
        ),
        format!(
            "INSERT INTO segment (session_id, id, \"index\", start_time, timestamp_count, revision, created_at) \
             VALUES ({session}, {segment}, 1, {began}, 0, 1, {began})"
        ),
        format!("DROP INDEX {INDEX}"),
        fill::insert(base.kind(), CODE, filling),
        format!("CREATE INDEX {INDEX} ON timestamp (visitor_id, session_id)"),
        format!("UPDATE session SET revision = {rows} + 2, timestamp_count = {rows}"),
        format!("UPDATE segment SET revision = {rows} + 2, timestamp_count = {rows}"),
        match base.kind() {
            Kind::Postgres => "VACUUM ANALYZE".into(),
            // The server keeps its log beside the file, for ever.
            Kind::Sqlite => "PRAGMA journal_mode = WAL".into(),
        },
    ];
    for statement in statements {
        connection.execute_unprepared(&statement).await?;
    }
    let size = size(base, &connection).await?;
    connection.close().await?;
    Ok(size)
}

/// How large the database is, in bytes.
async fn size(base: &Database, connection: &DatabaseConnection) -> Outcome<u64> {
    let sql = match base.kind() {
        Kind::Postgres => "SELECT pg_database_size(current_database())",
        Kind::Sqlite => {
            "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
        }
    };
    Ok(u64::try_from(database::number(connection, sql).await?)?)
}

/// How many seconds each migration took that was applied after this moment, in whole ones, as the database notes them.
async fn each(connection: &DatabaseConnection, began_at: i64) -> Outcome<Vec<String>> {
    let sql = "SELECT version, applied_at FROM seaql_migrations ORDER BY version";
    let statement = Statement::from_string(connection.get_database_backend(), sql);
    let (mut each, mut last) = (Vec::new(), began_at);
    let rows = connection.query_all_raw(statement).await?;
    for row in rows.iter().skip(BEFORE as usize) {
        let (version, applied_at): (String, i64) =
            (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        each.push(format!("{version} {} s", applied_at - last));
        last = applied_at;
    }
    Ok(each)
}

/// The sizes of the files in a folder, watched.
struct Sizes {
    ending: Arc<AtomicBool>,
    watching: std::thread::JoinHandle<u64>,
}

impl Sizes {
    fn watch(folder: PathBuf) -> Self {
        let ending = Arc::new(AtomicBool::new(false));
        let ended = ending.clone();
        let watching = std::thread::spawn(move || {
            let mut most = 0;
            while !ended.load(Ordering::Relaxed) {
                most = most.max(of_files(&folder));
                std::thread::sleep(LOOK);
            }
            most
        });
        Self { ending, watching }
    }

    /// The most that all of them had together, in bytes.
    fn end(self) -> Outcome<u64> {
        self.ending.store(true, Ordering::Relaxed);
        self.watching
            .join()
            .map_err(|_| "nobody watched the files".into())
    }
}

fn of_files(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| file.metadata().ok())
        .map(|file| file.len())
        .sum()
}

#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn mebibytes(bytes: u64) -> String {
    format!("{:.0}", bytes as f64 / f64::from(1 << 20))
}
