//! The list: any order and repetition of updates leads to the same one.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::{
    highlights::Highlights, offset::Offset, session, text::Text, timestamp::tests::blank,
};

mod oldest;
mod ranges;
mod uncounted;

fn id(n: u8) -> TimestampId {
    TimestampId(Uuid::from_u128(u128::from(n)))
}

/// The row number `n` of a made-up session, as it was at a revision.
fn row(n: u8, revision: i64) -> Timestamp {
    Timestamp {
        id: id(n),
        segment_index: 1 + u32::from(n) % 2,
        // Late arrivals with early offsets, and ties.
        offset_seconds: Offset(u32::from(n.wrapping_mul(37)) % 16),
        note: Text::parse_optional(&format!("as of {revision}")).unwrap(),
        arrival: Revision(i64::from(n)),
        revision: Revision(revision),
        ..blank()
    }
}

fn frame(revision: i64, timestamps: Vec<Timestamp>, removed: Vec<TimestampId>) -> Frame {
    Frame {
        revision: Revision(revision),
        session: Some(session::tests::blank()),
        segments: Vec::new(),
        timestamps,
        removed,
        erased: Vec::new(),
        highlights: Highlights::default(),
    }
}

fn erasure(revision: i64, erased: TimestampId) -> Frame {
    Frame {
        erased: vec![erased],
        ..frame(revision, vec![], vec![])
    }
}

fn page(timestamps: Vec<Timestamp>, more: bool) -> Page {
    Page { timestamps, more }
}

fn shown(list: &List) -> Vec<TimestampId> {
    list.rows().map(|row| row.id).collect()
}

#[test]
fn the_highest_revision_wins() {
    let mut list = List::new(page(vec![row(1, 5)], false));
    list.merge_frame(frame(9, vec![row(1, 9)], vec![]));
    list.merge_frame(frame(7, vec![row(1, 7)], vec![]));
    assert_eq!(list.rows().next().unwrap().revision, Revision(9));
}

#[test]
fn a_removed_row_stays_away_when_an_older_frame_comes_late() {
    let mut list = List::new(page(vec![], false));
    list.merge_frame(frame(6, vec![], vec![id(1)]));
    list.merge_frame(frame(5, vec![row(1, 5)], vec![]));
    assert_eq!(shown(&list), []);
}

#[test]
fn a_restored_row_comes_back() {
    let mut list = List::new(page(vec![row(1, 1)], false));
    list.merge_frame(frame(6, vec![], vec![id(1)]));
    list.merge_frame(frame(7, vec![row(1, 7)], vec![]));
    assert_eq!(shown(&list), [id(1)]);
}

#[test]
fn nobody_takes_a_row_off_its_authors_page() {
    let mut list = List::new(page(vec![], false));
    list.merge_frame(frame(1, vec![row(1, 1)], vec![]));
    list.merge_own(row(1, 1));
    list.merge_frame(frame(2, vec![], vec![id(1)]));
    assert_eq!(shown(&list), [id(1)]);
    assert!(list.rows().all(|row| row.mine));
}

#[test]
fn a_row_before_the_loaded_range_comes_with_its_page() {
    let first = row(1, 1);
    let early = Timestamp {
        segment_index: 0,
        ..row(9, 12)
    };
    let mut list = List::new(page(vec![first], true));
    list.merge_frame(frame(12, vec![early.clone()], vec![]));
    assert_eq!(shown(&list), [id(1)]);
    list.merge_page(page(vec![early], false));
    assert_eq!(shown(&list), [id(9), id(1)]);
    assert_eq!(list.older_before(), None);
}

#[test]
fn a_press_is_counted_from_its_answer_until_its_frame_brings_the_number() {
    let mut list = List::new(page(vec![], false));
    list.merge_own(row(1, 5));
    assert_eq!((shown(&list), list.uncounted()), (vec![id(1)], 1));
    list.merge_frame(frame(5, vec![row(1, 5)], vec![]));
    assert_eq!((shown(&list), list.uncounted()), (vec![id(1)], 0));
}

#[test]
fn viewers_are_told_a_number_with_all_of_their_own_in_it_and_staff_the_true_one() {
    let mut list = List::new(page(vec![row(1, 1), row(4, 4)], false));
    list.merge_own(row(1, 1));
    list.merge_own(row(2, 2));
    let mut session = frame(4, vec![], vec![]).session.unwrap();
    session.timestamp_count = 2;
    assert_eq!(list.count(&session, Audience::Public), 3);
    assert_eq!(list.count(&session, Audience::Staff), 2);
    session.rules.staff_list = true;
    session.timestamp_count = 7;
    assert_eq!(list.count(&session, Audience::Public), 7);
    session.timestamp_count = 0;
    assert_eq!(list.count(&session, Audience::Public), 2);
}

