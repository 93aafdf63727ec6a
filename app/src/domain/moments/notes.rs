//! The best notes of a moment: the longest distinct ones, each with how many say the same.

use std::collections::HashMap;

use super::moment::MergedNote;
use crate::domain::{folding::folded, text::Note};

/// The longest notes that say different things, at most `limit`. Those that say the same are one, with their count, in the
/// words of the longest of them. The order of the notes doesn't matter.
pub fn best_notes<'a>(notes: impl IntoIterator<Item = &'a Note>, limit: usize) -> Vec<MergedNote> {
    // A crowd types the same notes again and again, and folding costs the most.
    let mut distinct: HashMap<&Note, u32> = HashMap::new();
    for note in notes {
        *distinct.entry(note).or_default() += 1;
    }
    let mut merged: HashMap<String, (&Note, u32)> = HashMap::new();
    for (note, times) in distinct {
        let (longest, count) = merged.entry(folded(note.as_str())).or_insert((note, 0));
        *count += times;
        if is_better(note, longest) {
            *longest = note;
        }
    }
    let mut merged: Vec<_> = merged.into_iter().collect();
    merged.sort_by(|(one, (_, one_count)), (other, (_, other_count))| {
        let lengths = other.chars().count().cmp(&one.chars().count());
        lengths
            .then(other_count.cmp(one_count))
            .then_with(|| one.cmp(other))
    });
    merged.truncate(limit);
    let notes = merged.into_iter();
    notes
        .map(|(_, (note, count))| MergedNote {
            note: note.clone(),
            count,
        })
        .collect()
}

/// Whether of two notes that say the same this one is shown: the longer one, or the first by its letters.
fn is_better(note: &Note, than: &Note) -> bool {
    let length = |note: &Note| note.as_str().chars().count();
    (length(note), than.as_str()) > (length(than), note.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(notes: &[&str]) -> Vec<Note> {
        notes
            .iter()
            .map(|note| Note::parse(note).unwrap())
            .collect()
    }

    fn best(notes: &[&str]) -> Vec<(String, u32)> {
        let notes = best_notes(&parsed(notes), 3);
        let notes = notes.into_iter();
        notes
            .map(|merged| (merged.note.as_str().to_owned(), merged.count))
            .collect()
    }

    #[test]
    fn notes_that_say_the_same_are_one_in_the_words_of_the_longest() {
        let notes = [
            "Café!!",
            "cafe",
            "CAFE\u{301}",
            "the boss falls",
            "The boss… falls!",
        ];
        let wanted = [("The boss… falls!".to_owned(), 2), ("Café!!".to_owned(), 3)];
        assert_eq!(best(&notes), wanted);
    }

    #[test]
    fn signs_and_letters_of_other_scripts_keep_what_they_say() {
        assert_eq!(
            best(&["😂 😂", "😂😂", "😭"]),
            [("😂 😂".to_owned(), 2), ("😭".to_owned(), 1)]
        );
        assert_eq!(best(&["はは", "ばば", "ぱぱ"]).len(), 3);
    }

    #[test]
    fn the_longest_come_first_and_the_rest_is_left_out() {
        let notes = ["a", "bbbb", "cc", "ddd"];
        let texts: Vec<_> = best(&notes).into_iter().map(|(text, _)| text).collect();
        assert_eq!(texts, ["bbbb", "ddd", "cc"]);
    }

    proptest! {
        #[test]
        fn the_order_of_notes_does_not_matter(notes in prop::collection::vec("[aAáb!.]{1,4}", 0..12)) {
            let notes: Vec<Note> = notes.iter().map(|note| Note::parse(note).unwrap()).collect();
            let forward = best_notes(&notes, 5);
            let backward = best_notes(notes.iter().rev(), 5);
            prop_assert_eq!(&forward, &backward);
            prop_assert!(forward.iter().map(|merged| merged.count as usize).sum::<usize>() <= notes.len());
        }
    }
}
