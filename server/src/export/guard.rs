//! Keeps user input from running as a formula when a spreadsheet opens the file.

use std::borrow::Cow;

/// Makes one note or name safe for a CSV cell.
///
/// Quoting doesn't help against formulas, and a prefix alone is bypassed by `a;=1+1;b` if `;` separates columns (German and
/// Polish Excel). So control characters are removed, a formula after a `;` gets a space before it, and one at the start
/// (after any `'`) gets one `'`, which stays visible.
pub fn guard(raw: &str) -> Cow<'_, str> {
    let is_harmless = |c: char| !(c.is_ascii_control() || begins_formula(c));
    if raw.chars().all(is_harmless) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len() + 1);
    // Tabs separate columns too, and are removed with the other control characters.
    for c in raw.chars().filter(|c| !c.is_ascii_control()) {
        if text.ends_with(';') && begins_formula(c) {
            text.push(' ');
        }
        text.push(c);
    }
    if text.trim_start_matches('\'').starts_with(begins_formula) {
        text.insert(0, '\'');
    }
    Cow::Owned(text)
}

/// What makes a cell a formula, full-width forms included.
fn begins_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\u{ff1d}' | '\u{ff0b}' | '\u{ff0d}' | '\u{ff20}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_defused_and_the_rest_stays() {
        for (raw, guarded) in [
            ("Geralt insulted the Baron", "Geralt insulted the Baron"),
            ("O’Dimm smile - again", "O’Dimm smile - again"),
            ("=1+1", "'=1+1"),
            ("'=1+1", "''=1+1"),
            ("＝1+1", "'＝1+1"),
            ("a;=1+1;b", "a; =1+1;b"),
            ("a;\t\u{0}=1", "a; =1"),
            ("\t@x", "'@x"),
        ] {
            assert_eq!(guard(raw), guarded, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn no_column_begins_with_a_formula(raw in "[=+@;'\t\u{0}a-]{0,12}|[\\s\\S]{0,40}") {
            let text = guard(&raw);
            prop_assert!(!text.chars().any(|c| c.is_ascii_control()));
            prop_assert!(!text.starts_with(begins_formula));
            for column in text.split(';').skip(1) {
                prop_assert!(!column.starts_with(begins_formula));
            }
        }
    }
}
