//! Visitors who were forgotten a little while ago. Answers to their other requests may still be under way, and must not give
//! their browsers back the cookie that *Forget me* removes.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::store::VisitorId;

/// How many are remembered; requests under way are few, and a visitor is forgotten once.
const REMEMBERED: usize = 10_000;

/// Who was forgotten, as far as this process knows.
#[derive(Clone)]
pub struct Forgotten(Arc<Cache<VisitorId, ()>>);

impl Default for Forgotten {
    fn default() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }
}

impl Forgotten {
    /// This visitor is being forgotten.
    pub fn insert(&self, visitor: VisitorId) {
        self.0.insert(visitor, ());
    }

    /// Whether this visitor was forgotten.
    pub fn contains(&self, visitor: VisitorId) -> bool {
        self.0.get(&visitor).is_some()
    }
}
