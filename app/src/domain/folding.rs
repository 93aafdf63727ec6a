//! What a text says, whatever case, form, accents and punctuation it is written in. Only the server folds texts, so that no
//! page downloads Unicode tables.

use unicode_normalization::UnicodeNormalization;

use super::unseen::is_ignorable;

/// Two texts that say the same are equal when folded. Accents are the combining diacritical marks (U+0300 to U+036F): the
/// marks of other scripts are letters to those who write them. An apostrophe parts no word, because many leave it out. A text
/// without a letter or digit says what its signs are.
pub(super) fn folded(text: &str) -> String {
    let bare = bare(text);
    let is_word = |c: char| c.is_alphanumeric() || c == '\'';
    let words = words(bare.split(|c| !is_word(c)));
    match words.is_empty() {
        true => bare.split_whitespace().collect(),
        false => words,
    }
}

/// The same of a text in which signs say something too, as in a label: `👍 play` is another one than `👎 play`, and `C++` than
/// `C`. Only punctuation says nothing.
pub(super) fn folded_with_signs(text: &str) -> String {
    let bare = bare(text);
    let mut apart = String::with_capacity(bare.len());
    for c in bare.chars() {
        match c {
            c if c.is_alphanumeric() || c == '\'' => apart.push(c),
            c if is_punctuation(c) => apart.push(' '),
            sign => apart.extend([' ', sign, ' ']),
        }
    }
    let words = words(apart.split_whitespace());
    match words.is_empty() {
        true => bare.split_whitespace().collect(),
        false => words,
    }
}

/// Words without apostrophes, in one line.
fn words<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words = words.map(|word| word.replace('\'', ""));
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether a sign only parts words or sentences: that of ASCII, of the block General Punctuation, and what stands for a
/// comma, a full stop, a dash, a quotation mark or a bracket in other scripts.
fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '.' | ',' | ';' | ':' | '!' | '?' | '"' | '(' | ')' | '[' | ']' | '{' | '}' | '-' | '_' | '/' | '\\' | '*'
            | '¡' | '¿' | '·' | '«' | '»'
            | '\u{5be}' | '\u{5f3}'..='\u{5f4}'
            | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{6d4}'
            | '\u{964}'..='\u{965}'
            | '\u{2010}'..='\u{205e}'
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3011}' | '\u{3014}'..='\u{301f}' | '\u{30fb}'
    )
}

/// A text without case, accents and strokes, in one form.
fn bare(text: &str) -> String {
    text.chars()
        // Decomposed, an apostrophe may be a space with an accent, and ŉ has one.
        .map(straight)
        .nfkd()
        .map(straight)
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}') && !is_ignorable(*c))
        .flat_map(without_case)
        .nfkc()
        .flat_map(without_stroke)
        .collect()
}

/// A letter without its case. By way of the upper case, ß becomes ss, and both small sigmas one; the capital ẞ has only a small
/// letter. The İ of Turkish becomes an i with a mark above.
pub(super) fn without_case(letter: char) -> impl Iterator<Item = char> {
    letter
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
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
    fn with_signs_only_punctuation_says_nothing() {
        for (one, other) in [
            ("FAIL!", "fail"),
            ("«Fail…»", "fail"),
            ("don\u{2019}t", "DONT"),
            ("👍 Play", "👍play"),
            ("well, played", "well played"),
            ("良い。", "良い"),
        ] {
            assert_eq!(
                folded_with_signs(one),
                folded_with_signs(other),
                "{one} and {other}"
            );
        }
        for (one, other) in [
            ("👍 play", "👎 play"),
            ("👍 play", "play"),
            ("C", "C++"),
            ("C#", "C++"),
            ("+1", "-1"),
            ("<3", "3"),
            ("👍", "👎"),
            ("!", "?"),
        ] {
            assert_ne!(
                folded_with_signs(one),
                folded_with_signs(other),
                "{one} and {other}"
            );
        }
    }

    #[test]
    fn every_letter_stays_as_it_is_folded() {
        for letter in '\0'..=char::MAX {
            for folded in [folded, folded_with_signs] {
                let once = folded(letter.encode_utf8(&mut [0; 4]));
                assert_eq!(folded(&once), once, "{letter:?}");
            }
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
