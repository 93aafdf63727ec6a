//! Who one is in a session, and what each may do: the one table of rights.

use serde::{Deserialize, Serialize};

/// Who a caller is in one session. Each may all that the one before may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Has the public link or the code.
    Viewer,
    /// Redeemed a moderator link.
    Moderator,
    /// Redeemed the control link.
    Streamer,
}

/// What can be done in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See the session, the visible list and one's own presses.
    Watch,
    /// Make a timestamp.
    Submit,
    /// See hidden timestamps, hide, restore and edit notes.
    Moderate,
    /// Take the list away as a file.
    Export,
    /// Start, pause, resume, end, reopen and rename the session.
    Control,
    /// See, mint, revoke and replace links.
    ManageLinks,
}

impl Right {
    /// Every right, for tables.
    pub const ALL: [Self; 6] = [
        Self::Watch,
        Self::Submit,
        Self::Moderate,
        Self::Export,
        Self::Control,
        Self::ManageLinks,
    ];

    /// The least role that has this right.
    pub fn least_role(self) -> Role {
        match self {
            Self::Watch | Self::Submit => Role::Viewer,
            Self::Moderate | Self::Export => Role::Moderator,
            Self::Control | Self::ManageLinks => Role::Streamer,
        }
    }
}

impl Role {
    /// Every role, for tables.
    pub const ALL: [Self; 3] = [Self::Viewer, Self::Moderator, Self::Streamer];

    /// Whether this role has that right.
    pub fn may(self, right: Right) -> bool {
        self >= right.least_role()
    }
}

/// For whom a list is made: frames are built once for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody: hidden timestamps are left out, save one's own.
    Public,
    /// Moderators and the streamer: hidden timestamps are there and marked.
    Staff,
}

impl Audience {
    /// What one must be allowed in order to belong to it.
    pub fn right(self) -> Right {
        match self {
            Self::Public => Right::Watch,
            Self::Staff => Right::Moderate,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn the_table_of_rights() {
        let mut table = String::new();
        for right in Right::ALL {
            let roles: Vec<_> = Role::ALL.iter().filter(|role| role.may(right)).collect();
            writeln!(table, "{right:?}: {roles:?}").unwrap();
        }
        insta::assert_snapshot!(table, @r"
        Watch: [Viewer, Moderator, Streamer]
        Submit: [Viewer, Moderator, Streamer]
        Moderate: [Moderator, Streamer]
        Export: [Moderator, Streamer]
        Control: [Streamer]
        ManageLinks: [Streamer]
        ");
    }
}
