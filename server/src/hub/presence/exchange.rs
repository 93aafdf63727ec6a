//! The exchange with other processes over the same database about who is here, and the check of who is still staff.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use app::domain::role::Right;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::{
    super::{Hub, poll::SESSIONS_A_STATEMENT},
    INTERVAL,
    board::{Board, Figures},
    message, viewers,
};
use crate::store::{SessionId, StoreError, with_timeout};

/// How long a notification may take to send. The next one replaces it.
const LONGEST_SEND: Duration = Duration::from_secs(2);

/// How long it may take to check who is still staff.
const LONGEST_CHECK: Duration = Duration::from_secs(2);

/// What the others were told last, and when, for each session in which somebody is here.
type Sent = HashMap<SessionId, (Figures, Instant)>;

impl Hub {
    /// Tells the other processes what this one knows by itself: at once what has changed, and the rest every few seconds, so
    /// that they notice if it falls silent.
    pub(super) async fn exchange_presence(&self) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut sent, mut has_warned) = (Sent::new(), false);
        loop {
            ticks.tick().await;
            let exchanged = async {
                let checked = with_timeout(LONGEST_CHECK, self.remove_former_staff()).await;
                // A check that failed or takes long is made again; the others would take silence for an end of this process.
                self.send_presence(&mut sent).await?;
                checked
            };
            match exchanged.await {
                Ok(()) => has_warned = false,
                Err(error) if !has_warned => {
                    has_warned = true;
                    tracing::warn!(%error, "who is here could not be checked, or told to other servers; it is tried again");
                }
                Err(_) => {}
            }
        }
    }

    async fn send_presence(&self, sent: &mut Sent) -> Result<(), StoreError> {
        // If this process can't hear the others, it shows only its own figures; nor are there others with an embedded
        // database.
        if !self.is_listening() {
            sent.clear();
            return Ok(());
        }
        let due = self.due(sent, Instant::now());
        for message in message::messages(self.boards.process, &self.boards.sequence, due) {
            let sending = self.store.notify_presence(message);
            // If the database doesn't answer, there is nothing to wait for: figures that are late are replaced.
            let Ok(result) = timeout(LONGEST_SEND, sending).await else {
                return Ok(());
            };
            result?;
        }
        Ok(())
    }

    /// The figures that the others have to be told.
    fn due(&self, sent: &mut Sent, now: Instant) -> Vec<(SessionId, Figures)> {
        let mut figures: HashMap<SessionId, Figures> = HashMap::new();
        let mut awaited = HashSet::new();
        let viewers: HashMap<_, _> = self
            .channels()
            .iter()
            .map(|channel| (channel.session, viewers(channel)))
            .collect();
        {
            let mut boards = self.boards.lock();
            let sessions = viewers.keys().chain(boards.keys()).chain(sent.keys());
            for session in sessions.copied().collect::<HashSet<_>>() {
                let viewers = viewers.get(&session).copied().unwrap_or_default();
                let mut unknown = Board::default();
                let board = boards.get_mut(&session).unwrap_or(&mut unknown);
                figures.insert(session, board.figures(viewers));
                if board.take_owed_answer() {
                    awaited.insert(session);
                }
            }
        }
        let mut due = Vec::new();
        for (session, figures) in figures {
            let is_due = match sent.get(&session) {
                Some((last, at)) => {
                    *last != figures
                        || now.duration_since(*at) >= self.settings.presence_interval
                        || awaited.contains(&session)
                }
                None => !figures.is_empty(),
            };
            if !is_due {
                continue;
            }
            // That nobody is left is said once.
            if figures.is_empty() {
                sent.remove(&session);
            } else {
                sent.insert(session, (figures.clone(), now));
            }
            due.push((session, figures));
        }
        due
    }

    /// Removes the pages of those whose link was revoked.
    async fn remove_former_staff(&self) -> Result<(), StoreError> {
        for (session, revoked) in self.revoked_links().await? {
            let visitors = match self.boards.lock().get(&session) {
                Some(board) => board.unchecked(revoked),
                None => continue,
            };
            let mut former = HashSet::new();
            for visitor in visitors {
                if !self
                    .store
                    .role(session, visitor)
                    .await?
                    .may(Right::Moderate)
                {
                    former.insert(visitor);
                }
            }
            if let Some(board) = self.boards.lock().get_mut(&session) {
                board.check(revoked, &former);
            }
        }
        Ok(())
    }

    /// How many links are revoked in each session with open pages that announced themselves to this process. The pumps know it
    /// of those that are watched here. The streams of the others are open on other processes, or not at all: there are few,
    /// and one statement tells it.
    async fn revoked_links(&self) -> Result<Vec<(SessionId, i64)>, StoreError> {
        let (mut links, mut unwatched) = (Vec::new(), Vec::new());
        for session in self.boards.with_open_pages() {
            match self.watched_channel(session) {
                Some(channel) => links.push((session, channel.position().revoked_links)),
                None => unwatched.push(session),
            }
        }
        for sessions in unwatched.chunks(SESSIONS_A_STATEMENT) {
            let newest = self.store.newest_of(sessions).await?.into_iter();
            links.extend(newest.map(|(session, newest)| (session, newest.revoked_links)));
        }
        Ok(links)
    }
}
