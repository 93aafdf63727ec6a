//! Faults beside the server's limits: what the server could not do is not counted against those who asked.

use std::time::Duration;

use super::{
    crowd::Seen,
    figures::Figures,
    kill::{PAUSE, PRESSING},
    victim::Victim,
};

/// Whether the server limits how much one visitor and one address may do, and who presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limits {
    /// It doesn't, and some viewers press all the time.
    Off,
    /// It does, as it is shipped, and honest viewers keep within that.
    Shipped,
}

impl Limits {
    /// How many press, and how long each waits between two presses.
    pub(crate) fn crowd(self) -> (usize, Duration) {
        match self {
            Self::Off => (PRESSING, PAUSE),
            // As often as one visitor may for ever; 360 presses a minute, of the 600 that one address may.
            Self::Shipped => (60, Duration::from_secs(10)),
        }
    }

    /// The server with or without limits.
    pub(crate) fn of(self, victim: Victim<'_>) -> Victim<'_> {
        match self {
            Self::Off => victim,
            Self::Shipped => victim.with_limits(),
        }
    }

    /// For the title of a table.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::Shipped => ", with limits and viewers who keep within them",
        }
    }

    /// Nobody who keeps within the limits hears that they did something too often.
    pub(crate) fn judge(self, figures: &mut Figures, seen: &Seen) {
        match self {
            Self::Off => {}
            Self::Shipped => {
                let refused = seen.statuses.get(&429).copied().unwrap_or_default();
                figures.none("429s to viewers within the limits", refused);
            }
        }
    }
}
