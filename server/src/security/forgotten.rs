//! Visitors who were forgotten a little while ago. Answers to their other requests may still be under way, and must not give
//! their browsers back the cookie that *Forget me* removes; and nothing more may be written in their name.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::store::VisitorId;

/// How many are remembered; requests under way are few, and a visitor is forgotten once.
const REMEMBERED: usize = 10_000;

/// Who was forgotten, as far as this process knows.
#[derive(Clone)]
pub struct Forgotten(Arc<Cache<VisitorId, Progress>>);

/// How far the forgetting of a visitor has come.
#[derive(Clone, Copy, PartialEq, Eq)]
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
        if !self.contains(visitor) {
            self.0.insert(visitor, Progress::UnderWay);
        }
    }

    /// From now on, nothing more is written in the name of this visitor.
    pub fn close(&self, visitor: VisitorId) {
        if self.0.get(&visitor) != Some(Progress::Erased) {
            self.0.insert(visitor, Progress::Closed);
        }
    }

    /// All that there was of this visitor is erased.
    pub fn erased(&self, visitor: VisitorId) {
        self.0.insert(visitor, Progress::Erased);
    }

    /// An erasure has failed: unless another request has erased them, the visitor is who they were, and can ask again.
    pub fn failed(&self, visitor: VisitorId) {
        if self.0.get(&visitor) != Some(Progress::Erased) {
            self.0.remove(&visitor);
        }
    }

    /// Whether this visitor was forgotten, or is being.
    pub fn contains(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor).is_some()
    }

    /// Whether nothing more may be written in the name of this visitor: a browser that still sends their cookie is somebody
    /// else by now.
    pub fn is_closed(&self, visitor: VisitorId) -> bool {
        matches!(
            self.0.get(&visitor),
            Some(Progress::Closed | Progress::Erased)
        )
    }
}

#[cfg(test)]
mod tests {
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
}
