//! One row of the moderators' list, with a moderator's actions on it, as markup.

use litemap::LiteMap;
use web_sys::Element;

use super::row_actions::{EDIT, TOGGLE, VIEWER};
use crate::{
    components::{
        list::timestamp_markup::timestamp_in_words,
        presence::edited_by::edited_by,
        shared::{event_target::DOES, live_text::escaped, updates::set_content},
    },
    domain::{
        labels::Labels,
        lead::Lead,
        offset::Offset,
        presence::{Edited, Editors},
        timestamp::{Place, Timestamp, TimestampId},
    },
    service::ServiceError,
    words::{errors, moderation, moments},
};

/// The part of a row that the editor of its note is put into.
pub(super) const EDITOR: &str = ".timestamp__editor";

/// One row as it is drawn: what can change while it is, each part as markup or an attribute's value. The row stays the same
/// element meanwhile, so that the keyboard focus and text being typed survive what other moderators do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands in the list.
    pub(super) place: Place,
    /// Whose it is.
    pub(super) id: TimestampId,
    class: String,
    /// Its position among its segment's rows, counted from 1, and how many there are: not all of them are drawn.
    standing: (usize, usize),
    /// Where a clip would start, and who else edits the row.
    start: String,
    words: String,
    /// The name of the button that hides the row, restores it, or shows one that was held.
    toggle: &'static str,
    /// What could not be done to it and why, or that an edit of its note is not saved; empty otherwise.
    refusal: String,
}

/// What rows show besides their timestamps.
pub(super) struct Around<'a> {
    /// The labels of the session.
    pub(super) labels: &'a Labels,
    /// How far before its press a clip would start.
    pub(super) lead: Lead,
    /// The row that is edited here.
    pub(super) editing: Option<TimestampId>,
    /// What could not be done to which rows.
    pub(super) failed: &'a LiteMap<TimestampId, ServiceError>,
    /// The rows for whose notes something was typed that is not saved.
    pub(super) unsaved: &'a [TimestampId],
    /// What the others of the staff edit.
    pub(super) editors: &'a Editors,
}

impl Row {
    /// The row of a timestamp at this position among so many.
    pub(super) fn new(
        timestamp: &Timestamp,
        standing: (usize, usize),
        around: &Around<'_>,
    ) -> Self {
        let id = timestamp.id;
        let is_edited = around.editing == Some(id);
        let of = |is_so: bool, class: &'static str| if is_so { class } else { "" };
        let class = [
            "timestamp timestamp--watched",
            of(timestamp.mine, " timestamp--mine"),
            of(timestamp.hidden, " timestamp--hidden"),
            of(timestamp.held, " timestamp--held"),
            of(is_edited, " timestamp--editing"),
        ]
        .concat();
        let start = [
            "<span class=\"timestamp__start\">",
            &moments::clip_start(around.lead.clip_start(timestamp.offset_seconds)),
            "</span>",
            &edited_by(around.editors, Edited::Timestamp(id)),
        ]
        .concat();
        let refusal = match around.failed.get(&id) {
            Some(refusal) if !is_edited => {
                let words = escaped(&errors::error(refusal));
                [
                    "<span class=\"form__error\" role=\"alert\">",
                    &words,
                    "</span>",
                ]
                .concat()
            }
            None if !is_edited && around.unsaved.contains(&id) => [
                "<span class=\"timestamp__unsaved\" role=\"status\">",
                moderation::UNSAVED_NOTE,
                "</span>",
            ]
            .concat(),
            _ => String::new(),
        };
        Self {
            place: timestamp.place(),
            id,
            class,
            standing,
            start,
            words: timestamp_in_words(timestamp, around.labels),
            toggle: toggle(timestamp),
            refusal,
        }
    }

