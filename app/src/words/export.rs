//! Text of the exported list.

use std::fmt::Write as _;

use crate::domain::{offset::Offset, text::LabelWord};

/// Appends what a line of the text says about one timestamp, without the end of the line. The label stands where the note
/// begins, so that whatever reads lines without labels reads these too.
pub fn push_line(
    text: &mut String,
    segment_index: u32,
    at: Offset,
    label: Option<&LabelWord>,
    note: Option<&str>,
) {
    // Writing to a string can't fail.
    let _ = write!(text, "Segment {segment_index} {at}");
    if label.is_some() || note.is_some() {
        text.push_str(" –");
    }
    if let Some(label) = label {
        let _ = write!(text, " [{label}]");
    }
    if let Some(note) = note {
        let _ = write!(text, " {note}");
    }
}
