//! The list as text: one line per timestamp, a blank line between segments.

use app::words::export;

use crate::store::ExportRow;

/// Appends one page of the list, in list order. `segment` is the segment of the last line so far, `None` before the first.
pub fn push(text: &mut String, segment: &mut Option<u32>, lines: &[ExportRow]) {
    for line in lines {
        let index = line.segment_index;
        if segment.replace(index).is_some_and(|last| last != index) {
            text.push('\n');
        }
        let (label, note) = (line.label.as_ref(), line.note.as_deref());
        export::push_line(text, index, line.offset_seconds, label, note);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use app::domain::{offset::Offset, revision::Revision, text::LabelWord};
    use chrono::DateTime;

    use super::*;

    fn marked(segment_index: u32, seconds: u32, note: &str) -> ExportRow {
        ExportRow {
            segment_index,
            offset_seconds: Offset(seconds),
            note: (!note.is_empty()).then(|| note.into()),
            submitted_by: None,
            label: None,
            created_at: DateTime::UNIX_EPOCH,
            arrival: Revision(1),
        }
    }

    #[test]
    fn segments_are_told_apart_across_pages() {
        let (mut text, mut segment) = (String::new(), None);
        push(
            &mut text,
            &mut segment,
            &[
                marked(1, 2535, "Geralt insulted the Baron"),
                marked(1, 2600, ""),
            ],
        );
        push(&mut text, &mut segment, &[marked(2, 820, "O’Dimm smile")]);
        insta::assert_snapshot!(text, @r"
        Segment 1 00:42:15 – Geralt insulted the Baron
        Segment 1 00:43:20

        Segment 2 00:13:40 – O’Dimm smile
        ");
    }

    #[test]
    fn a_label_stands_in_brackets_where_the_note_begins() {
        let labelled = |note| ExportRow {
            label: LabelWord::parse_optional("funny").unwrap(),
            ..marked(1, 2535, note)
        };
        let (mut text, mut segment) = (String::new(), None);
        let lines = [labelled("Geralt insulted the Baron"), labelled("")];
        push(&mut text, &mut segment, &lines);
        insta::assert_snapshot!(text, @r"
        Segment 1 00:42:15 – [funny] Geralt insulted the Baron
        Segment 1 00:42:15 – [funny]
        ");
    }
}
