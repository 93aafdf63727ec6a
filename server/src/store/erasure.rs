//! Erases a visitor: removes what they pressed from every list, and every trace that it was theirs or that they joined a moment.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use entity::{grant, moderation, session, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    UpdateMany,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId,
    chunk_size::ChunkSize,
    pools::{Lane, Writer},
    rows::HIDDEN_BY_ERASURE,
    session_rows,
    session_tx::{Committed, SessionTx},
    visitors,
};
use crate::{clock::Clock, random};

impl Store {
    /// Erases a visitor. Their timestamps lose note, name, label and author, and leave every list; moments that they joined
    /// count them no more; the log names them no more; their grants are deleted.
    ///
    /// The rows stay, empty, because a list that was read up to a revision learns only of later changes.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails; what was erased until then stays erased.
    pub async fn erase_visitor(&self, clock: &Clock, visitor: VisitorId) -> Result<(), StoreError> {
        for session in self.pressed_in(visitor).await? {
            unless_gone(self.erase_in(clock, session, visitor).await)?;
        }
        for session in self.joined_in(visitor).await? {
            unless_gone(self.erase_joins(clock, session, visitor).await)?;
        }
        // Only now: nobody can moderate a visitor who has no timestamps.
        for session in self.moderated_in(visitor).await? {
            let column = moderation::Column::VisitorId;
            unless_gone(self.erase_from_log(clock, session, visitor, column).await)?;
        }
        for session in self.staff_in(visitor).await? {
            let column = moderation::Column::Author;
            unless_gone(self.erase_from_log(clock, session, visitor, column).await)?;
        }
        Ok(())
    }

    /// Whether anything that a visitor pressed or joined is still theirs, the log names them as somebody who moderated or was
    /// moderated, or they still hold a link.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn has_traces_of(&self, visitor: VisitorId) -> Result<bool, StoreError> {
        Ok(!self.pressed_in(visitor).await?.is_empty()
            || !self.joined_in(visitor).await?.is_empty()
            || !self.moderated_in(visitor).await?.is_empty()
            || !self.staff_in(visitor).await?.is_empty())
    }

    /// The sessions in which a visitor holds a link, revoked or not, or whose log names them as an author: a link that was
    /// replaced long ago is gone, with its grants.
    async fn staff_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let granted: Vec<Uuid> = grant::Entity::find()
                .select_only()
                .column(grant::Column::SessionId)
                .filter(grant::Column::VisitorId.eq(visitor.0))
                .filter(grant::Column::SessionId.in_subquery(session_rows::kept_ids()))
                .distinct()
                .into_tuple()
                .all(tx)
                .await?;
            let authors = logged_as(moderation::Column::Author, visitor);
            let mut sessions: BTreeSet<Uuid> =
                authors.into_tuple().all(tx).await?.into_iter().collect();
            sessions.extend(granted);
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// The sessions whose log names a visitor as somebody who was moderated. They may have no timestamps there any more: those
    /// that were taken back are nobody's.
    async fn moderated_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let moderated = logged_as(moderation::Column::VisitorId, visitor);
            let sessions: Vec<Uuid> = moderated.into_tuple().all(tx).await?;
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Removes a visitor from one column of the log of a session. As an author, they lose their grants there too, which ends
    /// their streams; the log keeps what they did as one of the staff, with the label of their link. A block of them stays in
    /// the log, but blocks nobody any more.
    async fn erase_from_log(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
        column: moderation::Column,
    ) -> Result<(), StoreError> {
        let (nobody, mut size) = (random::uuid(), ChunkSize::beside_presses());
        loop {
            let (clock, most) = (clock.clone(), size.rows());
            let part = self.write_chunk(Lane::Requests, &mut size, |writer| async move {
                // Under the lock: an undo writes the row of its action as it has read it. Nothing is logged in an author's
                // name after the last part, because moderation checks under the same lock that its author holds a link.
                let (tx, mut locked) = writer.kept_session(session).await?;
                let has_more = erase_some(&tx, session, column, (visitor, nobody), most).await?;
                if !has_more && matches!(column, moderation::Column::Author) {
                    erase_grants(&tx, session, visitor).await?;
                    // No revision grows, but streams have to end.
                    locked.has_news();
                }
                locked.commit(tx, has_more, clock.now()).await
            });
            let (has_more, _) = part.await?;
            if !has_more {
                return Ok(());
            }
        }
    }

    async fn erase_in(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let theirs = self
            .read(async |tx| visitors::timestamps_of(tx, session, visitor, None).await)
            .await?;
        let theirs: Vec<_> = theirs.into_iter().collect();
        // One id for all of them, so that moderators can still tell that they came from one visitor.
        let nobody = random::uuid();
        let (mut left, mut size) = (theirs.as_slice(), ChunkSize::beside_presses());
        while !left.is_empty() {
            let (part, later) = left.split_at(size.rows().min(left.len()));
            let (clock, part) = (clock.clone(), part.to_vec());
            let emptied = self.write_chunk(Lane::Requests, &mut size, |writer| async move {
                empty(&writer, &clock, session, visitor, nobody, part).await
            });
            emptied.await?;
            left = later;
        }
        Ok(())
    }
}

