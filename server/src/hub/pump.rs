//! A session's pump: reads what was committed by its own cursor, and builds each frame once.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, Goodbye},
    role::Audience,
};
use tokio::time::{Instant, sleep, timeout};

use super::{Hub, channel::Channel, frame, pace, ring::Built};
use crate::store::{StoreError, in_time};

/// How long the pump leaves a database alone that could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until nobody watches, or the session is gone. `revoked_links` is how many there were when the streams began.
pub(super) async fn run(hub: Hub, channel: Arc<Channel>, mut revoked_links: i64) {
    let (poll, heartbeat) = (hub.settings.poll, hub.settings.heartbeat);
    let (mut looked_at, mut quiet_since) = (Instant::now(), Instant::now());
    loop {
        let woken = timeout(poll.min(heartbeat), channel.wake.notified()).await;
        if channel.is_over() || hub.leave(&channel) {
            return;
        }
        // A lost wake is healed by the poll.
        if woken.is_ok() || looked_at.elapsed() >= poll {
            looked_at = Instant::now();
            match in_time(publish(&hub, &channel, &mut revoked_links)).await {
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
async fn publish(
    hub: &Hub,
    channel: &Arc<Channel>,
    revoked_links: &mut i64,
) -> Result<bool, StoreError> {
    let mut published = false;
    loop {
        let from = channel.newest();
        // Mostly nothing has changed: that costs one small statement. Rights are looked at here too, so that they end the
        // streams of every process, hinted or not.
        let Some(newest) = hub.store.newest(channel.session).await? else {
            hub.end(channel, Goodbye::Gone);
            return Ok(false);
        };
        if newest.revoked_links > *revoked_links {
            *revoked_links = newest.revoked_links;
            channel.end_staff();
        }
        if newest.revision <= from {
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
