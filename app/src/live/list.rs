//! The list of timestamps on a page: snapshot, older pages, live frames and the browser's own presses, merged so that order
//! and repetition don't matter.
//!
//! Every part of it only ever grows towards one side (the highest revision, the widest range), and what is shown is
//! worked out from the whole. So late, doubled and overlapping pages, frames and own presses give the same list.
//!
//! Pages and frames are the same for everybody and name no author. An own press lies over them: it is marked, stays where
//! others no longer see it, and is counted where the public numbers leave it out, so that its author can't tell.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::Bound,
};

use crate::domain::{
    change::Frame,
    revision::Revision,
    role::Audience,
    session::Session,
    snapshot::Page,
    timestamp::{Place, Timestamp, TimestampId},
};

/// The list of timestamps on a page, in the order of rule 3.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// All that was heard of, in its newest form, also what is not shown.
    rows: BTreeMap<Place, Row>,
    /// The removals, each with the highest revision at which it was told.
    removed: HashMap<TimestampId, Revision>,
    /// The visitor's own: nobody's removal takes them off their author's page.
    own: HashSet<TimestampId>,
    /// Those whose visitor was forgotten: nothing brings them back.
    erased: HashSet<TimestampId>,
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

/// What is known of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    /// Its newest form. Where a page or frame and an own press are equally new, it is theirs: only they tell staff what is
    /// hidden.
    timestamp: Timestamp,
    /// The highest revision at which a page or a frame held it; none where it is known as an own press only.
    listed: Option<Revision>,
}

/// Which places changed lately, so that who follows the list needn't look at all of it. What way led to a list is no part
/// of what it is: all journals are equal.
#[derive(Clone, Debug, Default)]
struct Journal {
    places: Vec<Place>,
    /// How many were forgotten.
    forgotten: usize,
    /// How often the list began anew.
    restarts: u32,
}

