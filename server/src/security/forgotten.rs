//! Visitors who were forgotten a little while ago. Answers to their other requests may still be under way, and must not give
//! their browsers back the cookie that *Forget me* removes; and nothing more may be written in their name.

use std::sync::Arc;

use quick_cache::sync::{Cache, EntryAction, EntryResult};

use crate::store::VisitorId;

/// How many are remembered; requests under way are few, and a visitor is forgotten once.
const REMEMBERED: usize = 10_000;

/// Who was forgotten, as far as this process knows.
#[derive(Clone)]
pub struct Forgotten(Arc<Cache<VisitorId, Progress>>);

/// How far the forgetting of a visitor has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// Their rows are being deleted.
    UnderWay,
    /// Nothing more is written in their name, and what was being written is looked for.
    Closed,
    /// Nothing was found any more.
    Erased,
}

impl Default for Forgotten {
    fn default() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }
}

impl Forgotten {
    /// This visitor is being forgotten.
    pub fn begin(&self, visitor: VisitorId) {
        self.advance(visitor, Progress::UnderWay);
    }

    /// From now on, nothing more is written in the name of this visitor.
    pub fn close(&self, visitor: VisitorId) {
        self.advance(visitor, Progress::Closed);
    }

    /// All that there was of this visitor is erased.
    pub fn erased(&self, visitor: VisitorId) {
        self.advance(visitor, Progress::Erased);
    }

    /// An erasure has failed: unless another request has erased them, the visitor is who they were, and can ask again.
    pub fn failed(&self, visitor: VisitorId) {
        let is_unfinished = |progress: &Progress| *progress != Progress::Erased;
        self.0.remove_if(&visitor, is_unfinished);
    }

    /// In one step, so that no request sets back what another one has done meanwhile.
    fn advance(&self, visitor: VisitorId, to: Progress) {
        let known = self.0.entry(&visitor, None, |_, progress| {
            *progress = to.max(*progress);
            EntryAction::Retain(())
        });
        if let EntryResult::Vacant(place) = known {
            // It only fails if all visitors were forgotten meanwhile.
            let _ = place.insert(to);
        }
    }

    /// Whether this visitor was forgotten, or is being.
    pub fn contains(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor).is_some()
    }

    /// Whether nothing more may be written in the name of this visitor: a browser that still sends their cookie is somebody
    /// else by now.
    pub fn is_closed(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor) >= Some(Progress::Closed)
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Barrier, thread};

    use super::*;
    use crate::random;

    #[test]
    fn a_visitor_whose_erasure_failed_at_any_step_is_who_they_were() {
        let (forgotten, visitor) = (Forgotten::default(), VisitorId(random::uuid()));
        for is_closed in [false, true] {
            forgotten.begin(visitor);
            if is_closed {
                forgotten.close(visitor);
            }
            assert!(forgotten.contains(visitor));
            forgotten.failed(visitor);
            assert!(!forgotten.contains(visitor));
        }
    }

    #[test]
    fn whoever_one_request_has_erased_stays_erased_when_another_one_fails() {
        let (forgotten, visitor) = (Forgotten::default(), VisitorId(random::uuid()));
        let others: [fn(&Forgotten, VisitorId); 2] = [Forgotten::begin, Forgotten::close];
        for other in others {
            forgotten.begin(visitor);
            forgotten.close(visitor);
            forgotten.erased(visitor);
            other(&forgotten, visitor);
            forgotten.failed(visitor);
            assert!(forgotten.is_closed(visitor));
        }
    }

    #[test]
    fn a_failure_at_the_very_moment_when_another_request_has_erased_a_visitor_changes_nothing() {
        const ROUNDS: usize = 5_000;
        let (forgotten, together) = (Forgotten::default(), Barrier::new(2));
        let visitors: Vec<_> = (0..ROUNDS).map(|_| VisitorId(random::uuid())).collect();
        let ask = |end: fn(&Forgotten, VisitorId)| {
            for visitor in &visitors {
                forgotten.begin(*visitor);
                together.wait();
                forgotten.close(*visitor);
                end(&forgotten, *visitor);
                together.wait();
                assert!(forgotten.is_closed(*visitor));
            }
        };
        thread::scope(|scope| {
            scope.spawn(|| ask(Forgotten::erased));
            scope.spawn(|| ask(Forgotten::failed));
        });
    }
}
