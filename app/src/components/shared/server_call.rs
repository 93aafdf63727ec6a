//! A component's call to the server: whether it is in progress, what went wrong, and what to do with the answer.

use std::pin::Pin;

use leptos::task::spawn_local;
use litemap::LiteMap;

use crate::{
    domain::invalid_input::InvalidInput,
    live::{
        calls::{
            latest::{CallId, LatestCall},
            retry,
        },
        page::feed::Feed,
        signals::views::*,
    },
    service::ServiceError,
};

/// A component's call to the server, which can be repeated. It belongs to its owner: an answer that arrives after the
/// component is gone is ignored.
#[derive(Clone, Copy)]
pub struct ServerCall {
    /// Why the last one failed.
    pub error: RwSignal<Option<ServiceError>>,
    is_busy: RwSignal<bool>,
    newest: StoredValue<LatestCall>,
    /// What is to be done once the one in progress has succeeded.
    next: StoredValue<Option<Box<dyn FnOnce() + Send + Sync>>>,
}

/// A call of the component that asks for it.
pub fn use_server_call() -> ServerCall {
    ServerCall::starting_with(None)
}

/// What an answer does. One type for all calls, so that what is around them is compiled once.
struct Answer {
    settle: Box<dyn FnOnce()>,
    error: Option<ServiceError>,
}

impl ServerCall {
    /// A call that starts out with this error, for instance that of a plain form.
    pub fn starting_with(error: Option<ServiceError>) -> Self {
        Self {
            error: RwSignal::new(error),
            is_busy: RwSignal::new(false),
            newest: StoredValue::new(LatestCall::default()),
            next: StoredValue::new(None),
        }
    }

    /// Whether a call is in progress. Tracked.
    pub fn is_busy(self) -> bool {
        self.is_busy.get()
    }

    /// The same, not tracked.
    pub fn is_busy_untracked(self) -> bool {
        // Asked in animation frames too, which come when the component may be gone.
        self.is_busy.try_get_untracked() == Some(true)
    }

    /// Takes back that the server can't be reached whenever the page is live again. To be called once.
    pub fn forgets_absence(self, feed: Feed) {
        forgets_absence(self.error, feed);
    }

    /// Takes back that the server can't be reached.
    pub fn forget_absence(self) {
        forget_absence(self.error);
    }

    /// The attribute `aria-busy` of the button that makes the call. Tracked.
    pub fn aria_busy(self) -> Option<&'static str> {
        self.is_busy().then_some("true")
    }

    /// Refuses what was typed; the server is not asked.
    pub fn refuse(self, why: InvalidInput) {
        self.error.set(Some(ServiceError::Invalid(why)));
    }

    /// Makes the call, unless one is in progress, and clears the previous error. If it succeeds, `then` gets the answer. It
    /// is one request, with the time limit of `live::calls::retry::with_timeout`.
    pub fn start<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ServiceError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.start_and(retry::with_timeout(call), |told| {
            if let Ok(told) = told {
                then(told);
            }
        });
    }

    /// The same, if something has to be done after a failure too, or if the call is several requests and ends on its own.
    /// `error` is set afterwards.
    pub fn start_and<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ServiceError>> + 'static,
        then: impl FnOnce(Result<T, &ServiceError>) + 'static,
    ) {
        if self.is_busy_untracked() {
            return;
        }
        self.error.set(None);
        self.make(self.begin(), erased(call, then));
    }

    /// Runs this at once or, while a call is in progress, once that call has succeeded. What is saved again is thus read only
    /// when its turn comes. Of several that wait, only the last runs. After a failure none does: whoever reads why may decide
    /// otherwise.
    pub fn in_turn(self, run: impl FnOnce() + Send + Sync + 'static) {
        match self.is_busy_untracked() {
            true => self.next.set_value(Some(Box::new(run))),
            false => run(),
        }
    }

    /// Makes the call and supersedes one that is in progress, whose answer is then ignored. It sets no time limit: `call` has its
    /// own.
    pub fn supersede<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ServiceError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        let call = erased(call, |told| {
            if let Ok(told) = told {
                then(told);
            }
        });
        self.make(self.begin(), call);
    }

    /// Ignores the answer to the call in progress, because something newer is known, and drops what waits for its turn.
    pub fn abandon(self) {
        self.begin();
        self.is_busy.set(false);
        self.next.set_value(None);
    }

    /// Makes the call independently of others in progress, which are about something else: every answer counts, and none of
    /// them waits. It sets no time limit: `call` has its own.
    pub fn beside<T: 'static>(
        self,
        call: impl Future<Output = Result<T, ServiceError>> + 'static,
        then: impl FnOnce(Result<T, &ServiceError>) + 'static,
    ) {
        self.make(None, erased(call, then));
    }

    /// `id` is none of a call beside others.
    fn make(self, id: Option<CallId>, call: Pin<Box<dyn Future<Output = Answer>>>) {
        spawn_local(async move { self.take(id, call.await) });
    }

    /// None where the component is gone.
    fn begin(self) -> Option<CallId> {
        let id = self.newest.try_update_value(LatestCall::begin);
        self.is_busy.set(true);
        id
    }

    fn take(self, id: Option<CallId>, answer: Answer) {
        let is_newest = |newest: &LatestCall| id.is_none_or(|id| newest.is(id));
        if self.newest.try_with_value(is_newest) != Some(true) {
            return;
        }
        if id.is_some() {
            self.is_busy.set(false);
        }
        (answer.settle)();
        // What was done with the answer may have taken the component off the page.
        let has_failed = answer.error.is_some();
        if has_failed {
            self.error.try_set(answer.error);
        }
        if id.is_some()
            && let Some(next) = self.next.try_update_value(Option::take).flatten()
            && !has_failed
        {
            next();
        }
    }
}

