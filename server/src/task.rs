//! The tasks that work behind the requests, by name.

/// What works behind the requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Compares the clocks.
    Clocks,
    /// Keeps the database in order.
    Housekeeping,
    /// Polls all sessions that are watched.
    Poll,
    /// Serves what is measured.
    Metrics,
    /// Listens to what other processes commit.
    Notifications,
    /// Watches how late the server is.
    LoadShedding,
    /// Reads what was committed in one session, and builds its frames.
    Pump,
    /// Records presses.
    Recorder,
    /// Enters presses into the index by visitor.
    VisitorIndex,
    /// Tells the service manager that the server is alive.
    Watchdog,
}

impl Task {
    /// Every task, for tables.
    pub(crate) const ALL: [Self; 10] = [
        Self::Clocks,
        Self::Housekeeping,
        Self::Poll,
        Self::Metrics,
        Self::Notifications,
        Self::LoadShedding,
        Self::Pump,
        Self::Recorder,
        Self::VisitorIndex,
        Self::Watchdog,
    ];

    /// What it is called in the log, and where it is counted.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Clocks => "clocks",
            Self::Housekeeping => "housekeeping",
            Self::Poll => "poll",
            Self::Metrics => "metrics",
            Self::Notifications => "notifications",
            Self::LoadShedding => "load_shedding",
            Self::Pump => "pump",
            Self::Recorder => "recorder",
            Self::VisitorIndex => "visitor_index",
            Self::Watchdog => "watchdog",
        }
    }

    /// Whether it lasts until it is aborted. The others end by themselves when there is nothing more to do.
    pub(crate) fn is_endless(self) -> bool {
        match self {
            Self::Clocks
            | Self::Housekeeping
            | Self::Poll
            | Self::VisitorIndex
            | Self::Watchdog => true,
            Self::Metrics
            | Self::Notifications
            | Self::LoadShedding
            | Self::Pump
            | Self::Recorder => false,
        }
    }
}
