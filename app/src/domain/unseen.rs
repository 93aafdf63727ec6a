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
/// (`Blocks.txt`). The marks of individual scripts are not included: see `is_script_mark`.
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

/// Whether a character is a combining mark of a single script that takes no width of its own: of the scripts that keyboards
/// are for, and of whole blocks of marks. The blocks from Devanagari to Malayalam are built alike: there the place tells,
/// and a few characters are included that do take some.
pub(super) fn is_script_mark(c: char) -> bool {
    let is_indic = || {
        ('\u{900}'..='\u{d7f}').contains(&c)
            && matches!(
                u32::from(c) & 0x7f,
                0..=2 | 0x3c | 0x41..=0x48 | 0x4d | 0x51..=0x57 | 0x62..=0x63
            )
    };
    let is_other = || {
        matches!(
            c,
            '\u{711}'
                | '\u{730}'..='\u{74a}'
                | '\u{a70}'..='\u{a71}'
                | '\u{afa}'..='\u{aff}'
                | '\u{bc0}'
                | '\u{c3f}'..='\u{c40}'
                | '\u{c4a}'..='\u{c4c}'
                | '\u{dca}'
                | '\u{dd2}'..='\u{dd6}'
                | '\u{e31}'
                | '\u{e34}'..='\u{e3a}'
                | '\u{e47}'..='\u{e4e}'
                | '\u{eb1}'
                | '\u{eb4}'..='\u{ebc}'
                | '\u{ec8}'..='\u{ece}'
                | '\u{f71}'..='\u{f84}'
                | '\u{102d}'..='\u{1030}'
                | '\u{1032}'..='\u{1037}'
                | '\u{1039}'..='\u{103a}'
                | '\u{103d}'..='\u{103e}'
                | '\u{17b7}'..='\u{17bd}'
                | '\u{17c6}'
                | '\u{17c9}'..='\u{17d3}'
                | '\u{1a73}'..='\u{1a7f}'
                | '\u{1cd0}'..='\u{1cf9}'
                | '\u{302a}'..='\u{302f}'
                | '\u{3099}'..='\u{309a}'
                | '\u{a66f}'..='\u{a67d}'
                | '\u{a8e0}'..='\u{a8f1}'
        )
    };
    is_point(c) || is_indic() || is_other()
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
