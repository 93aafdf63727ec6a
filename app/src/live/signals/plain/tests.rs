//! Signals without Leptos: what effects follow, and when they run.

use proptest::prelude::*;

use super::*;

/// Counts how often something ran.
fn counter() -> (Rc<Cell<u32>>, impl Fn() + use<>) {
    let count: Rc<Cell<u32>> = Rc::default();
    let counted = count.clone();
    (count, move || counted.set(counted.get() + 1))
}

#[test]
fn an_effect_runs_once_for_all_changes_of_a_task_and_is_given_what_it_returned() {
    let (left, right) = (RwSignal::new(1), RwSignal::new(2));
    let told = StoredValue::new(Vec::new());
    Effect::new(move |before: Option<i32>| {
        let sum = left.get() + right.get();
        told.update_value(|told| told.push((before, sum)));
        sum
    });
    settle();
    left.set(10);
    right.update(|right| *right += 1);
    settle();
    assert_eq!(told.get_value(), [(None, 3), (Some(3), 13)]);
}

#[test]
fn an_effect_follows_what_it_read_the_last_time_and_nothing_else() {
    let (which, left, right) = (RwSignal::new(true), RwSignal::new(0), RwSignal::new(0));
    let (count, run) = counter();
    Effect::new(move |_| {
        run();
        if which.get() {
            left.get()
        } else {
            right.get()
        };
        right.get_untracked();
    });
    settle();
    right.set(1);
    settle();
    assert_eq!(count.get(), 1);
    which.set(false);
    settle();
    left.set(1);
    settle();
    assert_eq!(count.get(), 2);
    right.set(2);
    settle();
    assert_eq!(count.get(), 3);
}

#[test]
fn a_memo_that_stays_the_same_runs_no_effect() {
    let number = RwSignal::new(2);
    let is_even = Memo::new(move |_| number.get() % 2 == 0);
    assert!(is_even.get_untracked());
    let (count, run) = counter();
    Effect::new(move |_| {
        run();
        is_even.get();
    });
    settle();
    number.set(4);
    settle();
    assert_eq!(count.get(), 1);
    number.set(5);
    settle();
    assert_eq!(count.get(), 2);
}

#[test]
fn an_effect_may_change_what_an_earlier_one_follows_and_create_others() {
    let (first, second) = (RwSignal::new(0), RwSignal::new(0));
    let (count, run) = counter();
    let run = Rc::new(run);
    let follow = run.clone();
    Effect::new(move |_| {
        second.get();
        follow();
    });
    Effect::new(move |_| {
        second.set(first.get() + 1);
        let run = run.clone();
        Effect::new(move |_| run());
    });
    settle();
    // Once before the second effect changed what it follows, once after, and the one that was created.
    assert_eq!(count.get(), 3);
    assert_eq!(second.get_untracked(), 1);
}

proptest! {
    #[test]
    fn whatever_changes_in_whatever_order_an_effect_has_seen_the_present(
        changes in prop::collection::vec((0_usize..3, any::<u8>(), any::<bool>()), 0..20),
    ) {
        let signals = [RwSignal::new(0), RwSignal::new(0), RwSignal::new(0)];
        let now = move || signals.map(|signal| u32::from(signal.get())).iter().sum::<u32>();
        let shown = StoredValue::new(0);
        Effect::new(move |_| shown.set_value(now()));
        for (at, value, ends_the_task) in changes {
            signals[at].set(value);
            if ends_the_task {
                settle();
                prop_assert_eq!(shown.get_value(), now());
            }
        }
        settle();
        prop_assert_eq!(shown.get_value(), now());
    }
}
