//! Ranges that are loaded separately: they are whole, and the list goes on where it was.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::domain::{offset::Offset, time_range::Position};

fn range(segment_index: u32, first: u32, last: u32) -> TimeRange {
    let at = |seconds| Position {
        segment_index,
        offset_seconds: Offset(seconds),
    };
    TimeRange::between(at(first), at(last))
}

/// A list of which the newest of these rows are loaded, and how the server answers what it asks for.
fn partly_loaded(rows: &[Timestamp], loaded: usize) -> (List, impl Fn(OlderPage) -> Page) {
    let mut rows = rows.to_vec();
    rows.sort_by_key(Timestamp::place);
    let from = rows.len().saturating_sub(loaded);
    let list = List::new(page(rows[from..].to_vec(), from > 0));
    let answer = move |asked: OlderPage| {
        let end = rows.partition_point(|row| row.place() < asked.before);
        let from = end.saturating_sub(3);
        page(rows[from..end].to_vec(), from > 0)
    };
    (list, answer)
}

#[test]
fn a_range_far_back_is_loaded_separately_and_left_again() {
    let rows: Vec<_> = (0..40).map(|n| row(n, 50)).collect();
    let (mut list, answer) = partly_loaded(&rows, 4);
    let newest = shown(&list);
    let mut asked = 0;
    while let Some(older) = list.next_of(Some(range(1, 3, 5))) {
        list.merge_older(older, answer(older));
        asked += 1;
    }
    assert!(asked < 5, "{asked} pages for three seconds");
    // While it grows by less than a page, what is shown of it stays.
    let so_far = shown(&list);
    assert!(so_far.len() > newest.len());
    let grown = range(1, 3, 7);
    assert!(!list.narrow(Some(grown)));
    assert_eq!(shown(&list), so_far);
    while let Some(older) = list.next_of(Some(grown)) {
        list.merge_older(older, answer(older));
        let shown = shown(&list);
        assert!(so_far.iter().all(|row| shown.contains(row)));
    }
    assert!(list.narrow(None));
    assert_eq!(shown(&list), newest);
    assert!(!list.narrow(None));
}

proptest! {
    /// Whatever was looked at before, all of a range is there once nothing of it is left to ask for, with what frames told
    /// of it; and the list goes on where it was when the range is left.
    #[test]
    fn a_range_is_whole_when_it_was_loaded_wherever_it_lies(
        looks in prop::collection::vec(
            (prop::option::of((1u32..3, 0u32..16, 0u32..16)), 0usize..9, prop::option::of(0u8..40)),
            1..12,
        ),
        loaded in 1usize..12,
    ) {
        let rows: Vec<_> = (0..40).map(|n| row(n, 50)).collect();
        let (mut list, answer) = partly_loaded(&rows, loaded);
        let (mut changed, mut revision) = (BTreeSet::new(), 100);
        let (mut followed, mut end) = (Vec::new(), 0);
        for (look, pages, change) in looks {
            let look = look.map(|(segment, first, last)| range(segment, first, last));
            let before = shown(&list);
            let has_changed = list.narrow(look);
            prop_assert!(has_changed || shown(&list) == before);
            prop_assert!(!list.narrow(look));
            for _ in 0..pages {
                let Some(asked) = list.next_of(look) else { break };
                list.merge_older(asked, answer(asked));
            }
            if let Some(n) = change {
                revision += 1;
                list.merge_frame(frame(revision, vec![row(n, revision)], vec![]));
                changed.insert(n);
            }
            if let Some(look) = look && list.next_of(Some(look)).is_none() {
                let is_in = |row: &&Timestamp| look.contains(Position {
                    segment_index: row.segment_index,
                    offset_seconds: row.offset_seconds,
                });
                let in_it: Vec<_> = list.rows().filter(is_in).collect();
                prop_assert_eq!(in_it.len(), rows.iter().filter(is_in).count());
                let newest = |row: &Timestamp| row.revision > Revision(50);
                let told = in_it.iter().filter(|row| newest(row)).map(|row| row.id);
                let expected: BTreeSet<_> = rows.iter().zip(0..)
                    .filter(|(row, n)| is_in(row) && changed.contains(n))
                    .map(|(row, _)| row.id).collect();
                prop_assert_eq!(told.collect::<BTreeSet<_>>(), expected);
            }
            // The books are right, and the journal tells what came and went.
            prop_assert_eq!(list.len(), list.rows().count());
            let places: Vec<_> = list.rows().map(Timestamp::place).collect();
            match list.changed_since(end) {
                Some(changed) => for place in changed {
                    followed.retain(|known| known != place);
                    followed.extend(list.get(*place).map(Timestamp::place));
                },
                None => followed.clone_from(&places),
            }
            end = list.journal_end();
            followed.sort();
            prop_assert_eq!(&followed, &places);
        }
        // Nothing lies apart from the newest rows any more, and nothing between them is missing.
        list.narrow(None);
        let first = list.older_before();
        let expected: Vec<_> = rows.iter().filter(|row| first.is_none_or(|first| row.place() >= first)).collect();
        prop_assert_eq!(list.len(), expected.len());
    }
}
