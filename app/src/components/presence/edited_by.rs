//! The mark of a row or a moment that others are editing, as markup.

use crate::{
    components::shared::live_text::escaped,
    domain::{presence::Edited, presence::Editors, text::Label},
    words::presence as words,
};

/// Who else is editing this; empty if nobody is.
pub(crate) fn edited_by(editors: &Editors, edited: Edited) -> String {
    let Some(names) = editors.get(&edited) else {
        return String::new();
    };
    let names: Vec<_> = names.iter().map(|name| isolated(name.as_ref())).collect();
    [
        "<span class=\"edited-by\">",
        &words::editing(&names),
        "</span> ",
    ]
    .concat()
}

/// A name as markup. It has its own text direction, and is not translated.
pub(super) fn isolated(name: Option<&Label>) -> String {
    [
        "<bdi translate=\"no\">",
        &escaped(words::name(name)),
        "</bdi>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::{moments::moment::MomentId, text::Text, timestamp::TimestampId};

    #[test]
    fn whoever_edits_is_named_on_what_they_edit_and_nowhere_else() {
        let row = Edited::Timestamp(TimestampId(Uuid::from_u128(1)));
        let names = vec![None, Text::parse("<Anna>").ok()];
        let editors = Editors::from_iter([(row, names)]);
        insta::assert_snapshot!(edited_by(&editors, row), @r#"<span class="edited-by"><bdi translate="no">Streamer</bdi> and <bdi translate="no">&lt;Anna&gt;</bdi> are editing</span> "#);
        let moment = Edited::Moment(MomentId(Uuid::from_u128(1)));
        assert_eq!(edited_by(&editors, moment), "");
    }
}
