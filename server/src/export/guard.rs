//! Keeps user input from running as a formula when a spreadsheet opens the file, and from becoming a date or number in Excel.

use std::borrow::Cow;

use app::domain::half_width::half_width;

/// Makes what somebody typed safe for a CSV cell; the second argument is the other separator.
pub type Guard = fn(&str, char) -> Cow<'_, str>;

/// Makes what somebody typed safe for a CSV cell. `other` is what separates columns where the file's own separator doesn't:
/// which one does depends on the country (`;` in German and Polish Excel), and people open the wrong file.
///
/// Quoting doesn't help against formulas, and a prefix alone is bypassed by `a;=1+1;b` where `;` separates columns. So control
/// characters are removed, a formula after the other separator (and any quotes, which such a reader drops) gets a space before
/// it, and one at the start (after any `'`) gets one `'`, which stays visible.
pub fn guard(raw: &str, other: char) -> Cow<'_, str> {
    let is_harmless = |c: char| !(c.is_ascii_control() || begins_formula(c));
    if raw.chars().all(is_harmless) {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len() + 1);
    // Tabs separate columns too, and are removed with the other control characters.
    for c in raw.chars().filter(|c| !c.is_ascii_control()) {
        if begins_formula(c) && text.trim_end_matches(QUOTES).ends_with(other) {
            text.push(' ');
        }
        text.push(c);
    }
    if text.trim_start_matches('\'').starts_with(begins_formula) {
        text.insert(0, '\'');
    }
    Cow::Owned(text)
}

/// The same for a file that Excel opens. It reads text of digits and signs as a date, a time or a number (`3-1` as 3 January,
/// `007` as 7), and nobody could read from the sheet what was written. A `'` at the start, which stays visible, keeps it.
pub fn guard_in_excel(raw: &str, other: char) -> Cow<'_, str> {
    let text = guard(raw, other);
    let has_digit = text.chars().any(|c| half_width(c).is_ascii_digit());
    match has_digit && text.chars().all(is_of_number) {
        true => Cow::Owned(format!("'{text}")),
        false => text,
    }
}

/// Whether a number, a date or a time may contain it. Excel also reads those in full width.
fn is_of_number(c: char) -> bool {
    const SIGNS: &str = ".,/:-+%()eE$€£¥";
    let plain = half_width(c);
    plain.is_ascii_digit() || plain.is_whitespace() || SIGNS.contains(plain)
}

/// What a reader may drop at the start of a cell.
const QUOTES: [char; 2] = ['"', '\''];

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
            ("a;\"=1+1\"", "a;\" =1+1\""),
            ("\t@x", "'@x"),
        ] {
            assert_eq!(guard(raw, ';'), guarded, "{raw:?}");
            let swapped = |text: &str| text.replace(';', ",");
            assert_eq!(guard(&swapped(raw), ','), swapped(guarded), "{raw:?}");
        }
        assert_eq!(guard("well,-5;ok", ';'), "well,-5;ok");
    }

    #[test]
    fn in_excel_what_it_would_take_for_a_date_or_number_stays_text() {
        for number in [
            "3-1",
            "1/2",
            "10.5",
            "1,5",
            "1e5",
            "007",
            "2:0",
            "50%",
            "(5)",
            "5 €",
            "３－１",
            "12:30:00",
        ] {
            assert_eq!(guard_in_excel(number, ';'), format!("'{number}"));
            assert_eq!(guard(number, ';'), number);
        }
        for text in ["3-1!", "GG 3-1", "-", "e", "(:", ""] {
            assert_eq!(guard_in_excel(text, ';'), guard(text, ';'));
        }
        assert_eq!(guard_in_excel("-5", ';'), "'-5");
    }

    proptest! {
        #[test]
        fn no_column_begins_with_a_formula(
            raw in "[=+@;,'\"\t\u{0}a-]{0,12}|[\\s\\S]{0,40}",
            other in prop_oneof![Just(','), Just(';')],
        ) {
            let text = guard(&raw, other);
            prop_assert!(!text.chars().any(|c| c.is_ascii_control()));
            prop_assert!(!text.starts_with(begins_formula));
            for column in text.split(other).skip(1) {
                prop_assert!(!column.trim_start_matches(QUOTES).starts_with(begins_formula));
            }
        }
    }
}
