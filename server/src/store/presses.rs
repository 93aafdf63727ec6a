//! Presses: recorded once, and answered as often as they are sent.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use app::{
    domain::{
        labels::{LabelId, Labels},
        offset::Offset,
        press::{self, Placement, Press, PressRefused},
        revision::Revision,
        rules::Rules,
        segment::Segment,
        session::Status,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
        word_search::Finder,
    },
    service::ServiceError,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{segment, timestamp};
use sea_orm::{DatabaseTransaction, EntityTrait, IntoActiveModel};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId,
    blocks::{self, Blocks},
    dialect,
    pools::Lane,
    rows, segments,
    session_tx::{Committed, SessionTx},
    word_filter,
};
use crate::clock::Clock;

/// A press, its visitor, and its session.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The session.
    pub session: SessionId,
    /// Who pressed.
    pub visitor: VisitorId,
    /// What was sent.
    pub press: Press,
    /// How much its visitor counts in the crowd, in 1/256.
    pub weight: u16,
    /// When the server received it, UTC. It may wait for its turn after that; its moment doesn't.
    pub received: DateTime<Utc>,
}

/// The outcome of a submission.
pub type Answer = Result<Recording, ServiceError>;

/// A press that was recorded, or changed by its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    /// As it was first answered, or as it was changed.
    pub timestamp: Timestamp,
    /// Whether that was done just now; if not, it was done before, and this is a retry.
    pub is_new: bool,
}

impl Store {
    /// Records a batch of presses, of any sessions, in one transaction. Each gets its own answer, in order: a refused press
    /// does not affect the others.
    ///
    /// # Errors
    /// For the whole batch: the database failed, or one of the sessions or rows can't be read or written. Nothing was
    /// written then.
    pub async fn record(
        &self,
        clock: &Clock,
        submissions: impl Into<Arc<[Submission]>>,
    ) -> Result<Vec<Answer>, StoreError> {
        let (clock, submissions) = (clock.clone(), submissions.into());
        self.write(Lane::Presses, |writer| async move {
            record(writer.begin().await?, &clock, &submissions).await
        })
        .await
    }
}

async fn record(
    tx: DatabaseTransaction,
    clock: &Clock,
    submissions: &[Submission],
) -> Result<Committed<Vec<Answer>>, StoreError> {
    let sessions: BTreeSet<_> = submissions.iter().map(|s| s.session).collect();
    let mut locked = SessionTx::lock(&tx, sessions.iter().copied()).await?;
    // What decides whether a press is accepted is the session's state inside the locks: before them, a pause could still
    // come in between. The moments that the presses mark are those at which they were received.
    let mut known = known(&tx, submissions).await?;
    let known_segments = segments::of_timestamps(&tx, known.values()).await?;
    let sessions = locked.values().map(|locked| &locked.session);
    let visitors = submissions.iter().map(|submission| submission.visitor.0);
    let mut blocks = blocks::of_each(&tx, sessions, visitors).await?;
    let mut policies = HashMap::with_capacity(locked.len());
    for (id, session) in &locked {
        let blocks = blocks.remove(id).unwrap_or_default();
        let earliest = earliest(submissions, *id);
        let policy = PressPolicy::read(&tx, session, earliest, blocks).await?;
        policies.insert(*id, policy);
    }

    let mut written = Vec::new();
    let mut grown: BTreeMap<(SessionId, Uuid), i32> = BTreeMap::new();
    let mut answers = Vec::with_capacity(submissions.len());
    for submission in submissions {
        let (Some(session), Some(policy)) = (
            locked.get_mut(&submission.session),
            policies.get(&submission.session),
        ) else {
            answers.push(Err(ServiceError::NotFound));
            continue;
        };
        let hash = request_hash(submission);
        let id = name(submission);
        if let Some(row) = known.get(&id) {
            // It may be from this batch, and then in none of the segments that were loaded for existing rows.
            let index = rows::index_of(row, &policy.segments)
                .or_else(|_| rows::index_of(row, &known_segments));
            let answer = first_answer(row, submission, &hash, index?);
            answers.push(answer.map(|timestamp| Recording {
                timestamp,
                is_new: false,
            }));
            continue;
        }
        let placed = match policy.place(submission) {
            Ok(placed) => placed,
            Err(refused) => {
                answers.push(Err(ServiceError::Press(refused)));
                continue;
            }
        };
        let index = placed.spot.segment_index;
        let segment = with_index(&policy.segments, index)?.id;
        let revision = session.next_revision();
        let row = new_row(submission, placed, segment, revision, hash.clone());
        let answer = first_answer(&row, submission, &hash, index);
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
        if let Some(session) = locked.get_mut(&session) {
            session.count(&tx, segment, by).await?;
        }
    }
    let (mut news, now) = (Vec::new(), clock.now());
    for (id, session) in locked {
        if session.write(&tx, now).await? {
            news.push(id);
        }
    }
    dialect::notify(&tx, &news).await?;
    tx.commit().await?;
    Ok(Committed {
        answer: answers,
        news,
    })
}

