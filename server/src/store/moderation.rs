//! What moderators do: hide, show again, edit notes, block, undo. Each act is written into the log with what it changed.

use std::collections::{BTreeSet, HashMap};

use app::{
    clips::ClipsError,
    domain::{
        filter::Filter,
        moderation::{Deed, Moderation, Swept, Undoing},
        role::{Right, Role},
        text::{Label, Note},
        timestamp::{BeganAt, Place, TimestampId},
    },
};
use chrono::{DateTime, Utc};
use entity::{moderation, timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, DatabaseTransaction, EntityTrait, IntoActiveModel,
    QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{
    Done, SessionId, Store, StoreError, Submission, VisitorId, access,
    change::Change,
    hidden::{FORGOTTEN, HELD},
    lists, segments,
    texts::optional,
    timestamps::to_timestamp,
};
use crate::world::Clock;

/// Who does something, where, and as which act.
#[derive(Clone, Copy, Debug)]
pub struct Moderating {
    /// The session.
    pub session: SessionId,
    /// Who does it.
    pub author: VisitorId,
    /// The act's id. Calls with the same one are one act.
    pub act: Uuid,
}

/// The visitors of one session that are blocked, each with the act that did it.
pub(super) type Blocks = HashMap<VisitorId, Uuid>;

impl Store {
    /// Hides timestamps from viewers. Those that are hidden already stay as they are.
    ///
    /// # Errors
    /// `ClipsError::NoTimestamp` where one of them is not in this session; nothing was written then.
    pub async fn hide(
        &self,
        clock: &Clock,
        asked: Moderating,
        ids: &[TimestampId],
    ) -> Result<Done<()>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::Hide).await?;
        let rows = act.rows(ids).await?;
        act.set_hidden(rows, Some(asked.act)).await?;
        act.done().await
    }

    /// Shows hidden timestamps again, whatever hid them.
    ///
    /// # Errors
    /// As `hide`.
    pub async fn restore(
        &self,
        clock: &Clock,
        asked: Moderating,
        ids: &[TimestampId],
    ) -> Result<Done<()>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::Restore).await?;
        let rows = act.rows(ids).await?;
        act.set_hidden(rows, None).await?;
        act.done().await
    }

    /// Hides those of the list's last `Moderation::MOST_A_CALL` timestamps that pass a filter, or of the last ones before a
    /// place.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't do it; nothing was written then.
    pub async fn hide_filtered(
        &self,
        clock: &Clock,
        asked: Moderating,
        filter: &Filter,
        before: Option<Place>,
    ) -> Result<Done<Swept>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::Hide).await?;
        let mut segments = segments::all(&act.tx, asked.session.0).await?;
        segments.retain(|segment| {
            let index = segments::whole(segment.index);
            filter.segment.is_none_or(|wanted| wanted == index)
        });
        // Hidden ones are looked at too: a long stretch of them is then several calls, and not one long one.
        let (any, most) = (Condition::all(), Moderation::MOST_A_CALL);
        let rows = lists::last_before(&act.tx, &segments, &any, before, most).await?;
        let looked_at = rows.len() as u64;
        let (mut passing, mut reached) = (Vec::new(), None);
        for row in rows {
            let seen = to_timestamp(row.clone(), &segments)?;
            reached = Some(seen.place());
            if filter.shows(&seen) {
                passing.push(row);
            }
        }
        act.set_hidden(passing, Some(asked.act)).await?;
        let swept = Swept {
            hidden: segments::whole(act.row.timestamps),
            before: reached.filter(|_| looked_at == most),
        };
        act.answers(swept).await
    }

    /// Gives a timestamp another note, or none.
    ///
    /// # Errors
    /// `ClipsError::NoTimestamp` where it is not in this session, `ClipsError::Edited` where the editing began at another
    /// note than is there now.
    pub async fn edit_note(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
        note: Option<Note>,
        began_at: Option<BeganAt>,
    ) -> Result<Done<()>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::EditNote).await?;
        let rows = act.rows(&[id]).await?;
        if let (Some(began_at), Some(row)) = (began_at, rows.first()) {
            let now = optional(row.note.as_deref(), "note")?;
            // Whoever saves what is there already hears of nothing: an answer can be lost.
            if now != began_at.note && now != note {
                return Err(ClipsError::Edited { note: now }.into());
            }
        }
        let note = note.map(String::from);
        let rows: Vec<_> = rows.into_iter().filter(|row| row.note != note).collect();
        if let Some(row) = rows.first() {
            act.row.note_before = Some(row.note.clone().unwrap_or_default());
            act.row.note_after = Some(note.clone().unwrap_or_default());
        }
        act.write(&rows, &[(timestamp::Column::Note, Expr::value(note))])
            .await?;
        act.done().await
    }

    /// Hides all timestamps of the visitor who made this one.
    ///
    /// # Errors
    /// `ClipsError::NoTimestamp` where it is not in this session, `ClipsError::OtherAct` where the act is about another
    /// visitor.
    pub async fn hide_visitor(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
    ) -> Result<Done<()>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::HideVisitor).await?;
        let visitor = act.about_visitor_of(id).await?;
        let theirs = timestamp::Column::VisitorId.eq(visitor.0);
        let shown = timestamp::Column::HiddenBy.is_null();
        let rows = act.find(theirs.and(shown), None).await?;
        act.set_hidden(rows, Some(asked.act)).await?;
        act.row.visitor_id = Some(visitor.0);
        act.row.timestamp_id = Some(id.0);
        act.done().await
    }

    /// Blocks the visitor who made this timestamp: what they press from now on is hidden from others. Who is blocked
    /// already stays so.
    ///
    /// # Errors
    /// As `hide_visitor`, and `ClipsError::Staff` where the timestamp is staff's.
    pub async fn block(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
    ) -> Result<Done<()>, StoreError> {
        let mut act = Act::begin(self, clock, asked, moderation::Deed::Block).await?;
        let visitor = act.about_visitor_of(id).await?;
        if access::role(&act.tx, asked.session.0, visitor).await? > Role::Viewer {
            return Err(ClipsError::Staff.into());
        }
        if !act.is_blocked(visitor).await? {
            act.change.session.blocks += 1;
            act.row.visitor_id = Some(visitor.0);
            act.row.timestamp_id = Some(id.0);
            act.has_done = true;
        }
        act.done().await
    }

    /// Undoes an act: shows what it hid and nothing else, at most `Moderation::MOST_A_CALL` of them, and lifts its block
    /// with the last; or gives back the note from before an edit. Undoing it again is no error.
    ///
    /// # Errors
    /// `ClipsError::NoModeration` where the session has no such act, or one of those that are undone by hand;
    /// `ClipsError::EditedSince` where the note of an edit was changed again after it, and `ClipsError::NoTimestamp` where it
    /// was forgotten.
    pub async fn undo(
        &self,
        clock: &Clock,
        asked: Moderating,
    ) -> Result<Done<Undoing>, StoreError> {
        let mut act = Act::again(self, clock, asked).await?;
        if act.row.undone_at.is_some() {
            return act.answers(Undoing::Done).await;
        }
        if act.row.deed == moderation::Deed::EditNote {
            act.take_note_back().await?;
            return act.undone().await;
        }
        let (hidden, most) = (
            timestamp::Column::HiddenBy.eq(asked.act),
            Moderation::MOST_A_CALL,
        );
        let rows = act.find(hidden, Some(most)).await?;
        let may_hide_others = rows.len() as u64 == most;
        act.set_hidden(rows, None).await?;
        if may_hide_others {
            return act.answers(Undoing::GoesOn).await;
        }
        if act.row.deed == moderation::Deed::Block {
            act.change.session.blocks -= 1;
        }
        act.undone().await
    }
}

