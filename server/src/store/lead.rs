//! Measures how late viewers press.

use app::domain::{
    lead_measure::{LISTENS_SECONDS, Measured, measured},
    offset::Offset,
};
use entity::timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, rows::to_unsigned, segments};

/// How many visitors are looked at. If there are more, these are as good as drawn by lot, since their ids are random: a median
/// of those who pressed first would be too small.
const MOST_VISITORS: u64 = 100_000;

impl Store {
    /// How late visitors pressed after this offset of a segment. Hidden presses don't count.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn measure_lead(
        &self,
        session: SessionId,
        segment_index: u32,
        said_at: Offset,
    ) -> Result<Measured, StoreError> {
        self.read(async |tx| {
            let segments = segments::all(tx, session.0).await?;
            let segment = segments
                .iter()
                .find(|segment| to_unsigned(segment.index) == segment_index);
            let Some(segment) = segment else {
                return Ok(measured(said_at, std::iter::empty::<(Offset, Uuid)>()));
            };
            let from = i64::from(said_at.seconds());
            let until = from + i64::from(LISTENS_SECONDS);
            let first_presses: Vec<(i32, Uuid)> = timestamp::Entity::find()
                .select_only()
                .column_as(timestamp::Column::OffsetSeconds.min(), "first")
                .column(timestamp::Column::VisitorId)
                .filter(timestamp::Column::SessionId.eq(session.0))
                .filter(timestamp::Column::SegmentId.eq(segment.id))
                .filter(timestamp::Column::HiddenAt.is_null())
                .filter(timestamp::Column::OffsetSeconds.gte(from))
                .filter(timestamp::Column::OffsetSeconds.lte(until))
                .group_by(timestamp::Column::VisitorId)
                .order_by_asc(timestamp::Column::VisitorId)
                .limit(MOST_VISITORS)
                .into_tuple()
                .all(tx)
                .await?;
            let presses = first_presses.into_iter();
            let presses = presses.map(|(at, visitor)| (Offset(to_unsigned(at)), visitor));
            Ok(measured(said_at, presses))
        })
        .await
    }
}
