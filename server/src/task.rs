//! The background tasks, by name.

/// A background task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Forgets client networks that pressed a while ago.
    ClientNetworks,
    /// Compares the clocks.
    Clocks,
    /// Maintains the database.
    Housekeeping,
    /// Polls all watched sessions.
    Poll,
    /// Serves the metrics.
    Metrics,
    /// Writes moments that were seen for the first time.
    Moments,
    /// Listens for commits of other processes.
    Notifications,
    /// Records that links are in use.
    LinkUses,
    /// Measures how late the server is.
    LoadShedding,
    /// Tells pages and other processes who is here.
    Presence,
    /// Reads what was committed in one session, and builds its frames.
    Pump,
    /// Records presses.
    Recorder,
    /// Adds presses to the index by visitor.
    VisitorIndex,
    /// Tells the service manager that the server is alive.
    Watchdog,
}

impl Task {
    /// Every task, for tables.
    pub(crate) const ALL: [Self; 14] = [
        Self::ClientNetworks,
        Self::Clocks,
        Self::Housekeeping,
        Self::Poll,
        Self::Metrics,
        Self::Moments,
        Self::Notifications,
        Self::LinkUses,
        Self::LoadShedding,
        Self::Presence,
        Self::Pump,
        Self::Recorder,
        Self::VisitorIndex,
        Self::Watchdog,
    ];

    /// Its name in the log and in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ClientNetworks => "client_networks",
            Self::Clocks => "clocks",
            Self::Housekeeping => "housekeeping",
            Self::Poll => "poll",
            Self::Metrics => "metrics",
            Self::Moments => "moments",
            Self::Notifications => "notifications",
            Self::LinkUses => "link_uses",
            Self::LoadShedding => "load_shedding",
            Self::Presence => "presence",
            Self::Pump => "pump",
            Self::Recorder => "recorder",
            Self::VisitorIndex => "visitor_index",
            Self::Watchdog => "watchdog",
        }
    }

    /// Whether it runs until it is aborted. Others end on their own when there is nothing left to do.
    pub(crate) fn is_endless(self) -> bool {
        match self {
            Self::ClientNetworks
            | Self::Clocks
            | Self::Housekeeping
            | Self::Poll
            | Self::Presence
            | Self::VisitorIndex
            | Self::Watchdog => true,
            Self::Metrics
            | Self::Moments
            | Self::Notifications
            | Self::LinkUses
            | Self::LoadShedding
            | Self::Pump
            | Self::Recorder => false,
        }
    }
}
