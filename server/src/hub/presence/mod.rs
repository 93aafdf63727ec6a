//! Who is here now, in every session: told to the staff's streams once a second, and to the other processes over the same
//! database. Nothing of it is stored.

mod board;
mod exchange;
mod message;

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64},
    time::Duration,
};

use app::domain::{
    presence::{Announced, Announcement, PersonId, Presence, StaffPage},
    text::Label,
};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, MissedTickBehavior, interval};
use uuid::Uuid;

use self::{
    board::{Board, Page, ProcessId},
    message::Message,
};
use super::{Hub, channel::Channel, frame};
use crate::{
    metrics::Audiences,
    random,
    store::{SessionId, VisitorId},
};

/// How often pages are told who is here, if that has changed.
const INTERVAL: Duration = Duration::from_secs(1);

/// Who is here in each session in which the staff announced themselves to this process, or which is watched here. Cheap to
/// clone.
#[derive(Clone)]
pub(super) struct Boards {
    process: ProcessId,
    /// Counts what this process has told the others.
    sequence: Arc<AtomicU64>,
    of_session: Arc<Mutex<HashMap<SessionId, Board>>>,
}

impl Boards {
    /// Nobody is here yet.
    pub(super) fn new() -> Self {
        Self {
            process: ProcessId(random::uuid()),
            sequence: Arc::default(),
            of_session: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Board>> {
        let boards = self.of_session.lock();
        boards.unwrap_or_else(PoisonError::into_inner)
    }

    fn presence(&self, session: SessionId, viewers: u32) -> Presence {
        match self.lock().get(&session) {
            Some(board) => board.presence(viewers),
            None => Board::default().presence(viewers),
        }
    }

    /// The sessions with open staff pages that announced themselves to this process.
    fn with_open_pages(&self) -> Vec<SessionId> {
        let boards = self.lock();
        let with_open_pages = boards.iter().filter(|(_, board)| board.has_open_pages());
        with_open_pages.map(|(session, _)| *session).collect()
    }

    /// Forgets what has expired, and what other processes said of sessions that nobody here looks at.
    fn tidy(&self, now: Instant, watched: &HashSet<SessionId>) {
        self.lock().retain(|session, board| {
            board.expire(now);
            let is_of_use = watched.contains(session) || !board.has_no_pages();
            is_of_use && !board.is_empty()
        });
    }
}

impl Hub {
    /// Takes in the announcement of a staff page whose visitor has this name: the label of their link, or none if they are
    /// the streamer. Answers who is here.
    pub fn announce(
        &self,
        session: SessionId,
        visitor: VisitorId,
        name: Option<Label>,
        announcement: Announcement,
    ) -> Announced {
        let person = person(session, visitor);
        let now = Instant::now();
        let page = Page {
            tab: announcement.tab,
            number: announcement.number,
            has_left: announcement.leaves,
            page: StaffPage {
                name,
                person,
                editing: announcement.editing,
            },
        };
        let viewers = self
            .watched_channel(session)
            .map_or(0, |channel| viewers(&channel));
        let mut boards = self.boards.lock();
        let board = boards.entry(session).or_default();
        board.expire(now);
        board.announce(visitor, page, now + self.settings.announcement_lasts);
        Announced {
            person,
            presence: board.presence(viewers),
        }
    }

    /// Tells pages and other processes who is here, until it is dropped.
    pub async fn follow_presence(&self) {
        tokio::join!(self.tell_presence(), self.exchange_presence());
    }

    /// Takes in what another process says of who is here.
    pub(super) fn hear_presence(&self, payload: &str) {
        let Some(message) = Message::read(payload) else {
            return;
        };
        let (from, sequence) = (message.process, message.sequence);
        if from == self.boards.process {
            return;
        }
        let until = Instant::now() + self.settings.process_silence;
        for (session, figures) in message.figures() {
            let is_watched = self.watched_channel(session).is_some();
            let mut boards = self.boards.lock();
            // Otherwise nobody here would read it.
            if is_watched || boards.contains_key(&session) {
                let board = boards.entry(session).or_default();
                board.hear(from, sequence, figures, until);
            }
        }
    }

    /// Tells the staff's streams who is here. Waits for nothing else, so that it is on time while the database is not.
    async fn tell_presence(&self) {
        let mut ticks = interval(INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let channels = self.channels();
            let watched = channels.iter().map(|channel| channel.session).collect();
            self.boards.tidy(Instant::now(), &watched);
            for channel in channels {
                let has_staff = channel.audiences().staff > 0;
                channel.tell_presence(has_staff.then(|| {
                    let presence = self.boards.presence(channel.session, viewers(&channel));
                    frame::presence(&presence)
                }));
            }
        }
    }

    fn channels(&self) -> Vec<Arc<Channel>> {
        self.open().channels.values().cloned().collect()
    }

    fn watched_channel(&self, session: SessionId) -> Option<Arc<Channel>> {
        self.open().channels.get(&session).cloned()
    }
}

/// The viewers of a session on this process.
fn viewers(channel: &Channel) -> u32 {
    let Audiences { public, .. } = channel.audiences();
    u32::try_from(public).unwrap_or(u32::MAX)
}

/// A visitor as the session's staff are told of them. It is the same on every process, and differs from session to session,
/// so that nobody learns where else a visitor is.
fn person(session: SessionId, visitor: VisitorId) -> PersonId {
    let mut hash = Sha256::new();
    hash.update(b"presence");
    hash.update(session.0);
    hash.update(visitor.0);
    let hash: [u8; 32] = hash.finalize().into();
    let (half, _) = hash.split_at(16);
    PersonId(Uuid::from_slice(half).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_the_same_on_every_page_and_another_in_every_session() {
        let [one, other] = [(); 2].map(|()| SessionId(random::uuid()));
        let [anna, bert] = [(); 2].map(|()| VisitorId(random::uuid()));
        assert_eq!(person(one, anna), person(one, anna));
        assert_ne!(person(one, anna), person(one, bert));
        assert_ne!(person(one, anna), person(other, anna));
        assert_ne!(person(one, anna).0, anna.0);
    }

    #[test]
    fn what_is_said_of_sessions_that_nobody_looks_at_is_forgotten() {
        let (boards, now) = (Boards::new(), Instant::now());
        let session = SessionId(random::uuid());
        let other = ProcessId(random::uuid());
        let hear = || {
            let figures = board::Figures {
                viewers: 3,
                pages: Vec::new(),
            };
            let until = now + Duration::from_secs(12);
            let mut all = boards.lock();
            all.entry(session)
                .or_default()
                .hear(other, 1, figures, until);
        };
        hear();
        boards.tidy(now, &HashSet::from([session]));
        assert_eq!(boards.presence(session, 1).viewers, 4);
        boards.tidy(now, &HashSet::new());
        assert!(boards.lock().is_empty());
        hear();
        boards.tidy(now + Duration::from_secs(12), &HashSet::from([session]));
        assert!(boards.lock().is_empty());
    }
}
