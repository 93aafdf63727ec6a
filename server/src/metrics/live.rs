//! The live streams: who watches, what is sent to them, and how late.

use std::time::Duration;

use app::domain::role::Audience;
use prometheus_client::{
    metrics::{counter::Counter, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::label::{Label, PerLabel};

/// What is measured of the live streams.
pub(crate) struct Live {
    /// The gauges are set when somebody asks.
    pub(crate) streams: PerLabel<Audience, Gauge>,
    pub(crate) sessions: Gauge,
    built: Counter,
    sent: PerLabel<Audience, Counter>,
    sent_bytes: PerLabel<Audience, Counter>,
    fan_out: Histogram,
    catch_ups: Counter,
    heard: Counter,
    pub(crate) listening: Gauge,
}

/// How many watch, of each audience.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Audiences {
    /// Viewers' pages.
    pub public: usize,
    /// The staff's.
    pub staff: usize,
}

impl Audiences {
    /// How many of this audience.
    pub(crate) fn of(self, audience: Audience) -> usize {
        match audience {
            Audience::Public => self.public,
            Audience::Staff => self.staff,
        }
    }

    /// Of this audience, to change it.
    pub(crate) fn of_mut(&mut self, audience: Audience) -> &mut usize {
        match audience {
            Audience::Public => &mut self.public,
            Audience::Staff => &mut self.staff,
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

impl Live {
    pub(crate) fn register(registry: &mut Registry) -> Self {
        let streams = PerLabel::register(
            registry,
            "live_streams",
            "Live streams that are open",
            Gauge::default,
        );
        let sent = PerLabel::register(
            registry,
            "live_frames_sent",
            "Frames that were handed to live streams: each counts once for every stream",
            Counter::default,
        );
        let sent_bytes = PerLabel::register(
            registry,
            "live_sent_bytes",
            "Bytes of the frames that were handed to live streams",
            Counter::default,
        );
        let live = Self {
            streams,
            sessions: Gauge::default(),
            built: Counter::default(),
            sent,
            sent_bytes,
            fan_out: Histogram::new([
                0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
            ]),
            catch_ups: Counter::default(),
            heard: Counter::default(),
            listening: Gauge::default(),
        };
        registry.register(
            "live_sessions",
            "Sessions that somebody watches",
            live.sessions.clone(),
        );
        registry.register(
            "live_frames_built",
            "Frames that were built, once for all who watch",
            live.built.clone(),
        );
        registry.register(
            "live_fan_out_seconds",
            "Time from the first wake after a commit until its frames were handed to the live streams",
            live.fan_out.clone(),
        );
        registry.register(
            "live_catch_ups",
            "Times that a live stream was sent from the database what it had missed",
            live.catch_ups.clone(),
        );
        registry.register(
            "notifications_heard",
            "Notifications of commits that were heard from Postgres",
            live.heard.clone(),
        );
        registry.register(
            "notifications_listening",
            "Whether notifications of other processes are heard (1) or not (0)",
            live.listening.clone(),
        );
        live
    }

    /// A frame was built for viewers and for staff, of so many bytes, and handed to all who watch. Counted once for all of
    /// them; pages of an earlier build get some bytes more.
    pub(crate) fn published(&self, [public, staff]: [usize; 2], audiences: Audiences) {
        self.built.inc();
        self.handed(Audience::Public, audiences.public, public);
        self.handed(Audience::Staff, audiences.staff, staff);
    }

    /// A live stream gets a frame of its own, of what it missed.
    pub(crate) fn caught_up(&self, audience: Audience, bytes: usize) {
        self.catch_ups.inc();
        self.handed(audience, 1, bytes);
    }

    fn handed(&self, audience: Audience, streams: usize, bytes: usize) {
        self.sent.of(audience).inc_by(streams as u64);
        self.sent_bytes
            .of(audience)
            .inc_by(streams as u64 * bytes as u64);
    }

    /// What was committed so long ago has left.
    pub(crate) fn fanned_out(&self, after: Duration) {
        self.fan_out.observe(after.as_secs_f64());
    }

    /// Another process told of a commit, or this one heard itself.
    pub(crate) fn heard(&self) {
        self.heard.inc();
    }
}
