//! The live session of a page: signals that follow the server, and callbacks that send requests.

use chrono::{DateTime, Datelike, Utc};

use super::state::State;
use crate::{
    domain::{
        code::Code,
        moments::{join::Join, moment::MomentId},
        role::Audience,
        segment::Segment,
        session::{Session, Status},
        snapshot::{Page, Snapshot},
        text::Name,
        time_range::TimeRange,
        timestamp::{Timestamp, TimestampId},
    },
    live::{
        connection::{
            state_machine::{Connection, ConnectionEvent, Ending},
            stream_controller::{StreamController, is_hidden},
        },
        highlights::LiveHighlights,
        list::timestamps::{List, OlderPage},
        press::{
            change_own, join_moment,
            outbox::{Outbox, Pressing},
            outcome::PressOutcome,
            own_change::{ChangeOutcome, ChangeQueue, OwnChange},
            own_joins::OwnJoins,
            restore_own_presses, submit,
        },
        signals::*,
    },
    service::ServiceError,
};

/// A live session. On the server it stays at its snapshot.
#[derive(Clone, Copy)]
pub struct Feed {
    state: State,
    /// For whom the list is made.
    pub audience: Audience,
    /// The session as it stands.
    pub session: ReadSignal<Session>,
    /// Its segments, by index.
    pub segments: ReadSignal<Vec<Segment>>,
    /// Its timestamps. Read it with `with` or `read`: it can be long.
    pub list: ReadSignal<List>,
    /// The moments that stand out of its timestamps, and the curves that they stand out of.
    pub highlights: ReadSignal<LiveHighlights>,
    /// The presses of this browser that the server has not acknowledged.
    pub outbox: ReadSignal<Outbox>,
    /// How this browser's latest press went.
    pub outcome: ReadSignal<Option<PressOutcome>>,
    /// Whether this browser was erased while the page was open.
    pub is_erased: ReadSignal<bool>,
    /// The changes of own presses that are not answered yet.
    pub own_changes: ReadSignal<ChangeQueue>,
    /// The one that was answered last, and how it went.
    pub own_change: ReadSignal<Option<(OwnChange, ChangeOutcome)>>,
    /// The moments that this browser joined.
    pub joins: ReadSignal<OwnJoins>,
    /// Why the latest moment was not joined; none if it was, or is being joined.
    pub join_refused: ReadSignal<Option<ServiceError>>,
    /// The state of the page's live stream.
    pub connection: ReadSignal<Connection>,
    /// Who is here, as JSON: the staff's stream said so last. The viewers' bundle reads none.
    pub presence: ReadSignal<Option<String>>,
    /// The server's clock, UTC, updated about twice a second; `None` until it is known.
    pub now: ReadSignal<Option<DateTime<Utc>>>,
    /// Marks this moment.
    pub press: Callback<Pressing>,
    /// Gives a name to the presses that wait for one.
    pub give_name: Callback<Name>,
    /// Discards a press that was refused or came too late, or takes one back that waits for a name.
    pub dismiss: Callback<TimestampId>,
    /// Changes an own press, or takes it back, once the changes before it are answered.
    pub change_own: Callback<OwnChange>,
    /// Joins a moment.
    pub join: Callback<MomentId>,
    /// Opens the stream now instead of waiting, if it is disconnected, also if the session was gone, and
    /// sends the presses that wait.
    pub retry_now: Callback<()>,
}

impl Feed {
    /// The session's code.
    pub fn code(&self) -> Code {
        self.state.code.get_value()
    }

    /// Whether this browser may do nothing more here but press: its link was revoked. Tracked.
    pub fn is_revoked(&self) -> bool {
        self.connection.get() == Connection::Ended(Ending::Revoked)
    }

    /// Whether somebody else has given this own press another note.
    pub fn is_edited(&self, id: TimestampId) -> bool {
        self.state.own.with_value(|own| own.is_edited(id))
    }

