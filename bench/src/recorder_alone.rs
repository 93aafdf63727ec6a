//! B3 and B4 without HTTP: the recorder alone, beside the store with one transaction a press and what Postgres reaches with the same work.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use app::domain::{code::Code, moments::weight::Weight, press::Press, text::Note};
use sea_orm::ConnectionTrait;
use server::{
    clock::Clock,
    random,
    recorder::Recorder,
    store::{SessionId, Store, Submission, VisitorId},
    visitor_index::VisitorIndex,
};
use tokio::task::JoinSet;

use crate::{
    Outcome,
    database::{Database, Kind},
    ours::{self, Session, Which},
    process::{self, Folder},
    report::Report,
    stats::{Histogram, per},
    submissions::{COLUMNS, Shape, Side},
};

/// A way to record presses without HTTP.
#[derive(Clone)]
enum Alone {
    /// The recorder: presses that wait together are one transaction.
    Recorder(Recorder),
    /// One transaction a press.
    OneRow(Store),
}

/// The recorder without HTTP at each number of presses in flight, beside the store with one transaction a press, and on
/// Postgres beside pgbench.
pub(crate) async fn alone(kind: Kind, in_flight: &[usize], shape: Shape) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(kind, &folder).await?;
    let server = ours::start(Which::Whole, base.url(), &folder, None).await?;
    let session = Session::open(&server, 0).await?;
    server.stop()?;
    let clock = Clock::System;
    let store = Store::open(base.url()).await?;
    let recorder = Recorder::start(&store, &clock);
    // What is done behind the commits belongs to their price.
    let index = tokio::spawn(VisitorIndex::of(&store).run());
    let code: Code = session.code.parse()?;
    let id = store.resolve_code(&code).await?.ok_or("no session")?;

    for in_flight in in_flight {
        let mut report = Report::new(
            &format!("the recorder alone, {kind:?}, {in_flight} presses in flight"),
            &COLUMNS,
        );
        let (mut group, mut single) = (Side::default(), Side::default());
        let (mut script, mut bare) = (Side::default(), Side::default());
        for pair in 0..=shape.pairs {
            let mut warm_up = Side::default();
            let group = if pair == 0 { &mut warm_up } else { &mut group };
            alone_half(
                &Alone::Recorder(recorder.clone()),
                &base,
                id,
                *in_flight,
                shape.time,
                group,
            )
            .await?;
            let mut warm_up = Side::default();
            let single = if pair == 0 { &mut warm_up } else { &mut single };
            // The store's own pool is the limit of a peer without a queue.
            let peers = (*in_flight).min(16);
            alone_half(
                &Alone::OneRow(store.clone()),
                &base,
                id,
                peers,
                shape.time,
                single,
            )
            .await?;
            if kind == Kind::Postgres {
                for (side, text) in [
                    (&mut script, same_work(&base, id).await?),
                    (&mut bare, bare_insert(&base, id).await?),
                ] {
                    let mut warm_up = Side::default();
                    let side = if pair == 0 { &mut warm_up } else { side };
                    pgbench_half(&base, &text, shape.time, &folder, side)?;
                }
            }
        }
        group.row(&mut report, "recorder");
        single.row(
            &mut report,
            "store, one transaction a press, 16 callers at most",
        );
        report.ratio(
            "presses/s, recorder over one-row store",
            &group.rate.over(&single.rate),
        );
        report.ratio(
            "CPU of both per press, recorder over one-row store",
            &group.total().over(&single.total()),
        );
        if kind == Kind::Postgres {
            script.row(&mut report, "pgbench, the same work, 16 clients");
            bare.row(&mut report, "pgbench, a bare insert, 16 clients");
            report.ratio(
                "presses/s, recorder over pgbench's same work",
                &group.rate.over(&script.rate),
            );
            report.ratio(
                "presses/s, recorder over pgbench's bare insert",
                &group.rate.over(&bare.rate),
            );
            report.ratio(
                "Postgres CPU per press, recorder over the same work",
                &group.database_cpu.over(&script.database_cpu),
            );
            report.ratio(
                "Postgres CPU per press, recorder over the bare insert",
                &group.database_cpu.over(&bare.database_cpu),
            );
        }
        report.print();
    }
    recorder.finish().await;
    index.abort();
    store.close().await;
    Ok(())
}

