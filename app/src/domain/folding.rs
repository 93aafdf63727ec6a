//! What a text says, whatever case, form, accents and punctuation it is written in. Only the server folds texts, so that no
//! page downloads Unicode tables.

use unicode_normalization::UnicodeNormalization;

use super::unseen::is_ignorable;

/// Two texts that say the same are equal when folded. Accents are the combining diacritical marks (U+0300 to U+036F): the
/// marks of other scripts are letters to those who write them. An apostrophe parts no word, because many leave it out. A text
/// without a letter or digit says what its signs are.
pub(super) fn folded(text: &str) -> String {
    let bare: String = text
        .chars()
        // Decomposed, an apostrophe may be a space with an accent, and ŉ has one.
        .map(straight)
        .nfkd()
        .map(straight)
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}') && !is_ignorable(*c))
        // By way of the upper case, ß becomes ss, and both small sigmas one; the capital ẞ has only a small letter.
        .flat_map(char::to_lowercase)
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .nfkc()
        .flat_map(without_stroke)
        .collect();
    let words: Vec<String> = bare
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .map(|word| word.replace('\'', ""))
        .filter(|word: &String| !word.is_empty())
        .collect();
    if words.is_empty() {
        return bare.split_whitespace().collect();
    }
    words.join(" ")
}

/// Every apostrophe as the straight one.
fn straight(c: char) -> char {
    match c {
        '`' | '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' => '\'',
        other => other,
    }
}

/// A letter without its stroke, or the two that a ligature joins. Unicode doesn't decompose these; they are taken from CLDR's
/// transform from Latin to ASCII.
fn without_stroke(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ł' => ('l', None),
        'ø' => ('o', None),
        'đ' => ('d', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_accents_strokes_apostrophes_and_punctuation_say_nothing() {
        for (one, other) in [
            ("Don\u{2019}t!", "dont"),
            ("DON'T", "don\u{2bc}t"),
            ("don\u{b4}t", "don`t"),
            ("\u{149}", "n"),
            ("STRASSE", "straße"),
            ("STRA\u{1e9e}E", "straße"),
            ("ΟΔΟΣ", "οδος"),
            ("złoty…", "ZLOTY"),
            ("smørrebrød", "Smorrebrod"),
            ("Œuvre", "oeuvre"),
            ("rock 'n' roll", "rock n roll"),
        ] {
            assert_eq!(folded(one), folded(other), "{one} and {other}");
        }
        assert_ne!(folded("we're"), folded("we re"));
        assert_eq!(folded("'"), "'");
    }

    #[test]
    fn every_letter_stays_as_it_is_folded() {
        for letter in '\0'..=char::MAX {
            let once = folded(letter.encode_utf8(&mut [0; 4]));
            assert_eq!(folded(&once), once, "{letter:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_as_it_is_and_case_never_matters(text in "\\PC{0,20}") {
            let once = folded(&text);
            prop_assert_eq!(folded(&once), once);
            prop_assert_eq!(folded(&text.to_uppercase()), folded(&text.to_uppercase().to_lowercase()));
        }
    }
}
