//! The moderation log: what moderators did, as staff read it.

use std::collections::{HashMap, HashSet};

use app::domain::{
    moderation::{About, AboutMoment, ActionKind, Edit, ModerationAction, ModerationId, Undone},
    offset::Offset,
    text::Label,
};
use entity::{moderation, moment, moment_edit, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError,
    rows::{parse_optional, parse_stored, to_action_kind, to_timestamp, to_unsigned},
    segments,
};

impl Store {
    /// The moderation actions in a session, newest first, at most `ModerationAction::MOST`: the newest of all, or the newest
    /// before this action. Empty if the session doesn't have that action.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn moderations(
        &self,
        session: SessionId,
        before: Option<ModerationId>,
    ) -> Result<Vec<ModerationAction>, StoreError> {
        self.read(async |tx| {
            let (at, id) = (moderation::Column::CreatedAt, moderation::Column::Id);
            let mut wanted =
                moderation::Entity::find().filter(moderation::Column::SessionId.eq(session.0));
            if let Some(before) = before {
                let before = moderation::Entity::find_by_id((session.0, before.0));
                let Some(before) = before.one(tx).await? else {
                    return Ok(Vec::new());
                };
                let as_old = at.eq(before.created_at).and(id.lt(before.id));
                wanted = wanted.filter(at.lt(before.created_at).or(as_old));
            }
            let rows = wanted
                .order_by_desc(at)
                .order_by_desc(id)
                .limit(ModerationAction::MOST as u64)
                .all(tx)
                .await?;
            let named = rows.iter().filter_map(|row| row.timestamp_id).collect();
            let about = about(tx, session, named).await?;
            let named = rows.iter().filter_map(|row| row.moment_id).collect();
            let moments = about_moments(tx, session, named).await?;
            let blocks = rows
                .iter()
                .filter(|row| row.kind == moderation::ActionKind::Block);
            let hidden = hidden_by(tx, session, blocks.map(|row| row.id).collect()).await?;
            let titles = rows
                .iter()
                .filter(|row| row.kind == moderation::ActionKind::TitleMoment);
            let made = made_by(tx, session, titles.map(|row| row.id).collect()).await?;
            let merges = rows
                .iter()
                .filter(|row| row.kind == moderation::ActionKind::MergeMoments);
            let merged = merged_by(tx, session, merges.map(|row| row.id).collect()).await?;
            rows.into_iter()
                .map(|row| {
                    let about = row.timestamp_id.and_then(|id| about.get(&id).cloned());
                    let timestamps = match row.kind == moderation::ActionKind::Block {
                        true => hidden.get(&row.id).copied().unwrap_or_default(),
                        false => to_unsigned(row.timestamps),
                    };
                    let moment = row.moment_id.and_then(|id| moments.get(&id).cloned());
                    let moment = moment.map(|moment| AboutMoment {
                        merged: merged.get(&row.id).copied(),
                        ..moment
                    });
                    let kind = match made.contains(&row.id) {
                        true => ActionKind::MakeMoment,
                        false => to_action_kind(row.kind),
                    };
                    to_moderation(row, kind, timestamps, about, moment)
                })
                .collect()
        })
        .await
    }
}

/// The actions of these kinds on one timestamp or moment that nobody has undone. Read under the session's lock, so without a
/// look at the rest of its log.
pub(super) fn standing(
    session: Uuid,
    target: SimpleExpr,
    kinds: impl IntoIterator<Item = moderation::ActionKind>,
) -> Select<moderation::Entity> {
    moderation::Entity::find()
        .filter(moderation::Column::SessionId.eq(session))
        .filter(target)
        .filter(moderation::Column::Kind.is_in(kinds))
        .filter(moderation::Column::UndoneAt.is_null())
}

fn to_moderation(
    row: moderation::Model,
    kind: ActionKind,
    timestamps: u32,
    about: Option<About>,
    moment: Option<AboutMoment>,
) -> Result<ModerationAction, StoreError> {
    let undone = match (row.undone_at, row.undone_by) {
        (Some(at), Some(by)) => Some(Undone {
            by: label(&by)?,
            at,
        }),
        (Some(_) | None, _) => None,
    };
    let edit = match (row.note_before, row.note_after) {
        (Some(before), Some(after)) => Some(Edit {
            before: parse_optional(Some(&before), "note")?,
            after: parse_optional(Some(&after), "note")?,
        }),
        (_, None) | (None, _) => None,
    };
    Ok(ModerationAction {
        id: ModerationId(row.id),
        kind,
        by: label(&row.author_label)?,
        at: row.created_at,
        timestamps,
        about,
        moment: moment.map(|moment| AboutMoment {
            // All lists show the peak, which can be seconds away from the anchor.
            at: row
                .moment_peak
                .map_or(moment.at, |peak| Offset(to_unsigned(peak))),
            before: row.moment_before,
            after: row.moment_after,
            ..moment
        }),
        edit,
        undone,
    })
}

