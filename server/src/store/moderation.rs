//! Moderation: hide, restore, edit notes, block, undo. Each action is logged with what it changed.

use app::{
    domain::{
        filter::Filter,
        moderation::{ModerationAction, Swept, Undoing},
        role::Role,
        text::Note,
        time_range::TimeRange,
        timestamp::{BeganAt, Place, TimestampId},
    },
    service::ServiceError,
};
use entity::{moderation, timestamp};
use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, ExprTrait},
};

use super::{
    Store, StoreError, access, blocks,
    chunk_size::ChunkSize,
    lists::{self, Rows},
    moderation_tx::{Moderating, ModerationTx},
    moment_edits,
    pools::Lane,
    rows::{parse_optional, to_timestamp, to_unsigned},
    segments,
};
use crate::clock::Clock;

impl Store {
    /// Hides timestamps from viewers. Timestamps that are already hidden are left alone, except that those of blocked visitors
    /// stay hidden when the block is undone.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp` if one of them is not in this session; nothing was written then.
    pub async fn hide(
        &self,
        clock: &Clock,
        asked: Moderating,
        ids: &[TimestampId],
    ) -> Result<(), StoreError> {
        let (clock, ids) = (clock.clone(), ids.to_vec());
        self.write(Lane::Requests, |writer| async move {
            let mut act =
                ModerationTx::begin(&writer, &clock, asked, moderation::ActionKind::Hide).await?;
            let rows = act.rows(&ids).await?;
            act.hide(rows).await?;
            act.done().await
        })
        .await
    }

    /// Restores hidden timestamps, whatever hid them.
    ///
    /// # Errors
    /// As `hide`.
    pub async fn restore(
        &self,
        clock: &Clock,
        asked: Moderating,
        ids: &[TimestampId],
    ) -> Result<(), StoreError> {
        let (clock, ids) = (clock.clone(), ids.to_vec());
        self.write(Lane::Requests, |writer| async move {
            let mut act =
                ModerationTx::begin(&writer, &clock, asked, moderation::ActionKind::Restore)
                    .await?;
            let rows = act.rows(&ids).await?;
            act.show(rows).await?;
            act.done().await
        })
        .await
    }

    /// Hides those of the list's last `ModerationAction::MOST_A_CALL` timestamps that match a filter, or of the last ones before
    /// a place. If the filter has a range of time, those in it are the list.
    ///
    /// # Errors
    /// `StoreError::Database` if the database fails; nothing was written then.
    pub async fn hide_filtered(
        &self,
        clock: &Clock,
        asked: Moderating,
        filter: &Filter,
        before: Option<Place>,
    ) -> Result<Swept, StoreError> {
        let (clock, filter) = (clock.clone(), filter.clone());
        self.write(Lane::Requests, |writer| async move {
            let mut act =
                ModerationTx::begin(&writer, &clock, asked, moderation::ActionKind::Hide).await?;
            let mut segments = segments::all(&act.tx, asked.session.0).await?;
            segments.retain(|segment| {
                let index = to_unsigned(segment.index);
                let reaches_into = |range: TimeRange| range.segments().contains(&index);
                filter.segment.is_none_or(|wanted| wanted == index)
                    && filter.range.is_none_or(reaches_into)
            });
            // Of a long list, only the range is read.
            let end = filter.range.map(TimeRange::end);
            let before = before.into_iter().chain(end).min();
            // Hidden ones are scanned too, so that a long run of them takes several calls, and not one long one.
            let most = ModerationAction::MOST_A_CALL;
            let rows = lists::last_before(&act.tx, &segments, Rows::Any, before, most).await?;
            let looked_at = rows.len() as u64;
            let (mut passing, mut reached) = (Vec::new(), None);
            for row in rows {
                let seen = to_timestamp(row.clone(), &segments)?;
                reached = Some(seen.place());
                if filter.shows(&seen) {
                    passing.push(row);
                }
            }
            act.hide(passing).await?;
            let swept = Swept {
                hidden: to_unsigned(act.row.timestamps),
                before: reached.filter(|place| {
                    let may_be_left = |range: TimeRange| range.reaches_before(*place);
                    looked_at == most && filter.range.is_none_or(may_be_left)
                }),
            };
            act.answers(swept).await
        })
        .await
    }

    /// Replaces or removes the note of a timestamp.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp` if it is not in this session, `ServiceError::Edited` if the note has changed since the
    /// editing began.
    pub async fn edit_note(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
        note: Option<Note>,
        began_at: Option<BeganAt>,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let mut act =
                ModerationTx::begin(&writer, &clock, asked, moderation::ActionKind::EditNote)
                    .await?;
            let rows = act.rows(&[id]).await?;
            if let (Some(began_at), Some(row)) = (began_at, rows.first()) {
                let now = parse_optional(row.note.as_deref(), "note")?;
                // Saving the current note again is no error, because an answer can be lost.
                if now != began_at.note && now != note {
                    return Err(ServiceError::Edited { note: now }.into());
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
        })
        .await
    }

