//! One subscriber: a cursor that reads from the ring, falls back to the store, and waits.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use app::domain::{
    change::{Frame, StreamEnd},
    highlights::Highlights,
    revision::{Cursor, Revision},
};
use bytes::Bytes;
use futures::{Stream, future::BoxFuture};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Hub,
    channel::{Read, Reader},
    frame::{self, News},
};
use crate::{
    byte_budget::Reservation,
    store::{Changes, StoreError},
};

/// How many revisions behind a subscriber can catch up; beyond that, a snapshot is cheaper.
pub(super) const MAX_CATCH_UP: i64 = 5_000;
/// What is reserved for a frame before its rows are read: 500 rows are 0.4 MB at most, and moments hardly ever more.
const RESERVED: u32 = 1 << 20;
/// What is reserved for each row then: more than a long note takes, with all that comes with it.
const RESERVED_FOR_ROW: usize = 1 << 10;

/// The events for one subscriber.
pub(super) struct Subscriber {
    hub: Hub,
    step: Step,
}

/// The state of a subscriber.
enum Step {
    /// Nothing has been sent yet.
    First(Reader, Option<Cursor>),
    /// It reads from the ring.
    Reading(Reader),
    /// It reads what has dropped out of the ring from the store, or waits for its turn: few do so at the same time.
    CatchingUp(Reader, CatchUp),
    /// Only this remains to be sent.
    Ending(StreamEnd),
    /// The last event has been sent.
    Over,
}

type CatchUp = BoxFuture<'static, Result<Option<Missed>, StoreError>>;

/// What came of catching up.
enum Missed {
    /// What has changed, with what it came to, and room for a frame of both.
    Changes(Box<(Changes, Highlights, Reservation)>),
    /// There was no room for it, because others are slow to take what they have missed. The page takes a snapshot instead, whose
    /// bytes viewers share.
    NoRoom,
}

impl Subscriber {
    /// A subscriber that has read up to `after`. Without a reader, the server is stopping, or the
    /// database has got another history.
    pub(super) fn new(hub: Hub, reader: Option<Reader>, after: Option<Cursor>) -> Self {
        let step = match reader {
            Some(reader) => Step::First(reader, after),
            None => Step::Ending(StreamEnd::Restart),
        };
        Self { hub, step }
    }

    /// The revision of a cursor of the channel's epoch that is not too far behind.
    fn resumable(reader: &Reader, after: Cursor) -> Option<Revision> {
        // A page may be ahead of the ring, if its snapshot is newer than the pump's last read.
        let behind = reader.channel.newest().0 - after.revision.0;
        let fits = after.epoch == reader.channel.epoch && behind <= MAX_CATCH_UP;
        fits.then_some(after.revision)
    }

    /// Tells the page to take a snapshot, because there is no room for what it has missed.
    fn put_off(&self) -> (Step, Option<Bytes>) {
        self.hub.metrics().live.put_off();
        (Step::Over, Some(frame::snapshot()))
    }

    fn catch_up(&self, reader: &Reader) -> CatchUp {
        let (hub, session, cursor) = (self.hub.clone(), reader.channel.session, reader.cursor());
        let audience = reader.audience();
        // In a task: this stream is not polled while its client reads nothing, and would keep its turn.
        let catching_up = AbortOnDropHandle::new(tokio::spawn(async move {
            // Moments may have to be read first, which takes long: nobody's turn is kept for that, neither before nor after.
            let look = hub.moments.look(session, cursor).await?;
            // The semaphore is never closed.
            let catching_up = hub.catching_up.acquire().await.ok();
            // Whoever finds no room doesn't wait for those who read slowly, and have their turn behind them.
            let Some(mut room) = hub.unsent.reserve(RESERVED) else {
                return Ok(Some(Missed::NoRoom));
            };
            let changes = hub.store.changes(session, cursor, Frame::LARGEST).await?;
            drop(catching_up);
            let Some(changes) = changes else {
                return Ok(None);
            };
            room.shrink_to((changes.timestamps.len() + 1) * RESERVED_FOR_ROW);
            let look = match look.is_pending() {
                true => look,
                false => hub.moments.look(session, changes.revision).await?,
            };
            let highlights = look.after(cursor, audience);
            Ok(Some(Missed::Changes(Box::new((changes, highlights, room)))))
        }));
        Box::pin(async move {
            let caught_up = catching_up.await;
            caught_up.unwrap_or_else(|failure| Err(StoreError::Interrupted(failure)))
        })
    }
}

impl Stream for Subscriber {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            let (step, event) = match std::mem::replace(&mut self.step, Step::Over) {
                Step::First(mut reader, after) => {
                    match after.and_then(|after| Self::resumable(&reader, after)) {
                        Some(cursor) => {
                            reader.move_to(cursor);
                            (Step::Reading(reader), Some(frame::tick(self.hub.time())))
                        }
                        None => (Step::Over, Some(frame::snapshot())),
                    }
                }
                Step::Reading(mut reader) => match reader.read(context.waker()) {
                    Read::Event(event) => (Step::Reading(reader), Some(event)),
                    Read::Over(end) => (Step::Ending(end), None),
                    Read::Behind => {
                        let catching_up = self.catch_up(&reader);
                        (Step::CatchingUp(reader, catching_up), None)
                    }
                    Read::Later => {
                        self.step = Step::Reading(reader);
                        return Poll::Pending;
                    }
                },
                Step::CatchingUp(mut reader, mut catching_up) => {
                    match reader.read_meanwhile(context.waker()) {
                        Read::Over(end) => {
                            self.step = Step::Ending(end);
                            continue;
                        }
                        Read::Event(event) => {
                            self.step = Step::CatchingUp(reader, catching_up);
                            return Poll::Ready(Some(event));
                        }
                        Read::Behind | Read::Later => {}
                    }
                    match catching_up.as_mut().poll(context) {
                        Poll::Pending => {
                            self.step = Step::CatchingUp(reader, catching_up);
                            return Poll::Pending;
                        }
                        Poll::Ready(Ok(Some(Missed::Changes(missed)))) => {
                            let (changes, highlights, room) = *missed;
                            reader.move_to(changes.revision);
                            let news = News {
                                changes: &changes,
                                highlights: &highlights,
                                session: Some(&changes.session),
                            };
                            let epoch = reader.channel.epoch;
                            let event = frame::frame(news, reader.audience(), epoch);
                            match room.hold(event) {
                                Some(event) => {
                                    let live = &self.hub.metrics().live;
                                    live.caught_up(reader.audience(), event.len());
                                    (Step::Reading(reader), Some(event))
                                }
                                None => self.put_off(),
                            }
                        }
                        Poll::Ready(Ok(Some(Missed::NoRoom))) => self.put_off(),
                        Poll::Ready(Ok(None)) => (Step::Ending(StreamEnd::Gone), None),
                        Poll::Ready(Err(error)) => {
                            tracing::warn!(%error, "a subscriber could not catch up");
                            (Step::Ending(StreamEnd::Restart), None)
                        }
                    }
                }
                Step::Ending(end) => (Step::Over, Some(frame::stream_end(end))),
                Step::Over => return Poll::Ready(None),
            };
            self.step = step;
            if event.is_some() {
                return Poll::Ready(event);
            }
        }
    }
}
