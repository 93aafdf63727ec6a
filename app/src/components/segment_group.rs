//! The rows of one segment, under its heading.

use leptos::prelude::*;

use super::watch_row::{Hands, WatchRow};
use crate::{
    domain::{
        segment::Segment,
        timestamp::{Place, Timestamp, TimestampId},
    },
    live::{feed::Feed, watch::Filter},
};

/// The rows of one segment, under its heading.
#[component]
pub fn SegmentGroup(
    /// The live session.
    feed: Feed,
    /// The segment: 1, 2, 3, ….
    index: u32,
    /// What is filtered by.
    filter: RwSignal<Filter>,
    /// What is being done with the rows.
    hands: Hands,
) -> impl IntoView {
    let segment = Memo::new(move |_| {
        let segments = feed.segments.read();
        segments
            .iter()
            .find(|segment| segment.index == index)
            .cloned()
    });
    let count = move || {
        segment
            .read()
            .as_ref()
            .map(|segment| segment.timestamp_count)
    };
    let is_open = move || {
        segment
            .read()
            .as_ref()
            .is_some_and(|segment| segment.end_time.is_none())
    };
    let times = move || segment.read().as_ref().map(times);
    let rows = Memo::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        let rows = list
            .rows()
            .filter(|row| row.segment_index == index && filter.shows(row));
        rows.map(|row| (row.id, row.place())).collect::<Vec<_>>()
    });
    let id = format!("segment-{index}");
    let heading = id.clone();
    view! {
        <section
            class="segment-group"
            class:segment-group--open=is_open
            aria-labelledby=heading
        >
            <h2 class="segment-group__heading" id=id>
                {format!("Segment {index} ")}
                <span class="count">{count}</span>
                " "
                <span class="segment-group__times">{times}</span>
            </h2>
            <ol class="timestamps">
                <For each=move || rows.get() key=|(id, _): &(TimestampId, Place)| *id let:row>
                    {use_row(feed, row.1).map(|row| view! { <WatchRow feed row hands /> })}
                </For>
            </ol>
        </section>
    }
    .into_any()
}

/// The row at a place, as it stands; none where it went away before it was drawn. A row that goes later keeps its last
/// form until it is taken off.
fn use_row(feed: Feed, place: Place) -> Option<Memo<Timestamp>> {
    let first = feed.list.read_untracked().get(place).cloned()?;
    Some(Memo::new(move |before: Option<&Timestamp>| {
        let now = feed.list.read().get(place).cloned();
        now.or_else(|| before.cloned())
            .unwrap_or_else(|| first.clone())
    }))
}

/// From when to when it ran.
fn times(segment: &Segment) -> String {
    let start = segment.start_time.format("%H:%M");
    match segment.end_time {
        Some(end) => format!("{start} – {} UTC", end.format("%H:%M")),
        None => format!("since {start} UTC"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_tells_when_it_ran() {
        let mut segment = Segment {
            index: 1,
            start_time: "2026-11-24T18:02:59Z".parse().unwrap(),
            end_time: "2026-11-24T20:14:00Z".parse().ok(),
            timestamp_count: 24,
        };
        assert_eq!(times(&segment), "18:02 – 20:14 UTC");
        segment.end_time = None;
        assert_eq!(times(&segment), "since 18:02 UTC");
    }
}
