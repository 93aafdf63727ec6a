//! Timestamps: recorded, hidden, restored, and their notes edited.

use std::collections::{BTreeMap, HashMap};

use app::{
    clips::ClipsError,
    domain::{
        offset::Offset,
        press::{self, Press, Spot},
        revision::Revision,
        role::Audience,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
};
use chrono::{DateTime, Utc};
use entity::{segment, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    sea_query::{Expr, SimpleExpr},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Done, SessionId, Store, StoreError, VisitorId, change::Change, dialect, segments};
use crate::world::{self, Clock};

/// A press and whose it is.
#[derive(Clone, Debug)]
pub struct Submission {
    /// Who pressed.
    pub visitor: VisitorId,
    /// What was sent.
    pub press: Press,
}

/// What became of each submission, in their order.
type Answers = Vec<Result<Timestamp, ClipsError>>;

impl Store {
    /// Records presses of one session in one transaction. Each gets its own answer: one that is refused costs the
    /// others nothing.
    ///
    /// # Errors
    /// Of the whole: the session is gone, or the database can't; nothing was written then.
    pub async fn submit(
        &self,
        clock: &Clock,
        session: SessionId,
        submissions: &[Submission],
    ) -> Result<Done<Answers>, StoreError> {
        let mut change = Change::begin(self, session).await?;
        // The time inside the lock is the truth: before it, a pause may still come between.
        let received = clock.now();
        let status = change.status()?;
        let segments: Vec<_> = change.segments.iter().map(segments::to_segment).collect();
        let ids = submissions.iter().map(|submission| submission.press.id);
        let mut known = rows(&change.tx, session, ids).await?;

        let mut written = Vec::new();
        let mut grown: BTreeMap<u32, i32> = BTreeMap::new();
        let mut answers = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let press = &submission.press;
            if let Some(row) = known.get(&press.id.0) {
                answers.push(first_answer(row, submission, &change.segments));
                continue;
            }
            let spot = match press::place(&status, &segments, received, press.waited_ms) {
                Ok(spot) => spot,
                Err(refused) => {
                    answers.push(Err(ClipsError::Press(refused)));
                    continue;
                }
            };
            let revision = change.next_revision();
            let row = new_row(
                session,
                submission,
                spot,
                &change.segments,
                revision,
                received,
            )?;
            answers.push(first_answer(&row, submission, &change.segments));
            *grown.entry(spot.segment_index).or_default() += 1;
            known.insert(row.id, row.clone());
            written.push(row.into_active_model());
        }
        if !written.is_empty() {
            timestamp::Entity::insert_many(written)
                .exec_without_returning(&change.tx)
                .await?;
        }
        for (index, by) in grown {
            let segment = with_index(&change.segments, index)?.id;
            change.count(segment, by).await?;
        }
        change.done(answers, received).await
    }

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
        let mut change = Change::begin(self, session).await?;
        let now = clock.now();
        let act = world::random_uuid();
        let mut shrunk: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in all_rows(&change.tx, session, ids).await? {
            if row.hidden_at.is_some() {
                continue;
            }
            *shrunk.entry(row.segment_id).or_default() -= 1;
            let hidden = [
                (timestamp::Column::HiddenAt, Expr::value(now)),
                (timestamp::Column::HiddenBy, Expr::value(act)),
            ];
            change.write_timestamp(&row, hidden).await?;
        }
        for (segment, by) in shrunk {
            change.count(segment, by).await?;
        }
        change.done((), now).await
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
        let mut change = Change::begin(self, session).await?;
        let now = clock.now();
        let mut grown: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in all_rows(&change.tx, session, ids).await? {
            if row.hidden_at.is_none() {
                continue;
            }
            *grown.entry(row.segment_id).or_default() += 1;
            let shown = [
                (
                    timestamp::Column::HiddenAt,
                    Expr::value(None::<DateTime<Utc>>),
                ),
                (timestamp::Column::HiddenBy, Expr::value(None::<Uuid>)),
            ];
            change.write_timestamp(&row, shown).await?;
        }
        for (segment, by) in grown {
            change.count(segment, by).await?;
        }
        change.done((), now).await
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
        let mut change = Change::begin(self, session).await?;
        let note = note.map(|note| note.as_str().to_owned());
        for row in all_rows(&change.tx, session, &[id]).await? {
            if row.note != note {
                let edited = [(timestamp::Column::Note, Expr::value(note.clone()))];
                change.write_timestamp(&row, edited).await?;
            }
        }
        change.done((), clock.now()).await
    }
}

