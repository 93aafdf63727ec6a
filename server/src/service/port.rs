//! The port itself: each method asks the gate for its right and its action, and passes on to the recorder or the store.
//!
//! Long because it is the whole port: one short method for each thing that can be asked.

use app::{
    domain::{
        access::{AccessKey, CreatedSession, Link, LinkId, NewLink, Redemption},
        change::Tick,
        code::Code,
        concurrent_edit::Edit,
        filter::Filter,
        idempotency::IdempotencyKey,
        labels::LabelEdit,
        lead::Timing,
        lead_measure::Measured,
        moderation::{ModerationAction, ModerationId, Swept, Undoing},
        moments::{
            join::Join,
            moment::MomentId,
            moment_edit::{MomentBeganAt, MomentEdit},
        },
        offset::Offset,
        presence::{Announced, Announcement},
        press::Press,
        role::{Audience, Right, Role},
        rules::Settings,
        session::{Session, SessionDetails},
        snapshot::{Desk, Page, Snapshot},
        stream_command::StreamCommand,
        text::{Game, Label, Note, Title},
        timestamp::{BeganAt, Place, Timestamp, TimestampId},
    },
    service::{OwnSession, ServiceError, SessionService},
};
use async_trait::async_trait;

use crate::{security::limits::Action, store::NewDetails};

use super::{ScopedService, check_count, seed, spawn_charged, spawn_charged_if_new};

#[async_trait]
impl SessionService for ScopedService {
    async fn open_session(
        &self,
        title: Title,
        game: Game,
        like: Option<Code>,
        key: Option<IdempotencyKey>,
    ) -> Result<CreatedSession, ServiceError> {
        let author = self.principal.author(Right::Control)?;
        let charge = self.charge(Action::OpenSession)?;
        let asked = [
            Some(title.as_str()),
            Some(game.as_str()),
            like.as_ref().map(Code::as_str),
        ];
        let asked: Vec<_> = asked.into_iter().flatten().map(str::as_bytes).collect();
        let seed = seed(author, "open_session", &asked, key);
        let like = self.to_copy(like).await?;
        let (state, visitor) = (self.state.clone(), author.visitor);
        spawn_charged_if_new(charge, async move {
            let _under_way = state.write_for(visitor).await?;
            let (store, clock) = (&state.store, &state.clock);
            let opened = store.open_session(clock, visitor, &title, &game, like, seed);
            let opened = opened.await?;
            Ok((opened.created, opened.is_new))
        })
        .await
    }

    async fn own_sessions(&self) -> Result<Vec<OwnSession>, ServiceError> {
        let charge = self.charge(Action::Read)?;
        let visitor = self.principal.visitor();
        let state = &self.state;
        let own = state.store.own_sessions(&state.clock, visitor).await;
        charge.of(own.map_err(ServiceError::from))
    }

    async fn role(&self, code: &Code) -> Result<Role, ServiceError> {
        let (context, charge) = self.load_for(code, Right::Watch, Action::Read).await?;
        charge.keep();
        Ok(context.role)
    }

    async fn snapshot(&self, code: &Code, audience: Audience) -> Result<Snapshot, ServiceError> {
        let (session, charge) = self.authorize(code, audience.right(), Action::Read).await?;
        charge.of(self.load_snapshot(code, session, audience).await)
    }

    async fn desk(&self, code: &Code) -> Result<Desk, ServiceError> {
        let (context, charge) = self.load_for(code, Right::Moderate, Action::Read).await?;
        let desk = async {
            self.touch_links(context.id);
            Ok(Desk {
                role: context.role,
                public_url: self.state.public_url.to_string(),
                snapshot: self
                    .load_snapshot(code, context.id, Audience::Staff)
                    .await?,
            })
        };
        charge.of(desk.await)
    }

    async fn page(
        &self,
        code: &Code,
        audience: Audience,
        before: Place,
    ) -> Result<Page, ServiceError> {
        self.read(code, audience.right(), async |store, session| {
            store.page_before(session, audience, before).await
        })
        .await
    }

