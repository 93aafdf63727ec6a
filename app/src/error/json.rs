//! JSON of errors: the name, then the detail.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, IgnoredAny, MapAccess, Visitor},
};

use super::ServiceError;
use crate::domain::{
    clip_url::ClipUrl,
    invalid_input::InvalidInput,
    limited_action::Action,
    offset::Offset,
    text::{Note, Title},
};

/// `ServiceError::Invalid` in JSON. Tabs of builds before `cause` use `detail` for the message, and can't read an error
/// without it.
#[derive(Serialize)]
struct InvalidFields<'a> {
    error: &'static str,
    detail: String,
    cause: &'a InvalidInput,
}

impl Serialize for ServiceError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Invalid(cause) => InvalidFields {
                error: "invalid",
                detail: cause.to_string(),
                cause,
            }
            .serialize(serializer),
            // What is derived, which `remote` puts beside the trait.
            other => Self::serialize(other, serializer),
        }
    }
}

/// Reads an error: its name, which comes first, and then its detail. Serde's own code for this would be larger than all the
/// rest.
struct ErrorVisitor;

impl<'de> Visitor<'de> for ErrorVisitor {
    type Value = ServiceError;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an error of this program")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ServiceError, A::Error> {
        let name = match map.next_entry::<String, String>()? {
            Some((key, name)) if key == "error" => name,
            _ => return Err(A::Error::missing_field("error")),
        };
        let error = match name.as_str() {
            "not_found" => ServiceError::NotFound,
            "forbidden" => ServiceError::Forbidden(detail(&mut map)?),
            "dead_link" => ServiceError::InvalidLink,
            "too_many_links" => ServiceError::TooManyLinks,
            "press" => ServiceError::Press(detail(&mut map)?),
            "act" => ServiceError::Act(detail(&mut map)?),
            "session_active" => ServiceError::SessionActive,
            "conflict" => ServiceError::Conflict,
            "other_act" => ServiceError::ModerationConflict,
            "no_timestamp" => ServiceError::NoTimestamp,
            "no_moment" => ServiceError::NoMoment,
            "no_moderation" => ServiceError::NoModeration,
            "edited" => {
                let EditedDetail { note } = detail(&mut map)?;
                ServiceError::Edited { note }
            }
            "title_edited" => {
                let TitleEditedDetail { title } = detail(&mut map)?;
                ServiceError::TitleEdited { title }
            }
            "clip_edited" => {
                let ClipEditedDetail { clip } = detail(&mut map)?;
                ServiceError::ClipEdited { clip }
            }
            "state_edited" => ServiceError::StateEdited(detail(&mut map)?),
            "range_edited" => {
                let RangeEditedDetail { start, end } = detail(&mut map)?;
                ServiceError::RangeEdited { start, end }
            }
            "edited_since" => ServiceError::EditedSince,
            "staff" => ServiceError::TargetIsStaff,
            "other_site" => ServiceError::OtherSite,
            // A server of before tells no cause.
            "invalid" => ServiceError::Invalid(
                field(&mut map, "cause")?.unwrap_or(InvalidInput::Unspecified),
            ),
            "too_many" => {
                let LimitDetail { seconds, action } = detail(&mut map)?;
                // Both a server of before and one of later may name none that is known here.
                let action = action.as_deref().and_then(Action::named);
                ServiceError::RateLimited { seconds, action }
            }
            "busy" => {
                let WaitDetail { seconds } = detail(&mut map)?;
                ServiceError::Unavailable { seconds }
            }
            "away" => ServiceError::Unreachable,
            "refused_on_the_way" => ServiceError::RefusedOnTheWay,
            "broken" => ServiceError::Internal,
            _ => return Err(A::Error::custom("no error of this program")),
        };
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(error)
    }
}

/// The detail of `ServiceError::Edited`.
#[derive(Deserialize)]
struct EditedDetail {
    note: Option<Note>,
}

/// The detail of `ServiceError::TitleEdited`.
#[derive(Deserialize)]
struct TitleEditedDetail {
    title: Option<Title>,
}

/// The detail of `ServiceError::ClipEdited`.
#[derive(Deserialize)]
struct ClipEditedDetail {
    clip: Option<ClipUrl>,
}

