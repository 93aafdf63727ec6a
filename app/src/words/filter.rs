//! Text about the filter of the moderators' list, and about hiding all that match it.

use crate::{
    domain::{filter::Filter, session::Session, text::LabelWord},
    service::ServiceError,
};

/// The field for the filter, and what it shows while it is empty.
pub(crate) const FILTER: &str = "Filter";
/// What it filters by, for those who point at it.
pub(crate) const FILTER_HINT: &str = "Filter by note or name";
/// The choice of a segment.
pub(crate) const SEGMENT: &str = "Segment";
/// All segments.
pub(crate) const ALL: &str = "All segments";
/// The choice of a label.
pub(crate) const LABEL: &str = "Label";
/// All labels, in that choice.
pub(crate) const ALL_LABELS: &str = "All labels";

/// A label that is no longer offered, in that choice.
pub(crate) fn removed_label(word: &LabelWord) -> String {
    format!("{word} (removed)")
}

/// Whether hidden rows are listed; the box stands before it.
pub(crate) const SHOW_HIDDEN: &str = " Show hidden ones";
/// A filter leaves nothing.
pub(crate) const NOTHING_MATCHES: &str = "Nothing matches the filter.";
/// Asks before all that match the filter are hidden.
pub(crate) const HIDE_ALL_QUESTION: &str = "Hide all that match the filter?";
/// What helps if that was a mistake.
pub(crate) const HIDE_ALL_EXPLANATION: &str = "You can undo it in one step.";
/// The button that hides them.
pub(crate) const HIDE_ALL_YES: &str = "Hide";

/// How many rows are shown of those that the page has loaded.
pub(crate) fn rows(shown: usize, loaded: usize, has_older: bool) -> String {
    match (shown == loaded, has_older) {
        (true, false) if shown == 1 => "1 row".to_owned(),
        (true, false) => format!("{shown} rows"),
        (true, true) if shown == 1 => "the newest row".to_owned(),
        (true, true) => format!("the newest {shown} rows"),
        (false, false) => format!("{shown} of {loaded}"),
        (false, true) => format!("{shown} of the newest {loaded}"),
    }
}

/// How many rows of a range of time are shown.
pub(crate) fn rows_of_range(shown: usize, has_older: bool) -> String {
    let rows = rows(shown, shown, false);
    match has_older {
        true => rows + " so far",
        false => rows,
    }
}

/// Hides all that match the filter: so many, unless there may be others that the page has not loaded.
pub(crate) fn hide_all(loaded: usize, has_older: bool) -> String {
    match (loaded, has_older) {
        (_, true) => "Hide all that match the filter".to_owned(),
        (1, false) => "Hide the one that matches the filter".to_owned(),
        (_, false) => format!("Hide all {loaded} that match the filter"),
    }
}

/// What hiding them means.
pub(crate) fn hiding_means(loaded: usize, has_older: bool) -> &'static str {
    match (loaded, has_older) {
        (_, true) => {
            "Viewers don’t see them any more. This includes older ones that this page hasn’t loaded."
        }
        (1, false) => "Viewers don’t see it any more.",
        (_, false) => "Viewers don’t see them any more.",
    }
}

/// What is hidden of a session if the answer is yes: so many, unless there may be others that the page has not loaded, and what
/// picks them.
pub(crate) fn matching(
    loaded: usize,
    has_older: bool,
    filter: &Filter,
    session: &Session,
) -> String {
    let (labels, segments) = (&session.labels, session.status.segment());
    let loaded = u32::try_from(loaded).unwrap_or(u32::MAX);
    let mut words = match (loaded, has_older) {
        (0, true) => "All timestamps".to_owned(),
        (loaded, true) => "At least ".to_owned() + &super::home::timestamps(loaded),
        (loaded, false) => super::home::timestamps(loaded),
    };
    let mut parts = Vec::new();
    let text = filter.text.trim();
    if !text.is_empty() {
        parts.push(["with “", text, "” in the note or name"].concat());
    }
    let mut known = labels.known().iter();
    if let Some(label) = known.find(|label| Some(label.id) == filter.label) {
        parts.push(["with the label “", label.word.as_str(), "”"].concat());
    }
    if let Some(segment) = filter.segment {
        parts.push(["in segment ", &segment.to_string()].concat());
    }
    if let Some(range) = &filter.range {
        parts.push(["within ", &super::desk::range(range, segments)].concat());
    }
    if !parts.is_empty() {
        words += " ";
        words += &parts.join(", ");
    }
    words + "."
}

