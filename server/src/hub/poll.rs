//! Polls the newest revisions of all watched sessions, once a second; those of an embedded database only after it was written to.
//!
//! This wakes the pumps of sessions with changes that nobody woke them for: commits of other processes whose notification
//! was lost, and commits of operator commands.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use super::{Hub, channel::Channel};
use crate::store::StoreError;

/// How many sessions one statement covers.
pub(super) const SESSIONS_A_STATEMENT: usize = 1_000;

impl Hub {
    /// Polls until it is dropped.
    pub async fn poll(&self) {
        let mut ticks = interval(self.settings.poll);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut writes, mut told) = (self.store.watch_writes(), false);
        loop {
            ticks.tick().await;
            if !writes.may_have_changed().await {
                continue;
            }
            match self.poll_once().await {
                Ok(()) => told = false,
                Err(error) => {
                    writes.ask_again();
                    if !told {
                        told = true;
                        tracing::warn!(%error, "watched sessions could not be looked at; it is tried again");
                    }
                }
            }
        }
    }

    async fn poll_once(&self) -> Result<(), StoreError> {
        if self.store.adopt_epoch().await? {
            // Pages load everything again.
            self.close_sessions();
        }
        let channels: Vec<Arc<Channel>> = self.open().channels.values().cloned().collect();
        for channels in channels.chunks(SESSIONS_A_STATEMENT) {
            let sessions: Vec<_> = channels.iter().map(|channel| channel.session).collect();
            let newest = self.store.newest_of(&sessions).await?;
            for channel in channels {
                if newest.get(&channel.session) != Some(&channel.position()) {
                    channel.wake.notify();
                }
            }
        }
        Ok(())
    }
}
