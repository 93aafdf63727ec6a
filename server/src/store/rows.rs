//! Rows of the tables as the domain knows them: the one place that maps them.

use app::domain::{
    access::{Link, LinkId, LinkKind, LinkUsage},
    held::HeldWords,
    moderation::ActionKind,
    offset::Offset,
    revision::Revision,
    rules::Rules,
    segment::Segment,
    session::{LastSegment, Session, Status},
    text::{Kind, Text},
    timestamp::{Timestamp, TimestampId},
};
use entity::{access_key, moderation, segment, session, timestamp};
use uuid::Uuid;

use super::StoreError;

/// What hides a timestamp that a word holds back.
pub(super) const HIDDEN_BY_WORD_FILTER: Uuid = Uuid::nil();

/// What hides a timestamp whose visitor was erased; nothing brings it back.
pub(super) const HIDDEN_BY_ERASURE: Uuid = Uuid::max();

/// How the column says that no words hold a note back: it is a JSON array.
pub(super) const NO_HELD_WORDS: &str = "[]";

/// What stands for a text that shows nothing by the rules of today, and was accepted by those of its time.
const BLANK: &str = "(blank)";

/// The segments by which the rows of a session are told: any of it, in any order, as long as the ones that are named are
/// among them.
pub(super) type Segments<'a> = &'a [segment::Model];

/// A session as pages see it. `last` is its last segment.
pub(super) fn to_session(
    row: &session::Model,
    last: Option<&segment::Model>,
) -> Result<Session, StoreError> {
    Ok(Session {
        code: row
            .code
            .parse()
            .map_err(|_| StoreError::Unreadable { what: "code" })?,
        title: parse_stored(&row.title, "title")?,
        game: parse_stored(&row.game, "game")?,
        status: to_status(row.status, last)?,
        timestamp_count: to_unsigned(row.timestamp_count),
        rules: to_rules(row),
    })
}

/// The status that the stored word and the last segment make together.
pub(super) fn to_status(
    word: session::Status,
    last: Option<&segment::Model>,
) -> Result<Status, StoreError> {
    let closed = last.and_then(|row| {
        Some(LastSegment {
            index: to_unsigned(row.index),
            end_time: row.end_time?,
        })
    });
    match (word, last) {
        (session::Status::Active, Some(row)) if row.end_time.is_none() => Ok(Status::Active {
            segment: to_unsigned(row.index),
            start_time: row.start_time,
        }),
        (session::Status::Active, _) => Err(StoreError::Unreadable {
            what: "status without its segment",
        }),
        (session::Status::Paused, _) => Ok(Status::Paused { last: closed }),
        (session::Status::Ended, _) => Ok(Status::Ended { last: closed }),
    }
}

/// What everybody may know of how a session is set.
pub(super) fn to_rules(row: &session::Model) -> Rules {
    Rules {
        names_required: row.names_required,
        staff_list: row.staff_list,
        moderators_pause: row.moderators_pause,
    }
}

/// The words that hold a session's notes back.
pub(super) fn to_held_words(row: &session::Model) -> Result<HeldWords, StoreError> {
    if row.held_words == NO_HELD_WORDS {
        return Ok(HeldWords::default());
    }
    let words = serde_json::from_str(&row.held_words);
    let words = words.map_err(|_| StoreError::Unreadable { what: "held word" })?;
    Ok(HeldWords::stored(words))
}

/// A segment as pages see it.
pub(super) fn to_segment(row: &segment::Model) -> Segment {
    Segment {
        index: to_unsigned(row.index),
        start_time: row.start_time,
        end_time: row.end_time,
        timestamp_count: to_unsigned(row.timestamp_count),
    }
}

/// A timestamp as pages and frames tell it: marked where it is hidden, nobody's own.
pub(super) fn to_timestamp(
    row: timestamp::Model,
    segments: Segments<'_>,
) -> Result<Timestamp, StoreError> {
    Ok(Timestamp {
        id: TimestampId(row.id),
        segment_index: index_of(&row, segments)?,
        offset_seconds: Offset(to_unsigned(row.offset_seconds)),
        note: parse_optional(row.note.as_deref(), "note")?,
        submitted_by: parse_optional(row.submitted_by.as_deref(), "name")?,
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.revision),
        hidden: row.hidden_at.is_some(),
        held: row.hidden_by == Some(HIDDEN_BY_WORD_FILTER),
        mine: false,
    })
}

/// The index of the segment that a timestamp lies in.
pub(super) fn index_of(row: &timestamp::Model, segments: Segments<'_>) -> Result<u32, StoreError> {
    segments
        .iter()
        .find(|segment| segment.id == row.segment_id)
        .map(|segment| to_unsigned(segment.index))
        .ok_or(StoreError::Unreadable {
            what: "timestamp without its segment",
        })
}

/// A link, without how it was used.
pub(super) fn to_link(row: access_key::Model) -> Result<Link, StoreError> {
    Ok(Link {
        id: LinkId(row.id),
        kind: to_kind(row.role),
        label: parse_stored(&row.label, "label")?,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
        uses: LinkUsage::default(),
    })
}

/// What kind of link gives a role.
pub(super) fn to_kind(role: access_key::Role) -> LinkKind {
    match role {
        access_key::Role::Streamer => LinkKind::Control,
        access_key::Role::Moderator => LinkKind::Moderator,
    }
}

/// What was done, as the domain calls it.
pub(super) fn to_deed(deed: moderation::ActionKind) -> ActionKind {
    match deed {
        moderation::ActionKind::Hide => ActionKind::Hide,
        moderation::ActionKind::HideVisitor => ActionKind::HideVisitor,
        moderation::ActionKind::Block => ActionKind::Block,
        moderation::ActionKind::Restore => ActionKind::Restore,
        moderation::ActionKind::EditNote => ActionKind::EditNote,
    }
}

/// A column that the schema keeps from being negative.
pub(super) fn to_unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// A text that may be left out, as one does that shows nothing by the rules of today.
///
/// # Errors
/// `StoreError::Unreadable` where nothing that this program wrote can stand there.
pub(super) fn parse_optional<K: Kind>(
    raw: Option<&str>,
    what: &'static str,
) -> Result<Option<Text<K>>, StoreError> {
    let text = raw.map(Text::parse_optional).transpose();
    let text = text.map_err(|_| StoreError::Unreadable { what })?;
    Ok(text.flatten())
}

/// A text that must be there.
///
/// # Errors
/// `StoreError::Unreadable` where nothing that this program wrote can stand there.
pub(super) fn parse_stored<K: Kind>(raw: &str, what: &'static str) -> Result<Text<K>, StoreError> {
    let text = Text::parse_optional(raw).map_err(|_| StoreError::Unreadable { what })?;
    let text = text.map_or_else(|| Text::parse(BLANK), Ok);
    text.map_err(|_| StoreError::Unreadable { what })
}
