//! Timestamps as pages see them; hidden, restored, and their notes edited.

use std::collections::BTreeMap;

use app::{
    clips::ClipsError,
    domain::{
        offset::Offset,
        revision::Revision,
        role::Audience,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
};
use entity::{segment, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, SimpleExpr},
};
use uuid::Uuid;

use super::{Done, SessionId, Store, StoreError, VisitorId, change::Change, dialect, segments};
use crate::world::{self, Clock};

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

    /// Hides timestamps from viewers. Those that are hidden already stay as they are.
    ///
    /// # Errors
    /// `ClipsError::NoTimestamp` where one of them is not in this session; nothing was written then.
    pub async fn hide(
        &self,
        clock: &Clock,
        session: SessionId,
        ids: &[TimestampId],
    ) -> Result<Done<()>, StoreError> {
        let hidden = Some(world::random_uuid());
        self.set_hidden(clock, session, ids, hidden).await
    }

    /// Shows hidden timestamps again.
    ///
    /// # Errors
    /// As `hide`.
    pub async fn restore(
        &self,
        clock: &Clock,
        session: SessionId,
        ids: &[TimestampId],
    ) -> Result<Done<()>, StoreError> {
        self.set_hidden(clock, session, ids, None).await
    }

    /// Hides timestamps by an act, or shows them where there is none; those that are so already are not written.
    async fn set_hidden(
        &self,
        clock: &Clock,
        session: SessionId,
        ids: &[TimestampId],
        act: Option<Uuid>,
    ) -> Result<Done<()>, StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        let now = clock.now();
        let mut counts: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in all_rows(&tx, session, ids).await? {
            if row.hidden_by.is_some() == act.is_some() {
                continue;
            }
            *counts.entry(row.segment_id).or_default() += if act.is_some() { -1 } else { 1 };
            let columns = [
                (timestamp::Column::HiddenAt, Expr::value(act.map(|_| now))),
                (timestamp::Column::HiddenBy, Expr::value(act)),
            ];
            change.write_timestamp(&tx, &row, columns).await?;
        }
        for (segment, by) in counts {
            change.count(&tx, segment, by).await?;
        }
        change.done(tx, (), now).await
    }

    /// Gives a timestamp another note, or none.
    ///
    /// # Errors
    /// `ClipsError::NoTimestamp` where it is not in this session.
    pub async fn edit_note(
        &self,
        clock: &Clock,
        session: SessionId,
        id: TimestampId,
        note: Option<&Note>,
    ) -> Result<Done<()>, StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        let note = note.map(|note| note.as_str().to_owned());
        for row in all_rows(&tx, session, &[id]).await? {
            if row.note != note {
                let edited = [(timestamp::Column::Note, Expr::value(note.clone()))];
                change.write_timestamp(&tx, &row, edited).await?;
            }
        }
        change.done(tx, (), clock.now()).await
    }
}

impl Change {
    /// Writes some columns of a timestamp, with a revision of its own.
    async fn write_timestamp(
        &mut self,
        tx: &DatabaseTransaction,
        row: &timestamp::Model,
        columns: impl IntoIterator<Item = (timestamp::Column, SimpleExpr)>,
    ) -> Result<(), StoreError> {
        let revision = Expr::value(self.next_revision());
        let mut update = timestamp::Entity::update_many()
            .col_expr(timestamp::Column::Revision, revision)
            .filter(timestamp::Column::SessionId.eq(row.session_id))
            .filter(timestamp::Column::Id.eq(row.id));
        for (column, value) in columns {
            update = update.col_expr(column, value);
        }
        update.exec(tx).await?;
        Ok(())
    }
}

/// All of these timestamps, in the order of their arrival, each once.
async fn all_rows(
    tx: &DatabaseTransaction,
    session: SessionId,
    ids: &[TimestampId],
) -> Result<Vec<timestamp::Model>, StoreError> {
    let rows = timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(timestamp::Column::Arrival)
        .all(tx)
        .await?;
    let found = |id: &TimestampId| rows.iter().any(|row| row.id == id.0);
    if ids.iter().all(found) {
        Ok(rows)
    } else {
        Err(ClipsError::NoTimestamp.into())
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
        Audience::Public => timestamp.hidden = false,
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
