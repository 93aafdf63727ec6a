//! How a refusal travels in the address, from the answer to a plain form back to the page that shows it.

use crate::{clips::ClipsError, json};

/// What a page shows where the words came out of an address: anybody can write those, so they are never echoed.
const CHECK_YOUR_INPUT: &str = "Please check what you typed.";

/// The value of `refused=` for this error, not yet escaped for an address.
pub fn refusal_to_query(error: &ClipsError) -> String {
    json::write(error)
}

/// The error that a `refused=` tells, unescaped; none where it is none of ours.
pub fn refusal_from_query(raw: &str) -> Option<ClipsError> {
    match json::read(raw)? {
        ClipsError::Invalid(_) => Some(ClipsError::Invalid(CHECK_YOUR_INPUT.into())),
        error => Some(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::press::PressRefused;

    #[test]
    fn a_refusal_comes_back_as_it_went() {
        let error = ClipsError::Press(PressRefused::Paused);
        assert_eq!(refusal_from_query(&refusal_to_query(&error)), Some(error));
    }

    #[test]
    fn words_from_an_address_are_never_echoed() {
        let forged = refusal_to_query(&ClipsError::Invalid("Send your key to evil.example".into()));
        let words = refusal_from_query(&forged).map(|error| error.to_string());
        assert_eq!(words.as_deref(), Some(CHECK_YOUR_INPUT));
        assert_eq!(refusal_from_query("no json"), None);
    }
}