    async fn submit(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError> {
        self.record(code, press).await
    }

    async fn edit_own(&self, code: &Code, press: Press) -> Result<Timestamp, ServiceError> {
        self.change_own(code, |state, session, visitor| async move {
            let (store, clock) = (&state.store, &state.clock);
            let edited = store.edit_own(clock, session, visitor, press).await?;
            Ok((edited.timestamp, edited.is_new))
        })
        .await
    }

    async fn take_back(&self, code: &Code, id: TimestampId) -> Result<(), ServiceError> {
        self.change_own(code, |state, session, visitor| async move {
            let (store, clock) = (&state.store, &state.clock);
            store.take_back(clock, session, visitor, id).await?;
            Ok(((), true))
        })
        .await
    }

    async fn join_moment(&self, code: &Code, id: MomentId) -> Result<Join, ServiceError> {
        self.join(code, id).await
    }

    async fn mine(&self, code: &Code) -> Result<Vec<Timestamp>, ServiceError> {
        let visitor = self.principal.visitor();
        self.read(code, Right::Watch, async |store, session| {
            store.own_timestamps(session, visitor).await
        })
        .await
    }

    async fn now(&self) -> Result<Tick, ServiceError> {
        let keys = self.principal.rate_limit_keys();
        let charge = self.state.limits.charge(keys, Action::Read)?;
        let now = self.state.clock.now();
        charge.of(Ok(Tick { now }))
    }

    async fn act(&self, code: &Code, act: StreamCommand) -> Result<Session, ServiceError> {
        let (context, charge) = self.load_for(code, act.right(), Action::Control).await?;
        // What is already done needs no lock: many tabs that press at once would wait for each other.
        if context.session.status.is_noop(act) {
            drop(charge);
            return Ok(context.session);
        }
        let id = context.id;
        let state = self.state.clone();
        spawn_charged(charge, async move {
            state.store.act(&state.clock, id, act).await
        })
        .await
    }

    async fn edit_session(
        &self,
        code: &Code,
        title: Title,
        game: Game,
        timing: Option<Timing>,
        began: Option<SessionDetails>,
    ) -> Result<Session, ServiceError> {
        self.manage(code, Right::Control, |state, id| async move {
            let (store, clock) = (&state.store, &state.clock);
            let new = NewDetails {
                title,
                game,
                timing,
            };
            store.edit_session(clock, id, new, began).await
        })
        .await
    }

    async fn trash_session(&self, code: &Code) -> Result<(), ServiceError> {
        let (session, charge) = self.authorize_kept(code).await?;
        let state = self.state.clone();
        spawn_charged(charge, async move {
            state.store.trash_session(&state.clock, session).await
        })
        .await
    }

    async fn restore_session(&self, code: &Code) -> Result<(), ServiceError> {
        let (session, charge) = self.authorize_kept(code).await?;
        let (state, code) = (self.state.clone(), code.clone());
        spawn_charged(charge, async move {
            let store = &state.store;
            store.restore_session(&state.clock, &code, session).await
        })
        .await
    }

    async fn settings(&self, code: &Code) -> Result<Settings, ServiceError> {
        self.read(code, Right::Control, async |store, session| {
            store.settings(session).await
        })
        .await
    }

    async fn set_settings(
        &self,
        code: &Code,
        to: Settings,
        began: Option<Settings>,
    ) -> Result<(), ServiceError> {
        self.manage(code, Right::Control, |state, id| async move {
            let edit = Edit { to, began };
            state.store.set_settings(&state.clock, id, edit).await
        })
        .await
    }

    async fn set_labels(
        &self,
        code: &Code,
        to: Vec<LabelEdit>,
        began: Option<Vec<LabelEdit>>,
    ) -> Result<Session, ServiceError> {
        self.manage(code, Right::Control, |state, id| async move {
            let edit = Edit { to, began };
            state.store.set_labels(&state.clock, id, edit).await
        })
        .await
    }

    async fn measure_lead(
        &self,
        code: &Code,
        segment: u32,
        said_at: Offset,
    ) -> Result<Measured, ServiceError> {
        self.read(code, Right::Control, async |store, session| {
            store.measure_lead(session, segment, said_at).await
        })
        .await
    }

    async fn hide(
        &self,
        code: &Code,
        ids: Vec<TimestampId>,
        act: Option<ModerationId>,
    ) -> Result<(), ServiceError> {
        let ids = check_count(ids)?;
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
    ) -> Result<(), ServiceError> {
        let ids = check_count(ids)?;
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
    ) -> Result<Swept, ServiceError> {
        let filter = filter.to_hide_by()?;
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
    ) -> Result<(), ServiceError> {
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
    ) -> Result<(), ServiceError> {
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
    ) -> Result<(), ServiceError> {
        self.moderate(code, Some(act), |state, asked| async move {
            state.store.block(&state.clock, asked, id).await
        })
        .await
    }

    async fn edit_moment(
        &self,
        code: &Code,
        id: MomentId,
        edit: MomentEdit,
        act: ModerationId,
        began_at: Option<MomentBeganAt>,
    ) -> Result<Option<u32>, ServiceError> {
        self.moderate(code, Some(act), |state, asked| async move {
            let edit = state.moments.resolve(asked.session, id, edit).await?;
            let (store, clock) = (&state.store, &state.clock);
            let edited = store.edit_moment(clock, asked, id, edit, began_at);
            edited.await
        })
        .await
    }

    async fn current_moment(&self, code: &Code, id: MomentId) -> Result<MomentId, ServiceError> {
        self.read(code, Right::Moderate, async |store, session| {
            store.current_moment(session, id).await
        })
        .await
    }

    async fn announce(
        &self,
        code: &Code,
        announcement: Announcement,
    ) -> Result<Announced, ServiceError> {
        let (context, charge) = self
            .load_for(code, Right::Moderate, Action::Announce)
            .await?;
        charge.of(self.take_announcement(context, announcement).await)
    }

    async fn undo(&self, code: &Code, act: ModerationId) -> Result<Undoing, ServiceError> {
        self.moderate(code, Some(act), |state, asked| async move {
            state.store.undo(&state.clock, asked).await
        })
        .await
    }

    async fn moderations(
        &self,
        code: &Code,
        before: Option<ModerationId>,
    ) -> Result<Vec<ModerationAction>, ServiceError> {
        self.read(code, Right::Moderate, async |store, session| {
            store.moderations(session, before).await
        })
        .await
    }

    async fn redeem(&self, code: &Code, key: AccessKey) -> Result<Redemption, ServiceError> {
        let (id, charge) = self.authorize(code, Right::Watch, Action::Redeem).await?;
        let visitor = self.principal.author(Right::Watch)?.visitor;
        let state = self.state.clone();
        spawn_charged(charge, async move {
            let _under_way = state.write_for(visitor).await?;
            let store = &state.store;
            store.redeem(&state.clock, id, visitor, &key).await
        })
        .await
    }

    async fn links(&self, code: &Code) -> Result<Vec<Link>, ServiceError> {
        self.read(code, Right::ManageLinks, async |store, session| {
            store.links(session).await
        })
        .await
    }

    async fn mint_link(
        &self,
        code: &Code,
        label: Label,
        key: Option<IdempotencyKey>,
    ) -> Result<NewLink, ServiceError> {
        let author = self.principal.author(Right::ManageLinks)?;
        self.manage_if_new(code, Right::ManageLinks, |state, session| {
            let asked = [session.0.as_bytes(), label.as_str().as_bytes()];
            let seed = seed(author, "mint_link", &asked, key);
            async move {
                let (store, clock) = (&state.store, &state.clock);
                let minted = store.mint_link(clock, session, author.visitor, label, seed);
                let minted = minted.await?;
                Ok((minted.created, minted.is_new))
            }
        })
        .await
    }

    async fn revoke_link(&self, code: &Code, id: LinkId) -> Result<(), ServiceError> {
        let author = self.principal.author(Right::ManageLinks)?.visitor;
        self.manage(code, Right::ManageLinks, |state, session| async move {
            let (store, clock) = (&state.store, &state.clock);
            store.revoke_link(clock, session, author, id).await
        })
        .await
    }

    async fn replace_control_link(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<NewLink, ServiceError> {
        let author = self.principal.author(Right::ManageLinks)?;
        let visitor = Some(author.visitor);
        self.manage_if_new(code, Right::ManageLinks, |state, session| {
            let seed = seed(author, "replace_control_link", &[session.0.as_bytes()], key);
            async move {
                let (store, clock) = (&state.store, &state.clock);
                let replaced = store.replace_control_link(clock, session, visitor, seed);
                let replaced = replaced.await?;
                Ok((replaced.created, replaced.is_new))
            }
        })
        .await
    }

    async fn open_rehearsal(
        &self,
        code: &Code,
        key: Option<IdempotencyKey>,
    ) -> Result<CreatedSession, ServiceError> {
        let author = self.principal.author(Right::Control)?;
        self.manage_if_new(code, Right::Control, |state, session| {
            let seed = seed(author, "open_rehearsal", &[session.0.as_bytes()], key);
            async move {
                let _under_way = state.write_for(author.visitor).await?;
                let (store, clock) = (&state.store, &state.clock);
                let opened = store.open_rehearsal(clock, session, author.visitor, seed);
                let opened = opened.await?;
                Ok((opened.created, opened.is_new))
            }
        })
        .await
    }

    async fn end_rehearsal(&self, code: &Code) -> Result<(), ServiceError> {
        self.manage(code, Right::Control, |state, session| async move {
            state.store.end_rehearsal(&state.clock, session).await
        })
        .await
    }
}