async fn alone_half(
    way: &Alone,
    base: &Database,
    session: SessionId,
    callers: usize,
    time: Duration,
    side: &mut Side,
) -> Outcome<()> {
    let before = (process::own_cpu()?, base.cpu()?);
    let latencies = Arc::new(Histogram::new());
    let recorded = Arc::new(AtomicU64::new(0));
    let mut calling = JoinSet::new();
    let began = Instant::now();
    for _ in 0..callers {
        let (way, latencies, recorded) = (way.clone(), latencies.clone(), recorded.clone());
        calling.spawn(async move {
            let clock = Clock::System;
            let regular = VisitorId(random::uuid());
            let mut is_new = false;
            while began.elapsed() < time {
                // Every other press is somebody's first in the session.
                is_new = !is_new;
                let visitor = match is_new {
                    true => VisitorId(random::uuid()),
                    false => regular,
                };
                let press = Press {
                    id: random::timestamp_id(&clock),
                    note: Some(Note::parse("sent@12345678")?),
                    name: None,
                    label: None,
                    waited_ms: 0,
                };
                let submission = Submission {
                    session,
                    visitor,
                    press,
                    weight: Weight::WHOLE.parts(),
                    received: clock.now(),
                };
                let sent = Instant::now();
                match &way {
                    Alone::Recorder(recorder) => drop(recorder.submit(submission).await?),
                    Alone::OneRow(store) => {
                        let done = store.record(&clock, [submission]).await?;
                        for answer in done {
                            answer?;
                        }
                    }
                }
                let took = u64::try_from(sent.elapsed().as_micros()).unwrap_or(u64::MAX);
                latencies.record(took);
                recorded.fetch_add(1, Ordering::Relaxed);
            }
            Outcome::Ok(())
        });
    }
    while let Some(called) = calling.join_next().await {
        called??;
    }
    let took = began.elapsed();
    let after = (process::own_cpu()?, base.cpu()?);
    let recorded = recorded.load(Ordering::Relaxed);
    side.rate.push(per(recorded, 1) / took.as_secs_f64());
    side.cpu.push(per(after.0 - before.0, recorded));
    side.database_cpu.push(per(after.1 - before.1, recorded));
    side.p50.push(latencies.milliseconds(0.5));
    side.p99.push(latencies.milliseconds(0.99));
    Ok(())
}

fn pgbench_half(
    base: &Database,
    script: &str,
    time: Duration,
    folder: &Folder,
    side: &mut Side,
) -> Outcome<()> {
    let before = base.cpu()?;
    let seconds = u32::try_from(time.as_secs().max(1))?;
    let rate = base.pgbench(16, seconds, script, folder)?;
    let used = base.cpu()? - before;
    side.rate.push(rate);
    // Its own CPU is that of a load, not of a server.
    side.cpu.push(0.0);
    side.database_cpu
        .push(per(used, 1) / (rate * f64::from(seconds)));
    side.p50.push(16_000.0 / rate);
    side.p99.push(f64::NAN);
    Ok(())
}

/// The insert of one press as SQL; `revision` is written into it.
async fn insert(base: &Database, session: SessionId, revision: &str) -> Outcome<String> {
    let connection = base.connect().await?;
    let sql = format!(
        "SELECT id::text FROM segment WHERE session_id = '{}'",
        session.0
    );
    let statement = sea_orm::Statement::from_string(connection.get_database_backend(), sql);
    let row = connection
        .query_one_raw(statement)
        .await?
        .ok_or("no segment")?;
    let segment: String = row.try_get_by_index(0)?;
    Ok(format!(
        "INSERT INTO timestamp (session_id, id, segment_id, offset_seconds, offset_hms, note, created_at, arrival, \
         revision, visitor_id, request_hash) VALUES ('{}', gen_random_uuid(), '{segment}', 2535, '00:42:15', \
         'sent@12345678', now(), {revision}, {revision}, '{}', '\\x{}');\n",
        session.0,
        random::uuid(),
        "5a".repeat(32),
    ))
}

/// What one press writes, one press at a time: lock and update the session, insert the row, notify.
async fn same_work(base: &Database, session: SessionId) -> Outcome<String> {
    let insert = insert(base, session, ":revision").await?;
    let id = session.0;
    Ok(format!(
        "BEGIN;\nUPDATE session SET revision = revision + 1, timestamp_count = timestamp_count + 1, \
         updated_at = now() WHERE id = '{id}' RETURNING revision \\gset\n{insert}\
         SELECT pg_notify('clips_bench', '{id}');\nCOMMIT;\n"
    ))
}

/// The least that a durable row costs.
async fn bare_insert(base: &Database, session: SessionId) -> Outcome<String> {
    insert(base, session, "1").await
}
