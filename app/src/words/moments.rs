//! Moments, and the timeline that they stand out of.

use super::stream;
use crate::domain::moments::moment::Moment;

/// The heading of the moments.
pub(crate) const HEADING: &str = "Moments";
/// The heading of the timeline, for those who hear the page.
pub(crate) const TIMELINE: &str = "Timeline of the crowd";
/// What the timeline shows, for those who hear it.
pub(crate) const PICTURE: &str = "How many viewers pressed at about the same time";
/// Unfolds the timeline as a table.
pub(crate) const AS_TABLE: &str = "As a table";
/// The heading of the moments for who comes late.
pub(crate) const MISSED: &str = "What did I miss?";
/// Stands where nothing stands out yet.
pub(crate) const NONE: &str =
    "Nothing stands out yet. A moment appears here when several viewers mark the same one.";
/// The columns of the table.
pub(crate) const COLUMNS: [&str; 4] = ["Segment", "Time", "Viewers", "Best note"];

/// How many viewers marked a moment.
pub(crate) fn viewers(count: u32) -> String {
    match count {
        1 => "1 viewer".to_owned(),
        count => format!("{count} viewers"),
    }
}

/// How many said the same; nothing where it was one.
pub(crate) fn said_by(count: u32) -> Option<String> {
    (count > 1).then(|| format!("× {count}"))
}

/// Where a moment lies, how many marked it, and its best note: in one line.
pub(crate) fn in_a_line(moment: &Moment) -> String {
    let segment = stream::segment(moment.segment_index);
    let (at, viewers) = (moment.peak.to_string(), viewers(moment.visitors));
    let mut line = [&segment, " · ", &at, " · ", &viewers].concat();
    if let Some(note) = moment.notes.first() {
        line += " · ";
        line += note.note.as_str();
    }
    line
}
