//! One session's presses as curves, and the moments in them, updated row by row.

mod joins;
mod notes;
mod updates;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use app::domain::{
    moments::{
        curation::Curation,
        heap_bytes,
        moment::MomentId,
        range_edits::{KeptEdit, SegmentEdits},
        rank::Thresholds,
        session_moments::{PressRow, SegmentMoments, SessionMoments},
        weight::Weight,
    },
    revision::{Epoch, Revision},
    timestamp::TimestampId,
};
use uuid::Uuid;

use self::{notes::Notes, updates::updates_of};
use super::{
    sharp::{Sharpening, found_on, sharpened},
    shown::{Shown, Touched},
};
use crate::store::{
    CrowdChanges, CrowdPress, CrowdRows, MOST_MOMENTS, MOST_SHOWN, MomentEditRow, MomentRow,
    MomentUpdate, VisitorId,
};

/// What a moment holds with its notes, title and clip, once as its row or as it is shown.
const MOMENT_BYTES: usize = 1_024;

/// One session.
#[derive(Debug, Default)]
pub(super) struct Tracked {
    /// The epoch that it was read from; none before the first read.
    epoch: Option<Epoch>,
    /// The revision up to which it was read.
    revision: Revision,
    session: SessionMoments,
    /// The moments that have rows, by segment, except those that were absorbed by others.
    stored: BTreeMap<u32, Vec<MomentRow>>,
    /// The edits of their ranges that were not undone, by segment and by their place in the order of edits.
    edits: BTreeMap<u32, BTreeMap<i64, KeptEdit>>,
    blocked: HashSet<Uuid>,
    notes: Notes,
    /// The segment that is open: all others are over.
    open_segment: Option<u32>,
    /// Whether the segments that are over are sharpened.
    learns_delays: bool,
    /// Those of these segments that are.
    sharp: SessionMoments,
    /// Whether presses or joins were applied.
    has_rows: bool,
    /// What changed since the moments were last derived.
    news: News,
    /// Whether they were derived since rows were last applied.
    is_derived: bool,
    shown: Arc<Shown>,
}

/// What changed since the moments were last derived.
#[derive(Debug, Default)]
struct News {
    /// Segments and seconds in which presses were added, removed or edited.
    presses: BTreeSet<(u32, u32)>,
    /// Segments and seconds in which somebody joined a moment, or does not count any more.
    joins: BTreeSet<(u32, u32)>,
    /// Segments whose stored moments changed, or have changes that are not written yet.
    moments: BTreeSet<u32>,
    /// Whether a segment with presses has ended, or delays are learnt or not any more.
    is_over: bool,
    /// Moments whose rows changed.
    rows: HashSet<MomentId>,
    /// Segments in which ranges were edited.
    edits: BTreeSet<u32>,
    /// The version of the curves at that time.
    version: u64,
    /// The thresholds for showing moments at that time.
    thresholds: Option<Thresholds>,
}

impl Tracked {
    /// Whether nothing of this epoch was read yet.
    pub(super) fn is_new(&self, epoch: Epoch) -> bool {
        self.epoch != Some(epoch)
    }

    /// Whether everything up to this revision of this epoch was read, and the moments derived from it.
    pub(super) fn knows(&self, epoch: Epoch, revision: Revision) -> bool {
        self.epoch == Some(epoch) && self.is_derived && self.revision >= revision
    }

    /// Prepares for reading this epoch from the start.
    pub(super) fn begin(&mut self, epoch: Epoch) {
        *self = Self {
            epoch: Some(epoch),
            ..Self::default()
        };
    }

    /// The revision up to which it was read.
    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    /// About how many bytes it holds. It looks at every segment, but at no press.
    pub(super) fn heap_bytes(&self) -> u64 {
        let rows: usize = self.stored.values().map(Vec::len).sum();
        let edits: usize = self.edits.values().map(BTreeMap::len).sum();
        let bytes = self.session.heap_bytes()
            + self.sharp.heap_bytes()
            + self.notes.heap_bytes()
            + (rows + self.shown.moments()) * MOMENT_BYTES
            + heap_bytes::of_tree::<i64, KeptEdit>(edits)
            + self.shown.heap_bytes();
        bytes as u64
    }

