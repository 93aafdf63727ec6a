//! The editor of an own press, as a piece of markup.

use crate::{
    components::shared::{
        event_target::DOES,
        live_text::{attribute, escaped},
    },
    domain::{
        labels::{LabelId, Labels, SessionLabel},
        text::{Name, Note},
        timestamp::Timestamp,
    },
    words::press as words,
};

/// The ids of the editor and its parts.
pub(super) const EDITOR: &str = "own-editor";
pub(super) const NOTE: &str = "own-note";
pub(super) const NOTE_LEFT: &str = "own-note-left";
pub(super) const NAME: &str = "own-name";
pub(super) const LABEL: &str = "own-label";
pub(super) const SAVE: &str = "own-save";
/// The action of the button that closes it.
pub(super) const CANCEL: &str = "cancel-edit";

/// A press that is being edited: everything that its editor shows, as it was when that began.
#[derive(Clone)]
pub(super) struct Editing {
    /// The press.
    pub(super) press: Timestamp,
    /// The labels of the session.
    pub(super) labels: Labels,
}

impl Editing {
    /// The fields for note, name and label. They change with nothing that happens meanwhile, so that what is typed is never
    /// replaced.
    pub(super) fn editor(&self) -> String {
        let note = self.press.note.as_ref().map_or("", Note::as_str);
        let name = self.press.submitted_by.as_ref().map_or("", Name::as_str);
        let left = Note::characters_left(note);
        format!(
            "<form id=\"{EDITOR}\" class=\"note-editor own__editor\"><div class=\"field\">\
             <label for=\"{NOTE}\">{note_label}</label>\
             <input id=\"{NOTE}\" dir=\"auto\" class=\"input\" value=\"{note}\" autocomplete=\"off\" \
             enterkeyhint=\"done\" aria-describedby=\"{NOTE_LEFT}\">\
             <span id=\"{NOTE_LEFT}\" class=\"{left_class}\">{left}</span></div>\
             <div class=\"field\"><label for=\"{NAME}\">{name_label}</label>\
             <input id=\"{NAME}\" dir=\"auto\" class=\"input\" value=\"{name}\" autocomplete=\"nickname\" \
             enterkeyhint=\"done\"></div>{label}<div class=\"form__row\">\
             <button id=\"{SAVE}\" type=\"submit\" class=\"button button--primary\">{save}</button>\
             <button type=\"button\" class=\"button button--quiet\" {DOES}=\"{CANCEL}\">{cancel}</button>\
             </div></form>",
            note_label = words::NOTE,
            name_label = words::NAME,
            label = self.label_field(),
            note = attribute(note),
            name = attribute(name),
            left_class = left_class(left),
            left = words::characters_left(left),
            save = words::SAVE,
            cancel = words::CANCEL,
        )
    }

    /// Whether a label can be given to the press: it is on offer by now, or already on it.
    pub(super) fn can_get(&self, label: LabelId, labels: &Labels) -> bool {
        self.press.label == Some(label) || labels.offered().any(|offered| offered.id == label)
    }

    /// The choice of a label: those that the session offers, and the press's own, even if it is no longer offered.
    fn label_field(&self) -> String {
        let is_own = |label: &SessionLabel| self.press.label == Some(label.id);
        let labels = self.labels.known().iter();
        let choices = labels.filter(|label| !label.removed || is_own(label));
        let choices = choices.map(|label| {
            let (id, word) = (label.id.0.to_string(), escaped(label.word.as_str()));
            let selected = if is_own(label) { " selected" } else { "" };
            [
                "<option value=\"",
                &id,
                "\"",
                selected,
                ">",
                &word,
                "</option>",
            ]
            .concat()
        });
        let choices = choices.collect::<String>();
        if choices.is_empty() {
            return choices;
        }
        format!(
            "<div class=\"field\"><label for=\"{LABEL}\">{}</label>\
             <select id=\"{LABEL}\" class=\"input\"><option value=\"\">{}</option>{choices}</select></div>",
            words::LABEL,
            words::NO_LABEL,
        )
    }
}

/// The class of the count of characters that are left for the note.
pub(super) fn left_class(left: i64) -> &'static str {
    match left {
        ..0 => "field__count field__count--over",
        0.. => "field__count",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::timestamp::tests::blank;

    #[test]
    fn the_labels_on_offer_can_be_chosen_and_the_own_one_even_if_it_was_removed() {
        let labels = r#"[{"id":2,"word":"clutch","colour":"blue"},{"id":1,"word":"<b>","colour":"red","removed":true}]"#;
        let labels: Labels = serde_json::from_str(labels).unwrap();
        let field = |label| {
            let (press, labels) = (Timestamp { label, ..blank() }, labels.clone());
            Editing { press, labels }.label_field()
        };
        insta::assert_snapshot!(field(None), @r#"<div class="field"><label for="own-label">Label</label><select id="own-label" class="input"><option value="">No label</option><option value="2">clutch</option></select></div>"#);
        let own = field(Some(LabelId(1)));
        assert!(own.contains(r#"<option value="1" selected>&lt;b&gt;</option>"#));
    }

    #[test]
    fn a_label_that_is_removed_meanwhile_can_only_stay() {
        let labels = |json| serde_json::from_str::<Labels>(json).unwrap();
        let began = labels(
            r#"[{"id":1,"word":"fail","colour":"red"},{"id":2,"word":"clutch","colour":"blue"}]"#,
        );
        let now = labels(
            r#"[{"id":3,"word":"wow","colour":"pink"},{"id":2,"word":"clutch","colour":"blue"},{"id":1,"word":"fail","colour":"red","removed":true}]"#,
        );
        let can_get = |own: Option<u32>| {
            let editing = Editing {
                press: Timestamp {
                    label: own.map(LabelId),
                    ..blank()
                },
                labels: began.clone(),
            };
            [1, 2, 3, 4].map(|label| editing.can_get(LabelId(label), &now))
        };
        assert_eq!(can_get(None), [false, true, true, false]);
        assert_eq!(can_get(Some(1)), [true, true, true, false]);
    }
}
