//! The moderators' list: grouped by segment, live, filtered, following the newest unless its reader scrolled away.

use leptos::{html, prelude::*};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::moderated_row::ModeratedRow;
use crate::{
    clips::ClipsError,
    domain::{segment::Segment, timestamp::Timestamp},
    live::feed::Feed,
};

/// How near to its end the page must be to follow the newest, in pixels.
const NEAR_THE_END: f64 = 160.0;

/// What the reader wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Filter {
    text: String,
    segment: Option<u32>,
}

impl Filter {
    fn lets_through(&self, timestamp: &Timestamp) -> bool {
        let wanted = self.text.trim().to_lowercase();
        let says = |text: &str| text.to_lowercase().contains(&wanted);
        let note = timestamp
            .note
            .as_ref()
            .is_some_and(|note| says(note.as_str()));
        let name = timestamp
            .submitted_by
            .as_ref()
            .is_some_and(|name| says(name.as_str()));
        self.segment
            .is_none_or(|segment| segment == timestamp.segment_index)
            && (wanted.is_empty() || note || name)
    }
}

/// The moderators' list.
#[component]
pub fn WatchList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let filter = RwSignal::new(Filter::default());
    let error = RwSignal::new(None::<ClipsError>);
    let shown = Memo::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        let rows = list.rows().filter(|row| filter.lets_through(row));
        rows.cloned().collect::<Vec<_>>()
    });
    let segments = Memo::new(move |_| {
        let shown = shown.read();
        let segments = feed.segments.get().into_iter();
        let has_rows =
            |segment: &Segment| shown.iter().any(|row| row.segment_index == segment.index);
        segments.filter(has_rows).collect::<Vec<_>>()
    });
    let has_older = Memo::new(move |_| feed.list.read().older_before().is_some());
    view! {
        <div class="moderate__list">
            <Toolbar feed filter shown=Signal::derive(move || shown.read().len()) />
            <p class="form__error" role="alert">
                {move || error.get().map(|error| error.to_string())}
            </p>
            <Show when=move || has_older.get()>
                <button
                    type="button"
                    class="button button--quiet button--wide"
                    disabled=move || feed.is_loading_older.get()
                    on:click=move |_| feed.load_older.run(())
                >
                    "Show older ones"
                </button>
            </Show>
            <For each=move || segments.get() key=|segment| segment.index let:segment>
                <SegmentGroup feed index=segment.index shown on_error=move |e| error.set(e) />
            </For>
            <Show when=move || shown.read().is_empty()>
                <p class="empty">"Nothing to see here yet. New timestamps appear by themselves."</p>
            </Show>
            <NewPill shown />
        </div>
    }
    .into_any()
}

#[component]
fn Toolbar(feed: Feed, filter: RwSignal<Filter>, shown: Signal<usize>) -> impl IntoView {
    let choose = move |event| {
        let segment = event_target_value(&event).parse().ok();
        filter.update(|filter| filter.segment = segment);
    };
    let totals = move || {
        let all = feed.list.read().rows().count();
        format!("{} of {all} shown", shown.get())
    };
    view! {
        <form class="toolbar" role="search" on:submit=|event| event.prevent_default()>
            <div class="field">
                <label for="filter">"Filter"</label>
                <input
                    id="filter"
                    type="search"
                    class="input"
                    placeholder="note or name"
                    on:input=move |event| {
                        filter.update(|filter| filter.text = event_target_value(&event));
                    }
                />
            </div>
            <div class="field">
                <label for="segment">"Segment"</label>
                <select id="segment" class="input" on:change=choose>
                    <option value="">"All"</option>
                    <For each=move || feed.segments.get() key=|segment| segment.index let:segment>
                        <option value=segment.index>{format!("Segment {}", segment.index)}</option>
                    </For>
                </select>
            </div>
            <p class="toolbar__shown" role="status">
                {totals}
            </p>
        </form>
    }
}

