//! The implementation of the port: permissions and rate limits (`gate.rs`), then recorder, store and hub.

mod erasure;
mod port;

use std::sync::Arc;

use app::{
    domain::{
        code::Code,
        idempotency::IdempotencyKey,
        invalid_input::InvalidInput,
        moderation::{ModerationAction, ModerationId},
        moments::{join::Join, moment::MomentId},
        presence::{Announced, Announcement},
        press::Press,
        role::{Audience, Right, Role},
        snapshot::Snapshot,
        timestamp::{Timestamp, TimestampId},
    },
    service::{ServiceError, SessionService},
};

use crate::{
    gate,
    idempotent_ids::Seed,
    random,
    security::{
        limits::{Action, Charge},
        principal::{Author, Principal},
    },
    state::State,
    store::{Moderating, SessionContext, SessionId, Store, StoreError, Submission, VisitorId},
    supervised::supervise_once,
    task::Task,
};

/// What the viewers' page shows to one caller.
#[derive(Clone, Debug)]
pub struct ViewedBy {
    /// The session as everybody sees it.
    pub snapshot: Snapshot,
    /// The caller's own timestamps in it, hidden or not.
    pub own: Vec<Timestamp>,
    /// The moments that the caller joined.
    pub joins: Vec<Join>,
    /// The one that they pressed with a plain form.
    pub pressed: Option<Timestamp>,
}

/// The port, bound to the caller.
pub struct ScopedService {
    state: State,
    principal: Principal,
}

impl ScopedService {
    /// Binds the port to the caller.
    pub fn new(state: State, principal: Principal) -> Self {
        Self { state, principal }
    }

    /// The same, as the pages and the server functions find it in their context.
    pub fn port(state: &State, principal: Principal) -> Arc<dyn SessionService> {
        Arc::new(Self::new(state.clone(), principal))
    }

    /// The caller that it is bound to.
    pub fn principal(&self) -> Principal {
        self.principal
    }

    /// The session with this code, if the caller may; for routes that are not server functions.
    ///
    /// # Errors
    /// As `gate::load_for`.
    pub async fn load_for(
        &self,
        code: &Code,
        right: Right,
        action: Action,
    ) -> Result<(SessionContext, Charge), ServiceError> {
        gate::load_for(&self.state, self.principal, code, right, action).await
    }

    /// The session's id, if the caller may.
    ///
    /// # Errors
    /// As `gate::authorize`.
    pub async fn authorize(
        &self,
        code: &Code,
        right: Right,
        action: Action,
    ) -> Result<(SessionId, Charge), ServiceError> {
        gate::authorize(&self.state, self.principal, code, right, action).await
    }

    /// The session's id, in the trash or not, if the caller controls it.
    ///
    /// # Errors
    /// As `gate::authorize_kept`.
    pub(super) async fn authorize_kept(
        &self,
        code: &Code,
    ) -> Result<(SessionId, Charge), ServiceError> {
        gate::authorize_kept(&self.state, self.principal, code).await
    }

    /// What the viewers' page shows to the caller alone: the snapshot, their own timestamps, and one of these by its id.
    /// Counts as one page load.
    ///
    /// # Errors
    /// As `gate::resolve`.
    pub async fn viewer_page(
        &self,
        code: &Code,
        pressed: Option<TimestampId>,
    ) -> Result<ViewedBy, ServiceError> {
        let (session, charge) = self.authorize(code, Right::Watch, Action::Read).await?;
        let (store, visitor) = (&self.state.store, self.principal.visitor());
        let viewed = async {
            Ok(ViewedBy {
                snapshot: self.load_snapshot(code, session, Audience::Public).await?,
                own: store.own_timestamps(session, visitor).await?,
                joins: store.own_joins(session, visitor).await?,
                pressed: match pressed {
                    // Whatever the address says, only the caller's own timestamps are returned.
                    Some(id) => store.own_timestamp(session, visitor, id).await?,
                    None => None,
                },
            })
        };
        charge.of(viewed.await)
    }

    /// Charges an action outside of any session.
    fn charge(&self, action: Action) -> Result<Charge, ServiceError> {
        let keys = self.principal.rate_limit_keys();
        self.state.limits.charge(keys, action)
    }

