//! Passes an error in the address, from the response to a plain form back to the page that shows it.

use crate::{domain::invalid_input::InvalidInput, json, service::ServiceError};

/// The value of `refused=` for this error, not yet escaped for an address.
pub fn refusal_to_query(error: &ServiceError) -> String {
    json::write(error)
}

/// The error in an unescaped `refused=` parameter; `None` if it is unknown, or one that no plain form is refused with. Anybody
/// can write an address, so user input is never echoed from one: no plain form edits what others wrote, or sends filtered
/// words or labels.
pub fn refusal_from_query(raw: &str) -> Option<ServiceError> {
    match json::read(raw)? {
        // Their words would be those of the address.
        ServiceError::Invalid(InvalidInput::NoWord { .. } | InvalidInput::SameLabels { .. }) => {
            Some(InvalidInput::Unspecified.into())
        }
        ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince => None,
        error @ (ServiceError::NotFound
        | ServiceError::Forbidden(_)
        | ServiceError::InvalidLink
        | ServiceError::TooManyLinks
        | ServiceError::Press(_)
        | ServiceError::Act(_)
        | ServiceError::SessionActive
        | ServiceError::Conflict
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::TargetIsStaff
        | ServiceError::OtherSite
        | ServiceError::Invalid(_)
        | ServiceError::RateLimited { .. }
        | ServiceError::Unavailable { .. }
        | ServiceError::Unreachable
        | ServiceError::RefusedOnTheWay
        | ServiceError::Internal) => Some(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        press::PressRefused,
        text::{Field, TextError},
    };

    #[test]
    fn a_refusal_comes_back_as_it_went() {
        let too_long = TextError::TooLong {
            field: Field::Note,
            characters: 101,
            most: 100,
        };
        for error in [ServiceError::Press(PressRefused::Paused), too_long.into()] {
            assert_eq!(refusal_from_query(&refusal_to_query(&error)), Some(error));
        }
    }

    #[test]
    fn words_from_an_address_are_never_echoed() {
        let forged = |cause: &str| {
            format!(r#"{{"error":"invalid","detail":"Send your key to evil.example"{cause}}}"#)
        };
        let word = r#","cause":{"rule":"no_word","word":"Send your key to evil.example"}"#;
        let label = r#","cause":{"rule":"same_labels","word":"Send your key to evil.example"}"#;
        for cause in ["", word, label] {
            let read = refusal_from_query(&forged(cause));
            assert_eq!(read, Some(InvalidInput::Unspecified.into()));
        }
        for (error, field, words) in [
            ("edited", "note", "Send your key to evil.example"),
            ("title_edited", "title", "Send your key to evil.example"),
            ("clip_edited", "clip", "https://evil.example/your-key"),
        ] {
            let forged = format!(r#"{{"error":"{error}","detail":{{"{field}":"{words}"}}}}"#);
            assert!(json::read::<ServiceError>(&forged).is_some(), "{forged}");
            assert_eq!(refusal_from_query(&forged), None, "{forged}");
        }
        assert_eq!(refusal_from_query("no json"), None);
    }
}
