//! One moderation action under its session's lock: its effect on timestamps, and its row in the log.

use std::{collections::BTreeSet, iter};

use app::{
    domain::{moderation::Undoing, role::Right, text::Label, timestamp::TimestampId},
    service::ServiceError,
};
use chrono::{DateTime, Utc};
use entity::{moderation, timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{
    SessionId, StoreError, VisitorId, access, audit_log,
    blocks::{self, Blocks},
    pools::Writer,
    rows::{HIDDEN_BY_ERASURE, HIDDEN_BY_WORD_FILTER, to_action_kind, to_held_words},
    session_tx::{Committed, SessionTx},
    word_filter,
};
use crate::clock::Clock;

/// Who acts, in which session, and under which action id.
#[derive(Clone, Copy, Debug)]
pub struct Moderating {
    /// The session.
    pub session: SessionId,
    /// Who does it.
    pub author: VisitorId,
    /// The id of the action. Calls with the same id are one action.
    pub act: Uuid,
}

/// An action under the session's lock, and its row in the log.
pub(super) struct ModerationTx {
    pub(super) tx: DatabaseTransaction,
    pub(super) locked: SessionTx,
    pub(super) now: DateTime<Utc>,
    /// The label of the link that makes its author staff.
    label: Label,
    pub(super) row: moderation::Model,
    /// Whether the row is already in the log.
    is_known: bool,
    /// Whether something was done that belongs into the log.
    pub(super) has_done: bool,
    /// Whether written rows count as the action's targets. They don't while it is being undone.
    counts: bool,
}

impl ModerationTx {
    /// Begins an action, or resumes it if it has begun.
    pub(super) async fn begin(
        writer: &Writer,
        clock: &Clock,
        asked: Moderating,
        kind: moderation::ActionKind,
    ) -> Result<Self, StoreError> {
        let (tx, locked, label) = lock(writer, asked).await?;
        let now = clock.now();
        let known = moderation::Entity::find_by_id((asked.session.0, asked.act))
            .one(&tx)
            .await?;
        let is_known = known.is_some();
        let row = known.unwrap_or_else(|| moderation::Model {
            session_id: asked.session.0,
            id: asked.act,
            kind,
            visitor_id: None,
            timestamp_id: None,
            timestamps: 0,
            author: asked.author.0,
            author_label: label.to_string(),
            created_at: now,
            undone_at: None,
            undone_by: None,
            note_before: None,
            note_after: None,
            moment_id: None,
            moment_before: None,
            moment_after: None,
            moment_peak: None,
        });
        let goes_on = row.kind == kind && row.author == asked.author.0 && row.undone_at.is_none();
        if !goes_on {
            return Err(ServiceError::ModerationConflict.into());
        }
        Ok(Self {
            tx,
            locked,
            now,
            label,
            row,
            is_known,
            has_done: false,
            counts: true,
        })
    }

    /// Resumes an existing action, whoever started it.
    pub(super) async fn again(
        writer: &Writer,
        clock: &Clock,
        asked: Moderating,
    ) -> Result<Self, StoreError> {
        let (tx, locked, label) = lock(writer, asked).await?;
        let row = moderation::Entity::find_by_id((asked.session.0, asked.act))
            .one(&tx)
            .await?
            .filter(|row| to_action_kind(row.kind).can_be_undone())
            .filter(|row| row.kind != moderation::ActionKind::EditNote || row.note_before.is_some())
            .ok_or(ServiceError::NoModeration)?;
        Ok(Self {
            tx,
            locked,
            now: clock.now(),
            label,
            row,
            is_known: true,
            has_done: false,
            counts: false,
        })
    }

    /// Some of the session's timestamps, in any order, at most this many.
    pub(super) async fn find(
        &self,
        which: SimpleExpr,
        most: Option<u64>,
    ) -> Result<Vec<timestamp::Model>, StoreError> {
        Ok(timestamp::Entity::find()
            .filter(timestamp::Column::SessionId.eq(self.row.session_id))
            .filter(which)
            .filter(on_lists())
            .limit(most)
            .all(&self.tx)
            .await?)
    }

    /// All of these timestamps, each once.
    pub(super) async fn rows(
        &self,
        ids: &[TimestampId],
    ) -> Result<Vec<timestamp::Model>, StoreError> {
        let ids: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let wanted = ids.len();
        let rows = self.find(timestamp::Column::Id.is_in(ids), None).await?;
        if rows.len() == wanted {
            Ok(rows)
        } else {
            Err(ServiceError::NoTimestamp.into())
        }
    }

    /// The visitor who made a timestamp. An action is about one visitor: if its id were reused for another one, the first
    /// would silently be unblocked.
    pub(super) async fn about_visitor_of(&self, id: TimestampId) -> Result<VisitorId, StoreError> {
        let rows = self.rows(&[id]).await?;
        let row = rows.first().ok_or(ServiceError::NoTimestamp)?;
        let named = self.row.visitor_id;
        if named.is_some_and(|visitor| visitor != row.visitor_id) {
            return Err(ServiceError::ModerationConflict.into());
        }
        Ok(VisitorId(row.visitor_id))
    }

    /// Hides rows by this action. What a block hides is taken over: it stays hidden when the block is undone. Rows that
    /// something else hides are not written.
    pub(super) async fn hide(&mut self, rows: Vec<timestamp::Model>) -> Result<(), StoreError> {
        let (mut hidden, shown): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.hidden_by.is_some());
        let blocks = self.blocks_of_authors(&hidden).await?;
        hidden.retain(|row| row.hidden_by == blocks.get(&VisitorId(row.visitor_id)).copied());
        hidden.sort_unstable_by_key(|row| row.arrival);
        // Since when they are hidden still tells whether others have seen them.
        let by = Expr::value(self.row.id);
        self.write(&hidden, &[(timestamp::Column::HiddenBy, by)])
            .await?;
        self.set_hidden(shown, Some(self.row.id)).await
    }

    /// Shows rows again, whatever hides them; rows that are shown are not written.
    pub(super) async fn show(&mut self, mut rows: Vec<timestamp::Model>) -> Result<(), StoreError> {
        rows.retain(|row| row.hidden_by.is_some());
        self.set_hidden(rows, None).await
    }

    /// Hides rows that are shown, or shows hidden ones.
    async fn set_hidden(
        &mut self,
        mut rows: Vec<timestamp::Model>,
        by: Option<Uuid>,
    ) -> Result<(), StoreError> {
        // In arrival order. Asking the database for the first ones would make it read all rows.
        rows.sort_unstable_by_key(|row| row.arrival);
        let columns = [
            (
                timestamp::Column::HiddenAt,
                Expr::value(by.map(|_| self.now)),
            ),
            (timestamp::Column::HiddenBy, Expr::value(by)),
        ];
        self.write(&rows, &columns).await?;
        let counted = if by.is_some() { -1 } else { 1 };
        self.locked
            .count_each(&self.tx, rows.iter(), counted)
            .await?;
        Ok(())
    }

    /// The blocks of those who made these rows.
    async fn blocks_of_authors(&self, rows: &[timestamp::Model]) -> Result<Blocks, StoreError> {
        let session = &self.locked.session;
        let authors = rows.iter().map(|row| row.visitor_id);
        let mut blocks = blocks::of_each(&self.tx, iter::once(session), authors).await?;
        Ok(blocks.remove(&SessionId(session.id)).unwrap_or_default())
    }

    /// Takes back that this action hid rows: each is on the lists again as it was before the action. One that was not on the
    /// lists with its words stays hidden if its author is blocked, by the block, and is held for a moderator if the filter finds
    /// its words now.
    pub(super) async fn take_hiding_back(
        &mut self,
        mut rows: Vec<timestamp::Model>,
    ) -> Result<(), StoreError> {
        rows.sort_unstable_by_key(|row| row.arrival);
        let mut blocks = self.blocks_of_authors(&rows).await?;
        // This action may be one of them.
        blocks.retain(|_, block| *block != self.row.id);
        let (blocked, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| {
            word_filter::is_unseen(row) && blocks.contains_key(&VisitorId(row.visitor_id))
        });
        self.write(&blocked, &[(timestamp::Column::HiddenBy, by_each(&blocks))])
            .await?;
        let held_words = to_held_words(&self.locked.session)?.finder();
        let (held, shown): (Vec<_>, Vec<_>) = others
            .into_iter()
            .partition(|row| word_filter::holds_back(row, &held_words));
        let by_filter = Expr::value(HIDDEN_BY_WORD_FILTER);
        self.write(&held, &[(timestamp::Column::HiddenBy, by_filter)])
            .await?;
        self.show(shown).await
    }

    /// Whether a later action of these kinds on the same timestamp or moment stands. What there was before this one must not
    /// come back then, even where the later one left things as this one found or left them. So the edits of one text are
    /// undone from the last to the first, and what is restored was written by an edit that stands, or is the original. Which is
    /// later is told by the clocks of the processes, which agree within some milliseconds.
    pub(super) async fn is_decided_again(
        &self,
        kinds: impl IntoIterator<Item = moderation::ActionKind>,
    ) -> Result<bool, StoreError> {
        let target = match self.row.moment_id {
            Some(moment) => moderation::Column::MomentId.eq(moment),
            None => moderation::Column::TimestampId.eq(self.row.timestamp_id),
        };
        let later = audit_log::standing(self.row.session_id, target, kinds)
            .filter(moderation::Column::CreatedAt.gt(self.row.created_at));
        Ok(later.count(&self.tx).await? > 0)
    }

    /// Restores the note from before an edit, unless somebody has edited it again. Where others would see it, it is held for
    /// a moderator if the word filter finds it now.
    pub(super) async fn take_note_back(&mut self) -> Result<(), StoreError> {
        let id = self.row.timestamp_id.ok_or(ServiceError::NoTimestamp)?;
        let rows = self.rows(&[TimestampId(id)]).await?;
        let now = rows.first().map(|row| row.note.clone().unwrap_or_default());
        if now != self.row.note_after || self.is_decided_again([self.row.kind]).await? {
            return Err(ServiceError::EditedSince.into());
        }
        let before = self.row.note_before.clone();
        let before = before.filter(|note| !note.is_empty());
        let held_words = to_held_words(&self.locked.session)?.finder();
        let is_held = word_filter::finds(&held_words, [before.as_deref()]);
        let mut columns = vec![(timestamp::Column::Note, Expr::value(before))];
        let (shown, hidden): (Vec<_>, Vec<_>) =
            rows.into_iter().partition(|row| row.hidden_by.is_none());
        if !hidden.is_empty() {
            // Whatever hides the row, others have not seen this note since.
            let created_at = Expr::col(timestamp::Column::CreatedAt);
            columns.push((timestamp::Column::HiddenAt, created_at));
        } else if is_held {
            let by_filter = Expr::value(HIDDEN_BY_WORD_FILTER);
            columns.push((timestamp::Column::HiddenAt, Expr::value(self.now)));
            columns.push((timestamp::Column::HiddenBy, by_filter));
        }
        self.write(&hidden, &columns).await?;
        self.write(&shown, &columns).await?;
        if is_held {
            self.locked.count_each(&self.tx, shown.iter(), -1).await?;
        }
        Ok(())
    }

    /// Records that the action is undone.
    pub(super) async fn undone(mut self) -> Result<Committed<Undoing>, StoreError> {
        self.row.undone_at = Some(self.now);
        self.row.undone_by = Some(self.label.to_string());
        self.has_done = true;
        self.answers(Undoing::Done).await
    }

    /// Writes some columns of these timestamps, each with a revision of its own.
    pub(super) async fn write(
        &mut self,
        rows: &[timestamp::Model],
        columns: &[(timestamp::Column, SimpleExpr)],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.locked
            .write_timestamps(&self.tx, rows, columns)
            .await?;
        if self.counts {
            self.row.timestamps += i32::try_from(rows.len()).unwrap_or(i32::MAX);
            self.row.timestamp_id = self.row.timestamp_id.or(rows.first().map(|row| row.id));
        }
        self.has_done = true;
        Ok(())
    }

    /// Writes the log if something was done, and commits.
    pub(super) async fn done(self) -> Result<Committed<()>, StoreError> {
        self.answers(()).await
    }

    /// The same, with a result.
    pub(super) async fn answers<T>(self, answer: T) -> Result<Committed<T>, StoreError> {
        if self.has_done {
            let row = self.row.into_active_model();
            if self.is_known {
                moderation::Entity::update(row.reset_all())
                    .exec(&self.tx)
                    .await?;
            } else {
                moderation::Entity::insert(row)
                    .exec_without_returning(&self.tx)
                    .await?;
            }
        }
        self.locked.commit(self.tx, answer, self.now).await
    }
}

