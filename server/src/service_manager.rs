//! Notifications to the service manager (systemd; `sd_notify(3)`): starting, ready, alive, stopping. Without a service
//! manager, nothing is sent.

use std::{convert::Infallible, time::Duration};

use sd_notify::NotifyState;
use tokio::{
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

/// How long the service manager is to wait for the next sign that the server is still starting, in microseconds.
const START_EXTENSION_USEC: u32 = 60_000_000;
/// How often that sign is sent: several times as often, in case the machine is busy.
const EXTENSION_INTERVAL: Duration = Duration::from_secs(20);

/// Does the work of starting, and keeps the service manager waiting meanwhile: migrating a large database takes longer than
/// its timeout, and a server killed within a migration would begin again from the start, without end.
pub(crate) async fn starting<T>(work: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        never = extend_start() => match never {},
        done = work => done,
    }
}

async fn extend_start() -> Infallible {
    let mut signs = interval(EXTENSION_INTERVAL);
    signs.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        signs.tick().await;
        notify_aside(NotifyState::ExtendTimeoutUsec(START_EXTENSION_USEC)).await;
    }
}

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
        notify_aside(NotifyState::Watchdog).await;
    }
}

/// Notifies from another thread: a service manager that stops reading would block it.
async fn notify_aside(state: NotifyState<'static>) {
    if let Err(failure) = spawn_blocking(move || notify(&state)).await {
        tracing::warn!(%failure, "the service manager could not be told");
    }
}

fn notify(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, %state, "the service manager can't be told");
    }
}
