//! A table of the live feed in the browser: rows of one kind from pages, frames and the browser's own presses, merged so
//! that order and repetition don't matter.
//!
//! Every part of it only grows in one direction (the highest revision, the widest range), and what is shown is computed
//! from the whole. Late, duplicate and overlapping pages, frames and own rows therefore lead to the same table. There are two
//! exceptions: a detached range (`table/detached.rs`) follows what somebody looks at, and viewers' pages, which show the newest
//! rows only, drop the oldest (`table/oldest.rs`).
//!
//! Pages and frames are the same for everybody and name no author. An own row overlays them: it is marked, stays where
//! others no longer see it, and is counted where the public numbers leave it out, so that its author can't tell.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Debug,
    hash::Hash,
    ops::Bound,
};

use self::detached::DetachedRange;
use super::journal::Journal;
use crate::domain::revision::Revision;

mod detached;
mod oldest;
mod uncounted;

/// A row of the feed, of any kind.
pub trait FeedRow: Clone + Debug + Eq {
    /// Its permanent id.
    type Key: Copy + Debug + Eq + Hash;
    /// Its position among the others. It never changes.
    type Place: Copy + Debug + Ord;

    /// Its id.
    fn key(&self) -> Self::Key;
    /// Where it stands.
    fn place(&self) -> Self::Place;
    /// The session's revision when it last changed.
    fn revision(&self) -> Revision;
    /// Whether it is this browser's own.
    fn is_own(&self) -> bool;
    /// Marks it as this browser's own, or as nobody's.
    fn set_own(&mut self, is_own: bool);
}

/// The rows of one kind, in the order of their places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<R: FeedRow> {
    /// All known rows in their newest state, including those that are not shown.
    rows: BTreeMap<R::Place, Known<R>>,
    /// The removals, each with the highest revision at which it was reported.
    removed: HashMap<R::Key, Revision>,
    /// The visitor's own: a removal does not take them off their author's page.
    own: HashSet<R::Key>,
    /// Those whose visitor was erased: nothing brings them back.
    erased: HashSet<R::Key>,
    /// How far back the loaded range goes.
    reach: Reach<R::Place>,
    /// Older rows that were loaded separately, while somebody looks at them.
    detached: Option<DetachedRange<R::Place>>,
    /// Where each row stands.
    places: HashMap<R::Key, R::Place>,
    /// How many rows are shown.
    len: usize,
    journal: Journal<R::Place>,
}

/// What is known of one row.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known<R> {
    /// Its newest state. If a row from a page or frame and an own row are equally new, the former: only they tell staff
    /// what is hidden.
    row: R,
    /// The highest revision at which a page or a frame contained it; `None` if it is only known as an own row.
    listed: Option<Revision>,
}

/// How far back the loaded pages reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Reach<P> {
    /// To the first row of the session.
    All,
    /// To this one; there are others before it.
    From(P),
    /// Nothing was loaded yet.
    #[default]
    Nothing,
}

impl<P: Copy + Ord> Reach<P> {
    /// How far back consecutive rows reach, and whether there are more before the first one.
    fn of<R: FeedRow<Place = P>>(rows: &[R], more: bool) -> Self {
        match rows.first() {
            Some(first) if more => Self::From(first.place()),
            Some(_) | None => Self::All,
        }
    }

    fn contains(self, place: P) -> bool {
        match self {
            Self::All => true,
            Self::From(first) => place >= first,
            Self::Nothing => false,
        }
    }
}

/// Older rows to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older<P> {
    /// They end before this place.
    pub before: P,
    /// The end of the detached range that they belong to; none if they are followed by what is loaded.
    detached_end: Option<P>,
    /// How often the table had been restarted by then.
    restarts: u32,
}

impl<P> Older<P> {
    /// Whether they belong to a detached range.
    pub fn is_detached(&self) -> bool {
        self.detached_end.is_some()
    }
}

impl<R: FeedRow> Default for Table<R> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            removed: HashMap::new(),
            own: HashSet::new(),
            erased: HashSet::new(),
            reach: Reach::Nothing,
            detached: None,
            places: HashMap::new(),
            len: 0,
            journal: Journal::default(),
        }
    }
}

