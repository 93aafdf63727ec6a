//! The limited actions: one variant for each kind of thing that callers do, and are limited in.

use serde::{Serialize, Serializer};

/// What a caller does. Every lookup of a session names one of these, so that nothing is done without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Presses. Counted by visitor and by session too.
    Press,
    /// Joins a moment. Counted by visitor and by session too.
    Join,
    /// Opens a session.
    OpenSession,
    /// Loads a page or a snapshot, opens a live stream, or reads what pages show.
    Read,
    /// Loads a page that is rendered for it alone: after a plain form, of the staff, or with its own sessions.
    Render,
    /// Attempts something that its role turns out not to allow.
    Forbidden,
    /// Looks up a code that is not in the cache: somebody may be searching.
    FindCode,
    /// Hides, restores, edits, blocks or undoes.
    Moderate,
    /// Announces that a staff page is open, and what it edits.
    Announce,
    /// Starts, pauses, resumes or ends the stream, edits the session or its settings, changes its links, or rehearses.
    Control,
    /// Opens a control or moderator link.
    Redeem,
    /// Exports the timestamps or the moments as a file.
    Export,
    /// Has its own presses erased.
    Erase,
}

impl Action {
    /// Every action, for tables.
    pub const ALL: [Self; 13] = [
        Self::Press,
        Self::Join,
        Self::OpenSession,
        Self::Read,
        Self::Render,
        Self::Forbidden,
        Self::FindCode,
        Self::Moderate,
        Self::Announce,
        Self::Control,
        Self::Redeem,
        Self::Export,
        Self::Erase,
    ];

    /// Its name, in JSON and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Press => "press",
            Self::Join => "join",
            Self::OpenSession => "open_session",
            Self::Read => "read",
            Self::Render => "render",
            Self::Forbidden => "forbidden",
            Self::FindCode => "find_code",
            Self::Moderate => "moderate",
            Self::Announce => "announce",
            Self::Control => "control",
            Self::Redeem => "redeem",
            Self::Export => "export",
            Self::Erase => "erase",
        }
    }

    /// The action with this name; `None` if a later build made it up.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_found_by_its_name_and_no_other() {
        for action in Action::ALL {
            assert_eq!(Action::named(action.name()), Some(action));
        }
        assert_eq!(Action::named("of a later build"), None);
    }
}
