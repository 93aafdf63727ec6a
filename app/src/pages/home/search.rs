//! How the sessions of a browser are found by words of their title and game, or by their code.

use crate::{domain::filter::without_case, service::OwnSession};

/// From how many characters on a word that is sought may be the beginning of a code: a shorter one begins many of them.
const FEWEST_OF_CODE: usize = 3;

/// What a search for a session looks at, without case and accents.
#[derive(Clone)]
pub(super) struct Searched {
    title_and_game: String,
    code: String,
}

impl Searched {
    pub(super) fn new(own: &OwnSession) -> Self {
        let session = &own.session;
        Self::of(
            session.title.as_str(),
            session.game.as_str(),
            session.code.as_str(),
        )
    }

    fn of(title: &str, game: &str, code: &str) -> Self {
        Self {
            title_and_game: without_case_and_accents(&[title, game].join("\n")),
            code: without_case_and_accents(code),
        }
    }

    /// Whether every word that is sought occurs in title or game, or begins the code. A word inside of the code doesn't count:
    /// "Act 2" would find every session that has a 2 in its code.
    pub(super) fn is_match(&self, sought: &str) -> bool {
        let sought = without_case_and_accents(sought);
        sought.split_whitespace().all(|word| {
            let may_begin_code = word.chars().count() >= FEWEST_OF_CODE;
            self.title_and_game.contains(word) || (may_begin_code && self.code.starts_with(word))
        })
    }
}

/// A text as it is searched: in lower case, without the combining diacritical marks (U+0300 to U+036F). A browser has the
/// tables that this takes, so that no page downloads them. Punctuation and strokes stay, unlike in `domain::folding`, which
/// tells what says the same.
fn without_case_and_accents(text: &str) -> String {
    let lower = without_case(text);
    let is_accent = |c: &char| matches!(c, '\u{300}'..='\u{36f}');
    decomposed(&lower)
        .chars()
        .filter(|c| !is_accent(c))
        .collect()
}

#[cfg(feature = "ssr")]
fn decomposed(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;

    text.nfkd().collect()
}

#[cfg(not(feature = "ssr"))]
fn decomposed(text: &str) -> String {
    let text = js_sys::JsString::from(text);
    String::from(text.normalize("NFKD"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn titled(title: &str) -> Searched {
        Searched::of(title, "", "2A3B4C")
    }

    #[test]
    fn a_session_is_found_by_a_beginning_that_ends_in_another_form_of_its_last_letter() {
        assert!(titled("Οδοσήμανση").is_match("ΟΔΟΣ"));
        assert!(titled("Η ΟΔΟΣ").is_match("οδοσ"));
        assert!(titled("İstanbul").is_match("istanbul"));
    }

    proptest! {
        #[test]
        fn accents_are_no_hindrance(before in "[a-z]{0,8}", after in "[a-z]{0,8}") {
            for (typed, sought) in [("é", "e"), ("Ö", "o\u{308}"), ("ﬁ", "FI"), ("ñ", "Ñ")] {
                let session = titled(&[&before, typed, &after].concat());
                prop_assert!(session.is_match(&[&before, sought, &after].concat()));
            }
        }

        #[test]
        fn a_session_is_found_by_any_words_of_its_title_in_any_case(words in "[A-Za-zÄé]{1,8}( [A-Za-zÄé]{1,8}){0,4}") {
            let session = titled(&words);
            let sought: Vec<_> = words.split(' ').rev().collect();
            prop_assert!(session.is_match(&sought.join("  ").to_uppercase()));
            prop_assert!(session.is_match(" "));
            let other = words + "9";
            prop_assert!(!session.is_match(&other));
        }

        #[test]
        fn a_code_is_found_by_its_beginning_and_by_nothing_inside_of_it(
            code in "[0-9A-HJKMNP-TV-Z]{6}",
            from in 0_usize..6,
            length in 1_usize..7,
        ) {
            let sought = &code[from..(from + length).min(code.len())];
            let begins = sought.len() >= FEWEST_OF_CODE && code.starts_with(sought);
            let session = Searched::of("", "", &code);
            prop_assert_eq!(session.is_match(&sought.to_lowercase()), begins);
        }
    }
}
