//! One subscriber: a cursor that reads from the ring, from the store where the ring is too short, and waits.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, Goodbye, Tick},
    revision::{Cursor, Revision},
    role::Audience,
};
use bytes::Bytes;
use futures::{Stream, stream};
use tokio::{sync::watch, time::timeout};

use super::{Channel, Hub, frame, ring::Next};

/// How often the clock is sent when nothing happens: proxies close what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How many revisions are caught up with; past it a snapshot costs less.
const FARTHEST_BEHIND: i64 = 5_000;

struct Subscriber {
    hub: Hub,
    channel: Arc<Channel>,
    news: watch::Receiver<Option<Goodbye>>,
    audience: Audience,
    step: Step,
}

/// Where a subscriber is.
enum Step {
    /// Nothing was sent yet.
    First(Option<Cursor>),
    /// It has read up to here.
    Reading(Revision),
    /// The last event was sent.
    Over,
}

/// The events for one subscriber. Without a channel the server stops, or the session is gone.
pub(super) fn stream(
    hub: Hub,
    channel: Option<Arc<Channel>>,
    audience: Audience,
    after: Option<Cursor>,
) -> impl Stream<Item = Bytes> + Send + use<> {
    let subscriber = channel.map(|channel| Subscriber {
        news: channel.news.subscribe(),
        hub,
        channel,
        audience,
        step: Step::First(after),
    });
    let goodbye = match &subscriber {
        None => Some(frame::goodbye(Goodbye::Restart)),
        Some(_) => None,
    };
    let events = stream::unfold(subscriber, |subscriber| async move {
        let mut subscriber = subscriber?;
        let event = subscriber.next().await?;
        Some((event, Some(subscriber)))
    });
    futures::StreamExt::chain(stream::iter(goodbye), events)
}

impl Subscriber {
    async fn next(&mut self) -> Option<Bytes> {
        match self.step {
            Step::First(after) => {
                self.step = match after.and_then(|after| self.fitting(after)) {
                    Some(revision) => Step::Reading(revision),
                    None => {
                        self.step = Step::Over;
                        return Some(frame::snapshot());
                    }
                };
                Some(self.tick())
            }
            Step::Reading(cursor) => self.read(cursor).await,
            Step::Over => None,
        }
    }

    /// The revision of a cursor of this history that is not too far behind.
    fn fitting(&self, after: Cursor) -> Option<Revision> {
        let newest = self.channel.ring().newest();
        let behind = newest.0 - after.revision.0;
        // A page may know more than the ring: its snapshot is younger than the pump's last look.
        let fits = after.epoch == self.hub.store.epoch() && behind <= FARTHEST_BEHIND;
        fits.then_some(after.revision)
    }

    async fn read(&mut self, cursor: Revision) -> Option<Bytes> {
        loop {
            let goodbye = *self.news.borrow_and_update();
            let next = self.channel.ring().after(cursor, self.audience);
            match next {
                Next::Frame(bytes, revision) => {
                    self.step = Step::Reading(revision);
                    return Some(bytes);
                }
                Next::Behind => return Some(self.read_store(cursor).await),
                Next::Nothing => {}
            }
            if let Some(goodbye) = goodbye {
                return Some(self.end(goodbye));
            }
            if timeout(HEARTBEAT, self.news.changed()).await.is_err() {
                return Some(self.tick());
            }
        }
    }

    /// What has left the ring. Built for this subscriber alone, which is rare.
    async fn read_store(&mut self, cursor: Revision) -> Bytes {
        let hub = &self.hub;
        let changes = hub
            .store
            .changes(self.channel.session, cursor, Frame::LARGEST)
            .await;
        match changes {
            Ok(Some(changes)) => {
                self.step = Step::Reading(changes.revision);
                frame::frame(&changes, self.audience, hub.store.epoch())
            }
            Ok(None) => self.end(Goodbye::Gone),
            Err(error) => {
                tracing::warn!(%error, "a subscriber could not catch up");
                self.end(Goodbye::Restart)
            }
        }
    }

    fn tick(&self) -> Bytes {
        frame::tick(Tick {
            now: self.hub.clock.now(),
        })
    }

    fn end(&mut self, goodbye: Goodbye) -> Bytes {
        self.step = Step::Over;
        frame::goodbye(goodbye)
    }
}