/// Passes over a session that was deleted in the meantime: all that it has of the visitor is deleted with it.
fn unless_gone(erased: Result<(), StoreError>) -> Result<(), StoreError> {
    match erased {
        Err(error) if error.is_gone() => Ok(()),
        erased => erased,
    }
}

/// The sessions whose log names a visitor in this column, each once.
fn logged_as(column: moderation::Column, visitor: VisitorId) -> Select<moderation::Entity> {
    moderation::Entity::find()
        .select_only()
        .column(moderation::Column::SessionId)
        .filter(column.eq(visitor.0))
        .filter(moderation::Column::SessionId.in_subquery(session_rows::kept_ids()))
        .distinct()
}

/// Names nobody in place of a visitor in one column of the log of a session, in at most this many rows. Returns whether there
/// may be more.
async fn erase_some(
    tx: &DatabaseTransaction,
    session: SessionId,
    column: moderation::Column,
    (visitor, nobody): (VisitorId, Uuid),
    most: usize,
) -> Result<bool, StoreError> {
    let ids: Vec<Uuid> = moderation::Entity::find()
        .select_only()
        .column(moderation::Column::Id)
        .filter(moderation::Column::SessionId.eq(session.0))
        .filter(column.eq(visitor.0))
        .limit(most as u64)
        .into_tuple()
        .all(tx)
        .await?;
    let has_more = ids.len() >= most;
    moderation::Entity::update_many()
        .col_expr(column, Expr::value(nobody))
        .filter(moderation::Column::SessionId.eq(session.0))
        .filter(moderation::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(has_more)
}

/// Deletes a visitor's grants in a session, and counts them.
async fn erase_grants(
    tx: &DatabaseTransaction,
    session: SessionId,
    visitor: VisitorId,
) -> Result<(), StoreError> {
    let erased = grant::Entity::delete_many()
        .filter(grant::Column::SessionId.eq(session.0))
        .filter(grant::Column::VisitorId.eq(visitor.0))
        .exec(tx)
        .await?;
    count_erased(tx, session, erased.rows_affected).await
}

/// Remembers of rights that were taken from somebody how many they were, once nothing else tells.
pub(super) async fn count_erased(
    tx: &DatabaseTransaction,
    session: SessionId,
    erased: u64,
) -> Result<(), StoreError> {
    let count = Expr::col(session::Column::ErasedGrants);
    let erased = i64::try_from(erased).unwrap_or(i64::MAX);
    session::Entity::update_many()
        .col_expr(session::Column::ErasedGrants, count.add(erased))
        .filter(session::Column::Id.eq(session.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Erases some of a visitor's timestamps, and the words of theirs that the log quotes.
async fn empty(
    writer: &Writer,
    clock: &Clock,
    session: SessionId,
    visitor: VisitorId,
    nobody: Uuid,
    part: Vec<Uuid>,
) -> Result<Committed<()>, StoreError> {
    let (tx, mut locked) = writer.kept_session(session).await?;
    let now = clock.now();
    let rows = timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Id.is_in(part))
        .filter(timestamp::Column::VisitorId.eq(visitor.0))
        .order_by_asc(timestamp::Column::Arrival)
        .all(&tx)
        .await?;
    empty_rows(&tx, &mut locked, &rows, nobody, now).await?;
    locked.commit(tx, (), now).await
}

/// Removes these timestamps from every list, with their words and every trace of whose they were.
pub(super) async fn empty_rows(
    tx: &DatabaseTransaction,
    locked: &mut SessionTx,
    rows: &[timestamp::Model],
    nobody: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let session = locked.id();
    let emptied = [
        (timestamp::Column::Note, Expr::value(None::<String>)),
        (timestamp::Column::SubmittedBy, Expr::value(None::<String>)),
        (timestamp::Column::Label, Expr::value(None::<i16>)),
        (timestamp::Column::VisitorId, Expr::value(nobody)),
        // It was derived from the visitor and the words.
        (timestamp::Column::RequestHash, Expr::value(vec![0u8; 32])),
        (timestamp::Column::HiddenAt, Expr::value(now)),
        (timestamp::Column::HiddenBy, Expr::value(HIDDEN_BY_ERASURE)),
    ];
    locked.write_timestamps(tx, rows, &emptied).await?;
    let shown = rows.iter().filter(|row| row.hidden_by.is_none());
    locked.count_each(tx, shown, -1).await?;
    let entries = rows.iter().map(|row| (row.visitor_id, row.id));
    visitors::remove_entries(tx, session, entries).await?;
    let ids = rows.iter().map(|row| row.id);
    forget_words(session, ids).exec(tx).await?;
    Ok(())
}

/// Edits of the notes of these timestamps stay in the log, without the words.
fn forget_words(
    session: SessionId,
    timestamps: impl IntoIterator<Item = Uuid>,
) -> UpdateMany<moderation::Entity> {
    let no_words = || Expr::value(None::<String>);
    moderation::Entity::update_many()
        .col_expr(moderation::Column::NoteBefore, no_words())
        .col_expr(moderation::Column::NoteAfter, no_words())
        .filter(moderation::Column::SessionId.eq(session.0))
        .filter(moderation::Column::TimestampId.is_in(timestamps))
}

#[cfg(test)]
mod tests;
