//! Texts without case and accents, so that a search finds what was typed another way.

/// A text as it is searched: in lower case, without the combining diacritical marks (U+0300 to U+036F). A browser has the
/// tables that this takes, so that no page downloads them. Punctuation and strokes stay, unlike in `domain::folding`, which
/// tells what says the same.
pub(super) fn without_case_and_accents(text: &str) -> String {
    let lower = text.to_lowercase();
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
