//! A session's pump: reads what was committed from its own cursor, and builds each frame once.

use std::{sync::Arc, time::Duration};

use app::domain::{
    change::{Frame, StreamEnd},
    highlights::Highlights,
    role::Audience,
    session::Session,
};
use tokio::time::{Instant, sleep, timeout};

use super::{
    Hub,
    channel::Channel,
    frame::{self, News},
    frame_content::FrameContent,
    frame_interval::frame_interval,
    ring::{BuiltFrame, Whole},
};
use crate::store::StoreError;

/// How long the pump waits after a failed query.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// What the frames so far have said about the session, except its count, which the segments carry.
#[derive(Default)]
struct LastSession(Option<Session>);

impl LastSession {
    /// Records the current session. Returns whether it has changed.
    fn replace(&mut self, session: &Session) -> bool {
        let session = Session {
            timestamp_count: 0,
            ..session.clone()
        };
        let is_news = self.0.as_ref() != Some(&session);
        self.0 = Some(session);
        is_news
    }
}

/// Runs until nobody watches or the session is gone.
pub(super) async fn run(hub: Hub, channel: Arc<Channel>) {
    let heartbeat = hub.settings.heartbeat;
    let (mut ticked_at, mut last_session) = (Instant::now(), LastSession::default());
    // An outage is told once, and not by every pump once a second.
    let mut has_warned = false;
    loop {
        // A lost wake-up is made up for by the hub's poll of all sessions.
        let silent = heartbeat.saturating_sub(ticked_at.elapsed());
        let woken = timeout(silent, channel.wake.notified()).await;
        if channel.is_over() || hub.remove_unwatched(&channel) {
            return;
        }
        if woken.is_ok() {
            let since = channel.wake.take();
            let published = publish(&hub, &channel, &mut last_session).await;
            let had_warned = std::mem::replace(&mut has_warned, published.is_err());
            match published {
                Ok(true) => {
                    if let Some(since) = since {
                        hub.metrics().live.fanned_out(since.elapsed());
                    }
                    // Commits in the meantime are collected for the next frame.
                    sleep(frame_interval(channel.subscribers())).await;
                }
                Ok(false) => {}
                Err(error) => {
                    if !had_warned {
                        tracing::warn!(%error, "the pump could not read; it tries again");
                    }
                    sleep(PAUSE).await;
                    // The wake-up has been consumed.
                    channel.wake.put_back(since);
                }
            }
        }
        // Also between frames: only a tick tells a page how late what it gets is.
        if ticked_at.elapsed() >= heartbeat {
            ticked_at = Instant::now();
            channel.heartbeat(frame::tick(hub.time()));
        }
    }
}

/// Builds frames of what was committed since the last one. Returns whether there was anything.
async fn publish(
    hub: &Hub,
    channel: &Arc<Channel>,
    last_session: &mut LastSession,
) -> Result<bool, StoreError> {
    let mut published = false;
    loop {
        let from = channel.newest();
        // Usually nothing has changed, which costs one small statement. Rights are checked here too, so that revocations
        // end the streams on every process, notified or not.
        let Some(newest) = hub.store.newest(channel.session).await? else {
            hub.close_session(channel, StreamEnd::Gone);
            return Ok(false);
        };
        channel.close_revoked(newest.revoked_links);
        if newest.revision < from {
            tracing::warn!(
                "the database was set back behind what pages have seen: they take everything anew"
            );
            hub.store.renew_epoch().await?;
            hub.close_sessions();
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
            hub.close_session(channel, StreamEnd::Gone);
            return Ok(false);
        };
        let look = hub.moments.look(channel.session, changes.revision).await?;
        // Both are checked. Between two reads the session may have changed and changed back, which pages that connected in
        // between must be told; and earlier versions of the server don't write this revision.
        let has_changed = last_session.replace(&changes.session) || changes.session_has_changed;
        let session = has_changed.then_some(&changes.session);
        let frame = |audience: Audience, highlights: &Highlights| {
            let news = News {
                changes: &changes,
                highlights,
                session,
            };
            frame::frame(news, audience, channel.epoch)
        };
        let public = look.after(from, Audience::Public);
        let staff = look.after(from, Audience::Staff);
        let built = BuiltFrame {
            from,
            to: changes.revision,
            public: frame(Audience::Public, &public),
            staff: frame(Audience::Staff, &staff),
            session: (!has_changed).then(|| frame::session(&changes.session).into()),
            whole: Whole::default(),
            content: FrameContent::new(&changes, &public, &staff),
        };
        let bytes = [built.public.len(), built.staff.len()];
        hub.metrics().live.published(bytes, channel.audiences());
        channel.publish(built);
        published = true;
        if changes.revision == changes.latest {
            return Ok(published);
        }
    }
}