impl Change {
    /// Writes some columns of a timestamp, with a revision of its own.
    async fn write_timestamp(
        &mut self,
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
        update.exec(&self.tx).await?;
        Ok(())
    }
}

/// Those of these timestamps that a session has.
async fn rows(
    tx: &DatabaseTransaction,
    session: SessionId,
    ids: impl Iterator<Item = TimestampId>,
) -> Result<HashMap<Uuid, timestamp::Model>, StoreError> {
    let rows = timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Id.is_in(ids.map(|id| id.0)))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
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

fn new_row(
    session: SessionId,
    submission: &Submission,
    spot: Spot,
    segments: &[segment::Model],
    revision: i64,
    received: DateTime<Utc>,
) -> Result<timestamp::Model, StoreError> {
    let Submission { visitor, press } = submission;
    Ok(timestamp::Model {
        session_id: session.0,
        id: press.id.0,
        segment_id: with_index(segments, spot.segment_index)?.id,
        offset_seconds: i32::try_from(spot.offset_seconds.seconds()).unwrap_or(i32::MAX),
        offset_hms: spot.offset_seconds.to_string(),
        note: press.note.as_ref().map(ToString::to_string),
        submitted_by: press.name.as_ref().map(ToString::to_string),
        created_at: received,
        arrival: revision,
        revision,
        visitor_id: visitor.0,
        hidden_at: None,
        hidden_by: None,
        request_hash: request_hash(session.0, *visitor, press),
    })
}

/// What the first of these submissions was answered, even where the row was hidden or edited since.
fn first_answer(
    row: &timestamp::Model,
    submission: &Submission,
    segments: &[segment::Model],
) -> Result<Timestamp, ClipsError> {
    let Submission { visitor, press } = submission;
    let same = row.request_hash == request_hash(row.session_id, *visitor, press);
    if row.visitor_id != visitor.0 || !same {
        return Err(ClipsError::Conflict);
    }
    Ok(Timestamp {
        id: press.id,
        segment_index: index_of(row, segments)?,
        offset_seconds: Offset(segments::whole(row.offset_seconds)),
        note: press.note.clone(),
        submitted_by: press.name.clone(),
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.arrival),
        hidden: false,
        mine: true,
    })
}

/// SHA-256 over session, visitor, note and name as sent; never the waiting time, which grows with every retry.
fn request_hash(session: Uuid, visitor: VisitorId, press: &Press) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(session.as_bytes());
    hash.update(visitor.0.as_bytes());
    let texts = [
        press.note.as_ref().map(Note::as_str),
        press.name.as_ref().map(Name::as_str),
    ];
    for text in texts {
        // The length first, so that no two pairs of texts look alike; none has none (a text is never empty).
        let text = text.unwrap_or_default();
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.finalize().to_vec()
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

fn index_of(row: &timestamp::Model, segments: &[segment::Model]) -> Result<u32, StoreError> {
    segments
        .iter()
        .find(|segment| segment.id == row.segment_id)
        .map(|segment| segments::whole(segment.index))
        .ok_or(StoreError::Unreadable {
            what: "timestamp without its segment",
        })
}

fn with_index(segments: &[segment::Model], index: u32) -> Result<&segment::Model, StoreError> {
    segments
        .iter()
        .find(|segment| segments::whole(segment.index) == index)
        .ok_or(StoreError::Unreadable {
            what: "press without its segment",
        })
}
