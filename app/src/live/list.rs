//! The list of timestamps on a page: snapshot, older pages and live frames, merged so that order and repetition don't
//! matter.
//!
//! Every part of it only ever grows towards one side (the highest revision, the widest range), and what is shown is
//! worked out from the whole. So late, doubled and overlapping pages and frames give the same list.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
};

use crate::domain::{
    change::Frame,
    revision::Revision,
    snapshot::Page,
    timestamp::{Place, Timestamp, TimestampId},
};

/// The list of timestamps on a page, in the order of rule 3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// All that was heard of, in its newest form, also what is not shown.
    rows: BTreeMap<Place, Timestamp>,
    /// The removals, each with the highest revision at which it was told.
    removed: HashMap<TimestampId, Revision>,
    /// The visitor's own: nobody's removal takes them off their author's page.
    own: HashSet<TimestampId>,
    /// How far back the loaded range goes.
    reach: Reach,
    /// Where each row stands.
    places: HashMap<TimestampId, Place>,
    /// How many rows are shown.
    len: usize,
    /// The latest arrival of all that was heard of.
    newest: Revision,
    journal: Journal,
}

/// Which places changed lately, so that who follows the list needn't look at all of it. What way led to a list is no part
/// of what it is: all journals are equal.
#[derive(Clone, Debug, Default)]
struct Journal {
    places: Vec<Place>,
    /// How many were forgotten.
    forgotten: usize,
}

/// A journal that grew longer forgets: whoever has not read it by then looks at the whole list.
const JOURNAL: usize = 4_096;

impl PartialEq for Journal {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Journal {}

impl Journal {
    fn end(&self) -> usize {
        self.forgotten + self.places.len()
    }

    fn forget(&mut self) {
        self.forgotten += self.places.len();
        self.places.clear();
    }
}

/// How far back the pages reach that were loaded so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// To the first timestamp of the session.
    All,
    /// To this one; there are others before it.
    From(Place),
    /// Nothing was loaded yet.
    #[default]
    Nothing,
}

impl List {
    /// A list that starts with a snapshot's page.
    pub fn new(page: Page) -> Self {
        let mut list = Self::default();
        list.merge_page(page);
        list
    }

    /// Begins anew with a snapshot's page.
    pub fn restart(&mut self, page: Page) {
        // One further than anybody can have read: they all look at the whole list.
        let forgotten = self.journal.end() + 1;
        *self = Self::new(page);
        self.journal.forget();
        self.journal.forgotten += forgotten;
    }

    /// Takes in a page: that of a snapshot, or an older one.
    pub fn merge_page(&mut self, page: Page) {
        let reach = match page.timestamps.first() {
            Some(first) if page.more => Reach::From(first.place()),
            Some(_) | None => Reach::All,
        };
        if reach < self.reach {
            self.widen(reach);
        }
        for timestamp in page.timestamps {
            self.merge(timestamp);
        }
    }

    /// What was heard of before, and lay out of reach, comes in.
    fn widen(&mut self, reach: Reach) {
        let from = match reach {
            Reach::From(first) => Bound::Included(first),
            Reach::All | Reach::Nothing => Bound::Unbounded,
        };
        let to = match self.reach {
            Reach::From(first) => Bound::Excluded(first),
            Reach::All | Reach::Nothing => Bound::Unbounded,
        };
        self.reach = reach;
        let known: Vec<_> = self.rows.range((from, to)).map(|(at, _)| *at).collect();
        self.len += known.iter().filter(|at| self.get(**at).is_some()).count();
        self.journal.places.extend(known);
    }

    /// Takes in a live frame.
    pub fn merge_frame(&mut self, frame: Frame) {
        for timestamp in frame.timestamps {
            self.merge(timestamp);
        }
        for id in frame.removed {
            let place = self.places.get(&id).copied();
            self.change(place, |list| {
                let told = list.removed.entry(id).or_insert(frame.revision);
                *told = frame.revision.max(*told);
            });
        }
    }

    /// Takes in the answer to one of the visitor's own presses.
    pub fn merge_own(&mut self, timestamp: Timestamp) {
        self.merge(Timestamp {
            mine: true,
            ..timestamp
        });
    }

    fn merge(&mut self, timestamp: Timestamp) {
        let place = timestamp.place();
        self.newest = self.newest.max(timestamp.arrival);
        self.change(Some(place), |list| {
            list.places.insert(timestamp.id, place);
            if timestamp.mine {
                list.own.insert(timestamp.id);
            }
            // Frames are shared and never say whose a row is: what was known of that stays known.
            let mine = list.own.contains(&timestamp.id);
            let row = list.rows.entry(place).or_insert_with(|| timestamp.clone());
            if timestamp.revision > row.revision {
                *row = timestamp;
            }
            row.mine = mine;
        });
    }

    /// Changes what is known of the row at a place, and keeps the books.
    fn change(&mut self, place: Option<Place>, change: impl FnOnce(&mut Self)) {
        let is_shown = |list: &Self| place.is_some_and(|place| list.get(place).is_some());
        let before = is_shown(self);
        change(self);
        let after = is_shown(self);
        self.len = self.len + usize::from(after) - usize::from(before);
        if before || after {
            if self.journal.places.len() >= JOURNAL {
                self.journal.forget();
            }
            self.journal.places.extend(place);
        }
    }

    fn is_shown(&self, row: &Timestamp) -> bool {
        let in_reach = match self.reach {
            Reach::All => true,
            // What lies before the loaded range (a press that waited offline) comes with the page it belongs to.
            Reach::From(first) => row.place() >= first,
            Reach::Nothing => false,
        };
        let removed = self
            .removed
            .get(&row.id)
            .is_some_and(|at| row.revision <= *at);
        in_reach && (row.mine || !removed)
    }

