//! Notifications of other processes: commits wake the pumps here, and nothing more; and they say who is here.

use std::{mem, sync::atomic::Ordering, time::Duration};

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
        let (mut told, mut heard) = (false, false);
        while let Err(error) = self.hear_notifications(&mut heard).await {
            self.is_listening.store(false, Ordering::Relaxed);
            // Logged again only if something was heard in between. Through some poolers, nothing ever is.
            if mem::take(&mut heard) || !told {
                told = true;
                tracing::warn!(%error, "no notifications of other servers can be heard; their news come with the poll");
            }
            sleep(RETRY).await;
        }
    }

    /// Handles notifications until the connection is lost; returns if no other process can send any.
    async fn hear_notifications(&self, heard: &mut bool) -> Result<(), StoreError> {
        let Some(mut notifications) = self.store.notifications(LONGEST_SILENCE).await? else {
            return Ok(());
        };
        self.is_listening.store(true, Ordering::Relaxed);
        loop {
            let notification = notifications.next().await?;
            *heard = true;
            match notification {
                // Only a test of the connection.
                Notification::Committed(sessions) if sessions.is_empty() => {}
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