/// The detail of `ServiceError::RangeEdited`.
#[derive(Deserialize)]
struct RangeEditedDetail {
    start: Offset,
    end: Offset,
}

/// The detail of `ServiceError::RateLimited`.
#[derive(Deserialize)]
struct LimitDetail {
    seconds: u16,
    action: Option<String>,
}

/// The detail of `ServiceError::Unavailable`.
#[derive(Deserialize)]
struct WaitDetail {
    seconds: u16,
}

/// What an error is about.
fn detail<'de, A: MapAccess<'de>, T: Deserialize<'de>>(map: &mut A) -> Result<T, A::Error> {
    field(map, "detail")?.ok_or_else(|| A::Error::missing_field("detail"))
}

/// The field of an error with this name, if it has one. Fields of a later build may stand before it.
fn field<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    map: &mut A,
    name: &str,
) -> Result<Option<T>, A::Error> {
    while let Some(key) = map.next_key::<String>()? {
        if key == name {
            return map.next_value().map(Some);
        }
        map.next_value::<IgnoredAny>()?;
    }
    Ok(None)
}

impl<'de> Deserialize<'de> for ServiceError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ErrorVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::text::{Field, TextError},
        error::tests::all,
    };

    #[test]
    fn every_error_is_read_as_it_was_told() {
        for error in all() {
            let json = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<ServiceError>(&json).unwrap(), error);
        }
    }

    #[test]
    fn fields_of_a_later_build_are_passed_over_in_an_error() {
        for (json, error) in [
            (
                r#"{"error":"staff","since":1}"#,
                ServiceError::TargetIsStaff,
            ),
            (
                r#"{"error":"busy","since":{"a":1},"detail":{"seconds":3},"more":[]}"#,
                ServiceError::Unavailable { seconds: 3 },
            ),
            (
                r#"{"error":"invalid","detail":"","since":1,"cause":{"rule":"minutes","at":1}}"#,
                ServiceError::Invalid(InvalidInput::Minutes),
            ),
        ] {
            assert_eq!(serde_json::from_str::<ServiceError>(json).unwrap(), error);
        }
    }

    /// Tabs that were opened before `cause` existed, and servers that don't know it yet.
    #[test]
    fn an_invalid_input_is_a_refusal_also_to_an_older_build_and_of_one() {
        let error = ServiceError::Invalid(InvalidInput::Text(TextError::Empty {
            field: Field::Label,
        }));
        insta::assert_snapshot!(serde_json::to_string(&error).unwrap(), @r#"{"error":"invalid","detail":"the label is empty","cause":{"rule":"empty","field":"label"}}"#);
        let before = r#"{"error":"invalid","detail":"Please fill in the label."}"#;
        let read: ServiceError = serde_json::from_str(before).unwrap();
        assert_eq!(read, ServiceError::Invalid(InvalidInput::Unspecified));
    }

    /// Tabs that were opened before `action` existed, servers that don't know it yet, and those of a later build.
    #[test]
    fn an_action_that_is_unknown_or_missing_is_no_obstacle() {
        let error = |action| ServiceError::RateLimited { seconds: 3, action };
        insta::assert_snapshot!(serde_json::to_string(&error(Some(Action::Press))).unwrap(), @r#"{"error":"too_many","detail":{"seconds":3,"action":"press"}}"#);
        for detail in [
            r#"{"seconds":3}"#,
            r#"{"seconds":3,"action":null}"#,
            r#"{"action":"of a later build","seconds":3}"#,
        ] {
            let json = format!(r#"{{"error":"too_many","detail":{detail}}}"#);
            let read: ServiceError = serde_json::from_str(&json).unwrap();
            assert_eq!(read, error(None), "{json}");
        }
    }

    #[test]
    fn an_error_that_lacks_its_detail_or_is_of_another_program_is_none() {
        for json in [
            r#"{"error":"busy"}"#,
            r#"{"error":"busy","detail":{}}"#,
            r#"{"error":"press","detail":"other"}"#,
            r#"{"error":"act","detail":{"why":"stale","shown":1}}"#,
            r#"{"error":"new_in_the_next_build"}"#,
            r#"{"detail":"busy"}"#,
            "7",
        ] {
            assert!(
                serde_json::from_str::<ServiceError>(json).is_err(),
                "{json}"
            );
        }
    }
}