    /// The snapshot of a session for this audience.
    async fn load_snapshot(
        &self,
        code: &Code,
        session: SessionId,
        audience: Audience,
    ) -> Result<Snapshot, ServiceError> {
        let store = &self.state.store;
        let snapshot = store.snapshot(session, audience).await?;
        let Some(mut snapshot) = snapshot else {
            store.evict_code(code.as_str());
            return Err(ServiceError::NotFound);
        };
        self.state.moments.complete(session, &mut snapshot).await?;
        Ok(snapshot)
    }
}

impl ScopedService {
    /// Records a press: through the recorder, which commits many at once.
    async fn record(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError> {
        let (state, principal) = (&self.state, self.principal);
        // Before anything that a press may have to wait for: its moment doesn't wait.
        let received = state.clock.now();
        let refused = |error: &ServiceError| state.metrics.presses.refused(error);
        let under_way = state.write_for(principal.visitor()).await;
        let under_way = under_way.inspect_err(refused)?;
        let found = gate::resolve_for_press(state, principal, code, press.id).await;
        let (session, visitor, charge) = found.inspect_err(refused)?;
        let network = principal.rate_limit_keys().network;
        let weight = state.moments.weigh(session, visitor, network).await;
        let submission = Submission {
            session,
            visitor,
            press,
            weight,
            received,
        };
        let (recorder, store, code) = (
            self.state.recorder.clone(),
            self.state.store.clone(),
            code.clone(),
        );
        run_to_completion(async move {
            let _under_way = under_way;
            let recorded = recorder.submit(submission).await;
            let answer = recorded.map(|recorded| (recorded.timestamp, recorded.is_new));
            let answer = charge_for_new(charge, answer);
            if answer == Err(ServiceError::NotFound) {
                store.evict_code(code.as_str());
            }
            answer
        })
        .await
    }

    /// Joins a moment.
    async fn join(&self, code: &Code, id: MomentId) -> Result<Join, ServiceError> {
        let (state, principal) = (self.state.clone(), self.principal);
        let (session, visitor, charge) =
            gate::resolve_for_join(&state, principal, code, id).await?;
        spawn_charged(charge, async move {
            // Before it is said that something is being written, for which an erasure would wait.
            let moment = state.moments.joinable(session, id).await?;
            let _under_way = state.write_for(visitor).await?;
            let (store, clock) = (&state.store, &state.clock);
            store.join_moment(clock, session, visitor, moment).await
        })
        .await
    }

    /// The caller's own session whose settings a new one takes over.
    async fn to_copy(&self, like: Option<Code>) -> Result<Option<SessionId>, ServiceError> {
        let Some(code) = like else { return Ok(None) };
        let (own, read) = self.load_for(&code, Right::Control, Action::Read).await?;
        read.keep();
        Ok(Some(own.id))
    }

    /// Performs a moderation action, with the id that the caller sent or a new one.
    async fn moderate<T, F>(
        &self,
        code: &Code,
        act: Option<ModerationId>,
        moderate: impl FnOnce(State, Moderating) -> F,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (session, charge) = self
            .authorize(code, Right::Moderate, Action::Moderate)
            .await?;
        let asked = Moderating {
            session,
            author: self.principal.author(Right::Moderate)?.visitor,
            act: act.map_or_else(random::uuid, |ModerationId(act)| act),
        };
        spawn_charged(charge, moderate(self.state.clone(), asked)).await
    }

    /// Changes one of the caller's own timestamps in its own task. Counts as one more press, if it was not as it should be
    /// already.
    async fn change_own<T, F>(
        &self,
        code: &Code,
        change: impl FnOnce(State, SessionId, VisitorId) -> F,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: Future<Output = Result<(T, bool), StoreError>> + Send + 'static,
    {
        // The id of the timestamp itself was already counted, and would be free.
        let counted = TimestampId(random::uuid());
        let (session, visitor, charge) =
            gate::resolve_for_press(&self.state, self.principal, code, counted).await?;
        spawn_charged_if_new(charge, change(self.state.clone(), session, visitor)).await
    }

    /// Takes note of an announcement by one of the staff.
    async fn take_announcement(
        &self,
        context: SessionContext,
        announcement: Announcement,
    ) -> Result<Announced, ServiceError> {
        let visitor = self.principal.author(Right::Moderate)?.visitor;
        let name = match context.role {
            Role::Streamer => None,
            Role::Moderator | Role::Viewer => {
                let label = self.state.store.link_label(context.id, visitor).await?;
                // Revoked in the meantime.
                Some(label.ok_or(ServiceError::Forbidden(Right::Moderate))?)
            }
        };
        let hub = &self.state.hub;
        Ok(hub.announce(context.id, visitor, name, announcement))
    }

    /// Does what only the streamer may, in its own task.
    async fn manage<T, F>(
        &self,
        code: &Code,
        right: Right,
        manage: impl FnOnce(State, SessionId) -> F,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (session, charge) = self.authorize(code, right, Action::Control).await?;
        spawn_charged(charge, manage(self.state.clone(), session)).await
    }

    /// The same for what an earlier attempt may have done already.
    async fn manage_if_new<T, F>(
        &self,
        code: &Code,
        right: Right,
        manage: impl FnOnce(State, SessionId) -> F,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
        F: Future<Output = Result<(T, bool), StoreError>> + Send + 'static,
    {
        let (session, charge) = self.authorize(code, right, Action::Control).await?;
        spawn_charged_if_new(charge, manage(self.state.clone(), session)).await
    }

    /// Records in the background that the caller's links are in use, so that pages can be read even if nothing can be
    /// written.
    fn touch_links(&self, session: SessionId) {
        let (state, visitor) = (self.state.clone(), self.principal.visitor());
        let metrics = state.store.metrics().clone();
        let touching = async move {
            let touched = state.store.touch_links(&state.clock, session, visitor);
            if let Err(error) = touched.await {
                tracing::warn!(%error, "that a link was used could not be written");
            }
        };
        supervise_once(Task::LinkUses, &metrics, touching, || {});
    }

    /// Reads something of a session.
    async fn read<T>(
        &self,
        code: &Code,
        right: Right,
        read: impl AsyncFnOnce(&Store, SessionId) -> Result<T, StoreError>,
    ) -> Result<T, ServiceError> {
        let (session, charge) = self.authorize(code, right, Action::Read).await?;
        let read = read(&self.state.store, session).await;
        charge.of(read.map_err(ServiceError::from))
    }
}

/// Writes to the end even if the caller hangs up: hanging up refunds nothing that was counted.
async fn spawn_charged<T: Send + 'static>(
    charge: Charge,
    write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, ServiceError> {
    run_to_completion(async move { charge.of(write.await.map_err(ServiceError::from)) }).await
}

/// The same for what may have been done already: the answer says whether it is new.
async fn spawn_charged_if_new<T: Send + 'static>(
    charge: Charge,
    write: impl Future<Output = Result<(T, bool), StoreError>> + Send + 'static,
) -> Result<T, ServiceError> {
    run_to_completion(async move {
        let answer = write.await.map_err(ServiceError::from);
        charge_for_new(charge, answer)
    })
    .await
}

/// Waits for a task, which runs to its end even if its caller hangs up.
async fn run_to_completion<T: Send + 'static>(
    work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
) -> Result<T, ServiceError> {
    tokio::spawn(work).await.unwrap_or_else(|failure| {
        tracing::error!(%failure, "a write did not come to its end");
        Err(ServiceError::Internal)
    })
}

/// The seed from which a request's ids and keys are derived. A retry by the same author, for the same request, gets the
/// same ones; nobody else can compute them without the author's secret.
fn seed(author: Author, function: &str, asked: &[&[u8]], key: Option<IdempotencyKey>) -> Seed {
    let key = key.map_or_else(random::uuid, |IdempotencyKey(key)| key);
    let named = [function.as_bytes(), key.as_bytes()];
    author.seed.derive(&[&named, asked].concat())
}

/// Charges what was done just now. Asking for something again that was done already, because the answer was lost, is no further
/// action.
fn charge_for_new<T>(
    charge: Charge,
    answer: Result<(T, bool), ServiceError>,
) -> Result<T, ServiceError> {
    match answer {
        Ok((done, is_new)) => {
            if is_new {
                charge.keep();
            }
            Ok(done)
        }
        Err(error) => charge.of(Err(error)),
    }
}

/// As many timestamps as one call may name.
fn check_count(ids: Vec<TimestampId>) -> Result<Vec<TimestampId>, ServiceError> {
    if ids.len() <= ModerationAction::MOST_NAMED {
        Ok(ids)
    } else {
        Err(InvalidInput::TooManyIds.into())
    }
}
