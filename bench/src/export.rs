//! B6: a long list as CSV over HTTP, beside `psql \copy` of the same rows.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use tokio::task::JoinSet;

use crate::{
    Outcome,
    database::{Database, Kind},
    fill,
    http::Connection,
    ours::{self, Session, Which},
    process::{self, Folder, Process},
    report::Report,
    stats::{Sample, per},
};

/// How many exports run at once.
const AT_ONCE: [usize; 2] = [1, 8];

/// One side, over all its runs.
#[derive(Default)]
struct Side {
    rate: Sample,
    /// Of the server, or of psql.
    cpu: Sample,
    database_cpu: Sample,
    peak: Sample,
}

impl Side {
    fn total(&self) -> Sample {
        self.cpu.plus(&self.database_cpu)
    }
}

/// Runs the pairs with so many rows.
pub(crate) async fn run(rows: u64, pairs: usize) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(Kind::Postgres, &folder).await?;
    let server = ours::start(Which::Whole, base.url(), &folder, None).await?;
    let session = Session::open(&server, fill::BEGAN_MINUTES_AGO).await?;
    fill::fill(&base, &session.code, rows).await?;
    let columns = [
        "side",
        "rows/s in all",
        "CPU us/row of server or psql",
        "CPU us/row of Postgres",
        "server's peak above rest, MiB",
    ];
    for at_once in AT_ONCE {
        let mut report = Report::new(
            &format!("export of {rows} rows, {at_once} at once"),
            &columns,
        );
        let (mut own, mut other) = (Side::default(), Side::default());
        for pair in 0..=pairs {
            let (mut warm_up, mut unused) = (Side::default(), Side::default());
            let (own, other) = if pair == 0 {
                (&mut warm_up, &mut unused)
            } else {
                (&mut own, &mut other)
            };
            over_http(&server, &base, &session, rows, at_once, own).await?;
            by_psql(&base, &session, rows, at_once, other)?;
        }
        for (side, name) in [(&own, "ours"), (&other, "psql \\copy")] {
            report.row(&[
                name.into(),
                side.rate.to_string(),
                side.cpu.to_string(),
                side.database_cpu.to_string(),
                side.peak.to_string(),
            ]);
        }
        report.ratio("rows/s, ours over psql", &own.rate.over(&other.rate));
        report.ratio(
            "CPU per row, ours over psql",
            &own.total().over(&other.total()),
        );
        report.print();
    }
    server.stop()
}

async fn over_http(
    server: &Process,
    base: &Database,
    session: &Session,
    rows: u64,
    at_once: usize,
    side: &mut Side,
) -> Outcome<()> {
    let rest = server.resident()?;
    server.forget_peak()?;
    let before = (server.cpu()?, base.cpu()?);
    let began = Instant::now();
    let mut exports = JoinSet::new();
    for _ in 0..at_once {
        let (port, session) = (server.port(), session.clone());
        exports.spawn(async move {
            let mut connection = Connection::open(port).await?;
            let path = format!("/s/{}/export/csv", session.code);
            connection.count_lines(&path, &session.cookie).await
        });
    }
    while let Some(exported) = exports.join_next().await {
        let (_, lines) = exported??;
        if lines != rows + 1 {
            return Err(format!("an export had {lines} lines").into());
        }
    }
    let took = began.elapsed().as_secs_f64();
    let all = rows * at_once as u64;
    side.rate.push(per(all, 1) / took);
    side.cpu.push(per(server.cpu()? - before.0, all));
    side.database_cpu.push(per(base.cpu()? - before.1, all));
    side.peak
        .push(per(server.peak()?.saturating_sub(rest), 1024));
    Ok(())
}

fn by_psql(
    base: &Database,
    session: &Session,
    rows: u64,
    at_once: usize,
    side: &mut Side,
) -> Outcome<()> {
    let copy = format!(
        "\\copy (SELECT g.index, t.offset_hms, t.note, t.submitted_by, t.created_at FROM timestamp t \
         JOIN segment g ON g.session_id = t.session_id AND g.id = t.segment_id \
         WHERE t.session_id = (SELECT id FROM session WHERE code = '{}') AND t.hidden_at IS NULL \
         ORDER BY g.index, t.offset_seconds, t.arrival) TO STDOUT WITH (FORMAT csv, HEADER)",
        session.code
    );
    let before = (process::children_cpu()?, base.cpu()?);
    let began = Instant::now();
    let mut copies = Vec::new();
    for _ in 0..at_once {
        let mut command = Command::new("psql");
        command.args(["-q", "-d", base.url(), "-c", &copy]);
        copies.push(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?);
    }
    for mut copy in copies {
        if !copy.wait()?.success() {
            return Err("psql failed".into());
        }
    }
    let took = began.elapsed().as_secs_f64();
    let all = rows * at_once as u64;
    side.rate.push(per(all, 1) / took);
    side.cpu.push(per(process::children_cpu()? - before.0, all));
    side.database_cpu.push(per(base.cpu()? - before.1, all));
    side.peak.push(f64::NAN);
    Ok(())
}
