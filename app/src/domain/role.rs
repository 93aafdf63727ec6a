//! Roles in a session, and what each may do: the only table of rights.

use serde::{Deserialize, Serialize};

use super::rules::Rules;

/// The role of a caller in one session. Each role includes the rights of the previous one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Has the public link or the code.
    Viewer,
    /// Has redeemed a moderator link.
    Moderator,
    /// Has redeemed the control link.
    Streamer,
}

/// What can be done in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// See the session, the visible list and one's own presses.
    Watch,
    /// Press, and join moments.
    Submit,
    /// See hidden timestamps, hide, restore and edit notes.
    Moderate,
    /// Export the timestamps or the moments as a file.
    Export,
    /// Pause and resume the stream.
    Pause,
    /// Start, end, reopen and rename the session, and change its settings.
    Control,
    /// See, create, revoke and replace links.
    ManageLinks,
}

impl Right {
    /// Every right, for tables.
    pub const ALL: [Self; 7] = [
        Self::Watch,
        Self::Submit,
        Self::Moderate,
        Self::Export,
        Self::Pause,
        Self::Control,
        Self::ManageLinks,
    ];

    /// The lowest role that has this right.
    pub fn least_role(self) -> Role {
        match self {
            Self::Watch | Self::Submit => Role::Viewer,
            Self::Moderate | Self::Export => Role::Moderator,
            // Moderators too if the streamer allows it: see `Role::may_in`.
            Self::Pause | Self::Control | Self::ManageLinks => Role::Streamer,
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

    /// Whether this role has that right in a session with these rules.
    pub fn may_in(self, right: Right, rules: Rules) -> bool {
        let is_lent = right == Right::Pause && rules.moderators_pause && self >= Self::Moderator;
        self.may(right) || is_lent
    }
}

/// The audience of a list: frames are built once for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Everybody: hidden timestamps are left out, except one's own.
    Public,
    /// Moderators and the streamer: hidden timestamps are included and marked.
    Staff,
}

impl Audience {
    /// Its name in the address of the live stream.
    pub fn word(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Staff => "staff",
        }
    }

    /// The right that is required to belong to it.
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
        Pause: [Streamer]
        Control: [Streamer]
        ManageLinks: [Streamer]
        ");
    }

    #[test]
    fn a_streamer_can_lend_pausing_to_moderators_and_nothing_else() {
        let lent = Rules {
            moderators_pause: true,
            ..Rules::default()
        };
        for right in Right::ALL {
            for role in Role::ALL {
                let gains = right == Right::Pause && role == Role::Moderator;
                assert_eq!(role.may_in(right, lent), role.may(right) || gains);
                assert_eq!(role.may_in(right, Rules::default()), role.may(right));
            }
        }
    }
}
