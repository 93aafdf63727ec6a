//! Moments and curves as frames tell them.

use super::State;
use crate::{
    domain::{highlights::Highlights, revision::Revision},
    live::{highlights::LiveHighlights, signals::*},
};

/// Where a crowd presses, they change with every frame, and whoever follows them looks through hundreds of moments. So much
/// time lies at least between two times that followers are told, in milliseconds.
pub(super) const LEAST_MS: f64 = 1_000.0;

impl State {
    /// Merges what a frame told. It is known at once; those who follow it are told now, or within a second if they were told
    /// just before.
    pub(super) fn merge_highlights(self, told: Highlights, revision: Revision) {
        let known: RwSignal<LiveHighlights> = self.highlights;
        known.maybe_update(|known| {
            known.merge(told, revision);
            false
        });
        self.highlights_pace
            .run(move || known.maybe_update(|_| true));
    }
}
