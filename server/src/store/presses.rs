//! Presses: recorded once, and answered as often as they are sent.

use std::collections::{BTreeMap, HashMap};

use app::{
    clips::ClipsError,
    domain::{
        offset::Offset,
        press::{self, Press, Spot},
        revision::Revision,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
};
use chrono::{DateTime, Utc};
use entity::{segment, timestamp};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Done, SessionId, Store, StoreError, VisitorId, change::Change, segments, timestamps::index_of,
};
use crate::world::Clock;

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

fn with_index(segments: &[segment::Model], index: u32) -> Result<&segment::Model, StoreError> {
    segments
        .iter()
        .find(|segment| segments::whole(segment.index) == index)
        .ok_or(StoreError::Unreadable {
            what: "press without its segment",
        })
}
