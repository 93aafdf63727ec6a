//! Letters, digits and signs in the full width that Chinese and Japanese keyboards give them.

use super::unseen::is_ignorable;

/// The ASCII character that a full-width one represents (U+FF01 to U+FF5E).
pub fn half_width(c: char) -> char {
    let full = u32::from(c);
    match full {
        0xff01..=0xff5e => char::from_u32(full - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// A number or time as it is read: in half width, without invisible characters, which come along when it is pasted, and without
/// white space around it.
pub(super) fn plain_number(typed: &str) -> String {
    let seen = typed.chars().filter(|c| !is_ignorable(*c));
    let plain: String = seen.map(half_width).collect();
    plain.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_any_width() {
        for typed in [
            "1:23",
            "１：２３",
            " １:2３\u{3000}",
            "\u{feff}1:\u{200b}23",
        ] {
            assert_eq!(plain_number(typed), "1:23", "{typed:?}");
        }
    }
}
