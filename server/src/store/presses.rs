//! Presses: recorded once, and answered as often as they are sent.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use app::{
    clips::ClipsError,
    domain::{
        held::Finder,
        offset::Offset,
        press::{self, Press, PressRefused, Spot},
        revision::Revision,
        rules::Rules,
        segment::Segment,
        session::Status,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
};
use chrono::{DateTime, Utc};
use entity::{segment, timestamp};
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId,
    change::Change,
    dialect,
    hidden::HELD,
    moderation::{self, Blocks},
    segments, settings,
    timestamps::index_of,
};
use crate::world::Clock;

/// A press, whose it is, and where it was made.
#[derive(Clone, Debug)]
pub struct Submission {
    /// In which session.
    pub session: SessionId,
    /// Who pressed.
    pub visitor: VisitorId,
    /// What was sent.
    pub press: Press,
}

/// What became of a submission.
pub type Answer = Result<Recording, ClipsError>;

/// A press that is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// As it was answered first.
    pub timestamp: Timestamp,
    /// Whether it was recorded now; else it was before, and this is a retry.
    pub is_new: bool,
}

/// What became of a batch.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// One for each submission, in their order.
    pub answers: Vec<Answer>,
    /// The sessions whose pages have something to hear of.
    pub changed: Vec<SessionId>,
}

impl Store {
    /// Records a batch of presses, of any sessions, in one transaction. Each gets its own answer: one that is refused
    /// costs the others nothing.
    ///
    /// # Errors
    /// Of the whole: the database can't, or one of the sessions or rows can't be read or written. Nothing was written then.
    pub async fn record(
        &self,
        clock: &Clock,
        submissions: &[Submission],
    ) -> Result<Recorded, StoreError> {
        let tx = dialect::begin_write(&self.pools.writer).await?;
        let sessions: BTreeSet<_> = submissions.iter().map(|s| s.session).collect();
        let mut changes = Change::lock(&tx, sessions.iter().copied()).await?;
        // The time inside the locks is the truth: before them, a pause may still come between.
        let received = clock.now();
        let mut known = rows(&tx, submissions).await?;
        let mut blocks = moderation::blocks(&tx, changes.values(), submissions).await?;
        let mut judges = HashMap::with_capacity(changes.len());
        for (id, change) in &changes {
            let blocks = blocks.remove(id).unwrap_or_default();
            judges.insert(*id, Judge::new(change, received, blocks)?);
        }

        let mut written = Vec::new();
        let mut grown: BTreeMap<(SessionId, Uuid), i32> = BTreeMap::new();
        let mut answers = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let (Some(change), Some(judge)) = (
                changes.get_mut(&submission.session),
                judges.get(&submission.session),
            ) else {
                answers.push(Err(ClipsError::NotFound));
                continue;
            };
            let hash = request_hash(submission);
            let id = name(submission);
            if let Some(row) = known.get(&id) {
                let answer = first_answer(row, submission, &hash, &change.segments);
                answers.push(answer.map(|timestamp| Recording {
                    timestamp,
                    is_new: false,
                }));
                continue;
            }
            let placed = match judge.place(submission) {
                Ok(placed) => placed,
                Err(refused) => {
                    answers.push(Err(ClipsError::Press(refused)));
                    continue;
                }
            };
            let segment = with_index(&change.segments, placed.spot.segment_index)?.id;
            let revision = change.next_revision();
            let row = new_row(
                submission,
                placed,
                segment,
                revision,
                received,
                hash.clone(),
            );
            let answer = first_answer(&row, submission, &hash, &change.segments);
            answers.push(answer.map(|timestamp| Recording {
                timestamp,
                is_new: true,
            }));
            if placed.hidden_by.is_none() {
                *grown.entry((submission.session, segment)).or_default() += 1;
            }
            written.push(row.clone().into_active_model());
            known.insert(id, row);
        }
        if !written.is_empty() {
            timestamp::Entity::insert_many(written)
                .exec_without_returning(&tx)
                .await?;
        }
        for ((session, segment), by) in grown {
            if let Some(change) = changes.get_mut(&session) {
                change.count(&tx, segment, by).await?;
            }
        }
        let mut changed = Vec::new();
        for (id, change) in changes {
            if change.write(&tx, received).await? {
                changed.push(id);
            }
        }
        dialect::tell(&tx, &changed).await?;
        tx.commit().await?;
        Ok(Recorded { answers, changed })
    }
}

