//! The first look at a session's moments, which may take seconds, and the pages that could not wait for it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use app::domain::revision::Revision;

/// Whether a session's moments have been looked at since this process began to read them.
#[derive(Debug, Default)]
pub(super) struct FirstLook(Mutex<State>);

#[derive(Clone, Copy, Debug)]
enum State {
    /// Not yet. It must come at this revision or later, which is the latest that a page without moments shows.
    Ahead { promised: Revision },
    /// At least once.
    Past,
}

impl Default for State {
    fn default() -> Self {
        Self::Ahead {
            promised: Revision(0),
        }
    }
}

impl FirstLook {
    /// The session is read from its first press again: what pages know belongs to another history.
    pub(super) fn forget(&self) {
        *self.state() = State::default();
    }

    /// Whether it has not come yet.
    pub(super) fn is_ahead(&self) -> bool {
        matches!(*self.state(), State::Ahead { .. })
    }

    /// Promises a page of this revision that all moments will be found at it or later. False if they were found already,
    /// perhaps earlier: the page can have them.
    pub(super) fn promise(&self, revision: Revision) -> bool {
        match &mut *self.state() {
            State::Ahead { promised } => {
                *promised = revision.max(*promised);
                true
            }
            State::Past => false,
        }
    }

    /// Asks whether moments may be looked at as of this revision without breaking a promise. If so, none is made any more.
    pub(super) fn may_come_at(&self, revision: Revision) -> bool {
        let mut state = self.state();
        match *state {
            State::Ahead { promised } if promised > revision => false,
            State::Ahead { .. } | State::Past => {
                *state = State::Past;
                true
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A look is a read of the session's latest revision and then a question; pages come in between.
        #[test]
        fn no_page_that_was_promised_moments_knows_a_later_revision_than_the_first_look(
            steps in prop::collection::vec((0i64..20, any::<bool>()), 1..40),
        ) {
            let (first_look, mut looked_at) = (FirstLook::default(), None);
            let mut latest_promise = None;
            for (revision, is_look) in steps {
                let revision = Revision(revision);
                if is_look {
                    let may = first_look.may_come_at(revision);
                    prop_assert_eq!(may, looked_at.is_some() || latest_promise <= Some(revision));
                    looked_at = looked_at.or(may.then_some(revision));
                } else {
                    let promised = first_look.promise(revision);
                    prop_assert_eq!(promised, looked_at.is_none());
                    latest_promise = latest_promise.max(promised.then_some(revision));
                }
            }
            prop_assert!(looked_at.is_none() || latest_promise <= looked_at);
            first_look.forget();
            prop_assert!(first_look.promise(Revision(0)));
        }
    }
}
