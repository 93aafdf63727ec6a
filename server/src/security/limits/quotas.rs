//! How much of each action one client network may do.

use governor::Quota;

use super::Settings;
use crate::security::action::Action;

impl Action {
    /// The quota of one client network for this action.
    pub(super) fn quota(self, settings: &Settings) -> Quota {
        match self {
            Self::Press => Quota::per_minute(settings.address_presses),
            Self::OpenSession => Quota::per_hour(settings.address_sessions),
            // Each has its own quota of the same size: a crowd that loads pages must not keep its streamer from pausing.
            Self::Read | Self::Forbidden => Quota::per_minute(settings.address_loads),
            Self::FindCode => Quota::per_minute(settings.address_lookups),
            Self::Moderate => Quota::per_minute(settings.address_moderations),
            Self::Control => Quota::per_minute(settings.address_controls),
            Self::Redeem => Quota::per_minute(settings.address_redemptions),
            Self::Export => Quota::per_minute(settings.address_exports),
            Self::Erase => Quota::per_minute(settings.address_erasures),
        }
    }
}
