//! Segments: read, opened and closed.

use std::collections::{BTreeSet, HashMap};

use app::domain::offset::Offset;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{segment, timestamp};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{StoreError, dialect, rows::to_unsigned, session_tx::SessionTx};
use crate::random;

/// All segments of a session, by index: at most `stream_command::MOST_SEGMENTS`.
pub(super) async fn all(
    db: &impl ConnectionTrait,
    session: Uuid,
) -> Result<Vec<segment::Model>, StoreError> {
    Ok(segment::Entity::find()
        .filter(segment::Column::SessionId.eq(session))
        .order_by_asc(segment::Column::Index)
        .all(db)
        .await?)
}

/// The last segment of a session.
pub(super) async fn last(
    db: &impl ConnectionTrait,
    session: Uuid,
) -> Result<Option<segment::Model>, StoreError> {
    Ok(segment::Entity::find()
        .filter(segment::Column::SessionId.eq(session))
        .order_by_desc(segment::Column::Index)
        .one(db)
        .await?)
}

/// The last segment of each of these sessions that has one.
pub(super) async fn last_of_each(
    db: &impl ConnectionTrait,
    sessions: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, segment::Model>, StoreError> {
    let rows = dialect::last_segments(db, sessions.into_iter().collect()).await?;
    Ok(rows.into_iter().map(|row| (row.session_id, row)).collect())
}

/// The segments of a session that had not ended by this time, by index.
pub(super) async fn since(
    db: &impl ConnectionTrait,
    session: Uuid,
    moment: DateTime<Utc>,
) -> Result<Vec<segment::Model>, StoreError> {
    let end = segment::Column::EndTime;
    let is_meant = Condition::any().add(end.is_null()).add(end.gte(moment));
    Ok(segment::Entity::find()
        .filter(segment::Column::SessionId.eq(session))
        .filter(is_meant)
        .order_by_asc(segment::Column::Index)
        .all(db)
        .await?)
}

/// The segments of these timestamps, each once, in any order.
pub(super) async fn of_timestamps(
    db: &impl ConnectionTrait,
    timestamps: impl IntoIterator<Item = &timestamp::Model>,
) -> Result<Vec<segment::Model>, StoreError> {
    let rows = timestamps.into_iter();
    named(db, rows.map(|row| (row.session_id, row.segment_id))).await
}

/// The segments of these sessions and names, each once, in no order.
pub(super) async fn named(
    db: &impl ConnectionTrait,
    names: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Result<Vec<segment::Model>, StoreError> {
    let (sessions, ids): (BTreeSet<_>, BTreeSet<_>) = names.into_iter().unzip();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(segment::Entity::find()
        .filter(segment::Column::SessionId.is_in(sessions))
        .filter(segment::Column::Id.is_in(ids))
        .all(db)
        .await?)
}

/// The segment of a session that has this index: 1, 2, 3, ….
pub(super) async fn with_index(
    db: &impl ConnectionTrait,
    session: Uuid,
    index: u32,
) -> Result<Option<segment::Model>, StoreError> {
    Ok(segment::Entity::find()
        .filter(segment::Column::SessionId.eq(session))
        .filter(segment::Column::Index.eq(i64::from(index)))
        .one(db)
        .await?)
}

/// Writes the mutable columns of a segment.
pub(super) async fn write(
    tx: &DatabaseTransaction,
    row: &segment::Model,
) -> Result<(), StoreError> {
    segment::Entity::update_many()
        .set(segment::ActiveModel {
            session_id: Unchanged(row.session_id),
            id: Unchanged(row.id),
            index: NotSet,
            start_time: NotSet,
            end_time: Set(row.end_time),
            timestamp_count: Set(row.timestamp_count),
            revision: Set(row.revision),
            created_at: NotSet,
        })
        .filter(segment::Column::SessionId.eq(row.session_id))
        .filter(segment::Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    Ok(())
}

impl SessionTx {
    /// Opens a segment.
    pub(super) async fn open_segment(
        &mut self,
        tx: &DatabaseTransaction,
        index: u32,
        start_time: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = segment::Model {
            session_id: self.session.id,
            id: random::uuid(),
            index: i32::try_from(index).unwrap_or(i32::MAX),
            start_time,
            end_time: None,
            timestamp_count: 0,
            revision: self.next_revision(),
            created_at: now,
        };
        segment::Entity::insert(row.clone().into_active_model())
            .exec_without_returning(tx)
            .await?;
        self.last = Some(row);
        Ok(())
    }

    /// Closes the open segment, if there is one: now, but never before its last timestamp.
    pub(super) async fn close_segment(
        &mut self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(open) = self.last.clone().filter(|last| last.end_time.is_none()) else {
            return Ok(());
        };
        let last: Option<i32> = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::OffsetSeconds)
            .filter(timestamp::Column::SessionId.eq(open.session_id))
            .filter(timestamp::Column::SegmentId.eq(open.id))
            .order_by_desc(timestamp::Column::OffsetSeconds)
            .limit(1)
            .into_tuple()
            .one(tx)
            .await?;
        let last = Offset(to_unsigned(last.unwrap_or_default()));
        let end = open.start_time + TimeDelta::seconds(i64::from(last.seconds()));
        let closed = segment::Model {
            end_time: Some(now.max(end)),
            revision: self.next_revision(),
            ..open
        };
        write(tx, &closed).await?;
        self.last = Some(closed);
        Ok(())
    }
}
