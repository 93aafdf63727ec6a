//! Invisible characters, combining marks that pile up, and what else is left out of a search.

/// Whether a character is invisible: the Unicode property `Default_Ignorable_Code_Point` (`DerivedCoreProperties.txt`,
/// Unicode 16), and the blank Braille cell. Some of them are needed inside emoji and in some scripts.
pub(super) fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a character is a combining mark from the blocks that any letter can carry, and many of them at once
/// (`Blocks.txt`). The marks of individual scripts are not included: there, two or three form a syllable.
pub(super) fn is_pile_mark(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{483}'..='\u{489}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe20}'..='\u{fe2f}'
    )
}

/// Whether a character is a vowel point or an accent of Hebrew or Arabic, which readers do without (`Blocks.txt`).
pub(super) fn is_point(c: char) -> bool {
    matches!(
        c,
        '\u{591}'..='\u{5bd}'
            | '\u{5bf}'
            | '\u{5c1}'..='\u{5c2}'
            | '\u{5c4}'..='\u{5c5}'
            | '\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6dc}'
            | '\u{6df}'..='\u{6e4}'
            | '\u{6e7}'..='\u{6e8}'
            | '\u{6ea}'..='\u{6ed}'
            | '\u{8ca}'..='\u{8e1}'
            | '\u{8e3}'..='\u{8ff}'
    )
}

/// Whether a character says nothing to a search for words: a point, the line that makes an Arabic word wider, and marks that
/// stand alone (compatibility characters).
pub(super) fn is_unsearched(c: char) -> bool {
    let is_alone = || {
        matches!(
            c,
            '\u{37a}'
                | '\u{640}'
                | '\u{fc5e}'..='\u{fc63}'
                | '\u{fcf2}'..='\u{fcf4}'
                | '\u{fe70}'..='\u{fe7f}'
                | '\u{ff9e}'..='\u{ff9f}'
        )
    };
    is_pile_mark(c) || is_point(c) || is_alone()
}
