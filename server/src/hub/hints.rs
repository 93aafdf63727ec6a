//! Hints of other processes: they wake the pumps here, and nothing more.

use std::{sync::atomic::Ordering, time::Duration};

use tokio::time::sleep;

use super::Hub;
use crate::store::StoreError;

/// How long until listening is tried again.
const RETRY: Duration = Duration::from_secs(5);

impl Hub {
    /// Listens as long as it is polled, where there can be other processes. Without hints the pumps still look by
    /// themselves, so that a failure is told once and tried again now and then.
    pub async fn listen(&self) {
        if !self.settings.hints {
            return;
        }
        let mut told = false;
        while let Err(error) = self.hear().await {
            // Told again only after hints were heard meanwhile.
            let heard = self.hinted.swap(false, Ordering::Relaxed);
            if heard || !told {
                told = true;
                tracing::warn!(%error, "no hints of other servers can be heard; their news come with the poll");
            }
            sleep(RETRY).await;
        }
    }

    /// Hears hints until the connection is lost; comes back where there is nobody to hear.
    async fn hear(&self) -> Result<(), StoreError> {
        let Some(mut hints) = self.store.hints().await? else {
            return Ok(());
        };
        self.hinted.store(true, Ordering::Relaxed);
        loop {
            let sessions = hints.next().await?;
            self.metrics().live.heard();
            for session in sessions {
                self.wake(session);
            }
        }
    }
}