    /// Hides all timestamps of the visitor who made this one.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp` if it is not in this session, `ServiceError::ModerationConflict` if the action is about
    /// another visitor.
    pub async fn hide_visitor(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
    ) -> Result<(), StoreError> {
        // Read before the lock, and hidden in batches, so that others can keep pressing meanwhile.
        let (theirs, read_at) = self.of_author(asked.session, id).await?;
        let (mut left, mut size) = (theirs.as_slice(), ChunkSize::beside_presses());
        loop {
            let (part, later) = left.split_at(size.rows().min(left.len()));
            let (clock, part) = (clock.clone(), part.to_vec());
            // What they press in the meantime is hidden with the last batch. There is one even if nothing is left to hide: a
            // retry of the action must still refer to the same visitor.
            let since = later.is_empty().then_some(read_at);
            self.write_chunk(Lane::Requests, &mut size, |writer| async move {
                let kind = moderation::ActionKind::HideVisitor;
                let mut act = ModerationTx::begin(&writer, &clock, asked, kind).await?;
                let visitor = act.about_visitor_of(id).await?;
                let theirs = timestamp::Column::VisitorId.eq(visitor.0);
                let named = timestamp::Column::Id.is_in(part);
                let mut rows = act.find(named.and(theirs.clone()), None).await?;
                if let Some(read_at) = since {
                    let later = timestamp::Column::Arrival.gt(read_at);
                    let written = timestamp::Column::Revision.gt(read_at);
                    rows.extend(act.find(written.and(later).and(theirs), None).await?);
                }
                act.hide(rows).await?;
                act.row.visitor_id = Some(visitor.0);
                act.row.timestamp_id = Some(id.0);
                act.done().await
            })
            .await?;
            if later.is_empty() {
                return Ok(());
            }
            left = later;
        }
    }

    /// Blocks the visitor who made this timestamp: what they press from now on is hidden from others. Blocking them again
    /// changes nothing.
    ///
    /// # Errors
    /// As `hide_visitor`, and `ServiceError::TargetIsStaff` if the timestamp is a staff member's.
    pub async fn block(
        &self,
        clock: &Clock,
        asked: Moderating,
        id: TimestampId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let mut act =
                ModerationTx::begin(&writer, &clock, asked, moderation::ActionKind::Block).await?;
            let visitor = act.about_visitor_of(id).await?;
            if access::role(&act.tx, asked.session.0, visitor).await? > Role::Viewer {
                return Err(ServiceError::TargetIsStaff.into());
            }
            if !blocks::holds(&act.tx, asked.session.0, visitor).await? {
                act.locked.session.blocks += 1;
                act.row.visitor_id = Some(visitor.0);
                act.row.timestamp_id = Some(id.0);
                act.has_done = true;
            }
            act.done().await
        })
        .await
    }

    /// Undoes an action: restores what it hid and nothing else, at most `ModerationAction::MOST_A_CALL` timestamps, and lifts its
    /// block with the last; or restores the note, or what there was of a moment, from before an edit. Words that others have
    /// not seen yet stay hidden if their author is blocked, and are held for a moderator if the word filter finds them.
    /// Undoing it again is no error.
    ///
    /// # Errors
    /// `ServiceError::NoModeration` if the session has no such action, or one that has to be undone by hand;
    /// `ServiceError::EditedSince` if the note or the moment was changed again after the edit; and `ServiceError::NoTimestamp` if it was
    /// erased.
    pub async fn undo(&self, clock: &Clock, asked: Moderating) -> Result<Undoing, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let mut act = ModerationTx::again(&writer, &clock, asked).await?;
            if act.row.undone_at.is_some() {
                return act.answers(Undoing::Done).await;
            }
            if act.row.kind == moderation::ActionKind::EditNote {
                act.take_note_back().await?;
                return act.undone().await;
            }
            if act.row.moment_id.is_some() {
                moment_edits::undo(&mut act).await?;
                return act.undone().await;
            }
            let (hidden, most) = (
                timestamp::Column::HiddenBy.eq(asked.act),
                ModerationAction::MOST_A_CALL,
            );
            let rows = act.find(hidden, Some(most)).await?;
            let may_hide_others = rows.len() as u64 == most;
            act.take_hiding_back(rows).await?;
            if may_hide_others {
                return act.answers(Undoing::GoesOn).await;
            }
            if act.row.kind == moderation::ActionKind::Block {
                act.locked.session.blocks -= 1;
            }
            act.undone().await
        })
        .await
    }
}
