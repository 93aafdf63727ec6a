//! Signals over Leptos' graph: what views follow, and what becomes of values whose owner is gone.

use leptos::prelude::Owner;
use proptest::prelude::*;

use super::{super::stored::StoredValue, *};

/// What a view makes of signals: computed again when it is asked for after something changed that it read.
fn view<T: Send + Sync + PartialEq + 'static>(
    draw: impl Fn() -> T + Send + Sync + 'static,
) -> LeptosMemo<T> {
    LeptosMemo::new(move |_| draw())
}

#[test]
fn a_view_follows_what_it_reads_and_nothing_else() {
    Owner::new().with(|| {
        let (followed, other) = (RwSignal::new(1), RwSignal::new(10));
        let drawn = view(move || followed.get() + other.get_untracked());
        assert_eq!(drawn.get_untracked(), 11);
        other.set(20);
        assert_eq!(drawn.get_untracked(), 11);
        followed.update(|value| *value = 2);
        assert_eq!(drawn.get_untracked(), 22);
        followed.maybe_update(|value| {
            *value = 3;
            false
        });
        assert_eq!(drawn.get_untracked(), 22);
    });
}

#[test]
fn a_memo_that_stays_the_same_changes_no_view() {
    Owner::new().with(|| {
        let number = RwSignal::new(2);
        let is_even = Memo::new(move |_| number.get() % 2 == 0);
        let count = StoredValue::new(0);
        let drawn = view(move || {
            count.update_value(|count| *count += 1);
            is_even.get()
        });
        assert!(drawn.get_untracked());
        number.set(4);
        assert!(drawn.get_untracked());
        assert_eq!(count.get_value(), 1);
        number.set(5);
        assert!(!drawn.get_untracked());
        assert_eq!(count.get_value(), 2);
    });
}

#[test]
fn a_memo_is_given_its_last_value() {
    Owner::new().with(|| {
        let step = RwSignal::new(1);
        let sum = Memo::new(move |before: Option<&i32>| before.unwrap_or(&0) + step.get());
        assert_eq!(sum.get_untracked(), 1);
        step.set(5);
        assert_eq!((sum.get_untracked(), *sum.read_untracked()), (6, 6));
    });
}

#[test]
fn what_was_read_stays_what_it_was() {
    Owner::new().with(|| {
        let signal = RwSignal::new("before");
        let guard = signal.read_untracked();
        signal.set("after");
        assert_eq!((*guard, signal.get_untracked()), ("before", "after"));
    });
}

#[test]
fn handles_whose_owner_is_gone_say_so_and_do_nothing() {
    let owner = Owner::new();
    let (signal, memo, stored) = owner.with(|| {
        let signal = RwSignal::new(1);
        let memo = Memo::new(move |_| signal.get());
        (signal, memo, StoredValue::new(1))
    });
    owner.cleanup();
    signal.set(2);
    signal.update(|value| *value = 2);
    stored.set_value(2);
    stored.update_value(|value| *value = 2);
    assert_eq!(signal.try_set(3), Some(3));
    assert_eq!(signal.try_get_untracked(), None);
    assert_eq!(signal.try_update(|value| *value), None);
    assert_eq!(memo.try_get_untracked(), None);
    assert_eq!(stored.try_set_value(3), Some(3));
    assert_eq!(stored.try_get_value(), None);
}

proptest! {
    #[test]
    fn a_signal_and_its_memos_show_the_last_value_whatever_was_done(values in prop::collection::vec(any::<(bool, u8)>(), 1..20)) {
        Owner::new().with(|| {
            let signal = RwSignal::new(0_u8);
            let half = Memo::new(move |_| signal.get() / 2);
            let drawn = view(move || (signal.get(), half.get()));
            for (is_set, value) in values {
                match is_set {
                    true => signal.set(value),
                    false => signal.update(|old| *old = value),
                }
                prop_assert_eq!(drawn.get_untracked(), (value, value / 2));
            }
            Ok(())
        })?;
    }
}
