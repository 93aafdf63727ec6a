//! The timeline's picture as it stands, drawn again as the session grows.

use super::picture::Timeline;
use crate::{
    domain::{offset::Offset, session::Status},
    live::{page::feed::Feed, signals::*},
};

/// How often the edge of the open segment moves, in seconds: the picture is a thousand of them wide.
const EDGE_SECONDS: u32 = 5;

/// Something of the picture as it stands.
pub(super) fn drawn<T: PartialEq + Send + Sync + 'static>(
    feed: Feed,
    edge: Memo<Option<u32>>,
    draw: impl Fn(&Timeline<'_>) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| {
        let (segments, highlights) = (feed.segments.read(), feed.highlights.read());
        draw(&Timeline::new(&segments, &highlights, edge.get()))
    })
}

/// How long the open segment is, in seconds, as far as the picture shows it.
pub(super) fn use_edge(feed: Feed) -> Memo<Option<u32>> {
    Memo::new(move |_| {
        let start = match feed.session.read().status {
            Status::Active { start_time, .. } => start_time,
            Status::Paused { .. } | Status::Ended { .. } => return None,
        };
        let elapsed = Offset::between(start, feed.now.get()?).seconds();
        Some(elapsed - elapsed % EDGE_SECONDS)
    })
}
