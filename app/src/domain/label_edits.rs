//! The rules by which a streamer changes the labels of a session. Only the server applies them, so that no page downloads
//! Unicode tables.

use std::collections::HashSet;

use thiserror::Error;

use super::{
    concurrent_edit::Edit,
    folding::folded_with_signs,
    invalid_input::InvalidInput,
    labels::{Colour, LabelEdit, LabelId, Labels, MOST_KNOWN_LABELS, MOST_LABELS, SessionLabel},
    text::LabelWord,
};

/// What a new session offers.
const FIRST: [(&str, Colour); 5] = [
    ("funny", Colour::Yellow),
    ("clutch", Colour::Green),
    ("fail", Colour::Red),
    ("scary", Colour::Purple),
    ("wow", Colour::Blue),
];

/// Why labels were refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LabelsError {
    /// Two say the same.
    #[error("two labels say “{0}”")]
    Same(LabelWord),
    /// More at a time, or in the life of the session, than there may be.
    #[error("{count} labels; at most {most} fit")]
    TooMany {
        /// How many there would be.
        count: usize,
        /// How many there may be: [`MOST_LABELS`] or [`MOST_KNOWN_LABELS`].
        most: usize,
    },
}

impl From<LabelsError> for InvalidInput {
    fn from(error: LabelsError) -> Self {
        match error {
            LabelsError::Same(word) => Self::SameLabels { word: word.into() },
            LabelsError::TooMany { count, most } => Self::TooManyLabels { count, most },
        }
    }
}

impl Labels {
    /// What a new session offers.
    pub fn of_new_session() -> Self {
        let labels = (1..).zip(FIRST).filter_map(|(id, (word, colour))| {
            Some(SessionLabel {
                id: LabelId(id),
                word: LabelWord::parse(word).ok()?,
                colour,
                removed: false,
            })
        });
        Self(labels.collect())
    }

    /// What a session that is to be like this one offers. It knows nothing of those that were removed: none of its presses can
    /// carry them.
    pub fn of_similar_session(&self) -> Self {
        Self(self.offered().cloned().collect())
    }

    /// Whether a press can be given this label now.
    pub fn offers(&self, id: LabelId) -> bool {
        self.offered().any(|label| label.id == id)
    }

    /// The labels after an edit: exactly these are offered, in this order. An edit that names no label is the one that says
    /// the same, even if it was removed before, or else a new one. All others are removed, and stay known.
    ///
    /// # Errors
    /// `LabelsError`.
    pub fn edited(&self, edits: Vec<LabelEdit>) -> Result<Self, LabelsError> {
        too_many(edits.len(), MOST_LABELS)?;
        let mut said = HashSet::new();
        for edit in &edits {
            if !said.insert(folded_with_signs(edit.word.as_str())) {
                return Err(LabelsError::Same(edit.word.clone()));
            }
        }
        let mut left = self.0.clone();
        // First the labels that are named: no other edit may take their numbers.
        let named: Vec<_> = edits
            .iter()
            .map(|edit| take(&mut left, |label| Some(label.id) == edit.id))
            .collect();
        let last = self.0.iter().map(|label| label.id.0).max().unwrap_or(0);
        let mut new = last + 1..;
        let offered = edits.into_iter().zip(named).filter_map(|(edit, named)| {
            let word = folded_with_signs(edit.word.as_str());
            let known = named.or_else(|| {
                take(&mut left, |label| {
                    folded_with_signs(label.word.as_str()) == word
                })
            });
            Some(SessionLabel {
                id: known.or_else(|| new.next().map(LabelId))?,
                word: edit.word,
                colour: edit.colour,
                removed: false,
            })
        });
        let mut labels: Vec<_> = offered.collect();
        labels.extend(left.into_iter().map(|label| SessionLabel {
            removed: true,
            ..label
        }));
        too_many(labels.len(), MOST_KNOWN_LABELS)?;
        Ok(Self(labels))
    }
}

impl Edit<Vec<LabelEdit>> {
    /// The edit of these labels by now: one that it leaves alone stays as others have made it, those that others have added
    /// stay, after its own, and those that others have removed stay away unless it changes them. The order is its own.
    pub fn over(self, now: &Labels) -> Vec<LabelEdit> {
        let Some(began) = self.began else {
            return self.to;
        };
        let began_with = |id: LabelId| began.iter().find(|label| label.id == Some(id));
        let offered = |id: LabelId| now.offered().find(|label| label.id == id);
        let mut edits: Vec<_> = self
            .to
            .into_iter()
            .filter_map(|edit| match edit.id {
                Some(id) if began_with(id) == Some(&edit) => offered(id).map(LabelEdit::from),
                _ => Some(edit),
            })
            .collect();
        let is_new = |label: &&SessionLabel| {
            let word = folded_with_signs(label.word.as_str());
            let is_same = |edit: &LabelEdit| {
                edit.id == Some(label.id) || folded_with_signs(edit.word.as_str()) == word
            };
            began_with(label.id).is_none() && !edits.iter().any(is_same)
        };
        let added: Vec<_> = now.offered().filter(is_new).map(LabelEdit::from).collect();
        edits.extend(added);
        edits
    }
}