    /// All of it as markup: rows come by the dozen, and a browser reads one piece of markup faster than it takes elements one
    /// by one.
    pub(super) fn markup(&self, is_ticked: bool) -> String {
        let at = self.place.offset_seconds;
        let (position, all) = self.standing;
        [
            "<li class=\"",
            &self.class,
            "\" data-id=\"",
            &self.id.0.to_string(),
            // Not on the way of the Tab key, but the keys of the desk move from row to row.
            "\" tabindex=\"-1\" aria-posinset=\"",
            &position.to_string(),
            "\" aria-setsize=\"",
            &all.to_string(),
            "\">",
            &box_and_offset(at, is_ticked),
            "<div class=\"through timestamp__clip\">",
            &self.start,
            "</div><div class=\"through timestamp__words\">",
            &self.words,
            "</div>",
            &actions(at, self.toggle),
            "<div class=\"through timestamp__refusal\">",
            &self.refusal,
            "</div><div class=\"through timestamp__editor\"></div></li>",
        ]
        .concat()
    }

    /// Changes an element that was drawn as another state of the same row. Browser only.
    pub(super) fn redraw(&self, before: &Self, element: &Element) {
        let attributes = [
            ("class", self.class.clone(), before.class.clone()),
            (
                "aria-posinset",
                self.standing.0.to_string(),
                before.standing.0.to_string(),
            ),
            (
                "aria-setsize",
                self.standing.1.to_string(),
                before.standing.1.to_string(),
            ),
        ];
        for (name, now, before) in attributes {
            if now != before {
                // An attribute only fails to be set for an invalid name.
                let _ = element.set_attribute(name, &now);
            }
        }
        let parts: [(_, &str, &str); 4] = [
            (".timestamp__clip", &self.start, &before.start),
            (".timestamp__words", &self.words, &before.words),
            (".timestamp__toggle", self.toggle, before.toggle),
            (".timestamp__refusal", &self.refusal, &before.refusal),
        ];
        for (part, now, before) in parts {
            if now != before
                && let Ok(Some(part)) = element.query_selector(part)
            {
                set_content(&part, now);
            }
        }
    }
}

fn box_and_offset(at: Offset, is_ticked: bool) -> String {
    let checked = if is_ticked { " checked" } else { "" };
    let tick = moderation::tick(at);
    format!(
        "<label class=\"timestamp__tick\"><input type=\"checkbox\" data-key=\"x\"{checked}>\
         <span class=\"visually-hidden\">{tick}</span></label><span class=\"timestamp__offset\">{at}</span> "
    )
}

fn toggle(timestamp: &Timestamp) -> &'static str {
    let [hide, restore, show] = moderation::TOGGLES;
    match (timestamp.held, timestamp.hidden) {
        (true, _) => show,
        (false, true) => restore,
        (false, false) => hide,
    }
}

/// The buttons. The stylesheet draws their icons.
fn actions(at: Offset, toggle: &str) -> String {
    let button = |attributes: &str, name: &str, of: &str| {
        format!(
            "<button type=\"button\" class=\"icon-button\" {attributes}>\
             <span class=\"visually-hidden\">{name}{of} {at}</span></button>"
        )
    };
    let [edit, toggle_title, viewer] = moderation::ROW_TITLES;
    [
        "<span class=\"timestamp__actions\">",
        &button(
            &format!("{DOES}=\"{EDIT}\" data-key=\"e\" title=\"{edit}\""),
            moderation::EDIT_NOTE,
            "",
        ),
        &button(
            &format!("{DOES}=\"{TOGGLE}\" data-key=\"h\" title=\"{toggle_title}\""),
            &[
                "<span class=\"through timestamp__toggle\">",
                toggle,
                "</span>",
            ]
            .concat(),
            "",
        ),
        &button(
            &format!("{DOES}=\"{VIEWER}\" aria-haspopup=\"dialog\" title=\"{viewer}\""),
            moderation::VIEWER,
            moderation::OF,
        ),
        "</span>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::tests::blank;

    #[test]
    fn the_button_does_the_opposite_of_what_was_done_to_the_row() {
        let button = |hidden, held| {
            toggle(&Timestamp {
                hidden,
                held,
                ..blank()
            })
        };
        let [hide, restore, show] = moderation::TOGGLES;
        assert_eq!(button(false, false), hide);
        assert_eq!(button(true, false), restore);
        assert_eq!(button(true, true), show);
    }
}
