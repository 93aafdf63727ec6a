//! The content of a timestamp as one piece of markup: rows arrive by the dozen, and creating each of their elements
//! individually takes a browser several times as long.

use crate::{
    components::shared::{label_chip::chip, live_text::escaped},
    domain::{
        labels::Labels,
        lead::Lead,
        text::{Name, Note},
        timestamp::Timestamp,
    },
    words::{moments, stream, viewer},
};

/// Its position: its segment, if the session has had several, and its offset.
pub(crate) fn place_in_words(timestamp: &Timestamp, segments: u32) -> String {
    let segment = stream::segment_of(timestamp.segment_index, segments);
    let segment = segment.map_or_else(String::new, |segment| told("segment", &segment));
    segment + &told("offset", &timestamp.offset_seconds.to_string())
}

/// Its offset, and where a clip of it would start. Its segment stands above it.
pub(crate) fn offset_in_words(timestamp: &Timestamp, lead: Lead) -> String {
    let offset = timestamp.offset_seconds;
    told("offset", &offset.to_string())
        + &told("start", &moments::clip_start(lead.clip_start(offset)))
}

/// Its label, its note and its name, whether it is one's own, and whether viewers see it. `labels` are the session's.
pub(crate) fn timestamp_in_words(timestamp: &Timestamp, labels: &Labels) -> String {
    let note = timestamp.note.as_ref().map_or("", Note::as_str);
    let label = timestamp.label.and_then(|label| labels.get(label));
    let mut words = label.map_or_else(String::new, |label| chip(label, None));
    words += &typed("note", note);
    if let Some(name) = &timestamp.submitted_by {
        words += &typed("name", Name::as_str(name));
    }
    if timestamp.mine {
        words += &told("mine", viewer::YOURS);
    }
    if let Some(hidden) = viewer::hidden(timestamp) {
        words += &told("hidden", hidden);
    }
    words
}

fn told(kind: &str, words: &str) -> String {
    ["<span class=\"timestamp__", kind, "\">", words, "</span> "].concat()
}

/// User input has its own text direction, and is always escaped.
fn typed(kind: &str, words: &str) -> String {
    let words = escaped(words);
    [
        "<span class=\"timestamp__",
        kind,
        "\" dir=\"auto\">",
        &words,
        "</span> ",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{labels::LabelId, offset::Offset, text::Text, timestamp::tests::blank};

    fn timestamp(note: &str, name: &str) -> Timestamp {
        Timestamp {
            segment_index: 2,
            offset_seconds: Offset(83),
            note: Text::parse_optional(note).unwrap(),
            submitted_by: Text::parse_optional(name).unwrap(),
            ..blank()
        }
    }

    #[test]
    fn a_timestamp_tells_where_it_lies_and_what_was_typed() {
        let timestamp = Timestamp {
            mine: true,
            ..timestamp("a <b> & c", "")
        };
        insta::assert_snapshot!(
            place_in_words(&timestamp, 2),
            @r#"<span class="timestamp__segment">Segment 2</span> <span class="timestamp__offset">00:01:23</span>"#
        );
        insta::assert_snapshot!(
            timestamp_in_words(&timestamp, &Labels::default()),
            @r#"<span class="timestamp__note" dir="auto">a &lt;b&gt; &amp; c</span> <span class="timestamp__mine">yours</span>"#
        );
    }

    #[test]
    fn a_label_stands_before_the_note_also_where_it_is_no_longer_offered() {
        let labels: Labels =
            serde_json::from_str(r#"[{"id":1,"word":"funny","colour":"yellow","removed":true}]"#)
                .unwrap();
        let labelled = |label| Timestamp {
            label: Some(LabelId(label)),
            ..timestamp("a note", "")
        };
        insta::assert_snapshot!(
            timestamp_in_words(&labelled(1), &labels),
            @r#"<span class="label label--yellow" dir="auto">funny</span> <span class="timestamp__note" dir="auto">a note</span>"#
        );
        // One that this page has not heard of yet.
        assert!(!timestamp_in_words(&labelled(2), &labels).contains("label"));
    }

    #[test]
    fn staff_are_told_why_a_timestamp_is_hidden() {
        let hidden = Timestamp {
            hidden: true,
            ..timestamp("", "Ciri")
        };
        insta::assert_snapshot!(
            timestamp_in_words(&hidden, &Labels::default()),
            @r#"<span class="timestamp__note" dir="auto"></span> <span class="timestamp__name" dir="auto">Ciri</span> <span class="timestamp__hidden">hidden</span>"#
        );
        let held = Timestamp {
            held: true,
            ..hidden
        };
        let told = timestamp_in_words(&held, &Labels::default());
        assert!(told.ends_with("<span class=\"timestamp__hidden\">held back</span> "));
    }

    proptest! {
        #[test]
        fn whatever_was_typed_makes_no_element(note in "[<>&\"'/a-z ]{0,40}", name in "[<>&\"'/a-z ]{0,40}") {
            let timestamp = timestamp(&note, &name);
            let told = timestamp_in_words(&timestamp, &Labels::default());
            let elements = 1 + usize::from(timestamp.submitted_by.is_some());
            prop_assert_eq!(told.matches("<span").count(), elements);
            prop_assert_eq!(told.matches('<').count(), 2 * elements);
        }
    }
}
