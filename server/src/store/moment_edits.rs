//! What moderators do to moments, and undo.

use app::{
    domain::{
        clip_url::ClipUrl,
        moments::{
            curation::Curation,
            moment::{EditingState, MomentId},
            moment_edit::MomentBeganAt,
            range_edits::RangeRequest,
            range_rule::RangeRule,
        },
        offset::Offset,
        text::Title,
    },
    service::ServiceError,
};
use entity::{moderation::ActionKind, moment};
use sea_orm::sea_query::{Expr, SimpleExpr};

use super::{
    Store, StoreError, audit_log,
    moderation_tx::{Moderating, ModerationTx},
    moment_ranges::{self, NewMoment},
    moment_rows::{self, current, find, to_signed, to_state},
    pools::Lane,
};
use crate::clock::Clock;

/// What is to become of a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MomentChange {
    /// It gets a title, or loses it.
    Title(Option<Title>),
    /// It gets a star, or loses it.
    Starred(bool),
    /// It is hidden from viewers, or shown again.
    Hidden(bool),
    /// The editing comes to this, and this is its clip; each stays as it is where it is not given.
    State(Option<EditingState>, Option<Option<ClipUrl>>),
    /// It is merged with others, split, or moved.
    Range(RangeRequest),
    /// It is made of a range.
    Make(NewMoment),
}

/// What somebody does to a moment, with what only the curve tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedEdit {
    /// What is to become of the moment.
    pub change: MomentChange,
    /// Where lists show it now; none if that is not known.
    pub peak: Option<Offset>,
}

impl MomentChange {
    fn kind(&self) -> ActionKind {
        match self {
            // A moment that people made exists by its title, and is undone with it.
            Self::Title(_) | Self::Make(_) => ActionKind::TitleMoment,
            Self::Starred(true) => ActionKind::StarMoment,
            Self::Starred(false) => ActionKind::UnstarMoment,
            Self::Hidden(true) => ActionKind::HideMoment,
            Self::Hidden(false) => ActionKind::ShowMoment,
            Self::State(..) => ActionKind::SetMomentState,
            Self::Range(RangeRequest::Merge { .. }) => ActionKind::MergeMoments,
            Self::Range(RangeRequest::Split { .. }) => ActionKind::SplitMoment,
            Self::Range(RangeRequest::SetRange(_)) => ActionKind::MoveMoment,
        }
    }
}

impl MomentChange {
    /// Whether it is meant for the moment that this one became part of, too, be it by the crowd or `merged` by somebody. Who
    /// had this one open meanwhile may not know the other: words are not for a moment that somebody merged it with, and
    /// seconds are for no other one.
    fn follows(&self, merged: bool) -> bool {
        match self {
            Self::Title(_) | Self::State(..) => !merged,
            Self::Range(RangeRequest::SetRange(_) | RangeRequest::Split { .. }) => false,
            Self::Starred(_)
            | Self::Hidden(_)
            | Self::Range(RangeRequest::Merge { .. })
            | Self::Make(_) => true,
        }
    }
}

impl Store {
    /// Does something to a moment, or to the one that it became part of, if that can be meant. Doing what is done already
    /// changes nothing, and is not logged. Answers how many moments the log says that a merge took.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if it is not in this session, or part of another one that can't be meant;
    /// `ServiceError::ModerationConflict` if the action is about another one; `ServiceError::Invalid` if it can't have that
    /// range; `ServiceError::TitleEdited`, `ServiceError::ClipEdited`, `ServiceError::StateEdited` or
    /// `ServiceError::RangeEdited` if it is no longer what it was when the editing began.
    pub async fn edit_moment(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: MomentId,
        edit: ResolvedEdit,
        began_at: Option<MomentBeganAt>,
    ) -> Result<Option<u32>, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, move |writer| async move {
            let kind = edit.change.kind();
            let mut act = ModerationTx::begin(&writer, &clock, asked, kind).await?;
            apply(&mut act, id, edit, began_at).await?;
            let merges = (kind == ActionKind::MergeMoments).then_some(asked.act);
            let merged = audit_log::merged_by(&act.tx, asked.session, Vec::from_iter(merges));
            let merged = merged.await?.into_values().next();
            act.answers(merged).await
        })
        .await
    }
}