#[test]
fn a_blocked_viewer_sees_and_counts_their_press_as_anybody_else_does() {
    let mut list = List::new(page(vec![], false));
    list.merge_own(row(1, 5));
    list.merge_frame(frame(5, vec![], vec![id(1)]));
    assert_eq!((shown(&list), list.uncounted()), (vec![id(1)], 1));
}

#[test]
fn hiding_changes_no_number_of_the_author_and_restoring_does_neither() {
    let mut list = List::new(page(vec![row(1, 1)], false));
    list.merge_own(row(1, 1));
    assert_eq!(list.uncounted(), 0);
    list.merge_frame(frame(6, vec![], vec![id(1)]));
    assert_eq!(list.uncounted(), 1);
    list.merge_frame(frame(7, vec![row(1, 7)], vec![]));
    assert_eq!(list.uncounted(), 0);
}

#[test]
fn an_own_press_before_the_loaded_range_is_counted_only_where_it_is_known_to_be_removed() {
    let early = Timestamp {
        segment_index: 0,
        ..row(9, 3)
    };
    let mut list = List::new(page(vec![row(1, 1)], true));
    list.merge_own(early);
    assert_eq!((shown(&list), list.uncounted()), (vec![id(1)], 0));
    list.merge_frame(frame(6, vec![], vec![id(9)]));
    assert_eq!((shown(&list), list.uncounted()), (vec![id(1)], 1));
}

#[test]
fn what_was_erased_is_gone_for_its_author_too_and_no_late_news_brings_it_back() {
    let mut list = List::new(page(vec![row(1, 1)], false));
    list.merge_own(row(1, 1));
    list.merge_frame(erasure(6, id(1)));
    list.merge_own(row(1, 4));
    list.merge_frame(frame(5, vec![row(1, 5)], vec![]));
    list.restart(page(vec![row(1, 5)], false));
    assert_eq!((shown(&list), list.uncounted()), (vec![], 0));
    assert_eq!((list.own_len(), list.len()), (0, 0));
}

#[test]
fn a_new_snapshot_takes_no_own_press_away() {
    let mut list = List::new(page(vec![row(1, 1)], false));
    list.merge_own(row(2, 2));
    list.restart(page(vec![row(1, 1)], false));
    assert!(shown(&list).contains(&id(2)));
    assert_eq!(list.uncounted(), 1);
}

#[test]
fn a_forgotten_browser_has_nothing_of_its_own_and_sees_what_everybody_sees() {
    let mut list = List::new(page(vec![row(1, 1), row(3, 3)], false));
    for n in [1, 2, 3] {
        list.merge_own(row(n, i64::from(n)));
    }
    list.merge_frame(frame(6, vec![], vec![id(3)]));
    list.disown();
    assert_eq!((shown(&list), list.own_len()), (vec![id(1)], 0));
    assert!(list.rows().all(|row| !row.mine));
    assert_eq!((list.len(), list.uncounted()), (1, 0));
}

#[test]
fn staff_see_that_their_own_row_is_hidden_whatever_comes_first() {
    let hidden = Timestamp {
        hidden: true,
        ..row(1, 5)
    };
    for own_comes_first in [true, false] {
        let mut list = List::new(page(vec![], false));
        if own_comes_first {
            list.merge_own(row(1, 5));
        }
        list.merge_frame(frame(5, vec![hidden.clone()], vec![]));
        list.merge_own(row(1, 5));
        let row = list.rows().next().unwrap();
        assert!(row.hidden && row.mine);
    }
}

#[test]
fn an_older_page_from_before_a_new_beginning_is_not_wanted_any_more() {
    let mut list = List::new(page(vec![row(1, 5)], true));
    let asked = list.next_older().unwrap();
    list.merge_frame(frame(6, vec![row(3, 6)], vec![]));
    assert!(list.still_wants(asked));
    list.restart(page(vec![row(5, 9)], true));
    assert!(!list.still_wants(asked));
    assert!(list.still_wants(list.next_older().unwrap()));
}

/// Something that a page hears.
#[derive(Clone, Debug)]
enum News {
    Frame(Box<Frame>),
    Page(Page),
    Own(Timestamp),
}

fn hear(list: &mut List, news: News) {
    match news {
        News::Frame(frame) => list.merge_frame(*frame),
        News::Page(page) => list.merge_page(page),
        News::Own(timestamp) => list.merge_own(timestamp),
    }
}

/// The rows that this browser pressed.
fn is_own(n: u8) -> bool {
    n < 3
}

/// The server's state of a session's rows; `None` for an erased one.
type Truth = BTreeMap<u8, Option<Timestamp>>;

