//! What changed since a revision: the read behind the live streams.

use app::domain::{
    revision::Revision,
    segment::Segment,
    timestamp::{Timestamp, TimestampId},
};
use entity::{access_key, session, timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};

use super::{
    Changes, SessionId, Store, StoreError, dialect, hidden::FORGOTTEN, segments, sessions,
    timestamps,
};

/// How far a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Newest {
    /// Its newest revision.
    pub revision: Revision,
    /// How many of its links were revoked or replaced. It only grows: whoever watches by an older number may watch no more.
    pub revoked_links: i64,
}

/// A row that changed.
enum Row {
    Segment(Segment),
    Timestamp(Timestamp),
    Forgotten(TimestampId),
}

impl Store {
    /// Whether there is anything to read: one small statement, for a pump that may have been woken for nothing. `None`
    /// when the session is gone.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn newest(&self, session: SessionId) -> Result<Option<Newest>, StoreError> {
        let revoked = access_key::Entity::find()
            .select_only()
            .column_as(access_key::Column::Id.count(), "links")
            .filter(access_key::Column::SessionId.eq(session.0))
            .filter(access_key::Column::RevokedAt.is_not_null())
            .into_query();
        let newest: Option<(i64, i64)> = session::Entity::find_by_id(session.0)
            .select_only()
            .column(session::Column::Revision)
            .column_as(Expr::SubQuery(None, Box::new(revoked.into())), "revoked")
            .into_tuple()
            .one(&self.pools.reader)
            .await?;
        Ok(newest.map(|(revision, revoked_links)| Newest {
            revision: Revision(revision),
            revoked_links,
        }))
    }

    /// What changed in a session after `after`, at most `limit` rows (at least one); `None` when the session is gone.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn changes(
        &self,
        session: SessionId,
        after: Revision,
        limit: u64,
    ) -> Result<Option<Changes>, StoreError> {
        let limit = limit.max(1);
        let tx = dialect::begin_read(&self.pools.reader).await?;
        let Some(row) = session::Entity::find_by_id(session.0).one(&tx).await? else {
            return Ok(None);
        };
        let segments = segments::all(&tx, session.0).await?;
        let written = timestamp::Entity::find()
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::Revision.gt(after.0))
            .order_by_asc(timestamp::Column::Revision)
            .limit(limit + 1) // one more tells whether there is more
            .all(&tx)
            .await?;
        tx.commit().await?;

        let mut rows = Vec::with_capacity(written.len());
        for segment in segments.iter().filter(|segment| segment.revision > after.0) {
            rows.push((
                segment.revision,
                Row::Segment(segments::to_segment(segment)),
            ));
        }
        for timestamp in written {
            let revision = timestamp.revision;
            let row = match timestamp.hidden_by {
                Some(FORGOTTEN) => Row::Forgotten(TimestampId(timestamp.id)),
                Some(_) | None => Row::Timestamp(timestamps::to_timestamp(timestamp, &segments)?),
            };
            rows.push((revision, row));
        }
        rows.sort_by_key(|(revision, _)| *revision);
        let keep = usize::try_from(limit).unwrap_or(usize::MAX);
        let latest = Revision(row.revision);
        let revision = match rows.get(keep) {
            None => latest,
            Some(_) => rows
                .get(keep - 1)
                .map_or(latest, |(last, _)| Revision(*last)),
        };
        rows.truncate(keep);

        let mut changes = Changes {
            revision,
            latest,
            session: sessions::to_session(&row, &segments)?,
            segments: Vec::new(),
            timestamps: Vec::new(),
            forgotten: Vec::new(),
        };
        for (_, row) in rows {
            match row {
                Row::Segment(segment) => changes.segments.push(segment),
                Row::Timestamp(timestamp) => changes.timestamps.push(timestamp),
                Row::Forgotten(id) => changes.forgotten.push(id),
            }
        }
        Ok(Some(changes))
    }
}
