//! Turns a plain form that is submitted twice, by a double click or because the answer was late, into one request. The forms'
//! pages are the same for everybody, so they can't contain an id. Each process remembers its own.

use std::{
    hash::Hash,
    sync::Arc,
    time::{Duration, Instant},
};

use app::domain::{
    code::Code,
    idempotency::IdempotencyKey,
    labels::LabelId,
    text::{Game, Name, Note, Title},
    timestamp::TimestampId,
};
use quick_cache::sync::{Cache, EntryAction, EntryResult};

use crate::{
    clock::Clock,
    random,
    store::{DB_TIMEOUT, VisitorId},
};

/// For how long after its answer the same words from the same browser count as the same request. A person who means two
/// takes longer.
const ONE_CLICK: Duration = Duration::from_millis(500);
/// The same for a request without a good answer, after each attempt: what was sent may still be recorded, and the person is told
/// to try again. It may wait for as long as another's work may take, and then take as long itself.
const UNANSWERED: Duration = DB_TIMEOUT.saturating_mul(2);
/// How many browsers' last forms are remembered, of each kind. Anybody can send some, so what is remembered of each is bounded
/// too: only texts that were parsed.
const REMEMBERED: usize = 10_000;

/// The content of the viewers' plain form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainPress {
    /// The visitor who submitted it.
    pub visitor: VisitorId,
    /// The session's code.
    pub code: Code,
    /// The note.
    pub note: Option<Note>,
    /// The name.
    pub name: Option<Name>,
    /// The label.
    pub label: Option<LabelId>,
}

/// The content of the home page's plain form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PlainSession {
    /// The visitor who submitted it. A browser without a cookie is another one each time.
    pub visitor: VisitorId,
    /// The title.
    pub title: Title,
    /// The game.
    pub game: Game,
}

/// Recently submitted plain forms. Cheap to clone.
#[derive(Clone, Default)]
pub struct DoubleSubmits {
    presses: Recent<PlainPress, TimestampId>,
    sessions: Recent<PlainSession, IdempotencyKey>,
}

impl DoubleSubmits {
    /// The id of the press that this form makes; the id of the previous one if the same form was submitted twice.
    pub fn press_id(&self, form: &PlainPress, clock: &Clock) -> TimestampId {
        let new = || random::timestamp_id(clock);
        self.presses.id_at(form, Instant::now(), new)
    }

    /// The press of this form was recorded, and the browser is told so.
    pub fn press_answered(&self, form: PlainPress) {
        self.presses.answered_at(&form, Instant::now());
    }

    /// The key of the request to open a session that this form makes; the key of the previous one if the same form was
    /// submitted twice.
    pub fn session_key(&self, form: &PlainSession) -> IdempotencyKey {
        let new = || IdempotencyKey(random::uuid());
        self.sessions.id_at(form, Instant::now(), new)
    }

    /// The session of this form was opened, and the browser is sent there.
    pub fn session_answered(&self, form: PlainSession) {
        self.sessions.answered_at(&form, Instant::now());
    }
}

/// The ids of recent forms of one kind.
struct Recent<F, I>(Arc<Cache<F, Known<I>>>);

/// The id of a form, and until when the same form has the same one.
#[derive(Clone, Copy)]
struct Known<I> {
    id: I,
    until: Instant,
    is_answered: bool,
}

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

impl<F: Clone + Eq + Hash, I: Copy> Recent<F, I> {
    fn id_at(&self, form: &F, now: Instant, new: impl FnOnce() -> I) -> I {
        let until = now + UNANSWERED;
        // Looked up and inserted in one step, for which the other request of a double click waits.
        let known = self.0.entry(form, None, |_, known| {
            if now >= known.until {
                return EntryAction::ReplaceWithGuard;
            }
            if !known.is_answered {
                known.until = until;
            }
            EntryAction::Retain(known.id)
        });
        match known {
            EntryResult::Retained(id) => id,
            EntryResult::Vacant(place) | EntryResult::Replaced(place, _) => {
                let id = new();
                let attempted = Known {
                    id,
                    until,
                    is_answered: false,
                };
                // It only fails if all forms were forgotten meanwhile.
                let _ = place.insert(attempted);
                id
            }
            // Nothing is removed, and no wait ends early.
            EntryResult::Removed(..) | EntryResult::Timeout => new(),
        }
    }

    fn answered_at(&self, form: &F, now: Instant) {
        self.0.entry(form, None, |_, known| {
            known.until = now + ONE_CLICK;
            known.is_answered = true;
            EntryAction::Retain(())
        });
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{
            Barrier,
            atomic::{AtomicU32, Ordering::Relaxed},
        },
        thread,
    };

    use super::*;

    #[test]
    fn a_double_click_is_one_request_and_whatever_else_is_another() {
        let recent = Recent::<(u32, &str), u32>::default();
        let start = Instant::now();
        let mut made = 0;
        let mut id = |form, at| {
            recent.id_at(&form, at, || {
                made += 1;
                made
            })
        };
        assert_eq!(id((1, "a"), start), 1);
        recent.answered_at(&(1, "a"), start);
        assert_eq!(id((1, "a"), start + ONE_CLICK / 2), 1);
        assert_eq!(id((1, "b"), start), 2, "other words");
        assert_eq!(id((2, "a"), start), 3, "another browser");
        assert_eq!(id((1, "a"), start + ONE_CLICK), 4, "later");
    }

    #[test]
    fn two_requests_of_one_form_at_the_same_time_are_one() {
        const ROUNDS: u32 = 20_000;
        let recent = Recent::<u32, u32>::default();
        let (together, made) = (Barrier::new(2), AtomicU32::new(0));
        let click = || {
            let id = |form| {
                together.wait();
                recent.id_at(&form, Instant::now(), || made.fetch_add(1, Relaxed))
            };
            (0..ROUNDS).map(id).collect::<Vec<_>>()
        };
        thread::scope(|scope| {
            let (one, other) = (scope.spawn(click), scope.spawn(click));
            assert_eq!(one.join().unwrap(), other.join().unwrap());
        });
    }

    #[test]
    fn a_form_that_is_sent_again_because_no_good_answer_came_is_the_same_request() {
        let recent = Recent::<&str, u32>::default();
        let start = Instant::now();
        let mut made = 0;
        let mut id = |at| {
            recent.id_at(&"a", at, || {
                made += 1;
                made
            })
        };
        assert_eq!(id(start), 1);
        let again = UNANSWERED - ONE_CLICK;
        assert_eq!(id(start + again), 1);
        let last = start + 2 * again;
        assert_eq!(id(last), 1, "each attempt may be recorded late");
        recent.answered_at(&"a", last);
        assert_eq!(id(last + ONE_CLICK / 2), 1, "a double click");
        assert_eq!(id(last + ONE_CLICK), 2, "meant again");
        assert_eq!(id(last + ONE_CLICK + UNANSWERED), 3, "much later");
        recent.answered_at(&"b", start);
        assert_eq!(recent.id_at(&"b", start, || 7), 7, "never sent here");
    }
}
