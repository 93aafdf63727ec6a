//! Turns a plain form that a double click submits twice into one press. The form's page is the same for everybody, so it
//! can't contain an id.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use app::domain::timestamp::TimestampId;
use quick_cache::sync::Cache;

use crate::{clock::Clock, random, store::VisitorId};

/// How long the same words from the same browser count as the same press. A person who means two presses takes longer.
const ONE_CLICK: Duration = Duration::from_millis(500);
/// How many browsers' last forms are remembered.
const REMEMBERED: usize = 10_000;

/// The content of a plain form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainForm {
    /// The visitor who submitted it.
    pub visitor: VisitorId,
    /// The session's code as it appears in the address.
    pub code: String,
    /// The note as it was typed.
    pub note: String,
    /// The name as it was typed.
    pub name: String,
}

/// Recently submitted plain forms. Cheap to clone.
#[derive(Clone)]
pub struct DoubleSubmits(Arc<Cache<PlainForm, (TimestampId, Instant)>>);

impl Default for DoubleSubmits {
    fn default() -> Self {
        Self(Arc::new(Cache::new(REMEMBERED)))
    }
}

impl DoubleSubmits {
    /// The id of the press that this form makes; the id of the previous one if a double click submitted both.
    pub fn press_id(&self, form: PlainForm, clock: &Clock) -> TimestampId {
        self.press_id_at(form, clock, Instant::now())
    }

    fn press_id_at(&self, form: PlainForm, clock: &Clock, now: Instant) -> TimestampId {
        let known = self.0.get(&form);
        let same = known.filter(|(_, at)| now.duration_since(*at) < ONE_CLICK);
        same.map_or_else(
            || {
                let id = random::timestamp_id(clock);
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
    fn a_double_click_is_one_press_and_whatever_else_is_another() {
        let double_submits = DoubleSubmits::default();
        let form = |visitor: u128, note: &str| PlainForm {
            visitor: VisitorId(uuid::Uuid::from_u128(visitor)),
            code: "7KQ2MX".into(),
            note: note.into(),
            name: String::new(),
        };
        let start = Instant::now();
        let id = |form| double_submits.press_id_at(form, &Clock::System, start);
        let first = id(form(1, "a"));
        assert_eq!(id(form(1, "a")), first);
        assert_ne!(id(form(1, "b")), first);
        assert_ne!(id(form(2, "a")), first);
        let later = double_submits.press_id_at(form(1, "a"), &Clock::System, start + ONE_CLICK);
        assert_ne!(later, first);
    }
}
