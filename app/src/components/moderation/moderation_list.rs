//! The moderators' list: by segment, live, at its newest row unless the reader has scrolled away.

use leptos::html;

use super::{
    filter_toolbar::FilterToolbar, following::Following, list_window::ListWindow,
    older_rows::use_older_rows, printed_rows::PrintedRows, row_actions,
    row_interaction::RowInteraction, segment_group::SegmentGroup,
};
use crate::{
    components::{
        desk::{later::Later, part::Part},
        presence::state::PresenceState,
        shared::{
            event_target::row_of,
            focus::{NOWHERE, go_on},
            form_error::FormError,
            live_text::{escaped, live_text},
            one_intention::use_last_click,
            server_call::{forgets_absences, use_server_call},
        },
    },
    domain::{filter::Filter, time_range::TimeRange},
    live::{
        browser::{after_paint::after_paint, size_watch::SizeWatch},
        page::feed::Feed,
        signals::views::*,
        virtual_list::filtered::FilteredRows,
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
    let range = after_paint_of(range);
    let filter = RwSignal::new(Filter::default());
    let interaction = RowInteraction::new(presence);
    let filtered = RwSignal::new(
        feed.list
            .with_untracked(|list| FilteredRows::new(list, Filter::default())),
    );
    Effect::new(move |_| {
        let (list, filter) = (feed.list.read(), filter.read());
        let edited = interaction.edited();
        let is_there = |id| list.place(id).and_then(|place| list.get(place)).is_some();
        if edited.is_some_and(|id| !is_there(id)) {
            interaction.lose_edited();
            // Its segment may be gone with it.
            go_on(NOWHERE, row_actions::way_to(None));
        }
        filtered.update(|filtered| filtered.follow(&list, &filter, edited));
        // Nothing is done to rows that nobody sees.
        interaction.keep_ticked(|id| {
            let row = list.place(id).and_then(|place| list.get(place));
            row.is_some_and(|row| filter.shows(row))
        });
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
    let following = Following::new(feed, filtered, window, interaction);
    let older = use_older_rows(feed, range, list, window, interaction);
    use_ticks(list, interaction);
    // The lines above and below the rows come and go, and a list that follows its newest row keeps that in sight.
    Effect::new(move |_| {
        let list = list.get()?;
        SizeWatch::over(&list, move || {
            following.keep_up();
            window.notify();
        })
    });
    let toggling = (use_server_call(), use_last_click());
    forgets_absences(interaction.failed, feed);
    let unseen = Memo::new(move |_| following.unseen(&filtered.read()));
    let jump = move |_| {
        interaction.pointing.set(None);
        following.jump();
    };
    let empty = move || match (filtered.read().is_empty(), filter.read().is_active()) {
        (false, _) => None,
        (true, _) if older.call.is_busy() => None,
        (true, true) => Some(words::NOTHING_MATCHES),
        (true, false) => Some(moderation::NO_ROWS),
    };

    view! {
        <div class="moderation-list">
        <FilterToolbar
            feed
            filter
            filtered=Signal::derive(move || filtered.read().len())
            has_older=older.are_left
        />
        <Later
            part=Part::BulkActions { feed, filter, filtered, has_older: older.are_left, interaction }
            is_wanted=move || !interaction.ticked.read().is_empty() || filter.read().picks()
        />
        <p
            class="visually-hidden"
            role="status"
            inner_html=live_text(move || interaction.said.get())
        ></p>
        <PrintedRows list filtered has_older=older.are_left />
        <div
            class="moderation-list__rows"
            class:moderation-list__rows--followed=move || following.follows()
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
            <Show when=move || older.are_left.get()>
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
                <SegmentGroup feed index filtered window following interaction />
            </For>
            <button
                type="button"
                class="new-pill"
                hidden=move || unseen.get() == 0
                on:click=jump
                inner_html=live_text(move || moderation::new_rows(unseen.get()))
            ></button>
        </div>
        <Later
            part=Part::UndoBar { feed, done: interaction.done, said: interaction.said }
            is_wanted=move || interaction.done.read().is_some()
        />
        <Later
            part=Part::Visitor { feed, interaction }
            is_wanted=move || interaction.about.read().is_some()
        />
        </div>
    }
    .into_any()
}

/// The range as it was at the last frame. That something was selected is then shown at once, before all rows are drawn again.
fn after_paint_of(range: Signal<Option<TimeRange>>) -> Signal<Option<TimeRange>> {
    let shown = RwSignal::new(range.get_untracked());
    Effect::new(move |_| {
        range.track();
        after_paint(move || {
            let range = range.try_get_untracked().flatten();
            if shown
                .try_get_untracked()
                .is_some_and(|shown| shown != range)
            {
                shown.set(range);
            }
        });
    });
    Signal::derive(move || shown.get())
}

/// Ticks the boxes of the ticked rows, and no others, whatever ticked them.
fn use_ticks(list: NodeRef<html::Div>, interaction: RowInteraction) {
    Effect::new(move |_| {
        let ticked = interaction.ticked.read();
        if let Some(list) = list.get() {
            row_actions::tick(&list, &ticked);
        }
    });
}