impl From<&SessionLabel> for LabelEdit {
    fn from(label: &SessionLabel) -> Self {
        Self {
            id: Some(label.id),
            word: label.word.clone(),
            colour: label.colour,
        }
    }
}

fn too_many(count: usize, most: usize) -> Result<(), LabelsError> {
    match count > most {
        true => Err(LabelsError::TooMany { count, most }),
        false => Ok(()),
    }
}

/// Takes the first label that fits out of these, and tells its number.
fn take(labels: &mut Vec<SessionLabel>, fits: impl Fn(&SessionLabel) -> bool) -> Option<LabelId> {
    let at = labels.iter().position(fits)?;
    Some(labels.remove(at).id)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn edit(id: Option<u32>, word: &str) -> LabelEdit {
        LabelEdit {
            id: id.map(LabelId),
            word: LabelWord::parse(word).unwrap(),
            colour: Colour::Teal,
        }
    }

    fn told(labels: &Labels) -> Vec<(u32, &str, bool)> {
        let labels = labels.known().iter();
        labels
            .map(|label| (label.id.0, label.word.as_str(), label.removed))
            .collect()
    }

    #[test]
    fn a_new_session_offers_five() {
        let labels = Labels::of_new_session();
        let words: Vec<_> = labels.offered().map(|label| label.word.as_str()).collect();
        assert_eq!(words, ["funny", "clutch", "fail", "scary", "wow"]);
    }

    #[test]
    fn sessions_that_are_each_like_the_one_before_can_have_other_labels_for_ever() {
        let mut labels = Labels::of_new_session();
        for number in 0..2 * MOST_KNOWN_LABELS {
            labels = labels.of_similar_session();
            let new = (0..MOST_LABELS).map(|place| edit(None, &format!("{number} {place}")));
            labels = labels.edited(new.collect()).unwrap();
            assert_eq!(labels.offered().count(), MOST_LABELS);
        }
    }

    #[test]
    fn a_label_is_renamed_by_its_number_and_comes_back_by_its_word() {
        let first = Labels::default()
            .edited(vec![edit(None, "funny"), edit(None, "fail")])
            .unwrap();
        let renamed = first.edited(vec![edit(Some(1), "lol")]).unwrap();
        assert_eq!(told(&renamed), [(1, "lol", false), (2, "fail", true)]);
        let back = renamed
            .edited(vec![edit(None, "FAIL!"), edit(None, "funny")])
            .unwrap();
        assert_eq!(
            told(&back),
            [(2, "FAIL!", false), (3, "funny", false), (1, "lol", true)]
        );
    }

    #[test]
    fn words_that_say_the_same_are_refused_however_they_are_written() {
        let same = vec![edit(None, "Café"), edit(None, "CAFE")];
        let refused = Labels::default().edited(same).unwrap_err();
        assert_eq!(
            refused,
            LabelsError::Same(LabelWord::parse("CAFE").unwrap())
        );
    }

    #[test]
    fn a_label_that_differs_in_a_sign_takes_over_nobodys_presses() {
        for (first, other) in [("👍 play", "👎 play"), ("C", "C++"), ("+1", "-1")] {
            let labels = Labels::default().edited(vec![edit(None, first)]).unwrap();
            let both = labels.edited(vec![edit(Some(1), first), edit(None, other)]);
            assert_eq!(both.unwrap().offered().count(), 2);
            let replaced = labels.edited(vec![edit(None, other)]).unwrap();
            assert_eq!(told(&replaced), [(2, other, false), (1, first, true)]);
            let back = replaced.edited(vec![edit(None, first)]).unwrap();
            assert_eq!(told(&back), [(1, first, false), (2, other, true)]);
        }
    }

    #[test]
    fn six_fit_at_a_time_and_twenty_four_in_the_life_of_a_session() {
        let many = |from: usize, count: usize| {
            let words = (from..from + count).map(|n| format!("word {n}"));
            words.map(|word| edit(None, &word)).collect::<Vec<_>>()
        };
        let seven = Labels::default().edited(many(0, 7));
        assert_eq!(seven, Err(LabelsError::TooMany { count: 7, most: 6 }));
        let mut labels = Labels::default();
        for from in [0, 6, 12, 18] {
            labels = labels.edited(many(from, 6)).unwrap();
        }
        let next = labels.edited(many(24, 1));
        assert_eq!(
            next,
            Err(LabelsError::TooMany {
                count: 25,
                most: 24
            })
        );
        assert!(labels.edited(many(3, 6)).is_ok(), "they were there before");
    }

    #[test]
    fn two_who_edit_labels_at_the_same_time_keep_what_each_has_done() {
        let labels = Labels::default();
        let labels = labels.edited(vec![edit(None, "a"), edit(None, "b"), edit(None, "c")]);
        let labels = labels.unwrap();
        let began = || Some(labels.offered().map(LabelEdit::from).collect::<Vec<_>>());
        // The others rename A, remove C and add D and E.
        let theirs = vec![
            edit(Some(1), "alpha"),
            edit(Some(2), "b"),
            edit(None, "d"),
            edit(None, "e"),
        ];
        let now = labels.edited(theirs).unwrap();
        // The first renames B, leaves the rest alone, and adds E too.
        let to = vec![
            edit(Some(1), "a"),
            edit(Some(2), "beta"),
            edit(Some(3), "c"),
            edit(None, "E!"),
        ];
        let both = Edit { to, began: began() }.over(&now);
        let both = now.edited(both).unwrap();
        let words: Vec<_> = both.offered().map(|label| label.word.as_str()).collect();
        assert_eq!(words, ["alpha", "beta", "E!", "d"]);
    }

    proptest! {
        /// An edit that nobody crosses is what was entered, and one that changes nothing takes nothing back.
        #[test]
        fn an_edit_takes_nothing_back_that_others_did(
            theirs in prop::collection::vec((prop::option::of(1_u32..6), "[a-e]{1,2}"), 0..7),
            mine in prop::collection::vec((prop::option::of(1_u32..6), "[a-e]{1,2}"), 0..7),
        ) {
            let edits = |said: &[(Option<u32>, String)]| said.iter().map(|(id, word)| edit(*id, word)).collect::<Vec<_>>();
            let labels = Labels::of_new_session();
            let shown: Vec<_> = labels.offered().map(LabelEdit::from).collect();
            let Ok(now) = labels.edited(edits(&theirs)) else { return Ok(()) };
            let idle = Edit { to: shown.clone(), began: Some(shown.clone()) };
            let unchanged = now.edited(idle.over(&now)).unwrap();
            let offered = |labels: &Labels| {
                let mut offered: Vec<_> = labels.offered().cloned().collect();
                offered.sort_by_key(|label| label.id);
                offered
            };
            prop_assert_eq!(offered(&unchanged), offered(&now));
            let alone = Edit { to: edits(&mine), began: Some(shown) };
            let merged = alone.over(&labels);
            prop_assert_eq!(labels.edited(merged).ok(), labels.edited(edits(&mine)).ok());
        }

        /// Whatever is edited: what was asked for is offered in its order, no label is lost, and asking twice changes nothing.
        #[test]
        fn an_edit_offers_what_it_says_and_loses_nothing(
            rounds in prop::collection::vec(
                prop::collection::vec((prop::option::of(1_u32..10), "[a-eA-Eá]{1,2}"), 0..7),
                1..6,
            ),
        ) {
            let mut labels = Labels::of_new_session();
            for round in rounds {
                let edits: Vec<_> = round.iter().map(|(id, word)| edit(*id, word)).collect();
                let Ok(next) = labels.edited(edits.clone()) else { continue };
                let offered: Vec<_> = next.offered().map(|label| label.word.clone()).collect();
                let wanted: Vec<_> = edits.iter().map(|edit| edit.word.clone()).collect();
                prop_assert_eq!(offered, wanted);
                for label in labels.known() {
                    prop_assert!(next.get(label.id).is_some());
                }
                let ids: HashSet<_> = next.known().iter().map(|label| label.id).collect();
                prop_assert_eq!(ids.len(), next.known().len());
                let unnamed = edits.into_iter().map(|edit| LabelEdit { id: None, ..edit });
                prop_assert_eq!(next.edited(unnamed.collect()).unwrap().offered().count(), next.offered().count());
                labels = next;
            }
        }

        #[test]
        fn an_edit_that_is_sent_twice_is_one(words in prop::collection::hash_set("[a-z]{1,3}", 0..7)) {
            let edits: Vec<_> = words.iter().map(|word| edit(None, word)).collect();
            let once = Labels::of_new_session().edited(edits.clone()).unwrap();
            prop_assert_eq!(once.edited(edits).unwrap(), once);
        }
    }
}
