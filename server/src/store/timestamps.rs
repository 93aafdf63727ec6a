//! A visitor's own timestamps: as they see them, and what they can still change.

use app::{
    domain::{
        press::{self, Press, PressRefused},
        role::Right,
        session::Status,
        timestamp::{Timestamp, TimestampId},
    },
    service::ServiceError,
};
use entity::{moderation, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    SessionId, Store, StoreError, VisitorId, audit_log, blocks, erasure,
    pools::Lane,
    presses::Recording,
    rows::{self, HIDDEN_BY_ERASURE, HIDDEN_BY_WORD_FILTER, parse_optional, to_timestamp},
    segments, visitors, word_filter,
};
use crate::{clock::Clock, random};

/// The most own timestamps in one answer: as many as the visitor's browser keeps.
const OWN: u64 = app::live::press::own_presses::MOST as u64;

impl Store {
    /// One of a visitor's own timestamps; `None` if it is somebody else's, or nobody's.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn own_timestamp(
        &self,
        session: SessionId,
        visitor: VisitorId,
        id: TimestampId,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(async |tx| {
            let row = timestamp::Entity::find_by_id((session.0, id.0))
                .filter(timestamp::Column::VisitorId.eq(visitor.0))
                .all(tx)
                .await?;
            Ok(own(tx, row).await?.pop())
        })
        .await
    }

    /// A visitor's own timestamps in a session as they see them, in list order: the newest `OWN`, including those that are
    /// hidden from others, but none that was erased.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn own_timestamps(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Vec<Timestamp>, StoreError> {
        self.read(async |tx| {
            let theirs = visitors::timestamps_of(tx, session, visitor, Some(OWN)).await?;
            // Erased timestamps belong to nobody any more, so no visitor's id matches.
            let rows = timestamp::Entity::find()
                .filter(timestamp::Column::SessionId.eq(session.0))
                .filter(timestamp::Column::Id.is_in(theirs))
                .filter(timestamp::Column::VisitorId.eq(visitor.0))
                .order_by_desc(timestamp::Column::Arrival)
                .limit(OWN)
                .all(tx)
                .await?;
            let mut timestamps = own(tx, rows).await?;
            timestamps.sort_by_key(Timestamp::place);
            Ok(timestamps)
        })
        .await
    }

    /// Replaces note, name and label of a visitor's own timestamp while it can be changed, and returns it as they see it. New
    /// words and blocks hide it as they would hide a press; what a moderator has hidden stays hidden, and what a moderator has
    /// edited stays as it is. Saving the same again is no error, because an answer can be lost; it changes nothing.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp`, `ServiceError::Forbidden` if it is somebody else's, `ServiceError::Press` and
    /// `ServiceError::Edited`.
    pub async fn edit_own(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
        press: Press,
    ) -> Result<Recording, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = clock.now();
            let mut row = find_own(&tx, session, visitor, press.id).await?;
            let note = press.note.as_ref().map(ToString::to_string);
            let name = press.name.as_ref().map(ToString::to_string);
            let labels = rows::to_labels(&locked.session)?;
            // One that is no longer offered can stay, but not be given.
            let label = press.label.filter(|label| labels.offers(*label));
            let kept = row
                .label
                .filter(|kept| rows::to_label(Some(*kept)) == press.label);
            let label = kept.or(rows::label_column(label));
            let is_new = row.note != note || row.submitted_by != name || row.label != label;
            if is_new {
                let refused = |refused: PressRefused| ServiceError::Press(refused);
                press::check_change(row.created_at, now).map_err(refused)?;
                if matches!(locked.status()?, Status::Ended { .. }) {
                    return Err(refused(PressRefused::Ended).into());
                }
                press
                    .validate(rows::to_rules(&locked.session))
                    .map_err(refused)?;
                if has_been_edited(&tx, &row).await? {
                    let note = parse_optional(row.note.as_deref(), "note")?;
                    return Err(ServiceError::Edited { note }.into());
                }
                let (is_new_note, is_new_name) = (row.note != note, row.submitted_by != name);
                let has_new_words = is_new_note || is_new_name;
                let was_shown = row.hidden_by.is_none();
                if was_shown || row.hidden_by == Some(HIDDEN_BY_WORD_FILTER) {
                    let block = match locked.session.blocks {
                        0 => None,
                        _ => blocks::of(&tx, session.0, visitor).await?,
                    };
                    row.hidden_by = if has_new_words {
                        let held_words = rows::to_held_words(&locked.session)?.finder();
                        // What is shown was decided before: by a moderator, or by the words that were filtered then.
                        let searched = Press {
                            note: press.note.clone().filter(|_| is_new_note || !was_shown),
                            name: press.name.clone().filter(|_| is_new_name || !was_shown),
                            ..press
                        };
                        word_filter::hidden_by(&searched, block, &held_words)
                    } else {
                        // What the filter or a moderator has decided about the words stands.
                        block.or(row.hidden_by)
                    };
                    row.hidden_at = row.hidden_by.and(row.hidden_at.or(Some(now)));
                }
                if has_new_words {
                    // Whatever hid the words before them, others have never seen these.
                    row.hidden_at = row.hidden_by.and(Some(row.created_at));
                }
                (row.note, row.submitted_by, row.label) = (note, name, label);
                let columns = [
                    (timestamp::Column::Note, Expr::value(row.note.clone())),
                    (
                        timestamp::Column::SubmittedBy,
                        Expr::value(row.submitted_by.clone()),
                    ),
                    (timestamp::Column::Label, Expr::value(row.label)),
                    (timestamp::Column::HiddenAt, Expr::value(row.hidden_at)),
                    (timestamp::Column::HiddenBy, Expr::value(row.hidden_by)),
                ];
                let written = std::slice::from_ref(&row);
                locked.write_timestamps(&tx, written, &columns).await?;
                let revision = locked.session.revision;
                let by = i32::from(row.hidden_by.is_none()) - i32::from(was_shown);
                locked.count(&tx, row.segment_id, by).await?;
                row.revision = revision;
            }
            let timestamp = own(&tx, vec![row]).await?.pop();
            let timestamp = timestamp.ok_or(ServiceError::NoTimestamp)?;
            let recording = Recording { timestamp, is_new };
            locked.commit(tx, recording, now).await
        })
        .await
    }

    /// Removes a visitor's own timestamp from every list while it can be changed, as if its visitor had been erased.
    ///
    /// # Errors
    /// `ServiceError::NoTimestamp`, `ServiceError::Forbidden` if it is somebody else's, and `ServiceError::Press`.
    pub async fn take_back(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
        id: TimestampId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = clock.now();
            let row = find_own(&tx, session, visitor, id).await?;
            press::check_change(row.created_at, now).map_err(ServiceError::Press)?;
            erasure::empty_rows(&tx, &mut locked, &[row], random::uuid(), now).await?;
            locked.commit(tx, (), now).await
        })
        .await
    }
}

