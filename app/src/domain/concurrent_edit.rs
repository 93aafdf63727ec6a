//! Edits of something that others may be editing too, on another device or in another tab: whatever an edit leaves alone
//! stays as others have made it meanwhile. Only the server applies them.

use super::{
    held::{HeldWords, HeldWordsError},
    lead::Timing,
    rules::{Rules, Settings},
    session::SessionDetails,
};

/// What something is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit<T> {
    /// What was entered.
    pub to: T,
    /// What the page showed when the editing began; none from pages of earlier builds, which change everything.
    pub began: Option<T>,
}

impl<T> From<T> for Edit<T> {
    fn from(to: T) -> Self {
        Self { to, began: None }
    }
}

impl<T> Edit<T> {
    /// A part of it: as it was entered, or as it is now if the edit leaves it alone.
    fn part<P: Clone + PartialEq>(&self, part: impl Fn(&T) -> &P, now: &T) -> P {
        let entered = part(&self.to);
        let is_left_alone = self
            .began
            .as_ref()
            .is_some_and(|began| part(began) == entered);
        match is_left_alone {
            true => part(now).clone(),
            false => entered.clone(),
        }
    }
}

impl Edit<SessionDetails> {
    /// The details after the edit.
    pub fn over(&self, now: &SessionDetails) -> SessionDetails {
        SessionDetails {
            title: self.part(|details| &details.title, now),
            game: self.part(|details| &details.game, now),
            timing: Timing {
                lead_seconds: self.part(|details| &details.timing.lead_seconds, now),
                learns_delays: self.part(|details| &details.timing.learns_delays, now),
            },
        }
    }
}

impl Edit<Settings> {
    /// The settings after the edit. Of the filtered words, those that it adds are added, and those that it removes are
    /// removed.
    ///
    /// # Errors
    /// `HeldWordsError::TooMany` if more words than fit come together.
    pub fn over(&self, now: &Settings) -> Result<Settings, HeldWordsError> {
        Ok(Settings {
            rules: Rules {
                names_required: self.part(|settings| &settings.rules.names_required, now),
                staff_list: self.part(|settings| &settings.rules.staff_list, now),
                moderators_pause: self.part(|settings| &settings.rules.moderators_pause, now),
            },
            held_words: self.held_words(now)?,
        })
    }

    fn held_words(&self, now: &Settings) -> Result<HeldWords, HeldWordsError> {
        let Some(began) = &self.began else {
            return Ok(self.to.held_words.clone());
        };
        let (began, to) = (began.held_words.words(), self.to.held_words.words());
        let now = now.held_words.words().iter();
        let kept = now.filter(|word| to.contains(word) || !began.contains(word));
        let added = to.iter().filter(|word| !began.contains(word));
        HeldWords::try_from(kept.chain(added).cloned().collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn settings() -> impl Strategy<Value = Settings> {
        let words = prop::collection::btree_set("[a-f]", 0..5);
        (any::<[bool; 3]>(), words).prop_map(
            |([names_required, staff_list, moderators_pause], words)| Settings {
                rules: Rules {
                    names_required,
                    staff_list,
                    moderators_pause,
                },
                held_words: HeldWords::parse_each(words.iter().map(String::as_str)).unwrap(),
            },
        )
    }

    fn details() -> impl Strategy<Value = SessionDetails> {
        ("[ab]", "[ab]", 0_u32..3, any::<bool>()).prop_map(|(title, game, lead, learns_delays)| {
            SessionDetails {
                title: title.try_into().unwrap(),
                game: game.try_into().unwrap(),
                timing: Timing {
                    lead_seconds: lead.try_into().unwrap(),
                    learns_delays,
                },
            }
        })
    }

    /// The edit of somebody who began from this.
    fn edit<T>(began: T, to: T) -> Edit<T> {
        Edit {
            to,
            began: Some(began),
        }
    }

    #[test]
    fn words_that_two_add_at_the_same_time_are_both_filtered() {
        let of = |words: &str| Settings {
            held_words: HeldWords::parse(words).unwrap(),
            ..Settings::default()
        };
        let both = edit(of("one"), of("one, mine")).over(&of("one, yours"));
        assert_eq!(both, Ok(of("one, mine, yours")));
        let removed = edit(of("one, two"), of("two")).over(&of("one, two, three"));
        assert_eq!(removed, Ok(of("two, three")));
    }

    proptest! {
        #[test]
        fn an_edit_that_nobody_crosses_is_what_was_entered(began in settings(), to in settings(), others in settings()) {
            prop_assert_eq!(&edit(began.clone(), to.clone()).over(&began).unwrap(), &to);
            prop_assert_eq!(&Edit::from(to.clone()).over(&others).unwrap(), &to);
        }

        #[test]
        fn an_edit_that_changes_nothing_takes_nothing_back(began in settings(), now in settings()) {
            prop_assert_eq!(edit(began.clone(), began).over(&now).unwrap(), now);
        }

        /// The rules that only one of two has changed are as that one has made them, in whichever order the two are saved.
        #[test]
        fn of_two_edits_neither_undoes_the_other(began in settings(), mine in settings(), others in settings()) {
            let [mine_first, others_first] = [(&mine, &others), (&others, &mine)].map(|(first, second)| {
                edit(began.clone(), second.clone()).over(first).unwrap()
            });
            prop_assert_eq!(&mine_first.held_words, &others_first.held_words);
            let parts = |settings: &Settings| {
                let Rules { names_required, staff_list, moderators_pause } = settings.rules;
                [names_required, staff_list, moderators_pause]
            };
            for (at, began) in parts(&began).into_iter().enumerate() {
                let (mine, others) = (parts(&mine)[at], parts(&others)[at]);
                let wanted = if mine == began { others } else { mine };
                prop_assert_eq!(parts(&mine_first)[at], wanted);
                prop_assert_eq!(parts(&others_first)[at], wanted);
            }
        }

        #[test]
        fn details_that_an_edit_leaves_alone_stay_as_they_are_now(began in details(), to in details(), now in details()) {
            let edited = edit(began.clone(), to.clone()).over(&now);
            let of = |began: &str, to: &str, now: &str| if began == to { now.to_owned() } else { to.to_owned() };
            prop_assert_eq!(edited.title.to_string(), of(&began.title.to_string(), &to.title.to_string(), &now.title.to_string()));
            prop_assert_eq!(edited.game.to_string(), of(&began.game.to_string(), &to.game.to_string(), &now.game.to_string()));
            let lead = |details: &SessionDetails| details.timing.lead_seconds.seconds().to_string();
            prop_assert_eq!(lead(&edited), of(&lead(&began), &lead(&to), &lead(&now)));
            prop_assert_eq!(edit(now.clone(), to.clone()).over(&now), to);
        }
    }
}
