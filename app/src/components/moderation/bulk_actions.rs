//! Bulk actions: hides or restores the ticked rows, or all that match the filter.

use std::collections::HashSet;

use super::{
    row_actions::way_to,
    row_interaction::{RowInteraction, UndoableAction},
};
use crate::{
    components::shared::{
        confirm::Confirm,
        focus::go_on,
        form_error::FormError,
        live_text::live_text,
        server_call::use_server_call,
        ticked_bar::{TICKED_BAR, TickedBar},
    },
    domain::{filter::Filter, session::Session, timestamp::TimestampId},
    live::{
        browser::random, calls::bulk_moderation, list::timestamps::List, page::feed::Feed,
        signals::views::*, virtual_list::filtered::FilteredRows,
    },
    service::ServiceError,
    words::{filter as words, moderation},
};

/// Hides or restores many rows at once. Empty while no row is ticked and nothing is filtered.
#[component]
pub fn BulkActions(
    /// The live session.
    feed: Feed,
    /// The filter.
    filter: RwSignal<Filter>,
    /// The rows that match it.
    filtered: RwSignal<FilteredRows>,
    /// Whether older ones are left to load.
    has_older: Memo<bool>,
    /// What is being done with the rows.
    interaction: RowInteraction,
) -> impl IntoView {
    let hiding = use_server_call();
    hiding.forgets_absence(feed);
    let asks = RwSignal::new(false);
    // The question is about this one, also if the filter changes before it is answered.
    let asked_about = RwSignal::new((Filter::default(), Passing::default()));
    let ticked = Memo::new(move |_| Ticked::in_list(&feed.list.read(), &interaction.ticked.read()));
    let passing = Memo::new(move |_| {
        if !filter.read().picks() {
            return Passing::default();
        }
        Passing {
            loaded: filtered.read().public(),
            has_older: has_older.get(),
        }
    });
    let ask = move |_| {
        if !hiding.is_busy_untracked() {
            asked_about.set((filter.get_untracked(), passing.get_untracked()));
            asks.set(true);
        }
    };
    let asked_words = move || {
        let asked = asked_about.read();
        let (filter, passing) = &*asked;
        passing.asked(filter, &feed.session.read())
    };
    // How many of all matching rows are hidden so far.
    let swept = RwSignal::new(None::<u32>);
    let hide_filtered = move |()| {
        if hiding.is_busy_untracked() {
            return;
        }
        swept.set(Some(0));
        let act = random::moderation_id();
        // If the page is left in the meantime, nobody could undo the rest.
        let goes_on = move |hidden| swept.try_set(Some(hidden)).is_none();
        let hide = bulk_moderation::hide_filtered(
            feed.code(),
            asked_about.get_untracked().0,
            act,
            goes_on,
        );
        hiding.start_and(hide, move |answer| {
            let hidden = swept.get_untracked().unwrap_or_default();
            swept.set(None);
            feed.retry_now.run(());
            let refused = answer.err();
            let words = words::swept(hidden, refused);
            match can_be_undone(hidden, refused) {
                true => interaction.done.set(Some(UndoableAction {
                    acts: vec![act],
                    words,
                    about: way_to(None),
                })),
                false => interaction.said.set(words),
            }
            // The button is gone as soon as the page hears that the rows are hidden.
            if refused.is_none() {
                go_on(TICKED_BAR, way_to(None));
            }
        });
    };
    let set_hidden = move |ids: Vec<TimestampId>, hides: bool| {
        if ids.is_empty() {
            return;
        }
        let (code, act) = (feed.code(), random::moderation_id());
        let words = moderation::hidden_or_shown(ids.len(), hides);
        let about = way_to(ids.first().copied());
        let ticked = interaction.ticked.get_untracked();
        let set = async move { bulk_moderation::set_hidden(code, &ids, hides, act).await };
        hiding.start_and(set, move |answer| {
            feed.retry_now.run(());
            if answer.is_err() {
                return;
            }
            go_on(TICKED_BAR, about.clone());
            match hides {
                true => interaction.done.set(Some(UndoableAction {
                    acts: vec![act],
                    words,
                    about,
                })),
                false => interaction.said.set(words),
            }
            // What was ticked meanwhile stays so.
            interaction.keep_ticked(|row| !ticked.contains(&row));
        });
    };
    view! {
        <Show when=move || !ticked.read().is_empty()>
            <TickedBar
                label=moderation::TICKED
                ticked=move || moderation::ticked(ticked.read().len())
                on_clear=move || {
                    let first = interaction.ticked.read_untracked().iter().next().copied();
                    interaction.ticked.update(HashSet::clear);
                    go_on(TICKED_BAR, way_to(first));
                }
            >
                <Show when=move || !ticked.read().shown.is_empty()>
                    <button
                        type="button"
                        class="button"
                        aria-busy=move || hiding.aria_busy()
                        on:click=move |_| set_hidden(ticked.get_untracked().shown, true)
                        inner_html=live_text(move || moderation::hide(ticked.read().shown.len()))
                    ></button>
                </Show>
                <Show when=move || !ticked.read().hidden.is_empty()>
                    <button
                        type="button"
                        class="button"
                        aria-busy=move || hiding.aria_busy()
                        on:click=move |_| set_hidden(ticked.get_untracked().hidden, false)
                        inner_html=live_text(move || moderation::restore(ticked.read().hidden.len()))
                    ></button>
                </Show>
            </TickedBar>
        </Show>
        <Show when=move || {
            (passing.read().can_be_hidden() && ticked.read().is_empty()) || swept.read().is_some()
        }>
            <div class="bulk-actions">
                <button
                    type="button"
                    class="button"
                    aria-busy=move || hiding.aria_busy()
                    on:click=ask
                    inner_html=live_text(move || match swept.get() {
                        Some(hidden) => words::hiding(hidden),
                        None => passing.get().words(),
                    })
                ></button>
            </div>
        </Show>
        <FormError error=hiding.error />
        <Confirm
            open=asks
            question=words::HIDE_ALL_QUESTION
            explanation=words::HIDE_ALL_EXPLANATION
            yes=words::HIDE_ALL_YES
            on_yes=hide_filtered
        >
            <p dir="auto" inner_html=live_text(asked_words)></p>
            <p inner_html=live_text(move || asked_about.read().1.means())></p>
        </Confirm>
    }
    .into_any()
}

