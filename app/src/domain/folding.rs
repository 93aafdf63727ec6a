//! What a text says, whatever case, form, accents and punctuation it is written in. Only the server folds texts, so that no
//! page downloads Unicode tables.

use unicode_normalization::UnicodeNormalization;

use super::unseen::is_ignorable;

/// Two texts that say the same are equal when folded. Accents are the combining diacritical marks (U+0300 to U+036F): the
/// marks of other scripts are letters to those who write them. A text without a letter or digit says what its signs are.
pub(super) fn folded(text: &str) -> String {
    let bare: String = text
        .nfkd()
        .filter(|c| !matches!(c, '\u{300}'..='\u{36f}') && !is_ignorable(*c))
        .flat_map(char::to_lowercase)
        .nfkc()
        .collect();
    let words: Vec<&str> = bare
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() {
        return bare.split_whitespace().collect();
    }
    words.join(" ")
}