    /// What pages are shown.
    pub(super) fn shown(&self) -> Arc<Shown> {
        self.shown.clone()
    }

    /// Who was blocked or unblocked since the last changes. What they pressed and joined before stops or starts to count, and
    /// only the database knows what that is.
    pub(super) fn block_changed(&self, changes: &CrowdChanges) -> Vec<VisitorId> {
        if !self.has_rows {
            return Vec::new();
        }
        let blocked: HashSet<_> = changes.blocked.iter().map(|visitor| visitor.0).collect();
        let changed = self.blocked.symmetric_difference(&blocked);
        changed.copied().map(VisitorId).collect()
    }

    /// Applies changes, and all that those who were blocked or unblocked have ever pressed and joined.
    pub(super) fn take_in(&mut self, changes: CrowdChanges, rows_of_block_changed: CrowdRows) {
        let blocked: HashSet<_> = changes.blocked.iter().map(|visitor| visitor.0).collect();
        for visitor in blocked.difference(&self.blocked) {
            self.session.remove_visitor(*visitor);
        }
        self.blocked = blocked;
        self.revision = changes.revision;
        self.is_derived = false;
        // Those of visitors who were blocked or unblocked were read later.
        for rows in [changes.rows, rows_of_block_changed] {
            self.has_rows |= !rows.presses.is_empty() || !rows.joins.is_empty();
            self.remove_erased(&rows.presses);
            rows.presses
                .into_iter()
                .for_each(|row| self.take_press(row));
            rows.joins.iter().for_each(|row| self.take_join(row));
        }
        changes
            .moments
            .into_iter()
            .for_each(|row| self.take_moment(row));
        changes.edits.iter().for_each(|row| self.take_edit(row));
        self.take_state(changes.open_segment, changes.learns_delays);
    }

    /// Takes in which segment is open, and whether delays are learnt. A segment without presses may open or end unnoticed.
    fn take_state(&mut self, open_segment: Option<u32>, learns_delays: bool) {
        let is_other = open_segment != self.open_segment;
        let mut moved = [open_segment, self.open_segment].into_iter().flatten();
        let has_presses = moved.any(|segment| self.session.segment(segment).is_some());
        self.news.is_over |= (is_other && has_presses) || learns_delays != self.learns_delays;
        (self.open_segment, self.learns_delays) = (open_segment, learns_delays);
    }

    /// Removes the presses of erased visitors: their rows don't tell any more whose they were.
    fn remove_erased(&mut self, presses: &[CrowdPress]) {
        let mut erased: BTreeMap<u32, HashMap<(u32, TimestampId), Weight>> = BTreeMap::new();
        for row in presses.iter().filter(|row| row.visitor.is_none()) {
            let of_segment = erased.entry(row.segment_index).or_default();
            of_segment.insert((row.offset.seconds(), row.id), Weight::new(row.weight));
        }
        for (segment, rows) in &erased {
            self.session.remove_erased(*segment, rows);
        }
    }

    fn take_press(&mut self, row: CrowdPress) {
        let (segment_index, offset) = (row.segment_index, row.offset.seconds());
        self.news.presses.insert((segment_index, offset));
        let place = (segment_index, offset, row.id);
        let visitor = row
            .visitor
            .filter(|visitor| !self.blocked.contains(&visitor.0));
        let Some(visitor) = visitor else {
            self.notes.set(place, None);
            return;
        };
        let note = row.note.filter(|_| !row.is_hidden);
        self.notes.set(place, note.map(|note| (note, visitor.0)));
        self.session.apply(&PressRow {
            id: row.id,
            segment_index,
            offset,
            visitor: visitor.0,
            weight: Weight::new(row.weight),
            label: row.label,
            counts: !row.is_hidden,
        });
    }