/// An act under the session's lock, and its row in the log.
struct Act {
    tx: DatabaseTransaction,
    change: Change,
    now: DateTime<Utc>,
    /// The label of the link by which its author is there.
    label: Label,
    row: moderation::Model,
    /// Whether the row stands in the log already.
    is_known: bool,
    /// Whether something was done that the log shall tell.
    has_done: bool,
    /// Whether what is written is what the act is done to. It is not while the act is undone.
    counts: bool,
}

impl Act {
    /// Begins an act, or goes on with it where it has begun.
    async fn begin(
        store: &Store,
        clock: &Clock,
        asked: Moderating,
        deed: moderation::Deed,
    ) -> Result<Self, StoreError> {
        let (tx, change, label) = locked(store, asked).await?;
        let now = clock.now();
        let known = moderation::Entity::find_by_id((asked.session.0, asked.act))
            .one(&tx)
            .await?;
        let is_known = known.is_some();
        let row = known.unwrap_or_else(|| moderation::Model {
            session_id: asked.session.0,
            id: asked.act,
            deed,
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
        });
        let goes_on = row.deed == deed && row.author == asked.author.0 && row.undone_at.is_none();
        if !goes_on {
            return Err(ClipsError::OtherAct.into());
        }
        Ok(Self {
            tx,
            change,
            now,
            label,
            row,
            is_known,
            has_done: false,
            counts: true,
        })
    }