/// Some rows, by what can be done to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ticked {
    shown: Vec<TimestampId>,
    hidden: Vec<TimestampId>,
}

impl Ticked {
    fn in_list(list: &List, ticked: &HashSet<TimestampId>) -> Self {
        let places = ticked.iter().filter_map(|id| list.place(*id));
        let rows = places.filter_map(|place| list.get(place));
        Self::of(rows.map(|row| (row.id, row.hidden)))
    }

    fn of(rows: impl Iterator<Item = (TimestampId, bool)>) -> Self {
        let mut many = Self::default();
        for (id, is_hidden) in rows {
            match is_hidden {
                true => many.hidden.push(id),
                false => many.shown.push(id),
            }
        }
        many
    }

    fn len(&self) -> usize {
        self.shown.len() + self.hidden.len()
    }

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The rows of a list that match a filter and are visible to viewers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Passing {
    /// How many of those that the page has loaded.
    loaded: usize,
    /// Whether there may be others among those that it has not.
    has_older: bool,
}

impl Passing {
    fn can_be_hidden(self) -> bool {
        self.loaded > 0 || self.has_older
    }

    fn words(self) -> String {
        words::hide_all(self.loaded, self.has_older)
    }

    fn means(self) -> &'static str {
        words::hiding_means(self.loaded, self.has_older)
    }

    fn asked(self, filter: &Filter, session: &Session) -> String {
        words::matching(self.loaded, self.has_older, filter, session)
    }
}

/// Whether there is anything to undo of hiding all that match the filter.
fn can_be_undone(hidden: u32, refused: Option<&ServiceError>) -> bool {
    match (hidden, refused) {
        // Somebody undid it while it went on.
        (_, Some(ServiceError::ModerationConflict)) => false,
        (0, None) => false,
        // An answer that was lost: it may have been done all the same.
        (0, Some(refused)) => refused.is_retryable(),
        (_, _) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hiding_can_be_undone_where_it_may_have_hidden_anything() {
        let can_be_undone =
            |hidden, refused: Option<ServiceError>| can_be_undone(hidden, refused.as_ref());
        assert!(can_be_undone(3, None) && can_be_undone(3, Some(ServiceError::Unreachable)));
        assert!(can_be_undone(0, Some(ServiceError::Unreachable)));
        assert!(!can_be_undone(0, None) && !can_be_undone(0, Some(ServiceError::InvalidLink)));
        assert!(!can_be_undone(3, Some(ServiceError::ModerationConflict)));
    }
}
