//! The moderators' list: by segment, live, at its newest row unless the reader has scrolled away.

use leptos::{ev, html, prelude::*};

use super::{
    bulk_actions::BulkActions, filter_toolbar::FilterToolbar, row_actions,
    row_interaction::RowInteraction, segment_group::SegmentGroup, undo_bar::UndoBar,
    visitor_dialog::VisitorDialog,
};
use crate::{
    components::shared::{
        event_target::row_of,
        live_text::{escaped, live_text},
    },
    domain::filter::Filter,
    live::{
        browser::scroll,
        page::feed::Feed,
        virtual_list::{filtered::FilteredRows, scroll_follow::ScrollFollow},
    },
    words::moderation,
};

/// Older rows are loaded when their place is this close to the top of the window, in pixels.
const NEAR: f64 = -300.0;

/// The moderators' list.
#[component]
pub fn ModerationList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let filter = RwSignal::new(Filter::default());
    let interaction = RowInteraction::default();
    let filtered = RwSignal::new(
        feed.list
            .with_untracked(|list| FilteredRows::new(list, Filter::default())),
    );
    Effect::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        filtered.update(|filtered| filtered.follow(&list, &filter));
    });
    let groups = Memo::new(move |_| filtered.read().segments().collect::<Vec<_>>());
    let follow = use_follow(feed, filtered, interaction);
    let top = NodeRef::<html::Div>::new();
    let moved = use_moved();
    use_older(feed, top, interaction, moved);
    use_ticks(top, interaction);
    let unseen = Memo::new(move |_| filtered.read().arrived_after(follow.read().seen()));
    let jump = move |_| {
        interaction.pointing.set(None);
        follow.update(|follow| {
            follow.jump();
            follow.arrived(feed.list.read_untracked().newest());
        });
        scroll::to_end(|| true);
    };
    let empty = move || match (filtered.read().is_empty(), filter.read().is_active()) {
        (false, _) => None,
        (true, true) => Some(moderation::NOTHING_PASSES),
        (true, false) => Some(moderation::NO_ROWS),
    };

    view! {
        <div
            class="moderate__list"
            node_ref=top
            on:click=move |event| row_actions::clicked(feed, interaction, &event)
            on:change=move |event| row_actions::ticked(interaction, &event)
            on:pointerover=move |event| row_actions::pointed(interaction, &event)
            on:pointerleave=move |_| row_actions::turn(interaction.pointing, None)
            on:focusin=move |event| row_actions::turn(interaction.focused, row_of(&event))
            on:focusout=move |_| row_actions::turn(interaction.focused, None)
        >
            <FilterToolbar feed filter filtered=Signal::derive(move || filtered.read().len()) />
            <BulkActions feed filter filtered interaction />
            <p
                class="visually-hidden"
                role="status"
                inner_html=live_text(move || interaction.said.get())
            ></p>
            <Show when=move || feed.list.read().older_before().is_some()>
                <button
                    type="button"
                    class="button button--quiet button--wide"
                    data-older
                    aria-busy=move || feed.is_loading_older.get().then_some("true")
                    on:click=move |_| feed.load_older.run(())
                    inner_html=live_text(move || moderation::older(feed.is_loading_older.get()))
                ></button>
            </Show>
            {move || empty().map(|words| view! { <p class="empty" inner_html=escaped(words)></p> })}
            <For each=move || groups.get() key=|index| *index let:index>
                <SegmentGroup feed index filtered moved interaction />
            </For>
            <button
                type="button"
                class="new-pill"
                hidden=move || unseen.get() == 0
                on:click=jump
                inner_html=live_text(move || moderation::new_rows(unseen.get()))
            ></button>
            <UndoBar feed interaction />
            <VisitorDialog feed interaction />
        </div>
    }
    .into_any()
}

/// Ticks the boxes of the selected rows, and no others, whatever selected them.
fn use_ticks(list: NodeRef<html::Div>, interaction: RowInteraction) {
    Effect::new(move |_| {
        let selected = interaction.selected.read();
        if let Some(list) = list.get() {
            row_actions::tick(&list, &selected);
        }
    });
}

/// Follows the newest row unless the reader has scrolled away or is doing something with a row.
fn use_follow(
    feed: Feed,
    filtered: RwSignal<FilteredRows>,
    interaction: RowInteraction,
) -> RwSignal<ScrollFollow> {
    let newest = move || feed.list.read_untracked().newest();
    let follow = RwSignal::new(ScrollFollow::new(newest()));
    Effect::new(move |_| {
        let listener = window_event_listener(ev::scroll, move |_| {
            let mut next = follow.get_untracked();
            next.scrolled(scroll::y(), scroll::below());
            next.arrived(newest());
            follow.set(next);
        });
        on_cleanup(move || listener.remove());
    });
    Effect::new(move |_| {
        filtered.track();
        let is_held = interaction.editing.get().is_some() || interaction.pointing.get().is_some();
        let mut next = follow.get_untracked();
        next.hold(is_held);
        next.arrived(newest());
        if next.follows() {
            scroll::to_end(move || follow.try_with_untracked(ScrollFollow::follows) == Some(true));
        }
        follow.set(next);
    });
    follow
}

/// Loads older rows when the reader comes near their place, and keeps the visible rows in position.
fn use_older(feed: Feed, list: NodeRef<html::Div>, interaction: RowInteraction, moved: Trigger) {
    // An effect, since only the browser has elements to hold: the server drops what it made on any of its threads.
    Effect::new(move |_| fetch_older(feed, list, interaction, moved));
}

fn fetch_older(feed: Feed, list: NodeRef<html::Div>, interaction: RowInteraction, moved: Trigger) {
    let anchor = StoredValue::new_local(None::<(web_sys::Element, f64)>);
    let find = move |selector: &str| {
        let list = list.get_untracked()?;
        list.query_selector(selector).ok().flatten()
    };
    let remember = move || {
        let mut row = find(".timestamp");
        while let Some(passed) = row.take_if(|row| scroll::top_of(row) < 0.0) {
            row = passed.next_element_sibling();
        }
        let first = row.map(|row| {
            let top = scroll::top_of(&row);
            (row, top)
        });
        anchor.set_value(first);
    };
    // Rendering follows the window a little later.
    let remember = move || {
        remember();
        request_animation_frame(move || {
            if feed.is_loading_older.try_get_untracked() == Some(true) {
                remember();
            }
        });
    };
    Effect::new(move |_| {
        let y = StoredValue::new(scroll::y());
        let listener = window_event_listener(ev::scroll, move |_| {
            // At the very top, any scroll counts. There is nothing further up, and if the page moves the reader back down
            // and they jump up again at once, the observed position is the same as before.
            let is_upwards = scroll::y() < y.get_value() || scroll::y() <= 0.0;
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
            interaction.placing.set_value(true);
            scroll::keep_in_place(row, top, move || {
                interaction
                    .placing
                    .try_update_value(|placing| *placing = false);
                moved.notify();
            });
        }
        is_loading
    });
}

/// Notifies whenever the window shows a different part of the page.
fn use_moved() -> Trigger {
    let moved = Trigger::new();
    Effect::new(move |_| {
        let listeners = [
            window_event_listener(ev::scroll, move |_| moved.notify()),
            window_event_listener(ev::resize, move |_| moved.notify()),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
    moved
}
