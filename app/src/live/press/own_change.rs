//! A change of one of the visitor's own presses, and how it stands.

use crate::{
    domain::{press::Press, timestamp::TimestampId},
    service::ServiceError,
};

/// What its author wants of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnChange {
    /// It gets this note and this name.
    Edit(Press),
    /// It leaves every list.
    TakeBack(TimestampId),
}

/// How the latest change stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ChangeProgress {
    /// Nothing was asked for.
    #[default]
    Idle,
    /// It is on its way.
    Sending,
    /// It was edited.
    Edited,
    /// It was edited, but its label was no longer offered.
    EditedWithoutLabel,
    /// It was taken back.
    TakenBack,
    /// Nothing was changed.
    Refused(ServiceError),
}
