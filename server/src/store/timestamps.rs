//! A visitor's own timestamps, as they see them.

use app::domain::timestamp::{Timestamp, TimestampId};
use entity::timestamp;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{SessionId, Store, StoreError, VisitorId, rows::to_timestamp, segments, visitors};

/// The most own timestamps in one answer: as many as the visitor's browser keeps.
const OWN: u64 = app::live::press::own_presses::MOST as u64;

impl Store {
    /// One of a visitor's own timestamps; `None` if it is somebody else's, or nobody's.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn own_timestamp(
        &self,
        session: SessionId,
        visitor: VisitorId,
        id: TimestampId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(async |tx| {
            let row = timestamp::Entity::find_by_id((session.0, id.0))
                .filter(timestamp::Column::VisitorId.eq(visitor.0))
                .all(tx)
                .await?;
            Ok(own(tx, row).await?.pop())
        })
        .await
    }

    /// A visitor's own timestamps in a session as they see them, in list order: the newest `OWN`, including those that are
    /// hidden from others, but none that was erased.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn own_timestamps(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.read(async |tx| {
            let theirs = visitors::timestamps_of(tx, session, visitor, Some(OWN)).await?;
            // Erased timestamps belong to nobody any more, so no visitor's id matches.
            let rows = timestamp::Entity::find()
                .filter(timestamp::Column::SessionId.eq(session.0))
                .filter(timestamp::Column::Id.is_in(theirs))
                .filter(timestamp::Column::VisitorId.eq(visitor.0))
                .order_by_desc(timestamp::Column::Arrival)
                .limit(OWN)
                .all(tx)
                .await?;
            let mut timestamps = own(tx, rows).await?;
            timestamps.sort_by_key(Timestamp::place);
            Ok(timestamps)
        })
        .await
    }
}

async fn own(
    tx: &DatabaseTransaction,
    rows: Vec<timestamp::Model>,
) -> Result<Vec<Timestamp>, StoreError> {
    let segments = segments::of_timestamps(tx, &rows).await?;
    rows.into_iter()
        .map(|row| to_timestamp(row, &segments).map(Timestamp::as_its_author_sees_it))
        .collect()
}