/// Overlapping frames, pages and own presses of one history, and what is true at its end: at each revision one row is
/// written, hidden, restored or erased.
fn history() -> impl Strategy<Value = (Vec<News>, Truth)> {
    proptest::collection::vec((0u8..8, 0u8..7), 1..24).prop_map(|steps| {
        let mut rows = Truth::new();
        let mut news = Vec::new();
        for (revision, (n, what)) in (100i64..).zip(steps) {
            let (is_hidden, is_erased) = ((3..6).contains(&what), what == 6);
            if rows.get(&n).is_some_and(Option::is_none) {
                continue;
            }
            let written = Timestamp {
                hidden: is_hidden,
                ..row(n, revision)
            };
            if is_erased {
                news.push(News::Frame(Box::new(erasure(revision, id(n)))));
            } else if is_hidden {
                news.push(News::Frame(Box::new(frame(revision, vec![], vec![id(n)]))));
            } else {
                news.push(News::Frame(Box::new(frame(
                    revision,
                    vec![written.clone()],
                    vec![],
                ))));
            }
            if is_own(n) && !is_erased {
                news.push(News::Own(written.clone()));
            }
            rows.insert(n, (!is_erased).then_some(written));
            // What a page at this revision holds: the newest five that everybody sees.
            let mut all: Vec<_> = rows
                .values()
                .flatten()
                .filter(|row| !row.hidden)
                .cloned()
                .collect();
            all.sort_by_key(Timestamp::place);
            let from = all.len().saturating_sub(5);
            news.push(News::Page(page(all.split_off(from), from > 0)));
        }
        (news, rows)
    })
}

proptest! {
    #[test]
    fn any_order_and_repetition_gives_the_same_list(
        (in_order, shuffled) in history().prop_flat_map(|(news, _)| {
            let twice = [news.clone(), news.clone()].concat();
            (Just(news), Just(twice).prop_shuffle())
        }),
    ) {
        let mut expected = List::default();
        in_order.into_iter().for_each(|news| hear(&mut expected, news));
        let mut list = List::default();
        shuffled.into_iter().for_each(|news| hear(&mut list, news));
        prop_assert_eq!(&list, &expected);
        prop_assert_eq!(shown(&list), shown(&expected));
    }

    /// So far as the page reaches it shows what everybody sees and what is its own, as the server has it.
    #[test]
    fn what_is_shown_is_what_the_server_has_for_everybody_and_for_the_author((news, truth) in history()) {
        let mut list = List::default();
        news.into_iter().for_each(|news| hear(&mut list, news));
        let mut expected: Vec<_> = truth
            .into_iter()
            .filter_map(|(n, row)| row.map(|row| (n, row)))
            .filter(|(n, row)| is_own(*n) || !row.hidden)
            .map(|(n, row)| match is_own(n) {
                true => row.as_its_author_sees_it(),
                false => row,
            })
            .filter(|row| list.older_before().is_none_or(|first| row.place() >= first))
            .collect();
        expected.sort_by_key(Timestamp::place);
        prop_assert_eq!(list.rows().cloned().collect::<Vec<_>>(), expected);
    }

    /// Whatever moderators do, the author's number is that of what everybody sees and of what is theirs.
    #[test]
    fn the_number_beside_the_list_counts_what_is_hidden_of_ones_own(
        (news, truth) in history().prop_flat_map(|(news, truth)| (Just(news).prop_shuffle(), Just(truth))),
    ) {
        let mut list = List::default();
        news.into_iter().for_each(|news| hear(&mut list, news));
        let hidden = truth
            .into_iter()
            .filter(|(n, row)| is_own(*n) && row.as_ref().is_some_and(|row| row.hidden));
        prop_assert_eq!(list.uncounted(), hidden.count());
    }

    /// Whoever reads the journal now and then knows what is shown, and the books are right.
    #[test]
    fn the_journal_tells_what_changed(
        news in history().prop_flat_map(|(news, _)| Just(news).prop_shuffle()),
        disowns_at in 0usize..72,
        restarts_at in 0usize..72,
    ) {
        let mut list = List::default();
        let mut followed = std::collections::BTreeSet::new();
        let mut end = 0;
        for (at, news) in news.into_iter().enumerate() {
            match news {
                News::Page(page) if at == restarts_at => list.restart(page),
                news => hear(&mut list, news),
            }
            if at == disowns_at {
                list.disown();
            }
            if at % 3 == 0 {
                match list.changed_since(end) {
                    Some(changed) => for place in changed {
                        followed.remove(place);
                        followed.extend(list.get(*place).map(Timestamp::place));
                    },
                    None => followed = list.rows().map(Timestamp::place).collect(),
                }
                end = list.journal_end();
                prop_assert!(followed.iter().eq(list.rows().map(Timestamp::place).collect::<Vec<_>>().iter()));
            }
            prop_assert_eq!(list.len(), list.rows().count());
            prop_assert_eq!(list.is_empty(), list.rows().next().is_none());
            for n in 0..8 {
                let at_its_place = list.place(id(n)).and_then(|place| list.get(place));
                prop_assert_eq!(at_its_place, list.rows().find(|row| row.id == id(n)));
            }
        }
    }

    #[test]
    fn what_is_shown_is_in_the_order_of_the_list((news, _) in history()) {
        let mut list = List::default();
        news.into_iter().for_each(|news| hear(&mut list, news));
        prop_assert!(list.rows().map(Timestamp::place).is_sorted());
    }
}
