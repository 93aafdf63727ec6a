//! The port's implementation: may they? Then store and hub. Rights are decided here and nowhere else.

use std::sync::Arc;

use app::{
    clips::{Clips, ClipsError, OwnSession},
    domain::{
        access::{AccessKey, Link, LinkId, MintedLink, Opened, Redeemed},
        act::Act,
        change::{Goodbye, Tick},
        code::Code,
        filter::Filter,
        moderation::{Moderation, ModerationId, Swept, Undoing},
        press::Press,
        role::{Audience, Right, Role},
        rules::Settings,
        session::Session,
        snapshot::{Desk, Page, Snapshot},
        text::{Game, Label, Note, Title},
        timestamp::{BeganAt, Place, Timestamp, TimestampId},
    },
};
use async_trait::async_trait;

use crate::{
    security::caller::Browser,
    state::State,
    store::{Done, Known, Moderating, SessionId, StoreError, Submission, in_time},
    world,
};

/// How often a caller is forgotten who goes on pressing.
const MOST_FORGETTINGS: usize = 8;
/// Seconds until such a caller may try again.
const FORGET_AGAIN_SECONDS: u16 = 5;

/// The port, bound to one browser.
pub struct BoundClips {
    state: State,
    browser: Browser,
}

impl BoundClips {
    /// Binds the port to a browser.
    pub fn new(state: State, browser: Browser) -> Self {
        Self { state, browser }
    }

    /// The same as what the pages and the server functions find in their context.
    pub fn port(state: &State, browser: Browser) -> Arc<dyn Clips> {
        Arc::new(Self::new(state.clone(), browser))
    }

    /// Whom it is bound to.
    pub fn browser(&self) -> Browser {
        self.browser
    }

    /// The session with this code, where the caller has this right in it; for routes that are no server functions.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, or `Busy`.
    pub async fn admit(
        &self,
        code: &Code,
        right: Right,
    ) -> Result<(SessionId, Session), ClipsError> {
        let known = self.known(code, right).await?;
        Ok((known.id, known.session))
    }

    /// Forgets the caller. Anybody may, and only themselves.
    ///
    /// # Errors
    /// `Busy` while the database can't be reached, or where the caller presses all the while.
    pub async fn forget(&self) -> Result<(), ClipsError> {
        let (state, visitor) = (self.state.clone(), self.browser.visitor);
        in_a_task(async move {
            for _ in 0..MOST_FORGETTINGS {
                for session in state.store.forget_visitor(&state.clock, visitor).await? {
                    state.hub.wake(session);
                }
                // A press of another of their tabs may have been on its way meanwhile.
                state.recorder.settled().await;
                if !state.store.has_pressed(visitor).await? {
                    return Ok(());
                }
            }
            let seconds = FORGET_AGAIN_SECONDS;
            Err(ClipsError::Busy { seconds }.into())
        })
        .await
    }

    /// The session, where the caller may: the one place that says no.
    async fn known(&self, code: &Code, right: Right) -> Result<Known, ClipsError> {
        let known = self.state.store.known(code, self.browser.visitor).await?;
        let known = known.ok_or(ClipsError::NotFound)?;
        if known.role.may_in(right, known.session.rules) {
            Ok(known)
        } else {
            Err(ClipsError::Forbidden(right))
        }
    }

    /// The session's name, where the caller may. Unlike `known` it asks nobody who the caller is where anybody may: the
    /// way of a press is the busiest of all.
    async fn found(&self, code: &Code, right: Right) -> Result<SessionId, ClipsError> {
        if Role::Viewer.may(right) {
            let found = self.state.store.find(code).await?;
            return found.ok_or(ClipsError::NotFound);
        }
        Ok(self.known(code, right).await?.id)
    }

    /// The session as it stands.
    async fn standing(
        &self,
        code: &Code,
        session: SessionId,
        audience: Audience,
    ) -> Result<Snapshot, ClipsError> {
        let store = &self.state.store;
        let snapshot = store.snapshot(session, audience).await?;
        snapshot.ok_or_else(|| {
            store.forget(code.as_str());
            ClipsError::NotFound
        })
    }

