//! Turns a plain form that a double click submits twice into one request. The forms' pages are the same for everybody, so
//! they can't contain an id.

use std::{
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use app::domain::{idempotency::IdempotencyKey, timestamp::TimestampId};
use quick_cache::sync::Cache;

use crate::{clock::Clock, random, store::VisitorId};

/// How long the same words from the same browser count as the same request. A person who means two takes longer.
const ONE_CLICK: Duration = Duration::from_millis(500);
/// How many browsers' last forms are remembered, of each kind.
const REMEMBERED: usize = 10_000;

/// The content of the viewers' plain form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainPress {
    /// The visitor who submitted it.
    pub visitor: VisitorId,
    /// The session's code as it appears in the address.
    pub code: String,
    /// The note as it was typed.
    pub note: String,
    /// The name as it was typed.
    pub name: String,
    /// The label as it was sent.
    pub label: String,
}

/// The content of the home page's plain form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainSession {
    /// The visitor who submitted it. A browser without a cookie is another one each time.
    pub visitor: VisitorId,
    /// The title as it was typed.
    pub title: String,
    /// The game as it was typed.
    pub game: String,
}

/// Recently submitted plain forms. Cheap to clone.
#[derive(Clone, Default)]
pub struct DoubleSubmits {
    presses: Recent<PlainPress, TimestampId>,
    sessions: Recent<PlainSession, IdempotencyKey>,
}

impl DoubleSubmits {
    /// The id of the press that this form makes; the id of the previous one if a double click submitted both.
    pub fn press_id(&self, form: PlainPress, clock: &Clock) -> TimestampId {
        let new = || random::timestamp_id(clock);
        self.presses.id_at(form, Instant::now(), new)
    }

    /// The key of the request to open a session that this form makes; the key of the previous one if a double click
    /// submitted both.
    pub fn session_key(&self, form: PlainSession) -> IdempotencyKey {
        let new = || IdempotencyKey(random::uuid());
        self.sessions.id_at(form, Instant::now(), new)
    }
}

/// The ids of recent forms of one kind.
struct Recent<F, I>(Arc<Cache<F, (I, Instant)>>);

impl<F, I> Clone for Recent<F, I> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<F: Eq + Hash, I: Clone> Default for Recent<F, I> {
    fn default() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }
}

impl<F: Eq + Hash, I: Copy> Recent<F, I> {
    fn id_at(&self, form: F, now: Instant, new: impl FnOnce() -> I) -> I {
        let known = self.0.get(&form);
        let same = known.filter(|(_, at)| now.duration_since(*at) < ONE_CLICK);
        same.map_or_else(
            || {
                let id = new();
                self.0.insert(form, (id, now));
                id
            },
            |(id, _)| id,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_double_click_is_one_request_and_whatever_else_is_another() {
        let recent = Recent::<(u32, &str), u32>::default();
        let start = Instant::now();
        let mut made = 0;
        let mut id = |form, at| {
            recent.id_at(form, at, || {
                made += 1;
                made
            })
        };
        assert_eq!(id((1, "a"), start), 1);
        assert_eq!(id((1, "a"), start + ONE_CLICK / 2), 1);
        assert_eq!(id((1, "b"), start), 2, "other words");
        assert_eq!(id((2, "a"), start), 3, "another browser");
        assert_eq!(id((1, "a"), start + ONE_CLICK), 4, "later");
    }
}
