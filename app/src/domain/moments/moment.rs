//! A moment as it travels: what pages, exports and the feed know of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{offset::Offset, text::Note};

/// Names one moment. It is never used again: where moments became one, the id that ended redirects to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MomentId(pub Uuid);

/// Several viewers pressed because of the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its name.
    pub id: MomentId,
    /// The segment that it lies in: 1, 2, 3, ….
    pub segment_index: u32,
    /// The first second of its range.
    pub start: Offset,
    /// Where presses are densest. A clip starts before it.
    pub peak: Offset,
    /// The last second of its range.
    pub end: Offset,
    /// How many presses lie in the range.
    pub presses: u32,
    /// Of how many distinct visitors.
    pub visitors: u32,
    /// How far it stands above the background, in tenths of a visitor: moments are ranked by it.
    pub excess: u32,
    /// Its best notes.
    pub notes: Vec<MergedNote>,
}

/// A note, and how many say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedNote {
    /// The longest of them, as it was written.
    pub note: Note,
    /// How many.
    pub count: u32,
}