/// The earliest moment that a press of a session in this batch marks; none if the batch has no press of it.
fn earliest(submissions: &[Submission], session: SessionId) -> Option<DateTime<Utc>> {
    let of_session = submissions.iter().filter(|s| s.session == session);
    let moments = of_session.map(|s| {
        let waited = s.press.waited_ms.min(press::LONGEST_WAIT_MS);
        s.received - TimeDelta::milliseconds(i64::try_from(waited).unwrap_or(i64::MAX))
    });
    moments.min()
}

/// Decides where the presses of one session in a batch go.
struct PressPolicy {
    status: Status,
    /// The segments that the presses of the batch can fall into.
    segments: Vec<segment::Model>,
    /// The same, as domain types.
    stretches: Vec<Segment>,
    rules: Rules,
    labels: Labels,
    held_words: Finder,
    blocks: Blocks,
}

/// Where a press goes.
#[derive(Clone, Copy)]
struct Placed {
    spot: Placement,
    /// What hides it from the start: the block of its author, or a filtered word.
    hidden_by: Option<Uuid>,
    /// Its label. One that the session doesn't offer (any more) is left out, rather than the press.
    label: Option<LabelId>,
}

impl PressPolicy {
    async fn read(
        tx: &DatabaseTransaction,
        locked: &SessionTx,
        earliest: Option<DateTime<Utc>>,
        blocks: Blocks,
    ) -> Result<Self, StoreError> {
        let segments = match (&locked.last, earliest) {
            // Presses that have waited since an earlier segment need that one too.
            (Some(last), Some(earliest))
                if last.end_time.is_none() && last.start_time > earliest =>
            {
                segments::since(tx, locked.session.id, earliest).await?
            }
            (Some(last), _) => vec![last.clone()],
            (None, _) => Vec::new(),
        };
        Ok(Self {
            status: locked.status()?,
            stretches: segments.iter().map(rows::to_segment).collect(),
            segments,
            rules: rows::to_rules(&locked.session),
            labels: rows::to_labels(&locked.session)?,
            held_words: rows::to_held_words(&locked.session)?.finder(),
            blocks,
        })
    }

    fn place(&self, submission: &Submission) -> Result<Placed, PressRefused> {
        let (press, received) = (&submission.press, submission.received);
        let spot = press::place(&self.status, &self.stretches, received, press.waited_ms)?;
        press.validate(self.rules)?;
        let block = self.blocks.get(&submission.visitor).copied();
        let hidden_by = word_filter::hidden_by(press, block, &self.held_words);
        let label = press.label.filter(|label| self.labels.offers(*label));
        Ok(Placed {
            spot,
            hidden_by,
            label,
        })
    }
}

/// The timestamps that already exist under the ids of these submissions.
async fn known(
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
    request_hash: Vec<u8>,
) -> timestamp::Model {
    let Submission {
        session,
        visitor,
        press,
        weight,
        received,
    } = submission;
    let Placed {
        spot,
        hidden_by,
        label,
    } = placed;
    timestamp::Model {
        session_id: session.0,
        id: press.id.0,
        segment_id: segment,
        offset_seconds: i32::try_from(spot.offset_seconds.seconds()).unwrap_or(i32::MAX),
        offset_hms: spot.offset_seconds.to_string(),
        note: press.note.as_ref().map(ToString::to_string),
        submitted_by: press.name.as_ref().map(ToString::to_string),
        label: rows::label_column(label),
        created_at: *received,
        arrival: revision,
        revision,
        visitor_id: visitor.0,
        hidden_at: hidden_by.map(|_| *received),
        hidden_by,
        request_hash,
        weight: i16::try_from(*weight).unwrap_or(i16::MAX),
    }
}

/// The answer that the first submission of this press got, even if the row has been hidden or edited since.
fn first_answer(
    row: &timestamp::Model,
    submission: &Submission,
    request_hash: &[u8],
    segment_index: u32,
) -> Result<Timestamp, ServiceError> {
    let Submission { visitor, press, .. } = submission;
    if row.visitor_id != visitor.0 || row.request_hash != request_hash {
        return Err(ServiceError::Conflict);
    }
    Ok(Timestamp {
        id: press.id,
        segment_index,
        offset_seconds: Offset(rows::to_unsigned(row.offset_seconds)),
        note: press.note.clone(),
        submitted_by: press.name.clone(),
        label: rows::to_label(row.label),
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.arrival),
        hidden: false,
        held: false,
        mine: true,
    })
}

/// SHA-256 over session, visitor, note, name and label as sent; never the waiting time, which grows with every retry.
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
        // The length first, so that no two pairs of texts look alike; a missing text has none (a text is never empty).
        let text = text.unwrap_or_default();
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    // A press without one has the same hash as before there were labels: it may be a retry of one from then.
    if let Some(label) = press.label {
        hash.update(label.0.to_be_bytes());
    }
    hash.finalize().to_vec()
}

fn with_index(segments: &[segment::Model], index: u32) -> Result<&segment::Model, StoreError> {
    segments
        .iter()
        .find(|segment| rows::to_unsigned(segment.index) == index)
        .ok_or(StoreError::Unreadable {
            what: "press without its segment",
        })
}