async fn apply(
    act: &mut ModerationTx,
    id: MomentId,
    ResolvedEdit { change, peak }: ResolvedEdit,
    began_at: Option<MomentBeganAt>,
) -> Result<(), StoreError> {
    if act.row.moment_id == Some(id.0) {
        return Ok(());
    }
    let change = match change {
        MomentChange::Make(new) => return moment_ranges::make(act, id, new).await,
        change => change,
    };
    act.row.moment_peak = peak.map(to_signed);
    let named = find(&act.tx, act.row.session_id, id.0).await?;
    let row = current(&act.tx, act.row.session_id, id).await?;
    match act.row.moment_id {
        Some(known) if known == row.id => return Ok(()),
        Some(_) => return Err(ServiceError::ModerationConflict.into()),
        None => {}
    }
    if named.absorbed_into.is_some() && !change.follows(named.absorbed_by.is_some()) {
        return Err(ServiceError::NoMoment.into());
    }
    let began_range = began_at.as_ref().and_then(|began_at| began_at.range);
    if let Some(began_at) = began_at {
        is_as_it_was(&row, &change, began_at)?;
    }
    match change {
        MomentChange::Title(title) => {
            let after = title.map(String::from).unwrap_or_default();
            set_text(act, &row, Words::Title, after).await
        }
        MomentChange::State(state, clip) => {
            let now = moment_rows::to_curation(&row)?;
            let clip = clip.unwrap_or(now.clip);
            let after = state_words(state.unwrap_or(now.state), clip.as_ref());
            set_text(act, &row, Words::State, after).await
        }
        MomentChange::Starred(starred) if starred != row.starred => {
            let column = (moment::Column::Starred, Expr::value(starred));
            set(act, &row, [column]).await
        }
        MomentChange::Hidden(hidden) if hidden != row.hidden => {
            let column = (moment::Column::Hidden, Expr::value(hidden));
            set(act, &row, [column]).await
        }
        MomentChange::Starred(_) | MomentChange::Hidden(_) | MomentChange::Make(_) => Ok(()),
        MomentChange::Range(request) => match with_current_ids(act, &row, request).await? {
            Some(request) => moment_ranges::edit(act, &row, request, began_range).await,
            None => Ok(()),
        },
    }
}

/// Refuses to replace what has changed since the editing began. Saving what stands there already is no error, because an
/// answer can be lost. Ranges are compared where they are changed.
fn is_as_it_was(
    row: &moment::Model,
    change: &MomentChange,
    began_at: MomentBeganAt,
) -> Result<(), StoreError> {
    let Curation {
        title, clip, state, ..
    } = moment_rows::to_curation(row)?;
    let saw_state = began_at.state.is_none_or(|began| began == state);
    match change {
        MomentChange::Title(after) if title != began_at.title && title != *after => {
            Err(ServiceError::TitleEdited { title }.into())
        }
        MomentChange::State(Some(after), _) if !saw_state && state != *after => {
            Err(ServiceError::StateEdited(state).into())
        }
        MomentChange::State(_, Some(after)) if clip != began_at.clip && clip != *after => {
            Err(ServiceError::ClipEdited { clip }.into())
        }
        MomentChange::Title(_)
        | MomentChange::State(..)
        | MomentChange::Starred(_)
        | MomentChange::Hidden(_)
        | MomentChange::Range(_)
        | MomentChange::Make(_) => Ok(()),
    }
}

/// Undoes an action on a moment.
///
/// # Errors
/// `ServiceError::EditedSince` if somebody has changed the same since, `ServiceError::NoMoment` if it is gone.
pub(super) async fn undo(act: &mut ModerationTx) -> Result<(), StoreError> {
    let id = act.row.moment_id.ok_or(ServiceError::NoMoment)?;
    let row = find(&act.tx, act.row.session_id, id).await?;
    undo_on(act, &row).await?;
    // What people did to a moment keeps it apart. Once they took that back, the crowd may have made it part of another one.
    match act.has_done && row.absorbed_into.is_some() {
        true => moment_ranges::revive(act, &row).await,
        false => Ok(()),
    }
}

