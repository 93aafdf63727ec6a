//! Timestamps as pages see them.

use app::domain::{
    offset::Offset,
    revision::Revision,
    role::Audience,
    text::{Name, Note},
    timestamp::{Timestamp, TimestampId},
};
use entity::{segment, timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::{SessionId, Store, StoreError, VisitorId, dialect, hidden::HELD, segments};

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
        row.map(|row| seen_by(row, &segments, Audience::Public, visitor))
            .transpose()
    }
}

/// A timestamp as staff and frames see it: marked where it is hidden, nobody's own.
pub(super) fn to_timestamp(
    row: timestamp::Model,
    segments: &[segment::Model],
) -> Result<Timestamp, StoreError> {
    let note = row.note.as_deref().map(Note::parse).transpose();
    let name = row.submitted_by.as_deref().map(Name::parse).transpose();
    Ok(Timestamp {
        id: TimestampId(row.id),
        segment_index: index_of(&row, segments)?,
        offset_seconds: Offset(segments::whole(row.offset_seconds)),
        note: note.map_err(|_| StoreError::Unreadable { what: "note" })?,
        submitted_by: name.map_err(|_| StoreError::Unreadable { what: "name" })?,
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.revision),
        hidden: row.hidden_at.is_some(),
        held: row.hidden_by == Some(HELD),
        mine: false,
    })
}

/// A timestamp as one visitor sees it: their own is told, and on public lists shows no mark where it is hidden.
pub(super) fn seen_by(
    row: timestamp::Model,
    segments: &[segment::Model],
    audience: Audience,
    visitor: VisitorId,
) -> Result<Timestamp, StoreError> {
    let mine = row.visitor_id == visitor.0;
    let mut timestamp = to_timestamp(row, segments)?;
    timestamp.mine = mine;
    match audience {
        Audience::Public => {
            timestamp.hidden = false;
            timestamp.held = false;
        }
        Audience::Staff => {}
    }
    Ok(timestamp)
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
