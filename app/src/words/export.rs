//! Text of the exported list.

use std::fmt::Write as _;

use crate::domain::offset::Offset;

/// Appends what a line of the text says about one timestamp, without the end of the line.
pub fn push_line(text: &mut String, segment_index: u32, at: Offset, note: Option<&str>) {
    // Writing to a string can't fail.
    let _ = write!(text, "Segment {segment_index} {at}");
    if let Some(note) = note {
        let _ = write!(text, " – {note}");
    }
}