async fn undo_on(act: &mut ModerationTx, row: &moment::Model) -> Result<(), StoreError> {
    let starred = [ActionKind::StarMoment, ActionKind::UnstarMoment];
    let hidden = [ActionKind::HideMoment, ActionKind::ShowMoment];
    let (column, kinds, now, before) = match act.row.kind {
        ActionKind::TitleMoment => {
            take_text_back(act, row, Words::Title).await?;
            return moment_ranges::unmake(act, row).await;
        }
        ActionKind::SetMomentState => return take_text_back(act, row, Words::State).await,
        ActionKind::MergeMoments | ActionKind::SplitMoment | ActionKind::MoveMoment => {
            return moment_ranges::undo(act, row).await;
        }
        ActionKind::StarMoment => (moment::Column::Starred, starred, row.starred, false),
        ActionKind::UnstarMoment => (moment::Column::Starred, starred, row.starred, true),
        ActionKind::HideMoment => (moment::Column::Hidden, hidden, row.hidden, false),
        ActionKind::ShowMoment => (moment::Column::Hidden, hidden, row.hidden, true),
        ActionKind::Hide
        | ActionKind::HideVisitor
        | ActionKind::Block
        | ActionKind::Restore
        | ActionKind::EditNote => return Ok(()),
    };
    if act.is_decided_again(kinds).await? {
        return Err(ServiceError::EditedSince.into());
    }
    match now == before {
        true => Ok(()),
        false => set(act, row, [(column, Expr::value(before))]).await,
    }
}

/// What is undone by its words: only while they still stand there, and by the last edit that stands.
#[derive(Clone, Copy)]
enum Words {
    /// A title; empty where there is none.
    Title,
    /// A state, and after a space the address of a clip.
    State,
}

impl Words {
    fn of(self, row: &moment::Model) -> Result<String, StoreError> {
        let curation = moment_rows::to_curation(row)?;
        Ok(match self {
            Self::Title => curation.title.map(String::from).unwrap_or_default(),
            Self::State => state_words(curation.state, curation.clip.as_ref()),
        })
    }

    fn columns(self, words: &str) -> Vec<(moment::Column, SimpleExpr)> {
        let optional = |words: &str| Expr::value((!words.is_empty()).then(|| words.to_owned()));
        match self {
            Self::Title => vec![(moment::Column::Title, optional(words))],
            Self::State => {
                let (name, clip) = words.split_once(' ').unwrap_or((words, ""));
                let state = EditingState::ALL.into_iter();
                let state = state.into_iter().find(|state| state.name() == name);
                let state = to_state(state.unwrap_or_default());
                vec![
                    (moment::Column::State, Expr::value(state)),
                    (moment::Column::Clip, optional(clip)),
                ]
            }
        }
    }
}

/// A state, and after a space the address of a clip.
fn state_words(state: EditingState, clip: Option<&ClipUrl>) -> String {
    match clip {
        Some(clip) => [state.name(), " ", clip.as_str()].concat(),
        None => state.name().to_owned(),
    }
}

/// The same request, about the moments that the others are part of by now; none where all of them are part of this one.
async fn with_current_ids(
    act: &ModerationTx,
    row: &moment::Model,
    request: RangeRequest,
) -> Result<Option<RangeRequest>, StoreError> {
    let RangeRequest::Merge { others, range } = request else {
        return Ok(Some(request));
    };
    let mut known = Vec::with_capacity(others.len());
    for other in others {
        let other = current(&act.tx, act.row.session_id, other).await?;
        if other.segment_id != row.segment_id {
            return Err(ServiceError::from(RangeRule::Merge).into());
        }
        if other.id != row.id {
            known.push(MomentId(other.id));
        }
    }
    let others = known;
    Ok((!others.is_empty()).then_some(RangeRequest::Merge { others, range }))
}

/// Writes columns of a moment.
async fn set(
    act: &mut ModerationTx,
    row: &moment::Model,
    columns: impl IntoIterator<Item = (moment::Column, SimpleExpr)>,
) -> Result<(), StoreError> {
    moment_rows::update(&act.tx, &mut act.locked, MomentId(row.id), columns).await?;
    act.row.moment_id = Some(row.id);
    act.has_done = true;
    Ok(())
}

async fn set_text(
    act: &mut ModerationTx,
    row: &moment::Model,
    words: Words,
    after: String,
) -> Result<(), StoreError> {
    let before = words.of(row)?;
    if before == after {
        return Ok(());
    }
    let columns = words.columns(&after);
    act.row.moment_before = Some(before);
    act.row.moment_after = Some(after);
    set(act, row, columns).await
}

async fn take_text_back(
    act: &mut ModerationTx,
    row: &moment::Model,
    words: Words,
) -> Result<(), StoreError> {
    let now = Some(words.of(row)?);
    if now != act.row.moment_after || act.is_decided_again([act.row.kind]).await? {
        return Err(ServiceError::EditedSince.into());
    }
    let before = act.row.moment_before.clone().unwrap_or_default();
    set(act, row, words.columns(&before)).await
}
