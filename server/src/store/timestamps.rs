//! Timestamps as pages see them.

use app::domain::{
    offset::Offset,
    revision::Revision,
    timestamp::{Timestamp, TimestampId},
};
use entity::{segment, timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{
    SessionId, Store, StoreError, VisitorId, dialect, hidden::HELD, segments, texts::optional,
};

/// How many of a visitor's own timestamps one answer holds: as many as their browser keeps.
const OWN: u64 = app::live::own::MOST as u64;

impl Store {
    /// One of a visitor's own timestamps, as it stands; `None` where it is somebody else's, or nobody's.
    pub async fn own_timestamp(
        &self,
        session: SessionId,
        visitor: VisitorId,
        id: TimestampId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let tx = dialect::begin_read(&self.pools.reader).await?;
        let row = timestamp::Entity::find_by_id((session.0, id.0))
            .filter(timestamp::Column::VisitorId.eq(visitor.0))
            .one(&tx)
            .await?;
        let segments = segments::all(&tx, session.0).await?;
        tx.commit().await?;
        row.map(|row| own(row, &segments)).transpose()
    }

    /// A visitor's own timestamps in a session as they see them, in the order of the list: the newest `OWN`, also those
    /// that are hidden from others, and none that was erased.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn own_timestamps(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Vec<Timestamp>, StoreError> {
        let tx = dialect::begin_read(&self.pools.reader).await?;
        // What was erased is nobody's any more: no visitor has its number.
        let rows = timestamp::Entity::find()
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::VisitorId.eq(visitor.0))
            .order_by_desc(timestamp::Column::Arrival)
            .limit(OWN)
            .all(&tx)
            .await?;
        let segments = segments::all(&tx, session.0).await?;
        tx.commit().await?;
        let rows = rows.into_iter().map(|row| own(row, &segments));
        let mut timestamps = rows.collect::<Result<Vec<_>, _>>()?;
        timestamps.sort_by_key(Timestamp::place);
        Ok(timestamps)
    }
}

/// A timestamp as pages and frames tell it: marked where it is hidden, nobody's own.
pub(super) fn to_timestamp(
    row: timestamp::Model,
    segments: &[segment::Model],
) -> Result<Timestamp, StoreError> {
    Ok(Timestamp {
        id: TimestampId(row.id),
        segment_index: index_of(&row, segments)?,
        offset_seconds: Offset(segments::whole(row.offset_seconds)),
        note: optional(row.note.as_deref(), "note")?,
        submitted_by: optional(row.submitted_by.as_deref(), "name")?,
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.revision),
        hidden: row.hidden_at.is_some(),
        held: row.hidden_by == Some(HELD),
        mine: false,
    })
}

fn own(row: timestamp::Model, segments: &[segment::Model]) -> Result<Timestamp, StoreError> {
    to_timestamp(row, segments).map(Timestamp::as_its_author_sees_it)
}

/// The index of the segment that a timestamp lies in.
pub(super) fn index_of(
    row: &timestamp::Model,
    segments: &[segment::Model],
) -> Result<u32, StoreError> {
    segments
        .iter()
        .find(|segment| segment.id == row.segment_id)
        .map(|segment| segments::whole(segment.index))
        .ok_or(StoreError::Unreadable {
            what: "timestamp without its segment",
        })
}
