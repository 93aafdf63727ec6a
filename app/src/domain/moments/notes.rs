//! The best notes of a moment: the longest distinct ones, each with how many say the same.

use std::collections::HashMap;

use uuid::Uuid;

use super::moment::MergedNote;
use crate::domain::{folding::folded, text::Note};

/// The longest notes that say different things, at most `limit`. Those that say the same are one, in the words of the longest of
/// them, with how many visitors say it: one who says it again and again counts once. The order of the notes doesn't matter.
pub fn best_notes<'a>(
    notes: impl IntoIterator<Item = (&'a Note, Uuid)>,
    limit: usize,
) -> Vec<MergedNote> {
    // A crowd types the same notes again and again, and folding costs the most.
    let mut distinct: HashMap<&Note, Vec<Uuid>> = HashMap::new();
    for (note, visitor) in notes {
        distinct.entry(note).or_default().push(visitor);
    }
    let mut merged: HashMap<String, (&Note, Vec<Uuid>)> = HashMap::new();
    for (note, mut visitors) in distinct {
        let same = merged.entry(folded(note.as_str()));
        let (longest, all) = same.or_insert((note, Vec::new()));
        all.append(&mut visitors);
        if is_better(note, longest) {
            *longest = note;
        }
    }
    let merged = merged.into_iter().map(|(said, (note, mut visitors))| {
        visitors.sort_unstable();
        visitors.dedup();
        let count = u32::try_from(visitors.len()).unwrap_or(u32::MAX);
        (said, (note, count))
    });
    let mut merged: Vec<_> = merged.collect();
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
        let notes = parsed(notes);
        let of_others = (0_u128..).map(Uuid::from_u128);
        let notes = best_notes(notes.iter().zip(of_others), 3);
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

    #[test]
    fn who_says_the_same_again_counts_once() {
        let notes = parsed(&["lol", "LOL!", "lol", "gg"]);
        let visitors = [1, 1, 2, 1].map(Uuid::from_u128);
        let best = best_notes(notes.iter().zip(visitors), 3);
        let counts: Vec<_> = best
            .iter()
            .map(|merged| (merged.note.as_str(), merged.count))
            .collect();
        assert_eq!(counts, [("LOL!", 2), ("gg", 1)]);
    }

    proptest! {
        #[test]
        fn the_order_of_notes_does_not_matter(notes in prop::collection::vec(("[aAáb!.]{1,4}", 0_u128..4), 0..12)) {
            let notes: Vec<(Note, Uuid)> = notes
                .iter()
                .map(|(note, visitor)| (Note::parse(note).unwrap(), Uuid::from_u128(*visitor)))
                .collect();
            let said = || notes.iter().map(|(note, visitor)| (note, *visitor));
            let forward = best_notes(said(), 5);
            let backward = best_notes(said().rev(), 5);
            prop_assert_eq!(&forward, &backward);
            prop_assert!(forward.iter().all(|merged| (1..=4).contains(&merged.count)));
        }
    }
}
