//! Forgets a visitor: what they pressed is taken out of every list, and nothing tells any more that it was theirs.

use entity::{grant, moderation, timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use uuid::Uuid;

use super::{SessionId, Store, StoreError, VisitorId, change::Change, hidden::FORGOTTEN};
use crate::world::{self, Clock};

impl Store {
    /// Forgets a visitor. Their timestamps lose note, name and author, and leave every list; their grants go. Answers the
    /// sessions whose pages have something to hear of.
    ///
    /// The rows stay, empty: a list that was read up to a revision hears of what changed after it, and of nothing else.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't; what was forgotten until then stays so.
    pub async fn forget_visitor(
        &self,
        clock: &Clock,
        visitor: VisitorId,
    ) -> Result<Vec<SessionId>, StoreError> {
        let changed = self.pressed_in(visitor).await?;
        for session in &changed {
            self.forget_in(clock, *session, visitor).await?;
        }
        // The log keeps what they did as a moderator, with the label of their link.
        let moderated = grant::Entity::find()
            .select_only()
            .column(grant::Column::SessionId)
            .filter(grant::Column::VisitorId.eq(visitor.0))
            .into_query();
        let nobody = Expr::value(world::random_uuid());
        moderation::Entity::update_many()
            .col_expr(moderation::Column::Author, nobody)
            .filter(moderation::Column::SessionId.in_subquery(moderated))
            .filter(moderation::Column::Author.eq(visitor.0))
            .exec(&self.pools.writer)
            .await?;
        grant::Entity::delete_many()
            .filter(grant::Column::VisitorId.eq(visitor.0))
            .exec(&self.pools.writer)
            .await?;
        Ok(changed)
    }

    /// Whether anything that a visitor pressed is still theirs.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn has_pressed(&self, visitor: VisitorId) -> Result<bool, StoreError> {
        Ok(!self.pressed_in(visitor).await?.is_empty())
    }

    /// The sessions that a visitor pressed in.
    async fn pressed_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        let sessions: Vec<Uuid> = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::SessionId)
            .filter(timestamp::Column::VisitorId.eq(visitor.0))
            .distinct()
            .into_tuple()
            .all(&self.pools.reader)
            .await?;
        Ok(sessions.into_iter().map(SessionId).collect())
    }

    async fn forget_in(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        let now = clock.now();
        // One for all of them, so that moderators can still tell that they were one visitor's.
        let nobody = world::random_uuid();
        let rows = timestamp::Entity::find()
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::VisitorId.eq(visitor.0))
            .order_by_asc(timestamp::Column::Arrival)
            .all(&tx)
            .await?;
        let emptied = [
            (timestamp::Column::Note, Expr::value(None::<String>)),
            (timestamp::Column::SubmittedBy, Expr::value(None::<String>)),
            (timestamp::Column::VisitorId, Expr::value(nobody)),
            // It was made of the visitor and the words.
            (timestamp::Column::RequestHash, Expr::value(vec![0u8; 32])),
            (timestamp::Column::HiddenAt, Expr::value(now)),
            (timestamp::Column::HiddenBy, Expr::value(FORGOTTEN)),
        ];
        change.write_timestamps(&tx, &rows, &emptied).await?;
        let shown = rows.iter().filter(|row| row.hidden_by.is_none());
        change.count_each(&tx, shown, -1).await?;
        // Edits of their notes stay in the log, without the words.
        let theirs = timestamp::Entity::find()
            .select_only()
            .column(timestamp::Column::Id)
            .filter(timestamp::Column::SessionId.eq(session.0))
            .filter(timestamp::Column::VisitorId.eq(nobody))
            .into_query();
        let no_words = || Expr::value(None::<String>);
        moderation::Entity::update_many()
            .col_expr(moderation::Column::NoteBefore, no_words())
            .col_expr(moderation::Column::NoteAfter, no_words())
            .filter(moderation::Column::SessionId.eq(session.0))
            .filter(moderation::Column::TimestampId.in_subquery(theirs))
            .exec(&tx)
            .await?;
        // A block of them stays in the log, and holds nobody any more.
        moderation::Entity::update_many()
            .col_expr(moderation::Column::VisitorId, Expr::value(nobody))
            .filter(moderation::Column::SessionId.eq(session.0))
            .filter(moderation::Column::VisitorId.eq(visitor.0))
            .exec(&tx)
            .await?;
        change.done(tx, (), now).await?;
        Ok(())
    }
}
