//! The timeline's picture as it stands, drawn again as the session grows.

use super::picture::{Timeline, edge};
use crate::{
    domain::{offset::Offset, session::Status},
    live::{browser::pace::Pace, page::feed::Feed, signals::*},
};

/// How much time lies between two drawings at least, in milliseconds: segments change with every press.
const LEAST_MS: f64 = 1_000.0;

/// The picture, drawn at once when something in it changes, and then at most once a second.
#[derive(Clone, Copy)]
pub struct LivePicture {
    feed: Feed,
    /// Counts the drawings.
    drawings: ReadSignal<u32>,
}

impl LivePicture {
    /// The picture of a live page.
    pub(super) fn of(feed: Feed) -> Self {
        let (edge, drawings) = (use_edge(feed), RwSignal::new(0));
        let pace = Pace::at_least_ms(LEAST_MS);
        Effect::new(move |before: Option<()>| {
            drop((feed.segments.read(), feed.highlights.read(), edge.read()));
            if before.is_some() {
                pace.run(move || drawings.update(|drawings| *drawings += 1));
            }
        });
        Self {
            feed,
            drawings: drawings.read_only(),
        }
    }

    /// What this tells of the picture, whenever it is drawn. Tracked.
    pub(super) fn with<T>(self, tell: impl FnOnce(&Timeline<'_>) -> T) -> T {
        drop(self.drawings.read());
        self.with_untracked(tell)
    }

    /// What this tells of the picture as of now.
    pub(super) fn with_untracked<T>(self, tell: impl FnOnce(&Timeline<'_>) -> T) -> T {
        let segments = self.feed.segments.read_untracked();
        let highlights = self.feed.highlights.read_untracked();
        tell(&Timeline::new(
            &segments,
            &highlights,
            untrack(|| elapsed(self.feed)),
        ))
    }
}

/// Where the picture's edge is, if a segment is open.
fn use_edge(feed: Feed) -> Memo<Option<u32>> {
    Memo::new(move |_| elapsed(feed).map(edge))
}

/// How long the open segment is, in seconds. Tracked.
fn elapsed(feed: Feed) -> Option<u32> {
    let start = match feed.session.read().status {
        Status::Active { start_time, .. } => start_time,
        Status::Paused { .. } | Status::Ended { .. } => return None,
    };
    Some(Offset::between(start, feed.now.get()?).seconds())
}
