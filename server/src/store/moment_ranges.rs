//! The ranges of a segment's moments: changed by the pure rules, and what that comes to is written.

use std::collections::HashSet;

use app::{
    domain::{
        invalid_input::InvalidInput,
        moments::{
            boundaries::Span,
            moment::MomentId,
            range_edits::{KeptEdit, KeptMoment, RangeRefused, RangeRequest, SegmentEdits},
            range_rule::RangeRule,
        },
        offset::Offset,
        text::Title,
    },
    service::ServiceError,
};
use chrono::{DateTime, Utc};
use entity::{moment, moment_edit, segment};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    StoreError,
    moderation_tx::ModerationTx,
    moment_rows::{self, to_columns, to_signed},
    moments::MOST_MOMENTS,
    segments,
};

/// The most edits of ranges in a session, undone ones included: all of them are read for each one.
const MOST_EDITS: u64 = 1_000;

/// How many seconds a range may reach beyond the present: those who are late press for it, too. Whatever came after that would
/// become a part of it.
const MOST_AHEAD: u32 = 60;

/// How many moments one statement writes. It compares each row with each of them, so a larger statement would not be faster.
const MOMENTS_A_STATEMENT: usize = 128;

/// A moment that somebody makes of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMoment {
    /// The segment.
    pub segment_index: u32,
    /// Its first and last second.
    pub range: Span,
    /// The second of the range where the curve is highest.
    pub peak: u32,
    /// Its title.
    pub title: Title,
}

/// Makes a moment of a range. Its title is the action's words.
pub(super) async fn make(
    act: &mut ModerationTx,
    id: MomentId,
    new: NewMoment,
) -> Result<(), StoreError> {
    let session = act.row.session_id;
    if act.row.moment_id.is_some() {
        return Err(ServiceError::ModerationConflict.into());
    }
    let NewMoment {
        segment_index,
        range,
        peak,
        title,
    } = new;
    let segment = segments::with_index(&act.tx, session, segment_index).await?;
    let segment = segment.ok_or(ServiceError::from(RangeRule::Bounds))?;
    let known = moment::Entity::find_by_id((session, id.0));
    if known.one(&act.tx).await?.is_some() {
        return Err(ServiceError::ModerationConflict.into());
    }
    let title = String::from(title);
    let row = moment::Model {
        title: Some(title.clone()),
        ..moment_rows::new_row((session, segment.id), id, Offset(peak), act.now)
    };
    let (act_id, so_far) = (act.row.id, so_far(&segment, act.now));
    refuse_if_full(act, Adds::EditAndMoment).await?;
    change(act, &row, RangeRule::Bounds, |segment| {
        segment.make(act_id, id, until_now(range, so_far)?, peak)
    })
    .await?;
    act.row.moment_peak = Some(to_signed(Offset(peak)));
    act.row.moment_before = Some(String::new());
    act.row.moment_after = Some(title);
    Ok(())
}

/// Merges, splits or moves a moment, which is moved only if it still has the range that the editing began at.
pub(super) async fn edit(
    act: &mut ModerationTx,
    row: &moment::Model,
    request: RangeRequest,
    began: Option<(Offset, Offset)>,
) -> Result<(), StoreError> {
    let adds = match request {
        RangeRequest::Merge { .. } | RangeRequest::SetRange(_) => Adds::Edit,
        RangeRequest::Split { .. } => Adds::EditAndMoment,
    };
    refuse_if_full(act, adds).await?;
    let segment = segment::Entity::find_by_id((row.session_id, row.segment_id));
    let segment = segment.one(&act.tx).await?;
    let so_far = so_far(&segment.ok_or(ServiceError::NoMoment)?, act.now);
    let (act_id, id) = (act.row.id, MomentId(row.id));
    let rule = request.rule();
    change(act, row, rule, |segment| {
        let request = match request {
            RangeRequest::SetRange(range) => {
                let range = until_now(range, so_far)?;
                if let Some((start, end)) = began {
                    segment.may_replace(id, (start.seconds(), end.seconds()), range)?;
                }
                RangeRequest::SetRange(range)
            }
            RangeRequest::Merge { .. } | RangeRequest::Split { .. } => request,
        };
        segment.apply(act_id, id, request)
    })
    .await
}

/// What an edit adds to its session.
#[derive(Clone, Copy)]
enum Adds {
    Edit,
    EditAndMoment,
}