/// The session under its lock, and the label of the link that makes the author staff. A link that was revoked after the
/// caller was authorized is noticed here.
async fn lock(
    writer: &Writer,
    asked: Moderating,
) -> Result<(DatabaseTransaction, SessionTx, Label), StoreError> {
    // These ids mark hidden timestamps, and can't be moderators' actions.
    if [HIDDEN_BY_WORD_FILTER, HIDDEN_BY_ERASURE].contains(&asked.act) {
        return Err(ServiceError::NoModeration.into());
    }
    let (tx, locked) = writer.session(asked.session).await?;
    let label = access::label(&tx, asked.session.0, asked.author).await?;
    let label = label.ok_or(ServiceError::Forbidden(Right::Moderate))?;
    Ok((tx, locked, label))
}

/// What hides the rows of blocked visitors: of each, their block.
fn by_each(blocks: &Blocks) -> SimpleExpr {
    let mut by = CaseStatement::new();
    for (visitor, block) in blocks {
        by = by.case(
            Expr::col(timestamp::Column::VisitorId).eq(visitor.0),
            *block,
        );
    }
    // Never used; it tells Postgres the type.
    by.finally(Expr::col(timestamp::Column::HiddenBy)).into()
}

/// Everything except the timestamps of erased visitors, which nobody can hide or restore.
fn on_lists() -> SimpleExpr {
    let hidden_by = timestamp::Column::HiddenBy;
    hidden_by.is_null().or(hidden_by.ne(HIDDEN_BY_ERASURE))
}
