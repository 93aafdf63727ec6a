//! The moderators' list: by segment, live, at its newest row unless the reader scrolled away.

use leptos::{ev, html, prelude::*};

use super::{segment_group::SegmentGroup, watch_row::Hands, watch_toolbar::WatchToolbar};
use crate::{
    domain::{revision::Revision, timestamp::Timestamp},
    live::{
        feed::Feed,
        scroll,
        watch::{Filter, Follow},
    },
};

/// Older rows are fetched when their place is so close above the window, in pixels.
const NEAR: f64 = -300.0;

/// The moderators' list.
#[component]
pub fn WatchList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let filter = RwSignal::new(Filter::default());
    let hands = Hands {
        editing: RwSignal::new(None),
        pointing: RwSignal::new(None),
        said: RwSignal::new(String::new()),
    };
    // The arrivals of what is shown, in the list's order, and the segments that they lie in.
    let shown = Memo::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        let rows = list.rows().filter(|row| filter.shows(row));
        rows.map(|row| row.arrival).collect::<Vec<_>>()
    });
    let groups = Memo::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        let rows = list.rows().filter(|row| filter.shows(row));
        let mut indexes: Vec<_> = rows.map(|row| row.segment_index).collect();
        indexes.dedup();
        indexes
    });
    let follow = use_follow(feed, shown, hands);
    let top = NodeRef::<html::Div>::new();
    use_older(feed, top);
    let unseen = Memo::new(move |_| follow.read().unseen(shown.read().iter().copied()));
    let jump = move |_| {
        hands.pointing.set(None);
        follow.update(|follow| {
            follow.jump();
            follow.arrived(newest(feed));
        });
        scroll::to_end();
    };
    let empty = move || match (shown.read().is_empty(), filter.read().is_active()) {
        (false, _) => None,
        (true, true) => Some("Nothing passes the filter."),
        (true, false) => Some("No timestamps yet. They appear here as soon as somebody presses."),
    };

    view! {
        <div class="moderate__list" node_ref=top>
            <WatchToolbar feed filter shown=Signal::derive(move || shown.read().len()) />
            <p class="visually-hidden" role="status">
                {hands.said}
            </p>
            <Show when=move || feed.list.read().older_before().is_some()>
                <button
                    type="button"
                    class="button button--quiet button--wide"
                    data-older
                    aria-busy=move || feed.is_loading_older.get().then_some("true")
                    on:click=move |_| feed.load_older.run(())
                >
                    {move || {
                        if feed.is_loading_older.get() { "Loading older ones …" } else { "Show older ones" }
                    }}
                </button>
            </Show>
            {move || empty().map(|words| view! { <p class="empty">{words}</p> })}
            <For each=move || groups.get() key=|index| *index let:index>
                <SegmentGroup feed index filter hands />
            </For>
            <button
                type="button"
                class="new-pill"
                hidden=move || unseen.get() == 0
                on:click=jump
            >
                {move || format!("{} new", unseen.get())}
            </button>
        </div>
    }
    .into_any()
}

/// Follows the newest row unless the reader scrolled away or does something with a row.
fn use_follow(feed: Feed, shown: Memo<Vec<Revision>>, hands: Hands) -> RwSignal<Follow> {
    let follow = RwSignal::new(Follow::new(newest(feed)));
    Effect::new(move |_| {
        let listener = window_event_listener(ev::scroll, move |_| {
            let mut next = follow.get_untracked();
            next.scrolled(scroll::y(), scroll::below());
            next.arrived(newest(feed));
            follow.set(next);
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        shown.track();
        let is_held = hands.editing.get().is_some() || hands.pointing.get().is_some();
        let mut next = follow.get_untracked();
        next.hold(is_held);
        next.arrived(newest(feed));
        if next.follows() {
            scroll::to_end();
        }
        follow.set(next);
    });
    follow
}

/// Fetches older rows when the reader comes near their place, and keeps what is read where it stands.
fn use_older(feed: Feed, list: NodeRef<html::Div>) {
    let anchor = StoredValue::new_local(None::<(web_sys::Element, f64)>);
    let find = move |selector: &str| {
        let list = list.get_untracked()?;
        list.query_selector(selector).ok().flatten()
    };
    let remember = move || {
        let first = find(".timestamp").map(|row| {
            let top = scroll::top_of(&row);
            (row, top)
        });
        anchor.set_value(first);
    };
    Effect::new(move |_| {
        let y = StoredValue::new(scroll::y());
        let listener = window_event_listener(ev::scroll, move |_| {
            let is_upwards = scroll::y() < y.get_value();
            y.set_value(scroll::y());
            let is_near =
                || find("[data-older]").is_some_and(|older| scroll::top_of(&older) > NEAR);
            if feed.is_loading_older.get_untracked() {
                remember();
            } else if is_upwards && is_near() {
                feed.load_older.run(());
            }
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |was_loading: Option<bool>| {
        let is_loading = feed.is_loading_older.get();
        if is_loading {
            remember();
        } else if was_loading == Some(true)
            && let Some(Some((row, top))) = anchor.try_update_value(Option::take)
        {
            scroll::keep_in_place(row, top);
        }
        is_loading
    });
}

/// The latest arrival of all that is loaded.
fn newest(feed: Feed) -> Revision {
    let list = feed.list.read_untracked();
    list.rows()
        .map(|row: &Timestamp| row.arrival)
        .max()
        .unwrap_or_default()
}
