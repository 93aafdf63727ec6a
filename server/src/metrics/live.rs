//! Metrics of live streams: the audiences, what is sent to them, and with what latency.

use std::time::Duration;

use app::domain::role::Audience;
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{
    export::{SECONDS, exported},
    label::{Label, PerLabel},
};
use crate::limit_exceeded::LimitExceeded;

/// The metrics of live streams.
pub(crate) struct Live {
    /// The gauges are set at scrape time.
    pub(crate) streams: PerLabel<Audience, Gauge>,
    pub(crate) sessions: Gauge,
    pub(crate) kept_bytes: Gauge,
    pub(crate) unsent_bytes: Gauge,
    refusals: PerLabel<LimitExceeded, Counter>,
    built: Counter,
    sent: PerLabel<Audience, Counter>,
    sent_bytes: PerLabel<Audience, Counter>,
    fan_out: Histogram,
    catch_ups: Counter,
    put_off: Counter,
    heard: Counter,
    pub(crate) listening: Gauge,
}

/// The number of streams of each audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audiences {
    /// Viewers' pages.
    pub public: usize,
    /// Staff pages.
    pub staff: usize,
}

impl Audiences {
    /// The number for this audience.
    pub(crate) fn of(self, audience: Audience) -> usize {
        match audience {
            Audience::Public => self.public,
            Audience::Staff => self.staff,
        }
    }
}

impl Label for Audience {
    const NAME: &'static str = "audience";
    const ALL: &'static [Self] = &[Self::Public, Self::Staff];

    fn value(self) -> &'static str {
        self.word()
    }
}

impl Label for LimitExceeded {
    const NAME: &'static str = "limit";
    const ALL: &'static [Self] = &Self::ALL;

    fn value(self) -> &'static str {
        self.name()
    }
}

impl Live {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        Self {
            streams: PerLabel::register(
                registry,
                "live_streams",
                "Live streams that are open",
                Gauge::default,
            ),
            sessions: exported(
                registry,
                "live_sessions",
                "Sessions that somebody watches",
                Gauge::default(),
            ),
            kept_bytes: exported(
                registry,
                "live_kept_bytes",
                "Bytes of the recent frames that are kept for live streams which are a little behind",
                Gauge::default(),
            ),
            unsent_bytes: exported(
                registry,
                "live_unsent_bytes",
                "Bytes of frames that were built for one live stream alone, and were not taken yet",
                Gauge::default(),
            ),
            refusals: PerLabel::register(
                registry,
                "live_refusals",
                "Live streams that were refused by a limit",
                Counter::default,
            ),
            built: exported(
                registry,
                "live_frames_built",
                "Frames that were built, once for all who watch",
                Counter::default(),
            ),
            sent: PerLabel::register(
                registry,
                "live_frames_sent",
                "Frames that were handed to live streams: each counts once for every stream",
                Counter::default,
            ),
            sent_bytes: PerLabel::register(
                registry,
                "live_sent_bytes",
                "Bytes of the frames that were handed to live streams",
                Counter::default,
            ),
            fan_out: exported(
                registry,
                "live_fan_out_seconds",
                "Time from the first wake after a commit until its frames were handed to the live streams",
                Histogram::new(SECONDS),
            ),
            catch_ups: exported(
                registry,
                "live_catch_ups",
                "Times that a live stream was sent from the database what it had missed",
                Counter::default(),
            ),
            put_off: exported(
                registry,
                "live_catch_ups_put_off",
                "Times that there was no room for what a live stream had missed, and its page had to take a snapshot",
                Counter::default(),
            ),
            heard: exported(
                registry,
                "notifications_heard",
                "Notifications of commits that were heard from Postgres",
                Counter::default(),
            ),
            listening: exported(
                registry,
                "notifications_listening",
                "Whether notifications of other processes are heard (1) or not (0)",
                Gauge::default(),
            ),
        }
    }

    /// There was no room for another live stream.
    pub(crate) fn refused(&self, exceeded: LimitExceeded) {
        self.refusals.of(exceeded).inc();
    }

    /// A frame of these sizes was built for viewers and staff, and passed to all streams. Counted once for all of them;
    /// pages of an earlier build get a few bytes more.
    pub(crate) fn published(&self, [public, staff]: [usize; 2], audiences: Audiences) {
        self.built.inc();
        self.handed(Audience::Public, audiences.public, public);
        self.handed(Audience::Staff, audiences.staff, staff);
    }

    /// A live stream got a frame of its own, with what it had missed.
    pub(crate) fn caught_up(&self, audience: Audience, bytes: usize) {
        self.catch_ups.inc();
        self.handed(audience, 1, bytes);
    }

    /// A live stream was told to take a snapshot, because there was no room for what it had missed.
    pub(crate) fn put_off(&self) {
        self.put_off.inc();
    }

    fn handed(&self, audience: Audience, streams: usize, bytes: usize) {
        self.sent.of(audience).inc_by(streams as u64);
        self.sent_bytes
            .of(audience)
            .inc_by(streams as u64 * bytes as u64);
    }

    /// Frames were sent this long after the first commit in them.
    pub(crate) fn fanned_out(&self, after: Duration) {
        self.fan_out.observe(after.as_secs_f64());
    }

    /// A commit notification was received, from another process or this one.
    pub(crate) fn notified(&self) {
        self.heard.inc();
    }
}
