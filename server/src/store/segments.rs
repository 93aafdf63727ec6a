//! Segments: read, opened and closed.

use std::collections::HashMap;

use app::domain::{offset::Offset, segment::Segment};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{segment, timestamp};
use sea_orm::{
    ActiveValue::{NotSet, Set, Unchanged},
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::{StoreError, change::Change};
use crate::world;

/// All segments of a session, by index. There are few: one for each time that a streamer goes on.
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

/// All segments of these sessions, by index.
pub(super) async fn of_each(
    db: &impl ConnectionTrait,
    sessions: impl IntoIterator<Item = Uuid>,
) -> Result<HashMap<Uuid, Vec<segment::Model>>, StoreError> {
    let rows = segment::Entity::find()
        .filter(segment::Column::SessionId.is_in(sessions))
        .order_by_asc(segment::Column::Index)
        .all(db)
        .await?;
    let mut of_each: HashMap<Uuid, Vec<segment::Model>> = HashMap::new();
    for row in rows {
        of_each.entry(row.session_id).or_default().push(row);
    }
    Ok(of_each)
}

/// A segment as pages see it.
pub(super) fn to_segment(row: &segment::Model) -> Segment {
    Segment {
        index: whole(row.index),
        start_time: row.start_time,
        end_time: row.end_time,
        timestamp_count: whole(row.timestamp_count),
    }
}

/// A column that the schema keeps from being negative.
pub(super) fn whole(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// Writes what can change in a segment.
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

impl Change {
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
            id: world::random_uuid(),
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
        self.segments.push(row);
        Ok(())
    }

    /// Closes the open segment, if there is one: now, but never before its last timestamp.
    pub(super) async fn close_segment(
        &mut self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(at) = self
            .segments
            .iter()
            .position(|segment| segment.end_time.is_none())
        else {
            return Ok(());
        };
        let open = &self.segments[at];
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
        let last = Offset(whole(last.unwrap_or_default()));
        let end = open.start_time + TimeDelta::seconds(i64::from(last.seconds()));
        let revision = self.next_revision();
        let open = &mut self.segments[at];
        open.end_time = Some(now.max(end));
        open.revision = revision;
        write(tx, open).await
    }
}
