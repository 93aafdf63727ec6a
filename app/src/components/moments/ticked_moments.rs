//! The moments that are ticked: how many they are, and merging them into one.

use std::collections::HashSet;

use super::{
    merging::{Merging, RequestedMerge},
    moment_actions::{MomentActions, Performed, way_to},
};
use crate::{
    components::shared::{
        focus::go_on,
        form_error::FormError,
        live_text::live_text,
        ticked_bar::{TICKED_BAR, TickedBar},
    },
    domain::moments::{
        moment::{Moment, MomentId},
        moment_edit::MomentEditInput,
        unshown::Unshown,
    },
    live::signals::views::*,
    words::moments as words,
};

/// The bar of the moments that are ticked. Empty while none is.
#[component]
pub fn TickedMoments(
    /// What is being done with the moments.
    actions: MomentActions,
) -> impl IntoView {
    let count = Memo::new(move |_| actions.still_ticked.read().len());
    // In the place of the button.
    let hint = move || {
        let is_impossible = actions.merging() == Merging::OtherSegments;
        is_impossible.then_some(words::OTHER_SEGMENTS)
    };
    // Each waits for what is being done with the moment that the others become part of.
    Effect::new(move |_| {
        for request in actions.requested_merges.get() {
            let is_busy = actions.busy.read().contains(&request.into);
            if !is_busy {
                untrack(|| actions.perform_merge(request));
            }
        }
    });
    view! {
        <Show when=move || count.get() != 0>
            <TickedBar
                label=words::TICKED
                ticked=move || words::ticked(count.get())
                on_clear=move || {
                    let first = actions.still_ticked.read_untracked().iter().next().copied();
                    actions.ticked.update(HashSet::clear);
                    actions.merge_error().set(None);
                    if let Some(first) = first {
                        go_on(TICKED_BAR, way_to(first, None));
                    }
                }
            >
                <p class="field__hint" role="status" inner_html=live_text(hint)></p>
                <Show when=move || actions.merging() == Merging::Possible>
                    <button type="button" class="button" on:click=move |_| actions.merge()>
                        {words::MERGE}
                    </button>
                </Show>
            </TickedBar>
            <FormError error=actions.merge_error() />
        </Show>
    }
    .into_any()
}

impl MomentActions {
    /// Merges the moments that were ticked into one of them, or into another one. Why it was refused is told beside the button
    /// that was pressed.
    fn perform_merge(self, request: RequestedMerge) {
        let RequestedMerge {
            into: id,
            ticked,
            by_bar,
        } = request;
        let others = ticked.iter().copied();
        let others: Vec<_> = others.filter(|other| *other != id).collect();
        let Some(moment) = self.find(id).filter(|_| !others.is_empty()) else {
            self.end_merge(id);
            return;
        };
        let at = moment.peak;
        let unshown = self.unshown_by(&moment, &others);
        // Only the server knows how many there are.
        let words = move |done: &Performed| words::merged(at, done.merged, unshown);
        let edits = vec![MomentEditInput::Merge { others }];
        self.perform(id, edits, None, words, move |done| {
            self.end_merge(id);
            if done.refusal.is_none() {
                // Those that are part of it by now are not merged into it once more.
                self.requested_merges.update(|requested| {
                    for later in requested.iter_mut().filter(|later| later.into == id) {
                        later.ticked.retain(|moment| !ticked.contains(moment));
                    }
                });
                // What was ticked meanwhile stays so.
                self.ticked
                    .update(|now| now.retain(|moment| !ticked.contains(moment)));
                go_on(TICKED_BAR, way_to(id, None));
            }
            match by_bar {
                true => self.merge_error().set(done.refusal),
                false => self.tell(id, done),
            }
        });
    }

    /// The first of the merges into this moment that were asked for is over.
    fn end_merge(self, into: MomentId) {
        self.requested_merges.update(|requested| {
            if let Some(first) = requested.iter().position(|of| of.into == into) {
                requested.remove(first);
            }
        });
    }

    /// What will no longer be shown of these moments, and of those between them, as far as the page knows.
    fn unshown_by(self, moment: &Moment, others: &[MomentId]) -> Unshown {
        let highlights = self.feed.highlights.read_untracked();
        let is_named = |other: &&Moment| others.contains(&other.id);
        let whole = moment.merged_with(highlights.moments().filter(is_named));
        let lies_in = |other: &Moment| whole.contains(other.segment_index, other.peak);
        let merged = highlights.moments().filter(|other| {
            other.id != moment.id && (others.contains(&other.id) || lies_in(other))
        });
        Unshown::of(merged, moment)
    }

    /// The bar's button. The one of the ticked moments that the others are merged into: one that has a title or a star,
    /// otherwise the best.
    fn merge(self) {
        self.merge_error().set(None);
        let ticked = self.still_ticked.get_untracked();
        let highlights = self.feed.highlights.read_untracked();
        let ticked = highlights
            .moments()
            .filter(|moment| ticked.contains(&moment.id));
        let best =
            ticked.max_by_key(|moment| (moment.title.is_some(), moment.starred, moment.excess));
        let best = best.map(|moment| moment.id);
        drop(highlights);
        if let Some(id) = best {
            self.request_merge(id, true);
        }
    }
}