    fn take_moment(&mut self, row: MomentRow) {
        let id = row.kept.id;
        self.news.moments.insert(row.segment_index);
        self.news.rows.insert(id);
        let stored = self.stored.entry(row.segment_index).or_default();
        stored.retain(|moment| moment.kept.id != id);
        let shown = Arc::make_mut(&mut self.shown);
        shown.redirect(id, row.kept.absorbed_into);
        if row.kept.absorbed_into.is_none() {
            stored.push(row);
        } else {
            shown.set_moment(id, None, self.revision, Touched::ByPeople);
        }
    }

    fn take_edit(&mut self, row: &MomentEditRow) {
        self.news.moments.insert(row.segment_index);
        self.news.edits.insert(row.segment_index);
        let edits = self.edits.entry(row.segment_index).or_default();
        match row.is_undone {
            true => drop(edits.remove(&row.position)),
            false => drop(edits.insert(row.position, row.kept)),
        }
    }

    /// The stored moments of a segment, and the edits of their ranges.
    fn segment_edits(&self, segment_index: u32) -> SegmentEdits {
        let moments = self.stored.get(&segment_index).into_iter().flatten();
        let edits = self.edits.get(&segment_index);
        SegmentEdits {
            moments: moments.map(|row| row.kept).collect(),
            edits: edits
                .into_iter()
                .flat_map(BTreeMap::values)
                .copied()
                .collect(),
        }
    }

    /// The curve on which a segment's moments were found: its height at each second, 0 behind the last one.
    pub(super) fn cells(&self, segment_index: u32) -> &[u64] {
        let sharp = self.sharp.segment(segment_index);
        let curve = sharp.or(self.session.segment(segment_index));
        curve.map_or(&[], |segment| segment.curve().cells())
    }

    /// Derives the moments and curves as of now, given what `sharpening` says of them. Returns what has to be written.
    pub(super) fn derive(&mut self, sharpening: Sharpening) -> Vec<MomentUpdate> {
        self.is_derived = true;
        let audience = self.session.audience();
        let thresholds = Thresholds::of(audience);
        let mut segments: BTreeSet<u32> = match self.news.thresholds == Some(thresholds) {
            true => self.session.changed_segments(self.news.version).collect(),
            false => self.session.changed_segments(0).collect(),
        };
        segments.append(&mut self.news.moments);
        // A note that was edited leaves the curve as it is.
        let News { presses, joins, .. } = &self.news;
        segments.extend(presses.iter().chain(joins).map(|(segment, _)| *segment));
        let is_sharpened_anew = self.sharpen(sharpening, &mut segments);
        let has_room = self.has_room();
        let (mut updates, mut unwritten) = (Vec::new(), BTreeSet::new());
        for segment in segments {
            let kept = self.segment_edits(segment);
            let (stored, edits) = (kept.stored(), kept.range_edits());
            let session = found_on(&mut self.session, &mut self.sharp, segment);
            let found = session.moments(segment, &stored, &edits, audience);
            let mut of_segment = updates_of(segment, &stored, &found);
            if !of_segment.is_empty() {
                unwritten.insert(segment);
            }
            // The store would refuse them, at every press.
            of_segment.retain(|update| has_room || !matches!(update, MomentUpdate::New { .. }));
            updates.extend(of_segment);
            self.show(segment, found, is_sharpened_anew);
        }
        self.news = News {
            version: self.session.version(),
            thresholds: Some(thresholds),
            // The write may fail: these are derived again with the next change anywhere in the session.
            moments: unwritten,
            ..News::default()
        };
        Arc::make_mut(&mut self.shown).set_unwritten(!updates.is_empty());
        updates
    }

    /// Whether the session may have another moment, as far as is known here.
    fn has_room(&self) -> bool {
        let living = || self.stored.values().flatten();
        let shown = living().filter(|moment| moment.kept.is_shown).count();
        shown < MOST_SHOWN && living().count() + self.shown.absorbed() < MOST_MOMENTS
    }