/// Runs whenever the page hears of the server again, after it did not. Browser only.
pub(crate) fn on_return(feed: Feed, run: impl Fn() + 'static) {
    Effect::new(move |was_there: Option<bool>| {
        let is_there = feed.connection.get().hears();
        if is_there && was_there == Some(false) {
            run();
        }
        is_there
    });
}

/// Takes back of this that the server can't be reached whenever the page is live again. To be called once.
pub fn forgets_absence(error: RwSignal<Option<ServiceError>>, feed: Feed) {
    on_return(feed, move || forget_absence(error));
}

fn forget_absence(error: RwSignal<Option<ServiceError>>) {
    if is_absence(error.read_untracked().as_ref()) {
        error.set(None);
    }
}

/// Takes back of each of these that the server can't be reached whenever the page is live again. To be called once.
pub fn forgets_absences<K: Ord + Send + Sync + 'static>(
    failed: RwSignal<LiteMap<K, ServiceError>>,
    feed: Feed,
) {
    on_return(feed, move || {
        let is_any = |failed: &LiteMap<K, _>| failed.values().any(|error| is_absence(Some(error)));
        if failed.with_untracked(is_any) {
            failed.update(|failed| failed.retain(|_, error| !is_absence(Some(error))));
        }
    });
}

/// Whether this is said only for as long as the server can't be reached.
fn is_absence(error: Option<&ServiceError>) -> bool {
    use ServiceError::{RefusedOnTheWay, Unreachable};
    matches!(error, Some(Unreachable | RefusedOnTheWay))
}

fn erased<T: 'static>(
    call: impl Future<Output = Result<T, ServiceError>> + 'static,
    then: impl FnOnce(Result<T, &ServiceError>) + 'static,
) -> Pin<Box<dyn Future<Output = Answer>>> {
    Box::pin(async move {
        match call.await {
            Ok(told) => Answer {
                settle: Box::new(|| then(Ok(told))),
                error: None,
            },
            Err(error) => Answer {
                error: Some(error.clone()),
                settle: Box::new(move || then(Err(&error))),
            },
        }
    })
}

#[cfg(test)]
mod tests {
    use std::{
        cell::Cell,
        rc::Rc,
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
    };

    use super::*;

    /// An answer that counts how often it was taken.
    fn answer(taken: &Rc<Cell<u32>>, error: Option<ServiceError>) -> Answer {
        let taken = taken.clone();
        Answer {
            settle: Box::new(move || taken.set(taken.get() + 1)),
            error,
        }
    }

    #[test]
    fn an_answer_ends_the_call_and_tells_what_went_wrong() {
        Owner::new().with(|| {
            let (call, taken) = (use_server_call(), Rc::default());
            let id = call.begin();
            assert!(call.is_busy_untracked());
            call.take(id, answer(&taken, Some(ServiceError::Unreachable)));
            assert!(!call.is_busy_untracked());
            assert_eq!(call.error.get_untracked(), Some(ServiceError::Unreachable));
            assert_eq!(taken.get(), 1);
        });
    }