    /// The current year, UTC, by the page's clock. Not tracked. Browser only.
    pub fn this_year(&self) -> i32 {
        self.state.read_clock().time.year()
    }

    /// Merges an older page of the list, which was asked for with `List::next_of`.
    pub fn take_page(&self, asked: OlderPage, page: Page) {
        self.state.take_page(asked, page);
    }

    /// The reader looks at this range of time now, or at the whole list.
    pub fn narrow(&self, range: Option<TimeRange>) {
        self.state.list.maybe_update(|list| list.narrow(range));
    }
}

/// Follows a session from its snapshot on, until the owner of the caller is cleaned up. On the server nothing changes.
/// `own` are the visitor's own presses, and `joins` the moments that they joined, if the page is rendered for them alone; both
/// are empty if its body is everybody's.
pub fn use_feed(snapshot: Snapshot, own: Vec<Timestamp>, joins: Vec<Join>) -> Feed {
    let state = State::new(snapshot, own, joins);
    let controller = StoredValue::new(None);
    Effect::new(move |_| {
        restore_own_presses::start(state);
        controller.set_value(Some(StreamController::establish(state)));
        submit::restore_kept(state);
    });
    // What waited through a pause goes as soon as the stream does, and what waited for a name as soon as none is needed.
    Effect::new(move |was_active: Option<bool>| {
        let is_active = matches!(state.session.read().status, Status::Active { .. });
        if is_active && was_active != Some(true) {
            submit::send_due(state);
        }
        let needs_name = state.session.read_untracked().rules.names_required;
        if !needs_name {
            submit::give_name(state, None);
        }
        is_active
    });
    // A refusal that the page did not expect says that the stream stands otherwise than it knows, and a press that was saved
    // that the session is there.
    Effect::new(move |_| {
        let event = match &*state.outcome.read() {
            Some(PressOutcome::Saved(_)) => ConnectionEvent::SessionFound,
            Some(
                PressOutcome::Nameless { .. }
                | PressOutcome::Refused {
                    error: ServiceError::Press(_),
                    ..
                },
            ) => ConnectionEvent::RetryNow,
            Some(
                PressOutcome::Waiting
                | PressOutcome::TooMany
                | PressOutcome::TakenBack(_)
                | PressOutcome::Refused { .. },
            )
            | None => return,
        };
        // A hidden tab that gave up its stream doesn't reopen it for a refusal.
        if event == ConnectionEvent::RetryNow && is_hidden() {
            return;
        }
        if let Some(controller) = controller.get_value() {
            controller.dispatch(event);
            if event == ConnectionEvent::RetryNow {
                controller.verify();
            }
        }
    });
    let retry_now = move |()| {
        if let Some(controller) = controller.get_value() {
            controller.dispatch(ConnectionEvent::RetryNow);
            controller.dispatch(ConnectionEvent::SessionFound);
        }
        submit::send_due(state);
    };

    Feed {
        state,
        audience: state.audience,
        session: state.session.read_only(),
        segments: state.segments.read_only(),
        list: state.list.read_only(),
        highlights: state.highlights.read_only(),
        outbox: state.outbox.read_only(),
        outcome: state.outcome.read_only(),
        is_erased: state.is_erased.read_only(),
        own_changes: state.own_changes.read_only(),
        own_change: state.own_change.read_only(),
        joins: state.joins.read_only(),
        join_refused: state.join_refused.read_only(),
        connection: state.connection.read_only(),
        presence: state.presence.read_only(),
        now: state.now.read_only(),
        press: Callback::new(move |pressing| submit::press(state, pressing)),
        give_name: Callback::new(move |name| submit::give_name(state, Some(&name))),
        dismiss: Callback::new(move |id| submit::dismiss(state, id)),
        change_own: Callback::new(move |change| change_own::change(state, change)),
        join: Callback::new(move |id| join_moment::join(state, id)),
        retry_now: Callback::new(retry_now),
    }
}
