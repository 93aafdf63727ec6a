//! A session's pump: reads what was committed by its own cursor, and builds each frame once.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, Goodbye},
    role::Audience,
};
use tokio::time::{Instant, sleep, timeout};

use super::{Hub, channel::Channel, frame, pace, ring::Built};
use crate::store::StoreError;

/// How often the clock is sent when nothing happens: proxies close what is silent for a minute.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long the pump leaves a database alone that could not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// Runs until nobody watches, or the session is gone.
pub(super) async fn run(hub: Hub, channel: Arc<Channel>) {
    let longest = hub.settings.poll.min(HEARTBEAT);
    let mut quiet_since = Instant::now();
    loop {
        // A lost wake is healed by the poll.
        let _ = timeout(longest, channel.wake.notified()).await;
        if channel.is_over() || hub.leave(&channel) {
            return;
        }
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
            }
        }
        if quiet_since.elapsed() >= HEARTBEAT {
            quiet_since = Instant::now();
            channel.beat(frame::tick(hub.time()));
        }
    }
}

/// Builds frames of what was committed since the last one. Whether there was something.
async fn publish(hub: &Hub, channel: &Channel) -> Result<bool, StoreError> {
    let mut published = false;
    loop {
        let from = channel.newest();
        // Mostly nothing has changed: that costs one small statement.
        match hub.store.revision(channel.session).await? {
            None => return Ok(gone(hub, channel)),
            Some(latest) if latest <= from => return Ok(published),
            Some(_) => {}
        }
        let changes = hub
            .store
            .changes(channel.session, from, Frame::LARGEST)
            .await?;
        let Some(changes) = changes else {
            return Ok(gone(hub, channel));
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

/// Ends the streams of a session that was deleted. Nothing was published.
fn gone(hub: &Hub, channel: &Channel) -> bool {
    hub.dismiss(channel.session, Goodbye::Gone);
    false
}
