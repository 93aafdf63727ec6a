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
    tell(&NotifyState::Ready);
}

/// The server stops.
pub(crate) fn stopping() {
    tell(&NotifyState::Stopping);
}

/// How often it wants to hear that the server is alive; none where it doesn't.
pub(crate) fn beat() -> Option<Duration> {
    // Half of the time after which it would end the process.
    let beat = sd_notify::watchdog_enabled()? / 2;
    (!beat.is_zero()).then_some(beat)
}

/// Tells it so often, as long as this is polled: a runtime whose threads are all stuck polls nothing. Whether the database
/// answers is not asked: another process would wait for it just so, and all live pages would have to come back.
pub(crate) async fn watch(beat: Duration) {
    let mut beats = interval(beat);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        beats.tick().await;
        // A manager that takes nothing would hold up a thread.
        let told = spawn_blocking(|| tell(&NotifyState::Watchdog)).await;
        if let Err(failure) = told {
            tracing::warn!(%failure, "the service manager could not be told that the server is alive");
        }
    }
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, %state, "the service manager can't be told");
    }
}
