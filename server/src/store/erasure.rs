//! Erases a visitor: removes what they pressed from every list, and every trace that it was theirs or that they joined a moment.

use chrono::{DateTime, Utc};
use entity::{grant, moderation, session, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
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
            unless_gone(self.erase_from_log(clock, session, visitor).await)?;
        }
        for session in self.granted_in(visitor).await? {
            unless_gone(self.erase_grants(clock, session, visitor).await)?;
        }
        Ok(())
    }

    /// Whether anything that a visitor pressed or joined is still theirs, the log names them as somebody who was moderated, or
    /// they still hold a link. Only who holds one can be named as the author of an action.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn has_traces_of(&self, visitor: VisitorId) -> Result<bool, StoreError> {
        Ok(!self.pressed_in(visitor).await?.is_empty()
            || !self.joined_in(visitor).await?.is_empty()
            || !self.moderated_in(visitor).await?.is_empty()
            || !self.granted_in(visitor).await?.is_empty())
    }

    /// The sessions in which a visitor holds a link, revoked or not.
    async fn granted_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let sessions: Vec<Uuid> = grant::Entity::find()
                .select_only()
                .column(grant::Column::SessionId)
                .filter(grant::Column::VisitorId.eq(visitor.0))
                .filter(grant::Column::SessionId.in_subquery(session_rows::kept_ids()))
                .distinct()
                .into_tuple()
                .all(tx)
                .await?;
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Deletes a visitor's grants in a session, which ends their streams. The log keeps what they did as one of the staff, with
    /// the label of their link.
    async fn erase_grants(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            // Under the lock, as in `erase_from_log`. Nothing is logged in their name afterwards, because moderation checks
            // under the same lock that its author holds a link.
            let (tx, mut locked) = writer.kept_session(session).await?;
            let nobody = Expr::value(random::uuid());
            moderation::Entity::update_many()
                .col_expr(moderation::Column::Author, nobody)
                .filter(moderation::Column::SessionId.eq(session.0))
                .filter(moderation::Column::Author.eq(visitor.0))
                .exec(&tx)
                .await?;
            let erased = grant::Entity::delete_many()
                .filter(grant::Column::SessionId.eq(session.0))
                .filter(grant::Column::VisitorId.eq(visitor.0))
                .exec(&tx)
                .await?;
            let count = Expr::col(session::Column::ErasedGrants);
            let erased = i64::try_from(erased.rows_affected).unwrap_or(i64::MAX);
            session::Entity::update_many()
                .col_expr(session::Column::ErasedGrants, count.add(erased))
                .filter(session::Column::Id.eq(session.0))
                .exec(&tx)
                .await?;
            // No revision grows, but streams have to end.
            locked.has_news();
            locked.commit(tx, (), clock.now()).await
        })
        .await
    }

    /// The sessions whose log names a visitor as somebody who was moderated. They may have no timestamps there any more: those
    /// that were taken back are nobody's.
    async fn moderated_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let sessions: Vec<Uuid> = moderated(visitor).into_tuple().all(tx).await?;
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Removes a visitor from what the log of a session says about them. A block of them stays in the log, but blocks nobody
    /// any more.
    async fn erase_from_log(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            // Under the lock: an undo writes the row of its action as it has read it.
            let (tx, locked) = writer.kept_session(session).await?;
            let nobody = Expr::value(random::uuid());
            moderation::Entity::update_many()
                .col_expr(moderation::Column::VisitorId, nobody)
                .filter(moderation::Column::SessionId.eq(session.0))
                .filter(moderation::Column::VisitorId.eq(visitor.0))
                .exec(&tx)
                .await?;
            locked.commit(tx, (), clock.now()).await
        })
        .await
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

/// The sessions whose log names a visitor, each once.
fn moderated(visitor: VisitorId) -> Select<moderation::Entity> {
    moderation::Entity::find()
        .select_only()
        .column(moderation::Column::SessionId)
        .filter(moderation::Column::VisitorId.eq(visitor.0))
        .filter(moderation::Column::SessionId.in_subquery(session_rows::kept_ids()))
        .distinct()
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
    // Edits of their notes stay in the log, without the words.
    let no_words = || Expr::value(None::<String>);
    moderation::Entity::update_many()
        .col_expr(moderation::Column::NoteBefore, no_words())
        .col_expr(moderation::Column::NoteAfter, no_words())
        .filter(moderation::Column::SessionId.eq(session.0))
        .filter(moderation::Column::TimestampId.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait};

    use super::*;
    use crate::store::dialect::plans::plan;

    #[tokio::test]
    async fn a_visitor_is_found_in_the_logs_of_all_sessions_by_an_index() {
        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            let query = moderated(VisitorId(random::uuid()));
            let plan = plan(query.build(backend)).await.join("\n");
            assert!(plan.contains("moderation_visitor_id_idx"), "{plan}");
        }
    }
}