    /// What is shown, in the order of rule 3.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Timestamp> {
        self.rows.values().filter(|row| self.is_shown(row))
    }

    /// What is shown at this place.
    pub fn get(&self, place: Place) -> Option<&Timestamp> {
        self.rows.get(&place).filter(|row| self.is_shown(row))
    }

    /// Where this one stands, if it was heard of.
    pub fn place(&self, id: TimestampId) -> Option<Place> {
        self.places.get(&id).copied()
    }

    /// How many rows are shown.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no row is shown.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The latest arrival of all that was heard of.
    pub fn newest(&self) -> Revision {
        self.newest
    }

    /// How much was written into the journal so far.
    pub fn journal_end(&self) -> usize {
        self.journal.end()
    }

    /// The places that changed since the journal had this end; none where too much happened to tell.
    pub fn changed_since(&self, end: usize) -> Option<&[Place]> {
        let known = end.checked_sub(self.journal.forgotten)?;
        self.journal.places.get(known..)
    }

    /// The place before which older ones can be loaded; none when all are there.
    pub fn older_before(&self) -> Option<Place> {
        match self.reach {
            Reach::From(first) => Some(first),
            Reach::All | Reach::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        code::Code,
        offset::Offset,
        rules::Rules,
        session::{Session, Status},
        text::Text,
    };

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
            submitted_by: None,
            created_at: DateTime::UNIX_EPOCH,
            arrival: Revision(i64::from(n)),
            revision: Revision(revision),
            hidden: false,
            held: false,
            mine: false,
        }
    }

    fn frame(revision: i64, timestamps: Vec<Timestamp>, removed: Vec<TimestampId>) -> Frame {
        Frame {
            revision: Revision(revision),
            session: Session {
                code: Code::from_random([0; 6]),
                title: Text::parse("Witcher 3").unwrap(),
                game: Text::parse("The Witcher 3").unwrap(),
                status: Status::Paused { last: None },
                timestamp_count: 0,
                rules: Rules::default(),
            },
            segments: Vec::new(),
            timestamps,
            removed,
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

    /// Something that a page hears.
    #[derive(Clone, Debug)]
    enum News {
        Frame(Frame),
        Page(Page),
    }

    fn hear(list: &mut List, news: News) {
        match news {
            News::Frame(frame) => list.merge_frame(frame),
            News::Page(page) => list.merge_page(page),
        }
    }

    /// Overlapping frames and pages of one history: at each revision one row is written, hidden or restored.
    fn history() -> impl Strategy<Value = Vec<News>> {
        let steps = proptest::collection::vec((0u8..8, any::<bool>()), 1..24);
        (steps, 0u8..8).prop_map(|(steps, own)| {
            let mut rows: BTreeMap<u8, Timestamp> = BTreeMap::new();
            let mut news = Vec::new();
            for (revision, (n, is_hidden)) in (100i64..).zip(steps) {
                let written = Timestamp {
                    hidden: is_hidden,
                    ..row(n, revision)
                };
                let visible = Timestamp {
                    hidden: false,
                    ..written.clone()
                };
                rows.insert(n, written);
                news.push(News::Frame(if is_hidden {
                    frame(revision, vec![], vec![id(n)])
                } else {
                    frame(revision, vec![visible], vec![])
                }));
                // What a page at this revision holds for a visitor: visible or their own, the newest five.
                let mut all: Vec<_> = rows
                    .values()
                    .filter(|row| !row.hidden || row.id == id(own))
                    .map(|row| Timestamp {
                        hidden: false,
                        held: false,
                        mine: row.id == id(own),
                        ..row.clone()
                    })
                    .collect();
                all.sort_by_key(Timestamp::place);
                let from = all.len().saturating_sub(5);
                news.push(News::Page(page(all.split_off(from), from > 0)));
            }
            news
        })
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_gives_the_same_list(
            (in_order, shuffled) in history().prop_flat_map(|news| {
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

        /// The last page of the history is what the server would show now: so far as it reaches, the page shows the same.
        #[test]
        fn what_is_shown_is_what_the_server_would_show(news in history()) {
            let mut list = List::default();
            news.iter().cloned().for_each(|news| hear(&mut list, news));
            let Some(News::Page(last)) = news.last() else { panic!("it ends with a page") };
            let reach = last.timestamps.first().map(Timestamp::place);
            let shown: Vec<_> = list.rows().filter(|row| Some(row.place()) >= reach).collect();
            prop_assert_eq!(shown, last.timestamps.iter().collect::<Vec<_>>());
        }

        /// Whoever reads the journal now and then knows what is shown, and the books are right.
        #[test]
        fn the_journal_tells_what_changed(
            news in history().prop_flat_map(|news| Just(news).prop_shuffle()),
            restarts_at in 0usize..48,
        ) {
            let mut list = List::default();
            let mut followed = std::collections::BTreeSet::new();
            let mut end = 0;
            for (at, news) in news.into_iter().enumerate() {
                match news {
                    News::Page(page) if at == restarts_at => list.restart(page),
                    news => hear(&mut list, news),
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
        fn what_is_shown_is_in_the_order_of_the_list(news in history()) {
            let mut list = List::default();
            news.into_iter().for_each(|news| hear(&mut list, news));
            prop_assert!(list.rows().map(Timestamp::place).is_sorted());
        }
    }
}