/// Refuses what a session has no room for, before anything is computed for it: everybody else's writes wait meanwhile.
async fn refuse_if_full(act: &ModerationTx, adds: Adds) -> Result<(), StoreError> {
    let session = act.row.session_id;
    let edits = moment_edit::Entity::find();
    let edits = edits.filter(moment_edit::Column::SessionId.eq(session));
    let mut is_full = edits.count(&act.tx).await? >= MOST_EDITS;
    if let Adds::EditAndMoment = adds {
        let moments = moment::Entity::find();
        let moments = moments.filter(moment::Column::SessionId.eq(session));
        is_full = is_full || moments.count(&act.tx).await? >= MOST_MOMENTS as u64;
    }
    match is_full {
        true => Err(ServiceError::from(InvalidInput::TooManyRanges).into()),
        false => Ok(()),
    }
}

/// How many seconds a segment has so far.
fn so_far(segment: &segment::Model, now: DateTime<Utc>) -> u32 {
    Offset::between(segment.start_time, segment.end_time.unwrap_or(now)).seconds()
}

/// A range, as far as it may reach while the segment has so many seconds.
fn until_now((start, end): Span, so_far: u32) -> Result<Span, RangeRefused> {
    let last = so_far.saturating_add(MOST_AHEAD);
    match start <= so_far {
        true => Ok((start, Ord::min(end, last))),
        false => Err(RangeRefused::Range),
    }
}

/// Undoes the edit of ranges that an action made beside giving a title, if it did.
pub(super) async fn unmake(act: &mut ModerationTx, row: &moment::Model) -> Result<(), StoreError> {
    let made = moment_edit::Entity::find_by_id((act.row.session_id, act.row.id));
    match made.one(&act.tx).await? {
        Some(made) if !made.undone => undo(act, row).await,
        Some(_) | None => Ok(()),
    }
}

/// Undoes the edit of ranges that an action was.
pub(super) async fn undo(act: &mut ModerationTx, row: &moment::Model) -> Result<(), StoreError> {
    let act_id = act.row.id;
    change(act, row, RangeRule::Bounds, |segment| segment.undo(act_id)).await
}

/// Makes a moment one of its own again that the crowd made part of another one.
pub(super) async fn revive(act: &mut ModerationTx, row: &moment::Model) -> Result<(), StoreError> {
    let act_id = act.row.id;
    let revive = |segment: &mut SegmentEdits| segment.revive(act_id, MomentId(row.id));
    change(act, row, RangeRule::Bounds, revive).await
}

/// Changes the ranges of the segment that a moment lies in, and writes what that comes to. `rule` is the one that is broken
/// where there can be no such range.
async fn change(
    act: &mut ModerationTx,
    row: &moment::Model,
    rule: RangeRule,
    change: impl FnOnce(&mut SegmentEdits) -> Result<(), RangeRefused>,
) -> Result<(), StoreError> {
    let (session, segment) = (row.session_id, row.segment_id);
    let rows = moment::Entity::find()
        .filter(moment::Column::SessionId.eq(session))
        .filter(moment::Column::SegmentId.eq(segment))
        .all(&act.tx)
        .await?;
    let of_session = moment_edit::Column::SessionId.eq(session);
    let of_segment = of_session.and(moment_edit::Column::SegmentId.eq(segment));
    let standing = of_segment.and(moment_edit::Column::Undone.eq(false));
    let edits = moment_rows::edits(&act.tx, standing).await?;
    let before = SegmentEdits {
        moments: rows
            .iter()
            .map(moment_rows::to_kept)
            .collect::<Result<_, StoreError>>()?,
        edits: edits.iter().map(moment_rows::to_kept_edit).collect(),
    };
    let mut after = before.clone();
    change(&mut after).map_err(|refused| match refused {
        RangeRefused::NoMoment => ServiceError::NoMoment,
        RangeRefused::Range => rule.into(),
        RangeRefused::ChangedSince => ServiceError::EditedSince,
        RangeRefused::Edited((start, end)) => ServiceError::RangeEdited {
            start: Offset(start),
            end: Offset(end),
        },
    })?;
    write_moments(act, row, &before, &after).await?;
    write_edits(act, segment, &before, &after).await?;
    act.row.moment_id = Some(row.id);
    act.has_done = true;
    Ok(())
}