    /// Changes a session and wakes its pump.
    async fn change<T, F>(
        &self,
        session: SessionId,
        change: impl FnOnce(State) -> F,
    ) -> Result<T, ClipsError>
    where
        T: Send + 'static,
        F: Future<Output = Result<Done<T>, StoreError>> + Send + 'static,
    {
        let (change, hub) = (change(self.state.clone()), self.state.hub.clone());
        in_a_task(async move {
            let done = change.await?;
            // Wake the pump; never send rows from here: handlers that publish after their commits overtake each other.
            if done.changed {
                hub.wake(session);
            }
            Ok(done.answer)
        })
        .await
    }
}

impl BoundClips {
    /// Does what moderators may do, as the act that the caller named or one of its own.
    async fn moderate<T, F>(
        &self,
        code: &Code,
        act: Option<ModerationId>,
        moderate: impl FnOnce(State, Moderating) -> F,
    ) -> Result<T, ClipsError>
    where
        T: Send + 'static,
        F: Future<Output = Result<Done<T>, StoreError>> + Send + 'static,
    {
        let session = self.known(code, Right::Moderate).await?.id;
        self.state.limits.moderation(self.browser.into())?;
        let asked = Moderating {
            session,
            author: self.browser.visitor,
            act: act.map_or_else(world::random_uuid, |ModerationId(act)| act),
        };
        self.change(session, |state| moderate(state, asked)).await
    }
}

/// Writes in a task of its own: a caller that hangs up cancels no transaction half-way, and no waking after it.
async fn in_a_task<T: Send + 'static>(
    write: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, ClipsError> {
    match tokio::spawn(in_time(write)).await {
        Ok(written) => Ok(written?),
        Err(failure) => {
            tracing::error!(%failure, "a write did not come to its end");
            Err(ClipsError::Broken)
        }
    }
}

#[async_trait]
impl Clips for BoundClips {
    async fn open_session(&self, title: Title, game: Game) -> Result<Opened, ClipsError> {
        self.state.limits.new_session(self.browser.into())?;
        let (state, visitor) = (self.state.clone(), self.browser.visitor);
        in_a_task(async move {
            let store = &state.store;
            store
                .open_session(&state.clock, visitor, &title, &game)
                .await
        })
        .await
    }

    async fn own_sessions(&self) -> Result<Vec<OwnSession>, ClipsError> {
        Ok(self.state.store.own_sessions(self.browser.visitor).await?)
    }

    async fn role(&self, code: &Code) -> Result<Role, ClipsError> {
        Ok(self.known(code, Right::Watch).await?.role)
    }

    async fn snapshot(&self, code: &Code, audience: Audience) -> Result<Snapshot, ClipsError> {
        let session = self.found(code, audience.right()).await?;
        self.standing(code, session, audience).await
    }

    async fn desk(&self, code: &Code) -> Result<Desk, ClipsError> {
        let known = self.known(code, Right::Moderate).await?;
        let store = &self.state.store;
        store
            .touch_links(&self.state.clock, known.id, self.browser.visitor)
            .await?;
        Ok(Desk {
            role: known.role,
            public_url: self.state.public_url.to_string(),
            snapshot: self.standing(code, known.id, Audience::Staff).await?,
        })
    }

    async fn page(
        &self,
        code: &Code,
        audience: Audience,
        before: Place,
    ) -> Result<Page, ClipsError> {
        let id = self.found(code, audience.right()).await?;
        Ok(self.state.store.page_before(id, audience, before).await?)
    }

    async fn submit(&self, code: &Code, press: Press) -> Result<Timestamp, ClipsError> {
        let session = self.found(code, Right::Submit).await?;
        self.state.limits.press(self.browser.into(), session)?;
        let submission = Submission {
            session,
            visitor: self.browser.visitor,
            press,
        };
        let answer = self.state.recorder.submit(submission).await;
        if answer == Err(ClipsError::NotFound) {
            self.state.store.forget(code.as_str());
        }
        answer
    }

