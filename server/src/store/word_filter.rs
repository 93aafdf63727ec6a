//! What the word filter holds back: presses as they are written, and what moderators take back.

use app::domain::{
    press::Press,
    text::{Name, Note},
    word_search::Finder,
};
use entity::timestamp;
use uuid::Uuid;

use super::rows::HIDDEN_BY_WORD_FILTER;

/// What hides a press from others as soon as it is written: the block of its author, or a filtered word.
pub(super) fn hidden_by(press: &Press, block: Option<Uuid>, held_words: &Finder) -> Option<Uuid> {
    block.or_else(|| {
        let note = press.note.as_ref().map(Note::as_str);
        let name = press.name.as_ref().map(Name::as_str);
        finds(held_words, [note, name]).then_some(HIDDEN_BY_WORD_FILTER)
    })
}

/// Whether nobody but its author and the staff has ever seen the words of a hidden row.
pub(super) fn is_unseen(row: &timestamp::Model) -> bool {
    row.hidden_at.is_some_and(|since| since <= row.created_at)
}

/// Whether a hidden row has to be held back once what hides it is taken back: the filter finds its words now, and nobody but
/// its author and the staff has ever seen them.
///
/// Words that were on the lists before they were hidden were shown by a moderator's decision, or because the filter did not
/// hold them then. They are shown again. A note that comes back when an edit is undone is held all the same: see
/// `take_note_back`.
pub(super) fn holds_back(row: &timestamp::Model, held_words: &Finder) -> bool {
    is_unseen(row)
        && finds(
            held_words,
            [row.note.as_deref(), row.submitted_by.as_deref()],
        )
}

/// Whether one of these texts contains a filtered word.
pub(super) fn finds<'a>(
    held_words: &Finder,
    texts: impl IntoIterator<Item = Option<&'a str>>,
) -> bool {
    let mut texts = texts.into_iter().flatten();
    texts.any(|text| held_words.finds(text))
}