/// Writes the moments that changed. No two that are not part of others may have the same anchor, at any time: those that end
/// come first, and those that are there again or new come last.
async fn write_moments(
    act: &mut ModerationTx,
    row: &moment::Model,
    before: &SegmentEdits,
    after: &SegmentEdits,
) -> Result<(), StoreError> {
    let changed = before.moments.iter().zip(&after.moments);
    let mut changed: Vec<_> = changed.filter(|(before, after)| before != after).collect();
    let stays = |(before, after): &(&KeptMoment, &KeptMoment)| before.anchor == after.anchor;
    let order = |moment: &(&KeptMoment, &KeptMoment)| {
        let (before, after) = moment;
        let fate = (after.absorbed_into, after.absorbed_by);
        let (is_there, is_back) = (fate.0.is_none(), before.absorbed_into.is_some());
        (is_there, is_back, stays(moment), fate)
    };
    changed.sort_by_key(order);
    // Most of those that end become part of the same moment, and most of those that come back change in nothing else.
    let alike = changed.chunk_by(|one, other| stays(one) && order(one) == order(other));
    for alike in alike.flat_map(|alike| alike.chunks(MOMENTS_A_STATEMENT)) {
        let Some((_, moment)) = alike.first() else {
            continue;
        };
        let into = moment.absorbed_into.map(|MomentId(id)| id);
        let mut columns = vec![
            (moment::Column::AbsorbedInto, Expr::value(into)),
            (moment::Column::AbsorbedBy, Expr::value(moment.absorbed_by)),
        ];
        // One whose anchor moves is written alone.
        if let [(before, after)] = alike
            && before.anchor != after.anchor
        {
            let anchor = Expr::value(to_signed(Offset(after.anchor)));
            columns.push((moment::Column::Anchor, anchor));
        }
        let ids: Vec<Uuid> = alike.iter().map(|(_, moment)| moment.id.0).collect();
        moment_rows::update_all(&act.tx, &mut act.locked, &ids, columns).await?;
    }
    for moment in after.moments.iter().skip(before.moments.len()) {
        let place = (row.session_id, row.segment_id);
        let new = moment::Model {
            // One that a person made has the title that they gave it; the other part of a split has none.
            title: row.title.clone().filter(|_| moment.id.0 == row.id),
            hidden: row.hidden,
            revision: act.locked.next_revision(),
            ..moment_rows::new_row(place, moment.id, Offset(moment.anchor), act.now)
        };
        moment::Entity::insert(new.into_active_model())
            .exec_without_returning(&act.tx)
            .await?;
    }
    Ok(())
}

/// Writes the edit that was made, or that was undone.
async fn write_edits(
    act: &mut ModerationTx,
    segment: Uuid,
    before: &SegmentEdits,
    after: &SegmentEdits,
) -> Result<(), StoreError> {
    let acts = |edits: &[KeptEdit]| edits.iter().map(|kept| kept.act).collect();
    let (known, standing): (HashSet<Uuid>, HashSet<Uuid>) =
        (acts(&before.edits), acts(&after.edits));
    for made in &after.edits {
        if known.contains(&made.act) {
            continue;
        }
        let revision = act.locked.next_revision();
        let (kind, start_second, end_second) = to_columns(made.edit);
        let new = moment_edit::Model {
            session_id: act.row.session_id,
            id: made.act,
            segment_id: segment,
            moment_id: made.moment.0,
            made_id: made.made.map(|MomentId(id)| id),
            kind,
            start_second,
            end_second,
            anchor_before: to_signed(Offset(made.anchor_before)),
            position: revision,
            undone: false,
            revision,
        };
        moment_edit::Entity::insert(new.into_active_model())
            .exec_without_returning(&act.tx)
            .await?;
    }
    for undone in &before.edits {
        if standing.contains(&undone.act) {
            continue;
        }
        let revision = Expr::value(act.locked.next_revision());
        moment_edit::Entity::update_many()
            .col_expr(moment_edit::Column::Undone, Expr::value(true))
            .col_expr(moment_edit::Column::Revision, revision)
            .filter(moment_edit::Column::SessionId.eq(act.row.session_id))
            .filter(moment_edit::Column::Id.eq(undone.act))
            .exec(&act.tx)
            .await?;
    }
    Ok(())
}