    /// What the next look does with the segments that are over: whether something in them changed, or one more is.
    pub(super) fn sharpening(&self) -> Sharpening {
        let mut touched = self.news.presses.iter().map(|(segment, _)| *segment);
        let mut curves = self.session.changed_segments(self.news.version);
        let is_over = |segment| self.is_over(segment);
        match self.news.is_over || touched.any(is_over) || curves.any(is_over) {
            false => Sharpening::Stays,
            true if self.learns_delays => Sharpening::Anew,
            true => Sharpening::Off,
        }
    }

    fn is_over(&self, segment_index: u32) -> bool {
        Some(segment_index) != self.open_segment
    }

    /// Does so, and adds the segments that are over to those that are derived anew, if something in them changed. Whether it did.
    fn sharpen(&mut self, sharpening: Sharpening, changed: &mut BTreeSet<u32>) -> bool {
        self.sharp = match sharpening {
            Sharpening::Stays => return false,
            Sharpening::Anew => sharpened(&self.session, |segment| self.is_over(segment)),
            Sharpening::Off => SessionMoments::default(),
        };
        let all = self.session.changed_segments(0);
        changed.extend(all.filter(|segment| self.news.is_over || self.is_over(*segment)));
        true
    }

    /// Shows what was found in a segment. If its moments were sharpened anew, any of their presses may have changed.
    fn show(&mut self, segment_index: u32, found: SegmentMoments, is_sharpened_anew: bool) {
        let is_open = Some(segment_index) == self.open_segment;
        let session = found_on(&mut self.session, &mut self.sharp, segment_index);
        let shown = Arc::make_mut(&mut self.shown);
        let revision = self.revision;
        let stored = self.stored.get(&segment_index).into_iter().flatten();
        let curated = stored.filter(|row| row.kept.is_curated);
        let curations: HashMap<MomentId, &Curation> =
            curated.map(|row| (row.kept.id, &row.curation)).collect();
        let mut there = HashSet::new();
        for counted in found.moments {
            let found = counted.found;
            let Some(id) = found.id else { continue };
            there.insert(id);
            let range = (segment_index, found.start)..=(segment_index, found.end);
            let has_changed =
                |seconds: &BTreeSet<(u32, u32)>| seconds.range(range.clone()).next().is_some();
            let presses_changed = has_changed(&self.news.presses);
            let touched = match presses_changed || has_changed(&self.news.joins) {
                _ if self.news.rows.contains(&id) => Touched::ByPeople,
                _ if self.news.edits.contains(&segment_index) => Touched::Around,
                true => Touched::Around,
                false if is_sharpened_anew && !is_open => Touched::Around,
                false => Touched::Not,
            };
            let moment = found.is_shown.then(|| {
                // Collecting notes is the expensive part, and most moments no longer change.
                let known = shown.notes(id, segment_index, (found.start, found.end));
                let known = known.filter(|_| !presses_changed);
                let best = known.map_or_else(
                    || self.notes.best(segment_index, (found.start, found.end)),
                    <[_]>::to_vec,
                );
                let moment = counted.moment(id, segment_index, best);
                match curations.get(&id) {
                    Some(curation) => curation.applied_to(moment),
                    None => moment,
                }
            });
            shown.set_moment(id, moment, revision, touched);
        }
        // Also those that had faded before the session was read: a page may know them from another process, or from before that.
        let stored = self.stored.get(&segment_index).into_iter().flatten();
        for row in stored.filter(|row| !there.contains(&row.kept.id)) {
            shown.set_moment(row.kept.id, None, revision, Touched::Not);
        }
        let (bucket_seconds, values) = session.buckets(segment_index);
        shown.set_curve(segment_index, bucket_seconds, &values, revision);
    }
}

#[cfg(test)]
mod tests;