impl<R: FeedRow> Table<R> {
    /// Restarts with the newest rows of a session. The visitor's own rows stay, with what is known of their removal, and erased
    /// ones stay away.
    pub(super) fn restart(&mut self, rows: Vec<R>, more: bool) {
        let before = std::mem::take(self);
        self.erased = before.erased;
        // Rows that are shown again by now come with a later revision.
        let removed = before.removed.into_iter();
        self.removed = removed
            .filter(|(key, _)| before.own.contains(key))
            .collect();
        self.merge_page(rows, more);
        let rows = before.rows.into_values().map(|known| known.row);
        rows.filter(|row| before.own.contains(&row.key()))
            .for_each(|own| self.merge_own(own));
        self.journal.restart_after(&before.journal);
    }

    /// Merges consecutive rows, and whether there are more before the first one.
    pub(super) fn merge_page(&mut self, rows: Vec<R>, more: bool) {
        let reach = Reach::of(&rows, more);
        if reach < self.reach {
            self.widen(reach);
        }
        rows.into_iter().for_each(|row| self.merge(row));
    }

    /// Changes which of these places can be shown, and updates the totals.
    fn reveal(&mut self, places: Vec<R::Place>, change: impl FnOnce(&mut Self)) {
        let shown = |table: &Self| {
            let shown = places.iter().filter(|place| table.get(**place).is_some());
            shown.count()
        };
        let before = shown(self);
        change(self);
        let after = shown(self);
        self.len = self.len + after - before;
        self.journal.write_all(places);
    }

    /// Rows that were known but out of reach become visible.
    fn widen(&mut self, reach: Reach<R::Place>) {
        let from = match reach {
            Reach::From(first) => Bound::Included(first),
            Reach::All | Reach::Nothing => Bound::Unbounded,
        };
        let to = match self.reach {
            Reach::From(first) => Bound::Excluded(first),
            Reach::All | Reach::Nothing => Bound::Unbounded,
        };
        let known = self.rows.range((from, to)).map(|(at, _)| *at).collect();
        self.reveal(known, |table| table.reach = reach);
    }

    /// Takes in a row of a page or a frame.
    pub(super) fn merge(&mut self, row: R) {
        if self.erased.contains(&row.key()) {
            return;
        }
        let (key, place, revision) = (row.key(), row.place(), row.revision());
        self.change(Some(place), |table| {
            table.places.insert(key, place);
            // They never say whose a row is: what is known of that stays known.
            let is_own = table.own.contains(&key);
            let known = table.rows.entry(place).or_insert_with(|| Known {
                row: row.clone(),
                listed: None,
            });
            let is_newer = (revision, Some(revision)) > (known.row.revision(), known.listed);
            if is_newer {
                known.row = row;
            }
            known.row.set_own(is_own);
            known.listed = known.listed.max(Some(revision));
        });
    }

    /// Merges a removal at a revision: the row leaves everybody's list except its author's.
    pub(super) fn remove(&mut self, key: R::Key, revision: Revision) {
        if self.erased.contains(&key) {
            return;
        }
        let place = self.places.get(&key).copied();
        self.change(place, |table| {
            let told = table.removed.entry(key).or_insert(revision);
            *told = revision.max(*told);
        });
    }

    /// Merges a row of the visitor's own, as the server returned it to them alone.
    pub(super) fn merge_own(&mut self, row: R) {
        if self.erased.contains(&row.key()) {
            return;
        }
        let (key, place) = (row.key(), row.place());
        self.change(Some(place), |table| {
            table.places.insert(key, place);
            table.own.insert(key);
            let known = table.rows.entry(place).or_insert_with(|| Known {
                row: row.clone(),
                listed: None,
            });
            if row.revision() > known.row.revision() {
                known.row = row;
            }
            known.row.set_own(true);
        });
    }