/// Says where the presses of one session go that are received at one moment.
struct Judge {
    status: Status,
    segments: Vec<Segment>,
    rules: Rules,
    held_words: Finder,
    blocks: Blocks,
    received: DateTime<Utc>,
}

/// Where a press goes.
#[derive(Clone, Copy)]
struct Placed {
    spot: Spot,
    /// What hides it from the start: the block of its author, or a word in it.
    hidden_by: Option<Uuid>,
}

impl Judge {
    fn new(change: &Change, received: DateTime<Utc>, blocks: Blocks) -> Result<Self, StoreError> {
        Ok(Self {
            status: change.status()?,
            segments: change.segments.iter().map(segments::to_segment).collect(),
            rules: settings::to_rules(&change.session),
            held_words: settings::to_held_words(&change.session)?.finder(),
            blocks,
            received,
        })
    }

    fn place(&self, submission: &Submission) -> Result<Placed, PressRefused> {
        let press = &submission.press;
        let spot = press::place(&self.status, &self.segments, self.received, press.waited_ms)?;
        press.suits(self.rules)?;
        let texts = [
            press.note.as_ref().map(Note::as_str),
            press.name.as_ref().map(Name::as_str),
        ];
        let mut texts = texts.into_iter().flatten();
        let block = self.blocks.get(&submission.visitor).copied();
        let hidden_by = block.or_else(|| {
            let is_held = texts.any(|text| self.held_words.finds(text));
            is_held.then_some(HELD)
        });
        Ok(Placed { spot, hidden_by })
    }
}

/// The timestamps that exist already under the ids of these submissions.
async fn rows(
    tx: &DatabaseTransaction,
    submissions: &[Submission],
) -> Result<HashMap<(SessionId, TimestampId), timestamp::Model>, StoreError> {
    let named = submissions.iter().map(name).collect::<Vec<_>>();
    let rows = dialect::timestamps(tx, &named).await?;
    let named = rows
        .into_iter()
        .map(|row| ((SessionId(row.session_id), TimestampId(row.id)), row));
    Ok(named.collect())
}

fn name(submission: &Submission) -> (SessionId, TimestampId) {
    (submission.session, submission.press.id)
}

fn new_row(
    submission: &Submission,
    placed: Placed,
    segment: Uuid,
    revision: i64,
    received: DateTime<Utc>,
    request_hash: Vec<u8>,
) -> timestamp::Model {
    let Submission {
        session,
        visitor,
        press,
    } = submission;
    let Placed { spot, hidden_by } = placed;
    timestamp::Model {
        session_id: session.0,
        id: press.id.0,
        segment_id: segment,
        offset_seconds: i32::try_from(spot.offset_seconds.seconds()).unwrap_or(i32::MAX),
        offset_hms: spot.offset_seconds.to_string(),
        note: press.note.as_ref().map(ToString::to_string),
        submitted_by: press.name.as_ref().map(ToString::to_string),
        created_at: received,
        arrival: revision,
        revision,
        visitor_id: visitor.0,
        hidden_at: hidden_by.map(|_| received),
        hidden_by,
        request_hash,
    }
}

/// What the first of these submissions was answered, even where the row was hidden or edited since.
fn first_answer(
    row: &timestamp::Model,
    submission: &Submission,
    request_hash: &[u8],
    segments: &[segment::Model],
) -> Result<Timestamp, ClipsError> {
    let Submission { visitor, press, .. } = submission;
    if row.visitor_id != visitor.0 || row.request_hash != request_hash {
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
        held: false,
        mine: true,
    })
}

/// SHA-256 over session, visitor, note and name as sent; never the waiting time, which grows with every retry.
fn request_hash(submission: &Submission) -> Vec<u8> {
    let press = &submission.press;
    let mut hash = Sha256::new();
    hash.update(submission.session.0.as_bytes());
    hash.update(submission.visitor.0.as_bytes());
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
