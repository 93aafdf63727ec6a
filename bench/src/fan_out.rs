//! B1: live fan-out on one core, beside nchan.

use std::time::Duration;

use crate::{
    Outcome,
    database::{Database, Kind},
    load::{self, Publish},
    nchan,
    ours::{self, Session, Which},
    process::{self, Folder, Process},
    report::Report,
    sse::Subscribers,
    stats::{Sample, per},
    submissions::Shape,
};

/// The core of both servers; the load runs on the other one.
const SERVER_CORE: u32 = 0;
const LOAD_CORE: u32 = 1;

/// How long a run waits for the last event after the last one was sent.
pub(crate) const LONGEST_DRAIN: Duration = Duration::from_secs(20);

/// Subscribers, and events a second.
pub(crate) type Workload = (usize, u32);

/// One side, over all its runs.
#[derive(Default)]
pub(crate) struct Side {
    cpu: Sample,
    p50: Sample,
    pub(crate) p99: Sample,
    sent: u64,
    lost: u64,
    doubled: u64,
    bytes: Sample,
}

/// The columns of a side's row.
pub(crate) const COLUMNS: [&str; 8] = [
    "side",
    "server CPU us/event delivered",
    "p50 ms",
    "p99 ms",
    "bytes/event delivered",
    "sent",
    "lost",
    "twice",
];

impl Side {
    /// Adds its row.
    pub(crate) fn row(&self, report: &mut Report, name: &str) {
        report.row(&[
            name.into(),
            self.cpu.to_string(),
            self.p50.to_string(),
            self.p99.to_string(),
            self.bytes.to_string(),
            self.sent.to_string(),
            self.lost.to_string(),
            self.doubled.to_string(),
        ]);
    }
}

/// Runs each workload.
pub(crate) async fn run(workloads: &[Workload], shape: Shape) -> Outcome<()> {
    process::pin_to(LOAD_CORE)?;
    let folder = Folder::new()?;
    let base = Database::new(Kind::Sqlite, &folder).await?;
    let ours = ours::start(Which::Whole, base.url(), &folder, Some(SERVER_CORE)).await?;
    let nchan = nchan::start(&folder, SERVER_CORE).await?;
    let session = Session::open(&ours, 0).await?;
    for (subscribers, rate) in workloads.iter().copied() {
        let title = format!("live fan-out, {subscribers} subscribers, {rate} events/s, one core");
        let mut report = Report::new(&title, &COLUMNS);
        let our_streams = [session.stream(&ours).await?];
        let our_subscribers = Subscribers::open(&our_streams, subscribers).await?;
        let peer_subscribers = Subscribers::open(&[nchan::stream(&nchan)], subscribers).await?;
        let our_way = Publish::Ours(session.clone(), ours.port());
        let peer_way = Publish::Nchan(nchan.port());
        let (mut own, mut other) = (Side::default(), Side::default());
        for pair in 0..=shape.pairs {
            let (mut warm_up, mut unused) = (Side::default(), Side::default());
            let (own, other) = if pair == 0 {
                (&mut warm_up, &mut unused)
            } else {
                (&mut own, &mut other)
            };
            half(&[&ours], &our_subscribers, &our_way, rate, shape.time, own).await?;
            half(
                &[&nchan],
                &peer_subscribers,
                &peer_way,
                rate,
                shape.time,
                other,
            )
            .await?;
        }
        own.row(&mut report, "ours");
        other.row(&mut report, "nchan");
        report.ratio(
            "CPU per event delivered, ours over nchan",
            &own.cpu.over(&other.cpu),
        );
        report.ratio(
            "p99 press to arrival, ours over nchan",
            &own.p99.over(&other.p99),
        );
        report.note(&format!(
            "open streams {} and {}, refused {} and {}",
            our_subscribers.open_now(),
            peer_subscribers.open_now(),
            our_subscribers.refused(),
            peer_subscribers.refused(),
        ));
        report.print();
    }
    ours.stop()?;
    nchan.stop()
}

/// Publishes to one side for a while, and counts what arrives.
pub(crate) async fn half(
    servers: &[&Process],
    subscribers: &Subscribers,
    way: &Publish,
    rate: u32,
    time: Duration,
    side: &mut Side,
) -> Outcome<()> {
    let cpu = || {
        servers
            .iter()
            .map(|server| server.cpu())
            .sum::<Outcome<u64>>()
    };
    subscribers.begin();
    let (cpu_before, bytes_before) = (cpu()?, subscribers.tally.bytes());
    let sent = load::publish(way, rate, time).await?;
    let drained = subscribers.drain(sent, LONGEST_DRAIN).await;
    let (cpu_after, bytes_after) = (cpu()?, subscribers.tally.bytes());
    side.cpu
        .push(per(cpu_after - cpu_before, drained.delivered));
    side.bytes
        .push(per(bytes_after - bytes_before, drained.delivered));
    side.p50.push(subscribers.tally.latencies.milliseconds(0.5));
    side.p99
        .push(subscribers.tally.latencies.milliseconds(0.99));
    side.sent += u64::from(sent);
    side.lost += drained.lost;
    side.doubled += drained.doubled;
    Ok(())
}
