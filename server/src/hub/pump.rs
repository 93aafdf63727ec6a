//! A session's pump: reads what was committed by its own cursor, and builds each frame once.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, Goodbye},
    role::Audience,
};
use tokio::time::{Instant, sleep, timeout};

use super::{Hub, channel::Channel, frame, pace, ring::Built};
use crate::store::StoreError;

/// How long the pump leaves a database alone that could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until nobody watches, or the session is gone.
pub(super) async fn run(hub: Hub, channel: Arc<Channel>) {
    let heartbeat = hub.settings.heartbeat;
    let mut quiet_since = Instant::now();
    loop {
        // A wake that was lost is made up for by the hub's look at all sessions.
        let silent = heartbeat.saturating_sub(quiet_since.elapsed());
        let woken = timeout(silent, channel.wake.notified()).await;
        if channel.is_over() || hub.leave(&channel) {
            return;
        }
        if woken.is_ok() {
            match publish(&hub, &channel).await {
                Ok(true) => {
                    quiet_since = Instant::now();
                    // What is committed meanwhile gathers for the next frame.
                    sleep(pace::tick(channel.subscribers())).await;
                }
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(%error, "the pump could not read; it tries again");
                    sleep(PAUSE).await;
                    // The wake is spent.
                    channel.wake.notify_one();
                }
            }
        }
        if quiet_since.elapsed() >= heartbeat {
            quiet_since = Instant::now();
            channel.beat(frame::tick(hub.time()));
        }
    }
}

/// Builds frames of what was committed since the last one. Whether there was something.
async fn publish(hub: &Hub, channel: &Arc<Channel>) -> Result<bool, StoreError> {
    let mut published = false;
    loop {
        let from = channel.newest();
        // Mostly nothing has changed: that costs one small statement. Rights are looked at here too, so that they end the
        // streams of every process, hinted or not.
        let Some(newest) = hub.store.newest(channel.session).await? else {
            hub.end(channel, Goodbye::Gone);
            return Ok(false);
        };
        channel.has_revoked(newest.revoked_links);
        if newest.revision < from {
            tracing::warn!(
                "the database was set back behind what pages have seen: they take everything anew"
            );
            hub.store.renew_epoch().await?;
            hub.restart();
            return Ok(false);
        }
        if newest.revision == from {
            return Ok(published);
        }
        let changes = hub
            .store
            .changes(channel.session, from, Frame::LARGEST)
            .await?;
        let Some(changes) = changes else {
            hub.end(channel, Goodbye::Gone);
            return Ok(false);
        };
        let epoch = hub.store.epoch();
        channel.publish(Built {
            from,
            to: changes.revision,
            public: frame::frame(&changes, Audience::Public, epoch),
            staff: frame::frame(&changes, Audience::Staff, epoch),
        });
        published = true;
        if changes.revision == changes.latest {
            return Ok(published);
        }
    }
}