    #[test]
    fn the_answer_to_an_older_call_than_the_newest_does_nothing() {
        Owner::new().with(|| {
            let (call, taken) = (use_server_call(), Rc::default());
            let [older, newest] = [(); 2].map(|()| call.begin());
            call.take(older, answer(&taken, Some(ServiceError::Unreachable)));
            assert!(call.is_busy_untracked());
            assert_eq!((call.error.get_untracked(), taken.get()), (None, 0));
            call.take(newest, answer(&taken, None));
            assert!(!call.is_busy_untracked());
            assert_eq!(taken.get(), 1);
        });
    }

    #[test]
    fn an_answer_that_is_no_longer_wanted_does_nothing() {
        Owner::new().with(|| {
            let (call, taken) = (use_server_call(), Rc::default());
            let id = call.begin();
            call.abandon();
            assert!(!call.is_busy_untracked());
            call.take(id, answer(&taken, Some(ServiceError::Unreachable)));
            assert_eq!((call.error.get_untracked(), taken.get()), (None, 0));
        });
    }

    #[test]
    fn every_answer_to_calls_beside_others_counts_and_ends_none_of_them() {
        Owner::new().with(|| {
            let (call, taken) = (use_server_call(), Rc::default());
            let id = call.begin();
            call.take(None, answer(&taken, None));
            call.take(None, answer(&taken, Some(ServiceError::Unreachable)));
            assert_eq!(taken.get(), 2);
            assert_eq!(call.error.get_untracked(), Some(ServiceError::Unreachable));
            assert!(call.is_busy_untracked());
            call.take(id, answer(&taken, None));
            assert!(!call.is_busy_untracked());
        });
    }

    #[test]
    fn what_waits_for_its_turn_is_done_once_the_call_in_progress_has_succeeded() {
        for (error, done) in [(None, "third"), (Some(ServiceError::Unreachable), "")] {
            Owner::new().with(|| {
                let (call, did) = (use_server_call(), StoredValue::new(""));
                let id = call.begin();
                for what in ["second", "third"] {
                    call.in_turn(move || did.update_value(|did| *did = what));
                }
                call.take(None, answer(&Rc::default(), None));
                assert_eq!(did.get_value(), "");
                call.take(id, answer(&Rc::default(), error.clone()));
                assert_eq!(did.get_value(), done);
                // Another success does not bring back what was dropped.
                let id = call.begin();
                call.take(id, answer(&Rc::default(), None));
                assert_eq!(did.get_value(), done);
                call.in_turn(move || did.set_value("at once"));
                assert_eq!(did.get_value(), "at once");
            });
        }
    }

    #[test]
    fn what_waits_for_its_turn_is_not_done_for_a_component_that_is_gone() {
        let (page, did) = (Owner::new(), Arc::new(AtomicBool::new(false)));
        let (call, id) = page.with(|| {
            let call = use_server_call();
            (call, call.begin())
        });
        let doing = did.clone();
        call.in_turn(move || doing.store(true, Ordering::Relaxed));
        let settle = Box::new(move || page.cleanup());
        call.take(
            id,
            Answer {
                settle,
                error: None,
            },
        );
        assert!(!did.load(Ordering::Relaxed));
    }

    #[test]
    fn an_answer_that_comes_after_the_component_is_gone_does_nothing() {
        let page = Owner::new();
        let (call, id) = page.with(|| {
            let call = use_server_call();
            (call, call.begin())
        });
        page.cleanup();
        let taken = Rc::default();
        for id in [id, None] {
            call.take(id, answer(&taken, Some(ServiceError::Unreachable)));
        }
        assert_eq!(taken.get(), 0);
        assert_eq!(call.begin(), None);
    }

    #[test]
    fn what_is_done_with_an_answer_may_take_the_component_off_the_page() {
        Owner::new().with(|| {
            let page = Owner::new();
            let (call, id) = page.with(|| {
                let call = use_server_call();
                (call, call.begin())
            });
            let settle = Box::new(move || page.cleanup());
            let error = Some(ServiceError::Unreachable);
            call.take(id, Answer { settle, error });
            assert_eq!(call.error.try_get_untracked(), None);
        });
    }
}
