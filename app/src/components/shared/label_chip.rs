//! A label as a piece of markup: its word on its colour.

use super::live_text::escaped;
use crate::domain::labels::SessionLabel;

/// A label, and how many viewers gave it where that is to be told.
pub(crate) fn chip(label: &SessionLabel, count: Option<u32>) -> String {
    let count = count.map(|count| format!(" <b>{count}</b>"));
    [
        "<span class=\"label label--",
        label.colour.name(),
        "\" dir=\"auto\">",
        &escaped(label.word.as_str()),
        &count.unwrap_or_default(),
        "</span> ",
    ]
    .concat()
}
