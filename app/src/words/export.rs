//! Text of the exported list and moments.

use std::fmt::Write as _;

use super::moments;
use crate::domain::{
    labels::Labels, lead::Lead, moments::moment::Moment, offset::Offset, text::LabelWord,
};

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

/// Appends what a line of the text says about one moment, without the end of the line: from where to where a clip of it would
/// go, what it is called, and how many viewers marked it.
pub fn push_moment(text: &mut String, moment: &Moment, lead: Lead, labels: &Labels) {
    let (from, to) = (moment.clip_start(lead), moment.end);
    // Writing to a string can't fail.
    let _ = write!(text, "Segment {} {from} to {to}", moment.segment_index);
    let name = moments::title_or_note(moment);
    if !name.is_empty() || moment.starred {
        text.push_str(" –");
    }
    if moment.starred {
        text.push_str(" ★");
    }
    if !name.is_empty() {
        let _ = write!(text, " {name}");
    }
    let viewers = moments::marked_by(moment.visitors).into_iter();
    let counts: Vec<_> = viewers.chain(label_counts(moment, labels)).collect();
    if !counts.is_empty() {
        let _ = write!(text, " ({})", counts.join(", "));
    }
    if let Some(clip) = &moment.clip {
        let _ = write!(text, " {clip}");
    }
}

/// The labels of a moment, each with how many viewers gave it.
pub fn label_counts(moment: &Moment, labels: &Labels) -> impl Iterator<Item = String> {
    moment.labels.iter().filter_map(|counted| {
        let label = labels.get(counted.label)?;
        Some(format!("{} {}", label.word, counted.count))
    })
}