    async fn own_timestamp(&self, code: &Code, id: TimestampId) -> Result<Timestamp, ClipsError> {
        let session = self.known(code, Right::Watch).await?.id;
        let store = &self.state.store;
        let own = store
            .own_timestamp(session, self.browser.visitor, id)
            .await?;
        own.ok_or(ClipsError::NoTimestamp)
    }

    async fn mine(&self, code: &Code) -> Result<Vec<Timestamp>, ClipsError> {
        // What is made for one visitor costs as much as what a crowd shares.
        self.state.limits.load(self.browser.into())?;
        let session = self.known(code, Right::Watch).await?.id;
        let store = &self.state.store;
        Ok(store.own_timestamps(session, self.browser.visitor).await?)
    }

    async fn now(&self) -> Result<Tick, ClipsError> {
        Ok(Tick {
            now: self.state.clock.now(),
        })
    }

    async fn act(&self, code: &Code, act: Act) -> Result<Session, ClipsError> {
        let known = self.known(code, act.right()).await?;
        // What is done already needs no lock: many tabs that press at once would wait for each other.
        if known.session.status.is_done(act) {
            return Ok(known.session);
        }
        let id = known.id;
        self.change(id, |state| async move {
            state.store.act(&state.clock, id, act).await
        })
        .await
    }

    async fn edit_session(
        &self,
        code: &Code,
        title: Title,
        game: Game,
    ) -> Result<Session, ClipsError> {
        let id = self.known(code, Right::Control).await?.id;
        self.change(id, |state| async move {
            let store = &state.store;
            store.edit_session(&state.clock, id, &title, &game).await
        })
        .await
    }

    async fn settings(&self, code: &Code) -> Result<Settings, ClipsError> {
        let id = self.known(code, Right::Control).await?.id;
        Ok(self.state.store.settings(id).await?)
    }

    async fn set_settings(&self, code: &Code, settings: Settings) -> Result<(), ClipsError> {
        let id = self.known(code, Right::Control).await?.id;
        self.change(id, |state| async move {
            state.store.set_settings(&state.clock, id, &settings).await
        })
        .await
    }

