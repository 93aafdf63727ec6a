//! What is limited: one variant for each kind of thing that callers do.

/// What a caller does. Whoever looks a session up names one of these, so that nothing is done without a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Presses; `Limits::charge_press` counts it.
    Press,
    /// Opens a session.
    OpenSession,
    /// Loads a page or a snapshot, opens a live stream, or reads what pages show.
    Read,
    /// Asks for what its role turns out not to allow.
    Forbidden,
    /// Looks for a code that no session had of late: somebody may be searching.
    FindCode,
    /// Hides, shows, edits, blocks or undoes.
    Moderate,
    /// Starts, pauses, resumes or ends the stream, names or sets the session, changes its links or rehearses.
    Control,
    /// Opens a control or moderator link.
    Redeem,
    /// Takes the list away as a file.
    Export,
    /// Has what they pressed erased.
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