/// A visitor's own timestamp. If it is somebody else's, or was made with a cookie that is gone, the answer must not be that it
/// is gone too: whoever wants it back would believe that it is.
async fn find_own(
    tx: &DatabaseTransaction,
    session: SessionId,
    visitor: VisitorId,
    id: TimestampId,
) -> Result<timestamp::Model, StoreError> {
    let row = timestamp::Entity::find_by_id((session.0, id.0))
        .one(tx)
        .await?;
    let row = row.filter(|row| row.hidden_by != Some(HIDDEN_BY_ERASURE));
    let row = row.ok_or(ServiceError::NoTimestamp)?;
    match row.visitor_id == visitor.0 {
        true => Ok(row),
        false => Err(ServiceError::Forbidden(Right::Submit).into()),
    }
}

/// Whether a moderator has edited its note, and nobody has undone that.
async fn has_been_edited(
    tx: &DatabaseTransaction,
    row: &timestamp::Model,
) -> Result<bool, StoreError> {
    let its = moderation::Column::TimestampId.eq(row.id);
    let edits = [moderation::ActionKind::EditNote];
    let edit = audit_log::standing(row.session_id, its, edits)
        .one(tx)
        .await?;
    Ok(edit.is_some())
}

async fn own(
    tx: &DatabaseTransaction,
    rows: Vec<timestamp::Model>,
) -> Result<Vec<Timestamp>, StoreError> {
    let segments = segments::of_timestamps(tx, &rows).await?;
    rows.into_iter()
        .map(|row| to_timestamp(row, &segments).map(Timestamp::as_its_author_sees_it))
        .collect()
}
