//! The rows of moments and of the edits of their ranges: mapped to domain types, and written.

use app::{
    domain::{
        clip_url::ClipUrl,
        moments::{
            boundaries::RangeEdit,
            curation::Curation,
            moment::{EditingState, MomentId},
            range_edits::{KeptEdit, KeptMoment},
        },
        offset::Offset,
    },
    service::ServiceError,
};
use chrono::{DateTime, Utc};
use entity::{moment, moment_edit};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, sea_query::SimpleExpr,
};
use uuid::Uuid;

use super::{
    StoreError,
    rows::{parse_optional, to_unsigned},
    session_tx::SessionTx,
};

/// The longest way from an id to the moment that it became part of.
const MOST_REDIRECTS: usize = 100;

/// A stored moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MomentRow {
    /// The index of its segment.
    pub segment_index: u32,
    /// What is stored of it.
    pub kept: KeptMoment,
    /// What people said about it.
    pub curation: Curation,
}

/// A stored edit of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MomentEditRow {
    /// The index of its segment.
    pub segment_index: u32,
    /// Its place in the order of the session's edits.
    pub position: i64,
    /// What was done.
    pub kept: KeptEdit,
    /// Whether it was undone.
    pub is_undone: bool,
}

/// The row of a new moment, of which nobody has said anything. Its revision is to be given when it is written.
pub(super) fn new_row(
    (session, segment): (Uuid, Uuid),
    MomentId(id): MomentId,
    anchor: Offset,
    now: DateTime<Utc>,
) -> moment::Model {
    moment::Model {
        session_id: session,
        id,
        segment_id: segment,
        anchor: to_signed(anchor),
        shown: true,
        absorbed_into: None,
        absorbed_by: None,
        title: None,
        starred: false,
        hidden: false,
        state: moment::State::Open,
        clip: None,
        created_at: now,
        revision: 0,
    }
}

/// What people said about a moment.
pub(super) fn to_curation(row: &moment::Model) -> Result<Curation, StoreError> {
    let clip = ClipUrl::parse_optional(row.clip.as_deref().unwrap_or_default());
    Ok(Curation {
        title: parse_optional(row.title.as_deref(), "title of a moment")?,
        starred: row.starred,
        hidden: row.hidden,
        state: match row.state {
            moment::State::Open => EditingState::Open,
            moment::State::Cut => EditingState::Cut,
            moment::State::Rejected => EditingState::Rejected,
        },
        clip: clip.map_err(|_| StoreError::Unreadable {
            what: "link to a clip",
        })?,
    })
}

/// How far the editing has come, as its column holds it.
pub(super) fn to_state(state: EditingState) -> moment::State {
    match state {
        EditingState::Open => moment::State::Open,
        EditingState::Cut => moment::State::Cut,
        EditingState::Rejected => moment::State::Rejected,
    }
}

/// What is stored of a moment's identity.
pub(super) fn to_kept(row: &moment::Model) -> Result<KeptMoment, StoreError> {
    let curation = to_curation(row)?;
    Ok(KeptMoment {
        id: MomentId(row.id),
        anchor: to_unsigned(row.anchor),
        is_shown: row.shown,
        is_curated: curation.is_any(),
        is_described: curation.is_description(),
        absorbed_into: row.absorbed_into.map(MomentId),
        absorbed_by: row.absorbed_by,
    })
}

/// An edit of a range.
pub(super) fn to_kept_edit(row: &moment_edit::Model) -> KeptEdit {
    let (start, end) = (to_unsigned(row.start_second), to_unsigned(row.end_second));
    KeptEdit {
        act: row.id,
        moment: MomentId(row.moment_id),
        made: row.made_id.map(MomentId),
        edit: match row.kind {
            moment_edit::Kind::Merge => RangeEdit::Merge { start, end },
            moment_edit::Kind::Split => RangeEdit::Split { at: start },
            moment_edit::Kind::SetRange => RangeEdit::SetRange { start, end },
        },
        anchor_before: to_unsigned(row.anchor_before),
    }
}

/// The kind of an edit, and the seconds that it concerns, as its columns hold them.
pub(super) fn to_columns(edit: RangeEdit) -> (moment_edit::Kind, i32, i32) {
    let (kind, start, end) = match edit {
        RangeEdit::Merge { start, end } => (moment_edit::Kind::Merge, start, end),
        RangeEdit::Split { at } => (moment_edit::Kind::Split, at, at),
        RangeEdit::SetRange { start, end } => (moment_edit::Kind::SetRange, start, end),
    };
    (kind, to_signed(Offset(start)), to_signed(Offset(end)))
}

/// An offset as its column holds it.
pub(super) fn to_signed(offset: Offset) -> i32 {
    i32::try_from(offset.seconds()).unwrap_or(i32::MAX)
}

/// The edits in a session, those that were undone included, that match a condition: in the order in which they were made.
pub(super) async fn edits(
    tx: &DatabaseTransaction,
    which: SimpleExpr,
) -> Result<Vec<moment_edit::Model>, StoreError> {
    Ok(moment_edit::Entity::find()
        .filter(which)
        .order_by_asc(moment_edit::Column::Position)
        .all(tx)
        .await?)
}

/// Writes some columns of a moment, with a new revision.
pub(super) async fn update(
    tx: &DatabaseTransaction,
    locked: &mut SessionTx,
    MomentId(id): MomentId,
    columns: impl IntoIterator<Item = (moment::Column, SimpleExpr)>,
) -> Result<(), StoreError> {
    update_all(tx, locked, &[id], columns).await
}

/// Writes the same to some columns of several moments, each with a new revision.
pub(super) async fn update_all(
    tx: &DatabaseTransaction,
    locked: &mut SessionTx,
    ids: &[Uuid],
    columns: impl IntoIterator<Item = (moment::Column, SimpleExpr)>,
) -> Result<(), StoreError> {
    let revision = (moment::Column::Id, moment::Column::Revision);
    let revisions = locked.next_revisions(revision, ids.iter().copied());
    let mut update = moment::Entity::update_many()
        .col_expr(moment::Column::Revision, revisions)
        .filter(moment::Column::SessionId.eq(locked.session.id))
        .filter(moment::Column::Id.is_in(ids.iter().copied()));
    for (column, value) in columns {
        update = update.col_expr(column, value);
    }
    update.exec(tx).await?;
    Ok(())
}

/// The moment of this id.
///
/// # Errors
/// `ServiceError::NoMoment` if the session has no such moment.
pub(super) async fn find(
    tx: &DatabaseTransaction,
    session: Uuid,
    id: Uuid,
) -> Result<moment::Model, StoreError> {
    let row = moment::Entity::find_by_id((session, id)).one(tx).await?;
    row.ok_or_else(|| ServiceError::NoMoment.into())
}

/// The moment of this id, or the one that it became part of.
///
/// # Errors
/// `ServiceError::NoMoment` if the session has no such moment.
pub(super) async fn current(
    tx: &DatabaseTransaction,
    session: Uuid,
    MomentId(id): MomentId,
) -> Result<moment::Model, StoreError> {
    let mut row = find(tx, session, id).await?;
    for _ in 0..MOST_REDIRECTS {
        match row.absorbed_into {
            Some(into) => row = find(tx, session, into).await?,
            None => return Ok(row),
        }
    }
    Err(ServiceError::NoMoment.into())
}
