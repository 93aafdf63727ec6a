//! Text of answers that are not pages: requests that can't be read, that nobody may make, or that there is no room for.

use super::{
    errors,
    session::{EXPORTS, MOMENT_EXPORTS},
};

/// The body of a request is longer than that of any form.
pub const TOO_LONG: &str = "That is longer than anything that this server accepts.";
/// The connection was lost before the request was complete.
pub const BROKE_OFF: &str = "The request was cut off before its end.";
/// The request was not complete in time.
pub const TOO_SLOW: &str = "The request took too long to arrive. Please try again.";
/// A page of another site asked for what only this site's pages may read.
pub const CROSS_SITE: &str = "Pages of other sites may not read this.";
/// Programs may use these addresses one day.
pub const NO_API: &str = "This server has no API at this address.";

/// A page of another build called a function that this build lacks.
pub const NO_FUNCTION: &str = "This page is from another version of the server. Reload the page.";

/// Nothing is exported in such a format.
pub fn unknown_format() -> String {
    let list = EXPORTS.map(|(format, ..)| format).join(", ");
    let moments = MOMENT_EXPORTS.map(|(format, ..)| format).join(", ");
    format!("There is no such file format. The list comes as: {list}. Moments come as: {moments}.")
}

/// The server has as many live pages as it can have.
pub fn server_full(seconds: u16) -> String {
    errors::later("The server has no room for another live page.", seconds)
}

/// The session has as many live pages as it can have.
pub fn session_full(seconds: u16) -> String {
    let what = "So many watch this session that there is no room for another live page.";
    errors::later(what, seconds)
}

/// The client network has as many live pages as it may have.
pub fn network_full(seconds: u16) -> String {
    let what = "So many live pages are open in your network that there is no room for another.";
    errors::later(what, seconds)
}

/// The browser has as many live pages as it may have.
pub fn browser_full(seconds: u16) -> String {
    format!("This browser has too many live pages open. Close one, or try again in {seconds} s.")
}
