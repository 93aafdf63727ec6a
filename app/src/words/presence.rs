//! Text about who is here now: viewers and the others of the staff, and what these are editing.

use crate::domain::{offset::Offset, text::Label};

/// The number of viewers, in a word.
pub(crate) const VIEWERS: &str = "Viewers";
/// Follows it where there is room.
pub(crate) const HERE: &str = " here";
/// What that number is.
pub(crate) const VIEWERS_HERE: &str = "Viewers who have the page open now";
/// The others of the staff.
pub(crate) const ALSO_HERE: &str = "Also here";
/// Stands for a number that is not known, or no longer.
pub(crate) const UNKNOWN: &str = "–";

/// What one of the staff is called.
pub(crate) fn name(name: Option<&Label>) -> &str {
    name.map_or("Streamer", Label::as_str)
}

/// Follows a name that stands for several pages.
pub(crate) fn pages(count: usize) -> Option<String> {
    (count > 1).then(|| format!(" ×{count}"))
}

/// How many names there is no room for.
pub(crate) fn more(count: usize) -> String {
    format!("+{count}")
}

/// What one of the staff is doing, for those who point at their name, and those who hear the page.
pub(crate) fn doing(name: &str, pages: usize, edited: &[String]) -> String {
    let does = match (edited, pages) {
        ([], 1) => "is here".to_owned(),
        ([], pages) => format!("has {pages} pages open"),
        (edited, _) => format!("is editing {}", edited.join(" and ")),
    };
    format!("{name} {does}")
}

/// The note that somebody edits: that of the row at this time, if the page knows it.
pub(crate) fn note(at: Option<Offset>) -> String {
    at.map_or_else(|| "a note".to_owned(), |at| format!("the note at {at}"))
}

/// The moment that somebody edits.
pub(crate) fn moment(at: Option<Offset>) -> String {
    at.map_or_else(|| "a moment".to_owned(), |at| format!("the moment at {at}"))
}

/// Who is editing a row or a moment; at least one.
pub(crate) fn editing(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => format!("{one} is editing"),
        [one, other] => format!("{one} and {other} are editing"),
        [one, others @ ..] => format!("{one} and {} others are editing", others.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_does_is_told_in_words() {
        let at = Some(Offset(83));
        let told = [
            doing("Anna", 1, &[]),
            doing("Anna", 2, &[]),
            doing("Anna", 2, &[note(at)]),
            doing(name(None), 1, &[note(None), moment(at)]),
        ];
        insta::assert_snapshot!(told.join("\n"), @r"
        Anna is here
        Anna has 2 pages open
        Anna is editing the note at 00:01:23
        Streamer is editing a note and the moment at 00:01:23
        ");
    }

    #[test]
    fn whoever_edits_the_same_is_named_together() {
        let names = ["Anna", "Bert", "Carl"].map(ToOwned::to_owned);
        let told: Vec<_> = (1..=3).map(|count| editing(&names[..count])).collect();
        insta::assert_snapshot!(told.join("\n"), @r"
        Anna is editing
        Anna and Bert are editing
        Anna and 2 others are editing
        ");
    }
}
