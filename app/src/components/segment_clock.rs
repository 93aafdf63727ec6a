//! The running clock of the open segment.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::{
    domain::{
        offset::Offset,
        session::{Session, Status},
    },
    live::feed::Feed,
};

/// The running clock of the open segment; nothing while there is none.
#[component]
pub fn SegmentClock(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let reading = use_reading(feed.session, feed.now);
    move || {
        reading.get().map(|(segment, offset)| {
            view! {
                <p class="clock" role="timer" aria-label=format!("Clock of segment {segment}")>
                    <span class="clock__segment">{format!("Segment {segment}")}</span>
                    " "
                    <span class="clock__time">{offset.to_string()}</span>
                </p>
            }
        })
    }
}

/// The open segment and where its clock stands.
pub fn use_reading(
    session: Signal<Session>,
    now: Signal<DateTime<Utc>>,
) -> Memo<Option<(u32, Offset)>> {
    Memo::new(move |_| match session.read().status {
        Status::Active {
            segment,
            start_time,
        } => Some((segment, Offset::between(start_time, now.get()))),
        Status::Paused { .. } | Status::Ended { .. } => None,
    })
}
