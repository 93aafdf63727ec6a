//! How much of each action one client network may do.

use app::domain::limited_action::Action;
use governor::Quota;

use super::Settings;

/// The quota of one client network for an action.
pub(super) fn quota(action: Action, settings: &Settings) -> Quota {
    match action {
        // Each has its own quota of the same size: whoever joins moments can still press.
        Action::Press | Action::Join => Quota::per_minute(settings.address_presses),
        Action::OpenSession => Quota::per_hour(settings.address_sessions),
        // Each has its own quota of the same size: a crowd that loads pages must not keep its streamer from pausing.
        Action::Read | Action::Forbidden => Quota::per_minute(settings.address_loads),
        Action::Render => Quota::per_minute(settings.address_renders),
        Action::FindCode => Quota::per_minute(settings.address_lookups),
        Action::Moderate => Quota::per_minute(settings.address_moderations),
        Action::Announce => Quota::per_minute(settings.address_announcements),
        Action::Control => Quota::per_minute(settings.address_controls),
        Action::Redeem => Quota::per_minute(settings.address_redemptions),
        Action::Export => Quota::per_minute(settings.address_exports),
        Action::Erase => Quota::per_minute(settings.address_erasures),
    }
}
