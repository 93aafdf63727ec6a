//! Notifications of other processes: commits wake the pumps here, and nothing more; and they say who is there.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::sleep;

use super::Hub;
use crate::store::{Notification, StoreError};

/// How long to wait before listening again.
const RETRY: Duration = Duration::from_secs(5);
/// How long nothing may be heard before the connection is tested. Until a dead one is noticed, the poll does its work.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

impl Hub {
    /// Listens for as long as it is polled, if there can be other processes. Without notifications the hub still polls, so
    /// a failure is logged once and listening is retried now and then.
    pub async fn listen(&self) {
        if !self.settings.listen_notify {
            return;
        }
        let mut told = false;
        while let Err(error) = self.hear_notifications().await {
            // Logged again only if notifications were received in between.
            let heard = self.is_listening.swap(false, Ordering::Relaxed);
            if heard || !told {
                told = true;
                tracing::warn!(%error, "no notifications of other servers can be heard; their news come with the poll");
            }
            sleep(RETRY).await;
        }
    }

    /// Handles notifications until the connection is lost; returns if no other process can send any.
    async fn hear_notifications(&self) -> Result<(), StoreError> {
        let Some(mut notifications) = self.store.notifications(LONGEST_SILENCE).await? else {
            return Ok(());
        };
        self.is_listening.store(true, Ordering::Relaxed);
        loop {
            match notifications.next().await? {
                Notification::Committed(sessions) => {
                    self.metrics().live.notified();
                    for session in sessions {
                        self.wake(session);
                    }
                }
                Notification::Presence(payload) => self.hear_presence(&payload),
            }
        }
    }
}
