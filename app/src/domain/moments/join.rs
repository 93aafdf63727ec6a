//! A visitor's joining of a moment: "me too" from the list, as they alone are told of it.

use serde::{Deserialize, Serialize};

use super::moment::Moment;
use crate::domain::{offset::Offset, revision::Revision};

/// The most moments that one visitor can join in a session.
pub const MOST: usize = 500;

/// A visitor joined a moment. It is no timestamp, and nobody else is told of it: a moment only counts one visitor more.
///
/// It lies at a second, like a press, and counts for the moment whose range contains that: so it stays with the moment
/// through merges, splits and new ranges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// The segment of the moment: 1, 2, 3, ….
    pub segment_index: u32,
    /// Where the moment's peak was.
    pub offset_seconds: Offset,
    /// The session's revision from which on it is in the public numbers, if it counts.
    pub revision: Revision,
    /// Whether the public numbers contain it: not if its visitor is blocked, whose page then adds them.
    pub counts: bool,
}

impl Join {
    /// Whether it counts for this moment.
    pub fn is_in(&self, moment: &Moment) -> bool {
        moment.contains(self.segment_index, self.offset_seconds)
    }
}
