//! Restarts a live page, and keeps it up to date without a stream by requesting snapshots. Browser only.

use gloo_timers::callback::Timeout;

use super::{
    state_machine::{Connection, ConnectionEvent, Ending, Why},
    stream_controller::StreamController,
};
use crate::{
    api,
    domain::{
        role::{Audience, Role},
        snapshot::Snapshot,
    },
    live::{
        calls::{latest::CallId, public_snapshot, retry},
        page::state::Taken,
        press::{restore_own_presses, submit},
        signals::*,
        tabs::recent_frames::RecentFrames,
    },
    service::ServiceError,
};

/// How long the stream may take to bring what the answer to a press already says, in milliseconds.
const NEWS_MS: u32 = 2_000;

impl StreamController {
    /// The current session, which was requested because the stream delivers nothing.
    pub(crate) fn on_polled(self, answer: Result<Snapshot, ServiceError>) {
        // Something has arrived in the meantime.
        if !self.is_polling() {
            return;
        }
        match answer {
            Ok(snapshot) => {
                self.take(snapshot);
                self.send_kept();
                // Only a stream tells it unasked.
                submit::ask_time(self.state);
                self.try_again_beside_polling();
                self.dispatch(ConnectionEvent::Polled);
            }
            Err(error) => self
                .dispatch(ending(&error).map_or(ConnectionEvent::Failed, ConnectionEvent::Ended)),
        }
    }

    fn take(self, snapshot: Snapshot) {
        if self.cursor() == Some(snapshot.cursor) {
            self.take_moments(snapshot);
        } else {
            self.restart(snapshot);
        }
    }

    /// A press was refused for what the page does not show: unless its stream soon brings that, it is being held back, and the page
    /// asks once.
    pub(crate) fn verify(self) {
        let is_news = move || {
            let status = self.state.session.read_untracked().status.clone();
            let told = self.state.outcome.read_untracked();
            told.as_ref().is_some_and(|told| !told.holds(&status))
        };
        let ask = Timeout::new(NEWS_MS, move || {
            if self.state.is_there() && self.is_live() && is_news() {
                self.request_snapshot(|controller, answer| {
                    answer
                        .into_iter()
                        .for_each(|snapshot| controller.take(snapshot));
                });
            }
        });
        ask.forget();
    }

    /// Asks for a stream again if the server had too many, or something has ended it. Until one opens, the page goes on polling.
    fn try_again_beside_polling(self) {
        let connection = self.state.connection.get_untracked();
        if connection.asks_beside_polling() && !self.awaits_event() {
            self.open();
        }
    }

    /// Requests a snapshot. Its answer is ignored if another one was requested since, or the page was left.
    pub(crate) fn request_snapshot(self, hear: fn(Self, Result<Snapshot, ServiceError>)) {
        let Some(asked) = self.begin_request() else {
            return;
        };
        spawn_local(async move {
            let answer = retry::with_timeout(self.snapshot()).await;
            let counts = self.parts.try_with_value(|parts| parts.snapshots.is(asked));
            if counts == Some(true) {
                hear(self, answer);
            }
        });
    }

    /// Whatever snapshot was asked for before counts no longer.
    fn begin_request(self) -> Option<CallId> {
        self.parts.try_update_value(|parts| parts.snapshots.begin())
    }

    pub(super) async fn snapshot(self) -> Result<Snapshot, ServiceError> {
        let code = self.code();
        match self.state.audience {
            Audience::Public => public_snapshot::snapshot(&code).await,
            Audience::Staff => api::sessions::snapshot(code, Audience::Staff).await,
        }
    }

    fn restart(self, snapshot: Snapshot) {
        // What was heard before it must not come after it.
        self.merge_unread();
        let taken = self.state.take_snapshot(snapshot);
        if taken != Taken::Late {
            // What was heard before it does not lead up to it. A stream that is open goes on without a gap.
            let recent = self.cursor().map(RecentFrames::new);
            self.parts.update_value(|parts| parts.recent = recent);
        }
        if taken == Taken::InAnotherHistory {
            restore_own_presses::restore(self.state);
        }
    }

    /// The state can't be continued: the next attempt takes a snapshot first. `why` ends this one.
    pub(crate) fn resync(self, why: ConnectionEvent) {
        self.state.cursor.set_value(None);
        self.drop_unread();
        let connection = self.state.connection.get_untracked();
        if !connection.asks_beside_polling() {
            // One that is under way may be of the time before. A page that polls waits for its answer to go on.
            self.begin_request();
        }
        self.dispatch(why);
    }

    /// The snapshot that the page needs before it can open its stream.
    pub(crate) fn on_snapshot(self, answer: Result<Snapshot, ServiceError>) {
        match answer {
            Ok(snapshot) => {
                self.restart(snapshot);
                if matches!(
                    self.state.connection.get_untracked(),
                    Connection::Connecting { .. }
                ) {
                    self.open();
                }
            }
            Err(error) => self
                .dispatch(ending(&error).map_or(ConnectionEvent::Failed, ConnectionEvent::Ended)),
        }
    }

    /// An `EventSource` doesn't say why it could not be opened: asks the server, once for each that could not. If the server
    /// answers, and the page may watch, there are too many streams, and it polls.
    pub(crate) fn check_access(self) {
        let code = self.code();
        spawn_local(async move {
            let answer = match self.state.audience {
                // Anybody may watch a session that is there: what everybody gets tells whether it is.
                Audience::Public => public_snapshot::snapshot(&code).await.map(|_| Role::Viewer),
                Audience::Staff => api::sessions::role(code).await,
            };
            if !self.state.is_there() {
                return;
            }
            match answer {
                Ok(role) if role.may(self.state.audience.right()) => {
                    self.dispatch(ConnectionEvent::Muted(Why::Refused));
                }
                Ok(_) => self.dispatch(ConnectionEvent::Ended(Ending::Revoked)),
                Err(error) => {
                    if let Some(ending) = ending(&error) {
                        self.dispatch(ConnectionEvent::Ended(ending));
                    }
                }
            }
        });
    }
}

/// Whether this answer means that the stream doesn't come back.
fn ending(error: &ServiceError) -> Option<Ending> {
    match error {
        ServiceError::NotFound => Some(Ending::Gone),
        ServiceError::Forbidden(_) | ServiceError::InvalidLink => Some(Ending::Revoked),
        ServiceError::Press(_)
        | ServiceError::TooManyLinks
        | ServiceError::Act(_)
        | ServiceError::SessionActive
        | ServiceError::Conflict
        | ServiceError::ModerationConflict
        | ServiceError::NoTimestamp
        | ServiceError::NoMoment
        | ServiceError::NoModeration
        | ServiceError::Edited { .. }
        | ServiceError::TitleEdited { .. }
        | ServiceError::ClipEdited { .. }
        | ServiceError::StateEdited(_)
        | ServiceError::RangeEdited { .. }
        | ServiceError::EditedSince
        | ServiceError::TargetIsStaff
        | ServiceError::OtherSite
        | ServiceError::Invalid(_)
        | ServiceError::Unavailable { .. }
        | ServiceError::RateLimited { .. }
        | ServiceError::Unreachable
        | ServiceError::RefusedOnTheWay
        | ServiceError::Internal => None,
    }
}
