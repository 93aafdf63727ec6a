//! Stored texts, as they are read: what was accepted once is shown for ever.

use app::domain::text::{Kind, Text};

use super::StoreError;

/// What stands for a text that shows nothing by the rules of today, and was accepted by those of its time.
const BLANK: &str = "(blank)";

/// A text that may be left out, as one does that shows nothing by the rules of today.
///
/// # Errors
/// `StoreError::Unreadable` where nothing that this program wrote can stand there.
pub(super) fn optional<K: Kind>(
    raw: Option<&str>,
    what: &'static str,
) -> Result<Option<Text<K>>, StoreError> {
    let text = raw.map(Text::parse_optional).transpose();
    let text = text.map_err(|_| StoreError::Unreadable { what })?;
    Ok(text.flatten())
}

/// A text that must be there.
///
/// # Errors
/// `StoreError::Unreadable` where nothing that this program wrote can stand there.
pub(super) fn stored<K: Kind>(raw: &str, what: &'static str) -> Result<Text<K>, StoreError> {
    let text = Text::parse_optional(raw).map_err(|_| StoreError::Unreadable { what })?;
    let text = text.map_or_else(|| Text::parse(BLANK), Ok);
    text.map_err(|_| StoreError::Unreadable { what })
}
