//! The limited actions: one variant for each kind of thing that callers do.

/// What a caller does. Every lookup of a session names one of these, so that nothing is done without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Presses; `Limits::charge_press` counts it.
    Press,
    /// Opens a session.
    OpenSession,
    /// Loads a page or a snapshot, opens a live stream, or reads what pages show.
    Read,
    /// Attempts something that its role turns out not to allow.
    Forbidden,
    /// Looks up a code that no session had recently: somebody may be searching.
    FindCode,
    /// Hides, restores, edits, blocks or undoes.
    Moderate,
    /// Starts, pauses, resumes or ends the stream, edits the session or its settings, changes its links, or rehearses.
    Control,
    /// Opens a control or moderator link.
    Redeem,
    /// Exports the list as a file.
    Export,
    /// Has its own presses erased.
    Erase,
}

impl Action {
    /// Every action, for tables.
    pub const ALL: [Self; 10] = [
        Self::Press,
        Self::OpenSession,
        Self::Read,
        Self::Forbidden,
        Self::FindCode,
        Self::Moderate,
        Self::Control,
        Self::Redeem,
        Self::Export,
        Self::Erase,
    ];
}
