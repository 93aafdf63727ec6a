//! What a moderator typed into editors of notes and has not saved. It is kept when an editor goes for another reason than Save
//! or Cancel: another row's was opened, or its row left the list.

use crate::domain::{
    text::Note,
    timestamp::{BeganAt, TimestampId},
};

/// How many are kept; more than that are not left behind by one person.
const MOST: usize = 50;

/// An edit that is not saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteDraft {
    /// The note that it began from.
    pub began_at: BeganAt,
    /// What was typed, as it was typed.
    pub typed: String,
}

impl NoteDraft {
    fn is_change(&self) -> bool {
        Note::parse_optional(&self.typed).as_ref() != Ok(&self.began_at.note)
    }
}

/// The edits that are not saved, at most one a row.
#[derive(Clone, Debug, Default)]
pub struct NoteDrafts(Vec<(TimestampId, NoteDraft)>);

impl NoteDrafts {
    /// Keeps what is typed for this row, in place of what was kept before, unless it changes nothing. Of too many, the oldest
    /// is forgotten.
    pub fn keep(&mut self, row: TimestampId, draft: NoteDraft) {
        self.remove(row);
        if draft.is_change() {
            self.0.push((row, draft));
        }
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// Keeps what could not be saved, unless something else was typed for this row since.
    pub fn put_back(&mut self, row: TimestampId, draft: NoteDraft) {
        if self.of(row).is_none() {
            self.keep(row, draft);
        }
    }

    /// This note was saved for a row: what was typed since is an edit of that.
    pub fn saved(&mut self, row: TimestampId, note: Option<Note>) {
        if let Some(draft) = self.of(row).cloned() {
            let began_at = BeganAt { note };
            self.keep(row, NoteDraft { began_at, ..draft });
        }
    }

    /// Forgets what was typed for this row.
    pub fn remove(&mut self, row: TimestampId) {
        self.0.retain(|(kept, _)| *kept != row);
    }

    /// What was typed for this row.
    pub fn of(&self, row: TimestampId) -> Option<&NoteDraft> {
        let mut all = self.0.iter();
        all.find(|(kept, _)| *kept == row).map(|(_, draft)| draft)
    }

    /// The rows for which something was typed, the latest last.
    pub fn rows(&self) -> Vec<TimestampId> {
        self.0.iter().map(|(row, _)| *row).collect()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn row(number: usize) -> TimestampId {
        TimestampId(Uuid::from_u128(number as u128))
    }

    fn draft(began: Option<&str>, typed: &str) -> NoteDraft {
        let note = began.and_then(|note| Note::parse_optional(note).unwrap());
        NoteDraft {
            began_at: BeganAt { note },
            typed: typed.to_owned(),
        }
    }

    #[test]
    fn what_was_typed_last_for_a_row_is_kept_until_it_is_removed() {
        let mut drafts = NoteDrafts::default();
        drafts.keep(row(1), draft(Some("a"), "ab"));
        drafts.keep(row(2), draft(None, "other"));
        drafts.keep(row(1), draft(Some("a"), "abc"));
        assert_eq!(drafts.of(row(1)), Some(&draft(Some("a"), "abc")));
        assert_eq!(drafts.rows(), [row(2), row(1)]);
        drafts.remove(row(1));
        assert_eq!((drafts.of(row(1)), drafts.rows()), (None, vec![row(2)]));
    }

    #[test]
    fn what_changes_nothing_is_not_kept_and_what_no_note_can_be_is() {
        let mut drafts = NoteDrafts::default();
        for (began, typed) in [(Some("a"), " a "), (None, ""), (None, "  ")] {
            drafts.keep(row(1), draft(began, "changed"));
            drafts.keep(row(1), draft(began, typed));
            assert_eq!(drafts.of(row(1)), None, "{began:?} {typed:?}");
        }
        let too_long = "a".repeat(Note::MAX + 1);
        drafts.keep(row(1), draft(None, &too_long));
        assert!(drafts.of(row(1)).is_some());
        drafts.keep(row(1), draft(Some("a"), ""));
        assert!(drafts.of(row(1)).is_some());
    }

    #[test]
    fn what_could_not_be_saved_does_not_replace_what_was_typed_since() {
        let mut drafts = NoteDrafts::default();
        drafts.put_back(row(1), draft(None, "sent"));
        assert_eq!(drafts.of(row(1)), Some(&draft(None, "sent")));
        drafts.keep(row(1), draft(None, "sent, and more"));
        drafts.put_back(row(1), draft(None, "sent"));
        assert_eq!(drafts.of(row(1)), Some(&draft(None, "sent, and more")));
    }

    #[test]
    fn what_was_typed_since_a_note_was_saved_is_an_edit_of_that() {
        let mut drafts = NoteDrafts::default();
        let saved = |note| Note::parse_optional(note).unwrap();
        drafts.saved(row(1), saved("sent"));
        assert_eq!(drafts.of(row(1)), None);
        drafts.keep(row(1), draft(Some("before"), "sent, and more"));
        drafts.saved(row(1), saved("sent"));
        assert_eq!(
            drafts.of(row(1)),
            Some(&draft(Some("sent"), "sent, and more"))
        );
        drafts.saved(row(1), saved("sent, and more"));
        assert_eq!(drafts.of(row(1)), None);
    }

    #[test]
    fn of_too_many_the_oldest_is_forgotten() {
        let mut drafts = NoteDrafts::default();
        for number in 0..=MOST {
            drafts.keep(row(number), draft(None, "typed"));
        }
        assert_eq!(drafts.rows().len(), MOST);
        assert_eq!(drafts.of(row(0)), None);
        assert!(drafts.of(row(MOST)).is_some());
    }
}
