//! The orders in which the staff can see the moments.

use crate::{domain::moments::moment::Moment, live::highlights::LiveHighlights, words::desk};

/// How many moments a dock shows.
const LATEST: usize = 12;

/// The order of the moments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Those first that most people marked.
    #[default]
    Best,
    /// In order of time.
    Time,
    /// The latest ones, the newest first.
    Latest,
}

impl Order {
    /// The two that can be chosen, with their names and labels.
    pub(crate) const CHOICES: [(Self, &str, &str); 2] = [
        (Self::Best, "best", desk::BEST_FIRST),
        (Self::Time, "time", desk::BY_TIME),
    ];

    /// These moments in this order.
    pub(super) fn of(self, highlights: &LiveHighlights) -> Vec<&Moment> {
        match self {
            Self::Best => highlights.ranked(),
            Self::Time => highlights.in_order(),
            Self::Latest => {
                let moments = highlights.in_order();
                moments.into_iter().rev().take(LATEST).collect()
            }
        }
    }
}