#[component]
fn SegmentGroup(
    feed: Feed,
    index: u32,
    shown: Memo<Vec<Timestamp>>,
    #[prop(into)] on_error: Callback<Option<ClipsError>>,
) -> impl IntoView {
    let heading = StoredValue::new(format!("segment-{index}"));
    let segment = Memo::new(move |_| {
        let segments = feed.segments.read();
        segments
            .iter()
            .find(|segment| segment.index == index)
            .cloned()
    });
    let rows = move || {
        let shown = shown.read();
        let rows = shown.iter().filter(|row| row.segment_index == index);
        rows.cloned().collect::<Vec<_>>()
    };
    view! {
        <section class="segment-group" aria-labelledby=heading.get_value()>
            <h2 class="segment-group__heading" id=heading.get_value()>
                {format!("Segment {index} ")}
                <span class="count">
                    {move || segment.read().as_ref().map(|segment| segment.timestamp_count)}
                </span>
                " "
                <span class="segment-group__times">
                    {move || segment.read().as_ref().map(times)}
                </span>
            </h2>
            <ol class="timestamps">
                <For each=rows key=|row| (row.id, row.revision, row.mine) let:row>
                    <ModeratedRow code=feed.code() timestamp=row on_error />
                </For>
            </ol>
        </section>
    }
}

fn times(segment: &Segment) -> String {
    let start = segment.start_time.format("%H:%M");
    match segment.end_time {
        Some(end) => format!("{start} – {} UTC", end.format("%H:%M")),
        None => format!("since {start} UTC"),
    }
}

/// Follows the newest while the page's end is in sight; else says how many came since.
#[component]
fn NewPill(shown: Memo<Vec<Timestamp>>) -> impl IntoView {
    let end = NodeRef::<html::Div>::new();
    let seen = RwSignal::new(shown.read_untracked().len());
    let go = move || {
        if let Some(end) = end.get_untracked() {
            let options = ScrollIntoViewOptions::new();
            options.set_block(ScrollLogicalPosition::Nearest);
            end.scroll_into_view_with_scroll_into_view_options(&options);
        }
        seen.set(shown.read_untracked().len());
    };
    Effect::new(move |before: Option<bool>| {
        let count = shown.read().len();
        // The first run only notes what was there; from then on the reader's place decides.
        if before.is_some() && count > seen.get_untracked() && is_near(end) {
            request_animation_frame(go);
        } else if count < seen.get_untracked() {
            seen.set(count);
        }
        true
    });
    Effect::new(move |_| {
        let listener = window_event_listener(leptos::ev::scroll, move |_| {
            if is_near(end) {
                seen.set(shown.read_untracked().len());
            }
        });
        on_cleanup(move || listener.remove());
    });
    let new = Memo::new(move |_| shown.read().len().saturating_sub(seen.get()));
    view! {
        <Show when=move || new.get() != 0>
            <button type="button" class="new-pill" on:click=move |_| go()>
                {move || format!("{} new", new.get())}
            </button>
        </Show>
        <div node_ref=end></div>
    }
}

fn is_near(end: NodeRef<html::Div>) -> bool {
    let Some(end) = end.get_untracked() else {
        return false;
    };
    let height = window()
        .inner_height()
        .ok()
        .and_then(|height| height.as_f64());
    end.get_bounding_client_rect().top() <= height.unwrap_or_default() + NEAR_THE_END
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        offset::Offset,
        revision::Revision,
        text::{Name, Note},
        timestamp::TimestampId,
    };

    #[test]
    fn a_filter_looks_at_note_name_and_segment() {
        let timestamp = Timestamp {
            id: TimestampId(Uuid::nil()),
            segment_index: 2,
            offset_seconds: Offset(1),
            note: Note::parse_optional("Geralt insulted the Baron").unwrap_or_default(),
            submitted_by: Name::parse_optional("Ciri").unwrap_or_default(),
            created_at: DateTime::UNIX_EPOCH,
            arrival: Revision(1),
            revision: Revision(1),
            hidden: false,
            mine: false,
        };
        let lets_through = |text: &str, segment| {
            let filter = Filter {
                text: text.into(),
                segment,
            };
            filter.lets_through(&timestamp)
        };
        assert!(
            lets_through("", None) && lets_through("baron ", Some(2)) && lets_through("CIRI", None)
        );
        assert!(!lets_through("dijkstra", None) && !lets_through("", Some(1)));
    }
}