    /// This browser was erased: nothing is its own any more, and rows that only their author saw disappear.
    pub fn disown(&mut self) {
        for key in std::mem::take(&mut self.own) {
            let Some(place) = self.places.get(&key).copied() else {
                continue;
            };
            self.change(Some(place), |table| match table.rows.get_mut(&place) {
                Some(known) if known.listed.is_some() => known.row.set_own(false),
                Some(_) | None => table.take_out(key, place),
            });
        }
    }

    /// The visitor of a row was erased.
    pub(super) fn erase(&mut self, key: R::Key) {
        if let Some(place) = self.places.get(&key).copied() {
            self.change(Some(place), |table| table.take_out(key, place));
        }
        self.removed.remove(&key);
        self.own.remove(&key);
        self.erased.insert(key);
    }

    /// Nothing is known any more of this row.
    fn take_out(&mut self, key: R::Key, place: R::Place) {
        self.rows.remove(&place);
        self.places.remove(&key);
    }

    /// Changes the state of the row at a place, and updates the totals.
    fn change(&mut self, place: Option<R::Place>, change: impl FnOnce(&mut Self)) {
        let is_shown = |table: &Self| place.is_some_and(|place| table.get(place).is_some());
        let before = is_shown(self);
        change(self);
        let after = is_shown(self);
        self.len = self.len + usize::from(after) - usize::from(before);
        if let Some(place) = place.filter(|_| before || after) {
            self.journal.write(place);
        }
    }

    /// Whether a row at this place is shown, once it is known. One before what is loaded (a press that waited offline)
    /// appears with the page it belongs to.
    fn reaches(&self, place: R::Place) -> bool {
        let is_in = |detached: DetachedRange<_>| detached.contains(place);
        self.reach.contains(place) || self.detached.is_some_and(is_in)
    }

    /// Whether others see it too.
    fn is_public(&self, known: &Known<R>) -> bool {
        let removed = self.removed.get(&known.row.key()).copied();
        known.listed > removed
    }

    /// Whether it is shown where the table reaches.
    fn is_seen(&self, known: &Known<R>) -> bool {
        known.row.is_own() || self.is_public(known)
    }

    /// What is shown, in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &R> {
        let reached = self.rows.iter().filter(|(at, _)| self.reaches(**at));
        let shown = reached.filter(|(_, known)| self.is_seen(known));
        shown.map(|(_, known)| &known.row)
    }

    /// What is shown at this place.
    pub fn get(&self, place: R::Place) -> Option<&R> {
        self.known(place).filter(|_| self.reaches(place))
    }

    /// What is known of the row at this place, also while it is out of reach.
    pub fn known(&self, place: R::Place) -> Option<&R> {
        let known = self.rows.get(&place).filter(|known| self.is_seen(known));
        known.map(|known| &known.row)
    }

    /// How many rows are the visitor's own.
    pub(super) fn own_len(&self) -> usize {
        self.own.len()
    }

    /// Where this one stands, if it was heard of.
    pub fn place(&self, key: R::Key) -> Option<R::Place> {
        self.places.get(&key).copied()
    }

    /// How many rows are shown.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no row is shown.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How much was written into the journal so far.
    pub fn journal_end(&self) -> usize {
        self.journal.end()
    }

    /// The places that changed since the journal had this end; none where too much happened to tell.
    pub fn changed_since(&self, end: usize) -> Option<&[R::Place]> {
        self.journal.since(end)
    }

    /// The place before which older ones can be loaded; none when all are there.
    pub fn older_before(&self) -> Option<R::Place> {
        match self.reach {
            Reach::From(first) => Some(first),
            Reach::All | Reach::Nothing => None,
        }
    }

    /// The older rows to ask for next; none when all are there.
    pub fn next_older(&self) -> Option<Older<R::Place>> {
        self.older_before().map(|before| Older {
            before,
            detached_end: None,
            restarts: self.journal.restarts(),
        })
    }

    /// Whether rows that were requested then still fit: not if the table has been restarted since. There could be a gap
    /// between them and the new beginning that nobody would request any more, and rows that were removed in between would
    /// come back.
    pub fn still_wants(&self, asked: Older<R::Place>) -> bool {
        asked.restarts == self.journal.restarts()
    }
}