/// All that match the filter are being hidden.
pub(crate) fn hiding(hidden: u32) -> String {
    format!("Hiding … {hidden} so far")
}

/// What came of hiding all that match the filter.
pub(crate) fn swept(hidden: u32, refused: Option<&ServiceError>) -> String {
    match (hidden, refused) {
        // Somebody undid it while it went on.
        (_, Some(ServiceError::ModerationConflict)) => String::new(),
        (0, None) => "Nothing that matches the filter is left to hide.".to_owned(),
        // An answer that was lost: it may have been done all the same.
        (0, Some(_)) => "Some may be hidden.".to_owned(),
        (hidden, _) => super::moderation::hidden_or_shown(hidden as usize, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        labels::LabelId,
        offset::Offset,
        session::tests::blank as session,
        time_range::{Position, TimeRange},
    };

    #[test]
    fn before_all_that_pass_are_hidden_they_are_told_by_number_and_by_what_picks_them() {
        let labels = r#"[{"id":2,"word":"Funny","colour":"teal"}]"#;
        let session = Session {
            labels: serde_json::from_str(labels).unwrap(),
            ..session()
        };
        let text = Filter {
            text: " Baron ".into(),
            ..Filter::default()
        };
        let at = |seconds| Position {
            segment_index: 2,
            offset_seconds: Offset(seconds),
        };
        let all = Filter {
            segment: Some(2),
            label: Some(LabelId(2)),
            range: Some(TimeRange::between(at(600), at(750))),
            ..text.clone()
        };
        let words = [
            matching(3, false, &text, &session),
            matching(1, true, &text, &session),
            matching(0, true, &text, &session),
            matching(2, false, &all, &session),
        ];
        insta::assert_snapshot!(words.join("\n"), @r"
        3 timestamps with “Baron” in the note or name.
        At least 1 timestamp with “Baron” in the note or name.
        All timestamps with “Baron” in the note or name.
        2 timestamps with “Baron” in the note or name, with the label “Funny”, in segment 2, within Segment 2 · 00:10:00 – 00:12:30.
        ");
    }

    #[test]
    fn one_that_passes_is_told_as_one_and_older_ones_only_where_there_are_some() {
        let words = [(1, false), (2, false), (1, true), (0, true)].map(|(loaded, has_older)| {
            [
                hide_all(loaded, has_older),
                hiding_means(loaded, has_older).to_owned(),
            ]
            .join(" | ")
        });
        insta::assert_snapshot!(words.join("\n"), @r"
        Hide the one that matches the filter | Viewers don’t see it any more.
        Hide all 2 that match the filter | Viewers don’t see them any more.
        Hide all that match the filter | Viewers don’t see them any more. This includes older ones that this page hasn’t loaded.
        Hide all that match the filter | Viewers don’t see them any more. This includes older ones that this page hasn’t loaded.
        ");
    }

    #[test]
    fn a_filter_tells_what_it_leaves_out() {
        let words = [
            rows(0, 0, false),
            rows(1, 1, false),
            rows(41, 41, false),
            rows(7, 41, false),
            rows(200, 200, true),
            rows(1, 1, true),
            rows(7, 200, true),
            rows_of_range(7, false),
            rows_of_range(1, true),
        ];
        insta::assert_snapshot!(words.join(", "), @"0 rows, 1 row, 41 rows, 7 of 41, the newest 200 rows, the newest row, 7 of the newest 200, 7 rows, 1 row so far");
    }
}
