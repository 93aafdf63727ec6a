//! How many writers Postgres can use: the recorder's loop over several sessions, with one, two and four of them.

use std::time::{Duration, Instant};

use app::domain::{code::Code, moments::weight::Weight, press::Press, text::Note};
use server::{
    clock::Clock,
    random,
    store::{SessionId, Store, Submission, VisitorId},
};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
};

use crate::{
    Outcome,
    database::{Database, Kind},
    ours::{self, Session, Which},
    process::{self, Folder},
    report::Report,
    stats::{Sample, per},
    submissions::Shape,
};

/// How many streams run at the same time.
const SESSIONS: usize = 8;
/// How many viewers press.
const IN_FLIGHT: usize = 256;
/// The writers that are compared.
const WRITERS: [usize; 3] = [1, 2, 4];
/// As in the recorder.
const LARGEST_BATCH: usize = 500;

/// A press that waits, and who waits for it.
type Queued = (Submission, oneshot::Sender<()>);

/// Runs the rounds.
pub(crate) async fn run(shape: Shape) -> Outcome<()> {
    let folder = Folder::new()?;
    let base = Database::new(Kind::Postgres, &folder).await?;
    let server = ours::start(Which::Whole, base.url(), &folder, None).await?;
    let store = Store::open(base.url()).await?;
    let mut sessions = Vec::new();
    for _ in 0..SESSIONS {
        let code: Code = Session::open(&server, 0).await?.code.parse()?;
        sessions.push(store.resolve_code(&code).await?.ok_or("no session")?);
    }
    server.stop()?;
    let title = format!("writers on Postgres, {SESSIONS} sessions, {IN_FLIGHT} presses in flight");
    let columns = [
        "writers",
        "presses/s",
        "over one writer",
        "CPU us/press, Postgres included",
        "presses a batch",
    ];
    let mut report = Report::new(&title, &columns);
    let mut rates: [Sample; WRITERS.len()] = Default::default();
    let mut cpus: [Sample; WRITERS.len()] = Default::default();
    let mut batches: [Sample; WRITERS.len()] = Default::default();
    for pair in 0..=shape.pairs {
        for (number, writers) in WRITERS.into_iter().enumerate() {
            let before = process::own_cpu()? + base.cpu()?;
            let began = Instant::now();
            let (recorded, written) = half(&store, &sessions, writers, shape.time).await?;
            let took = began.elapsed().as_secs_f64();
            let used = process::own_cpu()? + base.cpu()? - before;
            if pair > 0 {
                rates[number].push(per(recorded, 1) / took);
                cpus[number].push(per(used, recorded));
                batches[number].push(per(recorded, written));
            }
        }
    }
    for (number, writers) in WRITERS.into_iter().enumerate() {
        report.row(&[
            writers.to_string(),
            rates[number].to_string(),
            rates[number].over(&rates[0]).to_string(),
            cpus[number].to_string(),
            batches[number].to_string(),
        ]);
    }
    report.print();
    store.close().await;
    Ok(())
}

/// Answers how many presses were recorded, and in how many batches.
async fn half(
    store: &Store,
    sessions: &[SessionId],
    writers: usize,
    time: Duration,
) -> Outcome<(u64, u64)> {
    let mut queues = Vec::new();
    let mut writing = JoinSet::new();
    for _ in 0..writers {
        let (queue, queued) = mpsc::channel(IN_FLIGHT);
        queues.push(queue);
        writing.spawn(write(store.clone(), queued));
    }
    let began = Instant::now();
    let mut pressing = JoinSet::new();
    for number in 0..IN_FLIGHT {
        // A session has one writer, as in the recorder.
        let place = number % sessions.len();
        let (session, queue) = (sessions[place], queues[place % writers].clone());
        pressing.spawn(async move {
            let visitor = VisitorId(random::uuid());
            let mut recorded = 0;
            while began.elapsed() < time {
                let press = Press {
                    id: random::timestamp_id(&Clock::System),
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
                    received: Clock::System.now(),
                };
                let (reply, answer) = oneshot::channel();
                queue.send((submission, reply)).await?;
                answer.await?;
                recorded += 1;
            }
            Outcome::Ok(recorded)
        });
    }
    drop(queues);
    let (mut recorded, mut batches) = (0, 0);
    while let Some(pressed) = pressing.join_next().await {
        recorded += pressed??;
    }
    while let Some(written) = writing.join_next().await {
        batches += written??;
    }
    Ok((recorded, batches))
}

/// Takes all that waits, again and again; answers how many batches that were.
async fn write(store: Store, mut queued: mpsc::Receiver<Queued>) -> Outcome<u64> {
    let mut batches = 0;
    loop {
        let mut batch = Vec::new();
        if queued.recv_many(&mut batch, LARGEST_BATCH).await == 0 {
            return Ok(batches);
        }
        let (submissions, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let recorded = store.record(&Clock::System, submissions).await?;
        for answer in recorded {
            answer?;
        }
        for reply in replies {
            // Whoever waits for it is there until the end.
            let _ = reply.send(());
        }
        batches += 1;
    }
}
