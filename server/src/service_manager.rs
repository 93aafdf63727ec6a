//! Notifications to the service manager (systemd; `sd_notify(3)`): ready, alive, stopping. Without a service manager,
//! nothing is sent.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

/// The server accepts connections from now on.
pub(crate) fn ready() {
    notify(&NotifyState::Ready);
}

/// The server is stopping.
pub(crate) fn stopping() {
    notify(&NotifyState::Stopping);
}

/// How often the service manager wants a sign of life; `None` if it doesn't.
pub(crate) fn watchdog_interval() -> Option<Duration> {
    // Half of the time after which it would kill the process.
    let every = sd_notify::watchdog_enabled()? / 2;
    (!every.is_zero()).then_some(every)
}

/// Sends a sign of life at this interval for as long as it is polled; a runtime whose threads are all stuck polls nothing.
/// It does not depend on the database: a restarted process would wait for it just the same, and all live pages would have
/// to reconnect.
pub(crate) async fn ping_watchdog(every: Duration) {
    let mut pings = interval(every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pings.tick().await;
        // A service manager that stops reading would block a thread.
        let told = spawn_blocking(|| notify(&NotifyState::Watchdog)).await;
        if let Err(failure) = told {
            tracing::warn!(%failure, "the service manager could not be told that the server is alive");
        }
    }
}

fn notify(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, %state, "the service manager can't be told");
    }
}
