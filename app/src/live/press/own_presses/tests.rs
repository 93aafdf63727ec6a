//! A browser's own presses: whatever order the news of them comes in.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{offset::Offset, revision::Revision, text::Text, timestamp::tests::blank};

const EPOCH: Epoch = Epoch(7);

fn id(n: u16) -> TimestampId {
    TimestampId(Uuid::from_u128(u128::from(n)))
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

/// The press number `n`, received at second `n`, as it was at a revision.
fn press(n: u16, revision: i64) -> Timestamp {
    Timestamp {
        id: id(n),
        offset_seconds: Offset(u32::from(n)),
        note: Text::parse_optional(&format!("as of {revision}")).unwrap(),
        created_at: at(i64::from(n)),
        arrival: Revision(i64::from(n)),
        revision: Revision(revision),
        ..blank()
    }
}

fn record(n: u16, revision: i64) -> Record {
    Record::new(EPOCH, press(n, revision))
}

fn notes(own: &OwnPresses) -> Vec<String> {
    let mut presses: Vec<_> = own.timestamps().collect();
    presses.sort_by_key(|press| press.created_at);
    let notes = presses.iter().flat_map(|press| &press.note);
    notes.map(ToString::to_string).collect()
}

#[test]
fn that_the_public_numbers_leave_a_press_out_is_kept_until_it_is_heard_of_again() {
    let mut own = OwnPresses::new(EPOCH);
    own.merge(press(1, 5));
    own.merge(press(2, 6));
    let Merged::Kept { record, .. } = own.set_uncounted(id(1)) else {
        panic!("it is news")
    };
    assert_eq!(own.set_uncounted(id(1)), Merged::Nothing);
    let stored = serde_json::to_string(&record).unwrap();
    let mut reloaded = OwnPresses::new(EPOCH);
    let records = vec![serde_json::from_str(&stored).unwrap(), self::record(2, 6)];
    assert_eq!(reloaded.restore(records, at(9)), []);
    assert_eq!(reloaded.uncounted(), [id(1)]);
    // Others are shown it.
    reloaded.hear(&press(1, 8));
    assert_eq!(reloaded.uncounted(), []);
    // Nothing is known of those that were stored by earlier builds.
    let json = serde_json::to_value(self::record(2, 6)).unwrap();
    assert_eq!(json.get("uncounted"), None);
}

#[test]
fn what_is_told_of_a_press_is_stored_once_and_never_with_a_mark_that_its_author_must_not_see() {
    let mut own = OwnPresses::new(EPOCH);
    let hidden = Timestamp {
        hidden: true,
        held: true,
        ..press(1, 5)
    };
    let Merged::Kept { record, dropped } = own.merge(hidden) else {
        panic!("it is news")
    };
    assert_eq!((record.clone(), dropped), (self::record(1, 5), None));
    let stored = serde_json::to_string(&record).unwrap();
    let read: Record = serde_json::from_str(&stored).unwrap();
    assert_eq!(own.merge(read.timestamp), Merged::Nothing);
    assert!(!stored.contains("hidden") && !stored.contains("held"));
}

#[test]
fn a_row_of_somebody_else_is_none_of_these() {
    let mut own = OwnPresses::new(EPOCH);
    assert_eq!(own.hear(&press(1, 5)), Merged::Nothing);
    own.merge(press(1, 5));
    assert_ne!(own.hear(&press(1, 6)), Merged::Nothing);
    assert_eq!(notes(&own), ["as of 6"]);
}

#[test]
fn another_note_is_somebody_elses_unless_an_answer_tells_that_it_is_this_browsers() {
    let same_note = |revision| Timestamp {
        revision: Revision(revision),
        ..press(1, 5)
    };
    let mut own = OwnPresses::new(EPOCH);
    own.merge(press(1, 5));
    own.hear(&same_note(6));
    assert!(!own.is_edited(id(1)), "hidden and shown again");
    // An edit of one's own, whose answer comes before the stream or after it, here or in another tab.
    for answer_is_first in [true, false] {
        let mut own = own.clone();
        if !answer_is_first {
            own.hear(&press(1, 7));
            assert!(own.is_edited(id(1)));
        }
        own.merge(press(1, 7));
        own.hear(&press(1, 7));
        assert!(!own.is_edited(id(1)));
    }
    // Somebody else's stays theirs, over a late answer and a reload.
    own.hear(&press(1, 8));
    let Merged::Kept { record, .. } = own.hear(&Timestamp {
        revision: Revision(9),
        ..press(1, 8)
    }) else {
        panic!("it is news")
    };
    own.merge(press(1, 7));
    assert!(own.is_edited(id(1)));
    let stored = serde_json::to_string(&record).unwrap();
    let mut later = OwnPresses::new(EPOCH);
    assert_eq!(
        later.restore(vec![serde_json::from_str(&stored).unwrap()], at(0)),
        []
    );
    assert!(later.is_edited(id(1)));
    assert_eq!(later.merge_record(record), Merged::Nothing);
}

#[test]
fn an_edit_of_somebody_else_that_was_undone_leaves_a_press_to_its_author() {
    let told = |revision, note: &str| Timestamp {
        note: Text::parse_optional(note).unwrap(),
        ..press(1, revision)
    };
    for first in ["mine", ""] {
        let mut own = OwnPresses::new(EPOCH);
        own.merge(told(5, first));
        let Merged::Kept { record, .. } = own.hear(&told(6, "theirs")) else {
            panic!("it is news")
        };
        // A tab that is opened meanwhile knows it from the storage.
        let stored = serde_json::to_string(&record).unwrap();
        let mut later = OwnPresses::new(EPOCH);
        later.restore(vec![serde_json::from_str(&stored).unwrap()], at(0));
        for mut own in [own, later] {
            own.hear(&told(7, "theirs again"));
            assert!(own.is_edited(id(1)));
            own.hear(&told(8, first));
            assert!(!own.is_edited(id(1)));
            own.hear(&told(9, "theirs"));
            assert!(own.is_edited(id(1)));
        }
    }
}

#[test]
fn the_newest_five_hundred_are_kept() {
    let mut own = OwnPresses::new(EPOCH);
    let most = u16::try_from(MOST).unwrap();
    let records = (1..=most + 2).map(|n| record(n, 5)).collect();
    assert_eq!(own.restore(records, at(0)), [id(1), id(2)]);
    assert_eq!(own.merge(press(0, 9)), Merged::Nothing, "older than all");
    assert_eq!(own.timestamps().count(), MOST);
}

#[test]
fn what_is_thirty_days_old_goes() {
    let mut own = OwnPresses::new(EPOCH);
    let later = at(2) + KEPT_FOR;
    let records = vec![record(1, 5), record(2, 6)];
    assert_eq!(own.restore(records, later), [id(1)]);
    assert_eq!(notes(&own), ["as of 6"]);
}

#[test]
fn what_a_restored_database_may_have_lost_is_asked_for_anew() {
    let mut own = OwnPresses::new(Epoch(8));
    assert_eq!(own.restore(vec![record(1, 5)], at(0)), [id(1)]);
    assert!(own.is_empty());
}

#[test]
fn an_erased_press_is_brought_back_by_no_late_answer() {
    let mut own = OwnPresses::new(EPOCH);
    own.merge(press(1, 5));
    assert!(own.erase(id(1)) && !own.erase(id(1)));
    assert_eq!(own.merge(press(1, 9)), Merged::Nothing);
    assert!(own.is_empty());
}

proptest! {
    /// Answers and erasures, late, doubled and in any order, leave the same; and what is stored is what is known.
    #[test]
    fn any_order_and_repetition_leaves_the_same_presses(
        (in_order, shuffled) in proptest::collection::vec((0u16..8, 1i64..6), 1..30)
            .prop_flat_map(|told| (Just(told.clone()), Just([told.clone(), told].concat()).prop_shuffle())),
        erased in proptest::collection::vec(0u16..8, 0..3),
        erased_at in 0usize..30,
    ) {
        let hear = |told: &[(u16, i64)], erased_at: usize| {
            let mut own = OwnPresses::new(EPOCH);
            let mut stored = HashMap::new();
            for at in 0..=told.len() {
                if at == erased_at.min(told.len()) {
                    for n in &erased {
                        own.erase(id(*n));
                        stored.remove(&id(*n));
                    }
                }
                let Some((n, revision)) = told.get(at) else { break };
                if let Merged::Kept { record, dropped } = own.merge(press(*n, *revision)) {
                    stored.insert(record.timestamp.id, record);
                    dropped.map(|id| stored.remove(&id));
                }
            }
            (own, stored)
        };
        let (own, stored) = hear(&in_order, usize::MAX);
        let (other, other_stored) = hear(&shuffled, erased_at);
        prop_assert_eq!(&own, &other);
        prop_assert_eq!(&stored, &other_stored);
        prop_assert_eq!(stored, own.records);
    }
}
