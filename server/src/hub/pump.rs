//! A session's pump: reads what was committed by its own cursor, and builds each frame once.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, Goodbye},
    revision::Revision,
    role::Audience,
};
use tokio::time::{sleep, timeout};

use super::{Channel, Hub, frame::frame, ring::Built};
use crate::store::{SessionId, Store, StoreError};

/// The least time between two frames; the first after a quiet while leaves at once.
const TICK: Duration = Duration::from_millis(100);

/// How long a commit of another process can stay unseen.
const POLL: Duration = Duration::from_secs(1);

/// The session's newest revision; none when it is gone.
pub(super) async fn latest(
    store: &Store,
    session: SessionId,
) -> Result<Option<Revision>, StoreError> {
    let changes = store.changes(session, Revision(i64::MAX), 1).await?;
    Ok(changes.map(|changes| changes.latest))
}

/// Runs until nobody watches, or the session is gone.
pub(super) async fn run(hub: Hub, channel: Arc<Channel>) {
    loop {
        // A lost wake is healed by the poll.
        let _ = timeout(POLL, channel.wake.notified()).await;
        if channel.news.borrow().is_some() || hub.leave(&channel) {
            return;
        }
        match publish(&hub, &channel).await {
            Ok(true) => sleep(TICK).await,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the pump could not read; it tries again");
                sleep(POLL).await;
            }
        }
    }
}

/// Builds a frame of what was committed since the last one. Whether there was something.
async fn publish(hub: &Hub, channel: &Channel) -> Result<bool, StoreError> {
    let mut published = false;
    loop {
        let from = channel.ring().newest();
        let changes = hub
            .store
            .changes(channel.session, from, Frame::LARGEST)
            .await?;
        let Some(changes) = changes else {
            hub.dismiss(channel.session, Goodbye::Gone);
            return Ok(false);
        };
        if changes.revision <= from {
            return Ok(published);
        }
        let epoch = hub.store.epoch();
        channel.ring().push(Built {
            from,
            to: changes.revision,
            public: frame(&changes, Audience::Public, epoch),
            staff: frame(&changes, Audience::Staff, epoch),
        });
        channel.news.send_modify(|_| {});
        published = true;
        if changes.revision == changes.latest {
            return Ok(published);
        }
    }
}
