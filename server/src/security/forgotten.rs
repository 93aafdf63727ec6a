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
    UnderWay,
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
        if !self.is_erased(visitor) {
            self.0.insert(visitor, Progress::UnderWay);
        }
    }

    /// All that there was of this visitor is erased.
    pub fn erased(&self, visitor: VisitorId) {
        self.0.insert(visitor, Progress::Erased);
    }

    /// The erasure has failed: the visitor is who they were, and can ask again.
    pub fn failed(&self, visitor: VisitorId) {
        self.0.remove(&visitor);
    }

    /// Whether this visitor was forgotten, or is being.
    pub fn contains(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor).is_some()
    }

    /// Whether nothing more may be written in the name of this visitor: a browser that still sends their cookie is somebody
    /// else by now.
    pub fn is_erased(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor) == Some(Progress::Erased)
    }
}
