//! Text of the page that a browser shows of a session without a connection.

/// The heading, and the title of its tab.
pub(crate) const HEADING: &str = "No connection";
/// Stands before the session's code, the only thing that is known of it.
pub(crate) const SESSION: &str = "Session ";
/// What is the matter.
pub(crate) const AWAY: &str =
    "The server can’t be reached. This page opens automatically as soon as there is a connection.";
/// What the button does.
pub(crate) const ADVICE: &str = "Press while the stream runs: your press is kept on this device with its time, and sent once there is a connection. It counts if that is within 15 minutes.";
/// The heading of the presses that wait; their number follows.
pub(crate) const WAITING: &str = "Waiting on this device ";
/// There are none.
pub(crate) const NONE: &str = "No press is waiting to be sent.";
/// Stands for a press that has a label, and no note: this page knows no labels.
pub(crate) const LABELLED: &str = "With a label";
/// What the times of the presses are.
pub(crate) const TIMES: &str = "Times are by the clock of this device.";
/// A press was kept, at the time in place of the braces.
pub(crate) const KEPT: &str = "Kept at {}";
/// A press could not be kept, at the time in place of the braces.
pub(crate) const LOST: &str =
    "This browser can’t keep the press. Write the time down, and tell a moderator: {}";