    /// Takes up what was done before, by whomever.
    async fn again(store: &Store, clock: &Clock, asked: Moderating) -> Result<Self, StoreError> {
        let (tx, change, label) = locked(store, asked).await?;
        let row = moderation::Entity::find_by_id((asked.session.0, asked.act))
            .one(&tx)
            .await?
            .filter(|row| to_deed(row.deed).can_be_undone())
            .filter(|row| row.deed != moderation::Deed::EditNote || row.note_before.is_some())
            .ok_or(ClipsError::NoModeration)?;
        Ok(Self {
            tx,
            change,
            now: clock.now(),
            label,
            row,
            is_known: true,
            has_done: false,
            counts: false,
        })
    }

    /// Some of the session's timestamps, in no order, and of these at most so many.
    async fn find(
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
    async fn rows(&self, ids: &[TimestampId]) -> Result<Vec<timestamp::Model>, StoreError> {
        let ids: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
        let wanted = ids.len();
        let rows = self.find(timestamp::Column::Id.is_in(ids), None).await?;
        if rows.len() == wanted {
            Ok(rows)
        } else {
            Err(ClipsError::NoTimestamp.into())
        }
    }

    /// The visitor who made a timestamp. An act is about one visitor: with its id used again for another one, the first
    /// would silently be free of it.
    async fn about_visitor_of(&self, id: TimestampId) -> Result<VisitorId, StoreError> {
        let rows = self.rows(&[id]).await?;
        let row = rows.first().ok_or(ClipsError::NoTimestamp)?;
        let named = self.row.visitor_id;
        if named.is_some_and(|visitor| visitor != row.visitor_id) {
            return Err(ClipsError::OtherAct.into());
        }
        Ok(VisitorId(row.visitor_id))
    }

    async fn is_blocked(&self, visitor: VisitorId) -> Result<bool, StoreError> {
        let block = moderation::Entity::find()
            .filter(moderation::Column::SessionId.eq(self.row.session_id))
            .filter(moderation::Column::VisitorId.eq(visitor.0))
            .filter(is_block())
            .one(&self.tx)
            .await?;
        Ok(block.is_some())
    }

    /// Hides rows by an act, or shows them where there is none; those that are so already are not written.
    async fn set_hidden(
        &mut self,
        rows: Vec<timestamp::Model>,
        by: Option<Uuid>,
    ) -> Result<(), StoreError> {
        let rows = rows.into_iter();
        let mut rows: Vec<_> = rows
            .filter(|row| row.hidden_by.is_some() != by.is_some())
            .collect();
        // Revisions grow with the arrival. The database would read all that there are to find the first ones.
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
        self.change
            .count_each(&self.tx, rows.iter(), counted)
            .await?;
        Ok(())
    }

    /// Gives the timestamp of an edit the note from before it, unless somebody changed it again.
    async fn take_note_back(&mut self) -> Result<(), StoreError> {
        let id = self.row.timestamp_id.ok_or(ClipsError::NoTimestamp)?;
        let rows = self.rows(&[TimestampId(id)]).await?;
        let now = rows.first().map(|row| row.note.clone().unwrap_or_default());
        if now == self.row.note_before {
            return Ok(());
        }
        if now != self.row.note_after {
            return Err(ClipsError::EditedSince.into());
        }
        let before = self.row.note_before.clone();
        let before = before.filter(|note| !note.is_empty());
        self.write(&rows, &[(timestamp::Column::Note, Expr::value(before))])
            .await
    }

    /// Writes that the act is undone.
    async fn undone(mut self) -> Result<Done<Undoing>, StoreError> {
        self.row.undone_at = Some(self.now);
        self.row.undone_by = Some(self.label.to_string());
        self.has_done = true;
        self.answers(Undoing::Done).await
    }

    /// Writes some columns of these timestamps, each with a revision of its own.
    async fn write(
        &mut self,
        rows: &[timestamp::Model],
        columns: &[(timestamp::Column, SimpleExpr)],
    ) -> Result<(), StoreError> {
        if rows.is_empty() {
            return Ok(());
        }
        self.change
            .write_timestamps(&self.tx, rows, columns)
            .await?;
        if self.counts {
            self.row.timestamps += i32::try_from(rows.len()).unwrap_or(i32::MAX);
            self.row.timestamp_id = self.row.timestamp_id.or(rows.first().map(|row| row.id));
        }
        self.has_done = true;
        Ok(())
    }

    /// Writes the log where something was done, and commits.
    async fn done(self) -> Result<Done<()>, StoreError> {
        self.answers(()).await
    }

    /// The same with an answer.
    async fn answers<T>(self, answer: T) -> Result<Done<T>, StoreError> {
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
        self.change.done(self.tx, answer, self.now).await
    }
}

/// What was done, as the domain calls it.
pub(super) fn to_deed(deed: moderation::Deed) -> Deed {
    match deed {
        moderation::Deed::Hide => Deed::Hide,
        moderation::Deed::HideVisitor => Deed::HideVisitor,
        moderation::Deed::Block => Deed::Block,
        moderation::Deed::Restore => Deed::Restore,
        moderation::Deed::EditNote => Deed::EditNote,
    }
}

/// The session under its lock, and the label of the link by which the author is there. A link that was revoked since the
/// caller was admitted is seen here.
async fn locked(
    store: &Store,
    asked: Moderating,
) -> Result<(DatabaseTransaction, Change, Label), StoreError> {
    // These ids mark hidden timestamps, and are no moderator's acts.
    if [HELD, FORGOTTEN].contains(&asked.act) {
        return Err(ClipsError::NoModeration.into());
    }
    let (tx, change) = Change::begin(store, asked.session).await?;
    let label = access::label(&tx, asked.session.0, asked.author).await?;
    let label = label.ok_or(ClipsError::Forbidden(Right::Moderate))?;
    Ok((tx, change, label))
}

/// Everything but the timestamps of visitors that were forgotten: those are nobody's to hide or to show.
fn on_lists() -> SimpleExpr {
    let hidden_by = timestamp::Column::HiddenBy;
    hidden_by.is_null().or(hidden_by.ne(FORGOTTEN))
}

fn is_block() -> SimpleExpr {
    let block = moderation::Column::Deed.eq(moderation::Deed::Block);
    block.and(moderation::Column::UndoneAt.is_null())
}

/// Who of those that press is blocked, by session. Mostly nobody is, and then nothing is asked.
pub(super) async fn blocks(
    tx: &DatabaseTransaction,
    changes: impl Iterator<Item = &Change>,
    submissions: &[Submission],
) -> Result<HashMap<SessionId, Blocks>, StoreError> {
    let sessions: Vec<_> = changes
        .filter(|change| change.session.blocks > 0)
        .map(|change| change.session.id)
        .collect();
    let mut of_each: HashMap<SessionId, Blocks> = HashMap::new();
    if sessions.is_empty() {
        return Ok(of_each);
    }
    let visitors = submissions.iter().map(|submission| submission.visitor.0);
    let rows = moderation::Entity::find()
        .filter(moderation::Column::SessionId.is_in(sessions))
        .filter(moderation::Column::VisitorId.is_in(visitors))
        .filter(is_block())
        .all(tx)
        .await?;
    for row in rows {
        if let Some(visitor) = row.visitor_id {
            let blocks = of_each.entry(SessionId(row.session_id)).or_default();
            blocks.insert(VisitorId(visitor), row.id);
        }
    }
    Ok(of_each)
}
