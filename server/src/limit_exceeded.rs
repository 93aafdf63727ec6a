//! The limits on live streams, by name.

/// Which limit leaves no room for another live stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitExceeded {
    /// The limit of the server.
    Server,
    /// The limit of the session.
    Session,
    /// The limit of the client network; stops a client that invents a new visitor for every stream from taking all places.
    ClientNetwork,
    /// The limit of the visitor; stops one browser from taking all of its network's places.
    Visitor,
}

impl LimitExceeded {
    /// Every limit, for tables.
    pub(crate) const ALL: [Self; 4] = [
        Self::Server,
        Self::Session,
        Self::ClientNetwork,
        Self::Visitor,
    ];

    /// Its name in metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Session => "session",
            Self::ClientNetwork => "network",
            Self::Visitor => "visitor",
        }
    }

    /// How many seconds to wait before trying again.
    pub fn seconds(self) -> u16 {
        match self {
            Self::Server | Self::Session => 10,
            Self::ClientNetwork | Self::Visitor => 30,
        }
    }
}