fn label(text: &str) -> Result<Label, StoreError> {
    parse_stored(text, "label")
}

/// Short descriptions of the timestamps that actions refer to. A list may contain one several times.
async fn about(
    tx: &DatabaseTransaction,
    session: SessionId,
    named: Vec<Uuid>,
) -> Result<HashMap<Uuid, About>, StoreError> {
    let rows = timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Id.is_in(named))
        .all(tx)
        .await?;
    let segments = segments::of_timestamps(tx, &rows).await?;
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            let timestamp = to_timestamp(row, &segments)?;
            let about = About {
                segment_index: timestamp.segment_index,
                offset_seconds: timestamp.offset_seconds,
                note: timestamp.note,
                name: timestamp.submitted_by,
            };
            Ok((id, about))
        })
        .collect()
}

/// Short descriptions of the moments that actions refer to.
async fn about_moments(
    tx: &DatabaseTransaction,
    session: SessionId,
    named: Vec<Uuid>,
) -> Result<HashMap<Uuid, AboutMoment>, StoreError> {
    if named.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = moment::Entity::find()
        .filter(moment::Column::SessionId.eq(session.0))
        .filter(moment::Column::Id.is_in(named))
        .all(tx)
        .await?;
    let segments = rows.iter().map(|row| (session.0, row.segment_id));
    let segments = segments::named(tx, segments).await?;
    rows.into_iter()
        .map(|row| {
            let segment = segments.iter().find(|segment| segment.id == row.segment_id);
            let segment = segment.ok_or(StoreError::Unreadable {
                what: "moment without its segment",
            })?;
            let about = AboutMoment {
                segment_index: to_unsigned(segment.index),
                at: Offset(to_unsigned(row.anchor)),
                title: parse_optional(row.title.as_deref(), "title of a moment")?,
                before: None,
                after: None,
                merged: None,
            };
            Ok((row.id, about))
        })
        .collect()
}

/// How many timestamps each of these actions hides.
async fn hidden_by(
    tx: &DatabaseTransaction,
    session: SessionId,
    acts: Vec<Uuid>,
) -> Result<HashMap<Uuid, u32>, StoreError> {
    let counts: Vec<(Uuid, i64)> = timestamp::Entity::find()
        .select_only()
        .column(timestamp::Column::HiddenBy)
        .column_as(timestamp::Column::Id.count(), "timestamps")
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::HiddenBy.is_in(acts))
        .group_by(timestamp::Column::HiddenBy)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(to_counts(counts))
}

/// How many shown moments each of these actions made part of another one. Those that an undone merge took are there again.
pub(super) async fn merged_by(
    tx: &DatabaseTransaction,
    session: SessionId,
    acts: Vec<Uuid>,
) -> Result<HashMap<Uuid, u32>, StoreError> {
    if acts.is_empty() {
        return Ok(HashMap::new());
    }
    let counts: Vec<(Uuid, i64)> = moment::Entity::find()
        .select_only()
        .column(moment::Column::AbsorbedBy)
        .column_as(moment::Column::Id.count(), "moments")
        .filter(moment::Column::SessionId.eq(session.0))
        .filter(moment::Column::AbsorbedBy.is_in(acts))
        .filter(moment::Column::Shown.eq(true))
        .group_by(moment::Column::AbsorbedBy)
        .into_tuple()
        .all(tx)
        .await?;
    Ok(to_counts(counts))
}

fn to_counts(counts: Vec<(Uuid, i64)>) -> HashMap<Uuid, u32> {
    let counts = counts.into_iter();
    counts
        .map(|(act, count)| (act, u32::try_from(count).unwrap_or(u32::MAX)))
        .collect()
}

/// Which of the actions that gave a title also set the range of the moment: they made it.
async fn made_by(
    tx: &DatabaseTransaction,
    session: SessionId,
    acts: Vec<Uuid>,
) -> Result<HashSet<Uuid>, StoreError> {
    if acts.is_empty() {
        return Ok(HashSet::new());
    }
    let made: Vec<Uuid> = moment_edit::Entity::find()
        .select_only()
        .column(moment_edit::Column::Id)
        .filter(moment_edit::Column::SessionId.eq(session.0))
        .filter(moment_edit::Column::Id.is_in(acts))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(made.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, QueryTrait};

    use super::*;
    use crate::store::dialect::plans::plan;

    #[tokio::test]
    async fn what_was_done_to_a_timestamp_or_a_moment_is_found_by_an_index() {
        use moderation::{ActionKind, Column};

        for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
            for (target, kind, index) in [
                (
                    Column::TimestampId,
                    ActionKind::EditNote,
                    "moderation_timestamp_id_idx",
                ),
                (
                    Column::MomentId,
                    ActionKind::TitleMoment,
                    "moderation_moment_id_idx",
                ),
            ] {
                let query = standing(Uuid::nil(), target.eq(Uuid::nil()), [kind]);
                let plan = plan(query.build(backend)).await.join("\n");
                assert!(plan.contains(index), "{plan}");
            }
        }
    }
}
