//! What the service manager hears (systemd; `sd_notify(3)`): that the server accepts, that it is alive, that it stops. Where
//! there is none, nothing is told.

use std::time::Duration;

use sd_notify::NotifyState;
use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

/// Connections are accepted from now on.
pub(crate) fn ready() {
    notify(&NotifyState::Ready);
}

/// The server stops.
pub(crate) fn stopping() {
    notify(&NotifyState::Stopping);
}

/// How often it wants to hear that the server is alive; none where it doesn't.
pub(crate) fn watchdog_interval() -> Option<Duration> {
    // Half of the time after which it would end the process.
    let every = sd_notify::watchdog_enabled()? / 2;
    (!every.is_zero()).then_some(every)
}

/// Tells it so often, as long as this is polled: a runtime whose threads are all stuck polls nothing. Whether the database
/// answers is not asked: another process would wait for it just so, and all live pages would have to come back.
pub(crate) async fn ping_watchdog(every: Duration) {
    let mut pings = interval(every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        pings.tick().await;
        // A manager that takes nothing would hold up a thread.
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