    async fn hide(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ClipsError> {
        let ids = at_once(ids)?;
        self.moderate(code, act, |state, asked| async move {
            state.store.hide(&state.clock, asked, &ids).await
        })
        .await
    }

    async fn restore(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ClipsError> {
        let ids = at_once(ids)?;
        self.moderate(code, act, |state, asked| async move {
            state.store.restore(&state.clock, asked, &ids).await
        })
        .await
    }

    async fn hide_filtered(
        &self,
        code: &Code,
        filter: Filter,
        before: Option<Place>,
        act: ModerationId,
    ) -> Result<Swept, ClipsError> {
        let filter = to_hide_by(filter)?;
        self.moderate(code, Some(act), |state, asked| async move {
            let (store, clock) = (&state.store, &state.clock);
            store.hide_filtered(clock, asked, &filter, before).await
        })
        .await
    }

    async fn edit_note(
        &self,
        code: &Code,
        id: TimestampId,
        note: Option<Note>,
        began_at: Option<BeganAt>,
    ) -> Result<(), ClipsError> {
        self.moderate(code, None, |state, asked| async move {
            let (store, clock) = (&state.store, &state.clock);
            store.edit_note(clock, asked, id, note, began_at).await
        })
        .await
    }

    async fn hide_visitor(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ClipsError> {
        self.moderate(code, Some(act), |state, asked| async move {
            state.store.hide_visitor(&state.clock, asked, id).await
        })
        .await
    }

    async fn block(
        &self,
        code: &Code,
        id: TimestampId,
        act: ModerationId,
    ) -> Result<(), ClipsError> {
        self.moderate(code, Some(act), |state, asked| async move {
            state.store.block(&state.clock, asked, id).await
        })
        .await
    }

    async fn undo(&self, code: &Code, act: ModerationId) -> Result<Undoing, ClipsError> {
        self.moderate(code, Some(act), |state, asked| async move {
            state.store.undo(&state.clock, asked).await
        })
        .await
    }

    async fn moderations(
        &self,
        code: &Code,
        before: Option<ModerationId>,
    ) -> Result<Vec<Moderation>, ClipsError> {
        let id = self.known(code, Right::Moderate).await?.id;
        Ok(self.state.store.moderations(id, before).await?)
    }

    async fn redeem(&self, code: &Code, key: AccessKey) -> Result<Redeemed, ClipsError> {
        self.state.limits.redemption(self.browser.into())?;
        let id = self.known(code, Right::Watch).await?.id;
        let (state, visitor) = (self.state.clone(), self.browser.visitor);
        in_a_task(async move {
            let store = &state.store;
            store.redeem(&state.clock, id, visitor, &key).await
        })
        .await
    }

    async fn links(&self, code: &Code) -> Result<Vec<Link>, ClipsError> {
        let id = self.known(code, Right::ManageLinks).await?.id;
        Ok(self.state.store.links(id).await?)
    }

    async fn mint_link(&self, code: &Code, label: Label) -> Result<MintedLink, ClipsError> {
        let id = self.known(code, Right::ManageLinks).await?.id;
        let state = self.state.clone();
        in_a_task(async move { state.store.mint_link(&state.clock, id, label).await }).await
    }

    async fn revoke_link(&self, code: &Code, id: LinkId) -> Result<(), ClipsError> {
        let session = self.known(code, Right::ManageLinks).await?.id;
        let state = self.state.clone();
        in_a_task(async move {
            state.store.revoke_link(&state.clock, session, id).await?;
            // The pump ends the streams of staff: who may still watch comes back.
            state.hub.wake(session);
            Ok(())
        })
        .await
    }

    async fn replace_control_link(&self, code: &Code) -> Result<MintedLink, ClipsError> {
        let id = self.known(code, Right::ManageLinks).await?.id;
        let (state, visitor) = (self.state.clone(), self.browser.visitor);
        in_a_task(async move {
            let store = &state.store;
            let minted = store
                .replace_control_link(&state.clock, id, Some(visitor))
                .await?;
            state.hub.wake(id);
            Ok(minted)
        })
        .await
    }

    async fn open_rehearsal(&self, code: &Code) -> Result<Opened, ClipsError> {
        let id = self.known(code, Right::Control).await?.id;
        let (state, visitor) = (self.state.clone(), self.browser.visitor);
        in_a_task(async move {
            let store = &state.store;
            let rehearsal = store.open_rehearsal(&state.clock, id, visitor).await?;
            for older in rehearsal.deleted {
                state.hub.dismiss(older, Goodbye::Gone);
            }
            Ok(rehearsal.opened)
        })
        .await
    }

    async fn end_rehearsal(&self, code: &Code) -> Result<(), ClipsError> {
        let id = self.known(code, Right::Control).await?.id;
        let state = self.state.clone();
        in_a_task(async move {
            state.store.end_rehearsal(id).await?;
            state.hub.dismiss(id, Goodbye::Gone);
            Ok(())
        })
        .await
    }
}

/// As many timestamps as one call may name.
fn at_once(ids: Vec<TimestampId>) -> Result<Vec<TimestampId>, ClipsError> {
    if ids.len() <= Moderation::MOST_NAMED {
        Ok(ids)
    } else {
        let most = Moderation::MOST_NAMED;
        let words = format!("At most {most} timestamps at once, please.");
        Err(ClipsError::Invalid(words))
    }
}

/// A filter by which rows may be hidden.
fn to_hide_by(filter: Filter) -> Result<Filter, ClipsError> {
    let most = Filter::MOST_CHARACTERS;
    if !filter.picks() {
        let words = "Filter by a text or a segment first.".to_owned();
        return Err(ClipsError::Invalid(words));
    }
    if filter.text.chars().count() > most {
        let words = format!("A filter has at most {most} characters.");
        return Err(ClipsError::Invalid(words));
    }
    Ok(filter)
}
