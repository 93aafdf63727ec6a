//! The notes of presses that count, with their visitors.

use std::collections::BTreeMap;

use app::domain::{
    moments::{
        heap_bytes,
        moment::{MOST_NOTES, MergedNote},
        notes::best_notes,
    },
    text::Note,
    timestamp::TimestampId,
};
use uuid::Uuid;

/// A press's segment, second and id.
pub(super) type Place = (u32, u32, TimestampId);

/// The notes of one session.
#[derive(Debug, Default)]
pub(super) struct Notes {
    by_place: BTreeMap<Place, (Note, Uuid)>,
    /// The bytes of their text.
    text_bytes: usize,
}

impl Notes {
    /// Sets what a visitor's press says, or that it says nothing.
    pub(super) fn set(&mut self, place: Place, note: Option<(Note, Uuid)>) {
        let bytes = |(note, _): &(Note, Uuid)| note.as_str().len();
        self.text_bytes += note.as_ref().map_or(0, bytes);
        let known = match note {
            Some(note) => self.by_place.insert(place, note),
            None => self.by_place.remove(&place),
        };
        self.text_bytes -= known.as_ref().map_or(0, bytes);
    }

    /// The best notes of a range of seconds, both ends included.
    pub(super) fn best(&self, segment_index: u32, (start, end): (u32, u32)) -> Vec<MergedNote> {
        let from = (segment_index, start, TimestampId(Uuid::nil()));
        let to = (segment_index, end, TimestampId(Uuid::max()));
        let notes = self.by_place.range(from..=to);
        let notes = notes.map(|(_, (note, visitor))| (note, *visitor));
        best_notes(notes, MOST_NOTES)
    }

    /// About how many bytes they hold.
    pub(super) fn heap_bytes(&self) -> usize {
        heap_bytes::of_tree::<Place, (Note, Uuid)>(self.by_place.len()) + self.text_bytes
    }
}
