//! The moderators' list: by segment, live, at its newest row unless the reader has scrolled away.

use leptos::{html, prelude::*};

use super::{
    bulk_actions::BulkActions, filter_toolbar::FilterToolbar, list_window::ListWindow,
    older_rows::use_older_rows, row_actions, row_interaction::RowInteraction,
    segment_group::SegmentGroup, undo_bar::UndoBar, visitor_dialog::VisitorDialog,
};
use crate::{
    components::{
        presence::state::PresenceState,
        shared::{
            event_target::row_of,
            form_error::FormError,
            live_text::{escaped, live_text},
            server_call::use_server_call,
        },
    },
    domain::{filter::Filter, time_range::TimeRange},
    live::{
        browser::scroll::Scroller,
        page::feed::Feed,
        signals::Effect,
        virtual_list::{filtered::FilteredRows, scroll_follow::ScrollFollow},
    },
    words::{filter as words, moderation},
};

/// The moderators' list.
#[component]
pub fn ModerationList(
    /// The live session.
    feed: Feed,
    /// The range of time whose rows are shown; none if all are.
    range: Signal<Option<TimeRange>>,
    /// Who else is here.
    presence: PresenceState,
) -> impl IntoView {
    let filter = RwSignal::new(Filter::default());
    let interaction = RowInteraction::new(presence);
    let filtered = RwSignal::new(
        feed.list
            .with_untracked(|list| FilteredRows::new(list, Filter::default())),
    );
    Effect::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        filtered.update(|filtered| filtered.follow(&list, &filter));
    });
    Effect::new(move |_| {
        let range = range.get();
        if filter.read_untracked().range != range {
            filter.update(|filter| filter.range = range);
        }
    });
    let groups = Memo::new(move |_| filtered.read().segments().collect::<Vec<_>>());
    let list = NodeRef::<html::Div>::new();
    let window = ListWindow::over(list);
    let follow = use_follow(feed, filtered, window, interaction);
    let older = use_older_rows(feed, list, window, interaction);
    older.use_range(range);
    use_ticks(list, interaction);
    let toggling = use_server_call();
    let unseen = Memo::new(move |_| filtered.read().arrived_after(follow.read().seen()));
    let jump = move |_| {
        interaction.pointing.set(None);
        follow.update(|follow| {
            follow.jump();
            follow.arrived(feed.list.read_untracked().newest());
        });
        to_end(window, || true);
    };
    let empty = move || match (filtered.read().is_empty(), filter.read().is_active()) {
        (false, _) => None,
        (true, true) => Some(words::NOTHING_PASSES),
        (true, false) => Some(moderation::NO_ROWS),
    };

    view! {
        <div class="moderation-list">
        <FilterToolbar feed filter filtered=Signal::derive(move || filtered.read().len()) />
        <BulkActions feed filter filtered interaction />
        <p
            class="visually-hidden"
            role="status"
            inner_html=live_text(move || interaction.said.get())
        ></p>
        <div
            class="moderation-list__rows"
            node_ref=list
            // Not on the way of the Tab key, but the keys that scroll need something to focus (`ListWindow`).
            tabindex="-1"
            on:click=move |event| row_actions::clicked(feed, interaction, toggling, &event)
            on:change=move |event| row_actions::ticked(interaction, &event)
            on:pointerover=move |event| row_actions::pointed(interaction, &event)
            on:pointerleave=move |_| row_actions::turn(interaction.pointing, None)
            on:focusin=move |event| {
                row_actions::turn(interaction.focused, row_of(&event));
                row_actions::turn(interaction.reading, row_actions::entered(&event));
            }
            on:focusout=move |_| {
                row_actions::turn(interaction.focused, None);
                row_actions::turn(interaction.reading, None);
            }
        >
            <Show when=move || feed.list.read().older_before().is_some()>
                <button
                    type="button"
                    class="button button--quiet button--wide"
                    data-older
                    aria-busy=move || older.call.aria_busy()
                    on:click=move |_| older.load()
                    inner_html=live_text(move || moderation::older(older.call.is_busy()))
                ></button>
                <FormError error=older.call.error />
            </Show>
            {move || empty().map(|words| view! { <p class="empty" inner_html=escaped(words)></p> })}
            <For each=move || groups.get() key=|index| *index let:index>
                <SegmentGroup feed index filtered window interaction />
            </For>
            <button
                type="button"
                class="new-pill"
                hidden=move || unseen.get() == 0
                on:click=jump
                inner_html=live_text(move || moderation::new_rows(unseen.get()))
            ></button>
        </div>
        <UndoBar feed done=interaction.done said=interaction.said />
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
    window: ListWindow,
    interaction: RowInteraction,
) -> RwSignal<ScrollFollow> {
    let newest = move || feed.list.read_untracked().newest();
    let follow = RwSignal::new(ScrollFollow::new(newest()));
    let is_wanted = move || follow.try_with_untracked(ScrollFollow::follows) == Some(true);
    let was_box = StoredValue::new(None);
    window.on_scroll(move || {
        let scroller = window.scroller();
        let is_box = matches!(scroller, Scroller::Box(_));
        let is_other = was_box.get_value().is_some_and(|was_box| was_box != is_box);
        was_box.set_value(Some(is_box));
        let mut next = follow.get_untracked();
        if is_other {
            next.scrolls_elsewhere(scroller.y());
            to_end(window, is_wanted);
        } else {
            next.scrolled(scroller.y(), scroller.below());
        }
        next.arrived(newest());
        follow.set(next);
    });
    Effect::new(move |_| {
        filtered.track();
        let held = [
            interaction.editing,
            interaction.pointing,
            interaction.reading,
        ];
        let is_held = held.iter().any(|row| row.read().is_some());
        let mut next = follow.get_untracked();
        next.hold(is_held);
        next.arrived(newest());
        if next.follows() {
            to_end(window, is_wanted);
        }
        follow.set(next);
    });
    follow
}

/// Scrolls to the end of the list once the current changes are rendered. `is_wanted` is asked at that moment, so as not to
/// scroll back a reader who has scrolled away.
fn to_end(window: ListWindow, is_wanted: impl Fn() -> bool + 'static) {
    request_animation_frame(move || {
        if is_wanted() {
            window.scroller().to_end();
        }
    });
}
