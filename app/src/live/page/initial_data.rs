//! Initial data of a session's pages, except the viewers': the server puts it into the document.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{code::Code, snapshot::Desk, timestamp::TimestampId},
    service::ServiceError,
};

/// What a staff page starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskData {
    /// The session in the page's address.
    pub code: Code,
    /// What this browser may see of it, or why it may see nothing.
    pub desk: Result<Desk, ServiceError>,
    /// The id that the plain form sends, so that a second click is no second press.
    pub form_id: TimestampId,
    /// Why a plain form was refused, on the page that follows it.
    pub refused: Option<ServiceError>,
    /// Whether it is a dock of OBS, which has room for little.
    #[serde(default)]
    pub is_dock: bool,
}

/// Why a page can't be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The reason.
    pub error: ServiceError,
    /// Whether the address names no page at all, and not only no session.
    pub is_of_address: bool,
}