/// An older page to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OlderPage {
    /// It ends before this place.
    pub before: Place,
    /// How often the list had begun anew by then.
    restarts: u32,
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

    /// Begins anew with a snapshot's page. What is the visitor's own stays so, and what was erased stays away.
    pub fn restart(&mut self, page: Page) {
        // One further than anybody can have read: they all look at the whole list.
        let forgotten = self.journal.end() + 1;
        let before = std::mem::take(self);
        self.erased = before.erased;
        self.merge_page(page);
        let rows = before.rows.into_values().map(|row| row.timestamp);
        rows.filter(|row| before.own.contains(&row.id))
            .for_each(|own| self.merge_own(own));
        self.journal.forget();
        self.journal.forgotten += forgotten;
        self.journal.restarts = before.journal.restarts.wrapping_add(1);
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
            if self.erased.contains(&id) {
                continue;
            }
            let place = self.places.get(&id).copied();
            self.change(place, |list| {
                let told = list.removed.entry(id).or_insert(frame.revision);
                *told = frame.revision.max(*told);
            });
        }
        for id in frame.erased {
            self.erase(id);
        }
    }

    /// Takes in one of the visitor's own presses, as the server told it to them alone.
    pub fn merge_own(&mut self, timestamp: Timestamp) {
        self.newest = self.newest.max(timestamp.arrival);
        if self.erased.contains(&timestamp.id) {
            return;
        }
        let timestamp = timestamp.as_its_author_sees_it();
        let (id, place) = (timestamp.id, timestamp.place());
        self.change(Some(place), |list| {
            list.places.insert(id, place);
            list.own.insert(id);
            let row = list.rows.entry(place).or_insert_with(|| Row {
                timestamp: timestamp.clone(),
                listed: None,
            });
            if timestamp.revision > row.timestamp.revision {
                row.timestamp = timestamp;
            }
            row.timestamp.mine = true;
        });
    }

    /// This browser was forgotten: nothing is its own any more, and what only its author saw goes.
    pub fn disown(&mut self) {
        for id in std::mem::take(&mut self.own) {
            let Some(place) = self.places.get(&id).copied() else {
                continue;
            };
            self.change(Some(place), |list| match list.rows.get_mut(&place) {
                Some(row) if row.listed.is_some() => row.timestamp.mine = false,
                Some(_) | None => list.take_out(id, place),
            });
        }
    }

    /// Takes in a row of a page or a frame.
    fn merge(&mut self, timestamp: Timestamp) {
        self.newest = self.newest.max(timestamp.arrival);
        if self.erased.contains(&timestamp.id) {
            return;
        }
        let (id, place, revision) = (timestamp.id, timestamp.place(), timestamp.revision);
        self.change(Some(place), |list| {
            list.places.insert(id, place);
            // They never say whose a row is: what is known of that stays known.
            let mine = list.own.contains(&id);
            let row = list.rows.entry(place).or_insert_with(|| Row {
                timestamp: timestamp.clone(),
                listed: None,
            });
            let is_newer = (revision, Some(revision)) > (row.timestamp.revision, row.listed);
            if is_newer {
                row.timestamp = timestamp;
            }
            row.timestamp.mine = mine;
            row.listed = row.listed.max(Some(revision));
        });
    }

    /// Its visitor was forgotten.
    fn erase(&mut self, id: TimestampId) {
        if let Some(place) = self.places.get(&id).copied() {
            self.change(Some(place), |list| list.take_out(id, place));
        }
        self.removed.remove(&id);
        self.own.remove(&id);
        self.erased.insert(id);
    }

    /// Nothing is known any more of this row.
    fn take_out(&mut self, id: TimestampId, place: Place) {
        self.rows.remove(&place);
        self.places.remove(&id);
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

    fn reaches(&self, place: Place) -> bool {
        match self.reach {
            Reach::All => true,
            // What lies before the loaded range (a press that waited offline) comes with the page it belongs to.
            Reach::From(first) => place >= first,
            Reach::Nothing => false,
        }
    }

    /// Whether others see it too.
    fn is_public(&self, row: &Row) -> bool {
        let removed = self.removed.get(&row.timestamp.id).copied();
        row.listed > removed
    }

    fn is_shown(&self, row: &Row) -> bool {
        self.reaches(row.timestamp.place()) && (row.timestamp.mine || self.is_public(row))
    }

    /// What is shown, in the order of rule 3.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Timestamp> {
        let shown = self.rows.values().filter(|row| self.is_shown(row));
        shown.map(|row| &row.timestamp)
    }

    /// What is shown at this place.
    pub fn get(&self, place: Place) -> Option<&Timestamp> {
        let row = self.rows.get(&place).filter(|row| self.is_shown(row));
        row.map(|row| &row.timestamp)
    }

    /// How many of the visitor's own presses the numbers that everybody gets leave out: hidden, or so new that the page has
    /// not heard of them elsewhere. Of one before the loaded range nothing is known but its removal.
    pub fn uncounted(&self) -> usize {
        let places = self.own.iter().filter_map(|id| self.places.get(id));
        let rows = places.filter_map(|place| self.rows.get(place));
        let is_uncounted = |row: &&Row| {
            let is_removed = || self.removed.contains_key(&row.timestamp.id);
            !self.is_public(row) && (self.reaches(row.timestamp.place()) || is_removed())
        };
        rows.filter(is_uncounted).count()
    }

    /// How many timestamps to tell beside the list: as many as everybody is told, and for viewers those of their own that
    /// this number leaves out.
    pub fn count(&self, session: &Session, audience: Audience) -> u32 {
        let everybodys = session.timestamp_count;
        let of_own = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match audience {
            Audience::Staff => everybodys,
            // Nothing is listed, so nothing tells which of their own are in the number.
            Audience::Public if session.rules.staff_list => everybodys.max(of_own(self.own.len())),
            Audience::Public => everybodys.saturating_add(of_own(self.uncounted())),
        }
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

    /// The older page to ask for next; none when all are there.
    pub fn next_older(&self) -> Option<OlderPage> {
        self.older_before().map(|before| OlderPage {
            before,
            restarts: self.journal.restarts,
        })
    }

    /// Whether a page that was asked for then still fits: not where the list has begun anew since. Between that page and the
    /// new beginning there can be others that nobody would ask for any more, and what was taken off the list between the two
    /// would come back.
    pub fn still_wants(&self, asked: OlderPage) -> bool {
        asked.restarts == self.journal.restarts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        code::Code, offset::Offset, rules::Rules, session::Status, text::Text,
        timestamp::tests::blank,
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
            arrival: Revision(i64::from(n)),
            revision: Revision(revision),
            ..blank()
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
            erased: Vec::new(),
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
        let mut session = frame(4, vec![], vec![]).session;
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
        assert_eq!((list.own.len(), list.len()), (0, 0));
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
        assert_eq!((shown(&list), list.own.len()), (vec![id(1)], 0));
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
        Frame(Frame),
        Page(Page),
        Own(Timestamp),
    }

    fn hear(list: &mut List, news: News) {
        match news {
            News::Frame(frame) => list.merge_frame(frame),
            News::Page(page) => list.merge_page(page),
            News::Own(timestamp) => list.merge_own(timestamp),
        }
    }

    /// The rows that this browser pressed.
    fn is_own(n: u8) -> bool {
        n < 3
    }

    /// What a session's server has of a row; none where it was erased.
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
                    news.push(News::Frame(erasure(revision, id(n))));
                } else if is_hidden {
                    news.push(News::Frame(frame(revision, vec![], vec![id(n)])));
                } else {
                    news.push(News::Frame(frame(revision, vec![written.clone()], vec![])));
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
}
