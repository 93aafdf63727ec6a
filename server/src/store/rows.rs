//! Maps table rows to domain types; the only place that does.

use app::domain::{
    access::{Link, LinkId, LinkKind, LinkUsage},
    held::HeldWords,
    labels::{LabelId, Labels},
    lead::{Lead, Timing},
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

/// `hidden_by` of a timestamp that the word filter holds back.
pub(super) const HIDDEN_BY_WORD_FILTER: Uuid = Uuid::nil();

/// `hidden_by` of a timestamp whose visitor was erased; nothing restores it.
pub(super) const HIDDEN_BY_ERASURE: Uuid = Uuid::max();

/// The column's value for an empty list of filtered words: it is a JSON array.
pub(super) const NO_HELD_WORDS: &str = "[]";

/// The column's value for no labels: it is a JSON array.
const NO_LABELS: &str = "[]";

/// The replacement for a text that is blank by today's rules, but was accepted by those of its time.
const BLANK: &str = "(blank)";

/// The segments needed to map a session's rows: any subset, in any order, as long as it contains the ones that the rows
/// refer to.
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
        labels: to_labels(row)?,
        timing: to_timing(row),
    })
}

/// The status that results from the stored word and the last segment.
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

/// The public part of a session's settings.
pub(super) fn to_rules(row: &session::Model) -> Rules {
    Rules {
        names_required: row.names_required,
        staff_list: row.staff_list,
        moderators_pause: row.moderators_pause,
    }
}

/// How a session allows for how late viewers press.
pub(super) fn to_timing(row: &session::Model) -> Timing {
    Timing {
        lead_seconds: Lead::at_most(to_unsigned(row.lead_seconds)),
        learns_delays: row.learns_delays,
    }
}

/// A session's filtered words.
pub(super) fn to_held_words(row: &session::Model) -> Result<HeldWords, StoreError> {
    if row.held_words == NO_HELD_WORDS {
        return Ok(HeldWords::default());
    }
    let words = serde_json::from_str(&row.held_words);
    let words = words.map_err(|_| StoreError::Unreadable { what: "held word" })?;
    Ok(HeldWords::stored(words))
}

/// A session's labels.
pub(super) fn to_labels(row: &session::Model) -> Result<Labels, StoreError> {
    serde_json::from_str(&row.labels).map_err(|_| StoreError::Unreadable { what: "label" })
}

/// Labels as the column of a session holds them.
pub(super) fn labels_column(labels: &Labels) -> String {
    // A list of plain structs: this can't fail.
    serde_json::to_string(labels).unwrap_or_else(|_| NO_LABELS.into())
}

/// The label of a timestamp for its column.
pub(super) fn label_column(label: Option<LabelId>) -> Option<i16> {
    // A session has a few dozen at most.
    label.and_then(|label| i16::try_from(label.0).ok())
}

/// The label of a timestamp as its column holds it.
pub(super) fn to_label(column: Option<i16>) -> Option<LabelId> {
    column
        .and_then(|number| u32::try_from(number).ok())
        .map(LabelId)
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

/// A timestamp as in pages and frames: marked if it is hidden, and never `mine`.
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
        label: to_label(row.label),
        created_at: row.created_at,
        arrival: Revision(row.arrival),
        revision: Revision(row.revision),
        hidden: row.hidden_at.is_some(),
        held: row.hidden_by == Some(HIDDEN_BY_WORD_FILTER),
        mine: false,
    })
}

/// The index of the segment that a timestamp belongs to.
pub(super) fn index_of(row: &timestamp::Model, segments: Segments<'_>) -> Result<u32, StoreError> {
    segments
        .iter()
        .find(|segment| segment.id == row.segment_id)
        .map(|segment| to_unsigned(segment.index))
        .ok_or(StoreError::Unreadable {
            what: "timestamp without its segment",
        })
}

/// A link, without its usage.
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

/// The kind of link that gives a role.
pub(super) fn to_kind(role: access_key::Role) -> LinkKind {
    match role {
        access_key::Role::Streamer => LinkKind::Control,
        access_key::Role::Moderator => LinkKind::Moderator,
    }
}

/// The kind of action, as the domain type.
pub(super) fn to_action_kind(kind: moderation::ActionKind) -> ActionKind {
    match kind {
        moderation::ActionKind::Hide => ActionKind::Hide,
        moderation::ActionKind::HideVisitor => ActionKind::HideVisitor,
        moderation::ActionKind::Block => ActionKind::Block,
        moderation::ActionKind::Restore => ActionKind::Restore,
        moderation::ActionKind::EditNote => ActionKind::EditNote,
        moderation::ActionKind::TitleMoment => ActionKind::TitleMoment,
        moderation::ActionKind::StarMoment => ActionKind::StarMoment,
        moderation::ActionKind::UnstarMoment => ActionKind::UnstarMoment,
        moderation::ActionKind::HideMoment => ActionKind::HideMoment,
        moderation::ActionKind::ShowMoment => ActionKind::ShowMoment,
        moderation::ActionKind::MergeMoments => ActionKind::MergeMoments,
        moderation::ActionKind::SplitMoment => ActionKind::SplitMoment,
        moderation::ActionKind::MoveMoment => ActionKind::MoveMoment,
        moderation::ActionKind::SetMomentState => ActionKind::SetMomentState,
    }
}

/// A column that the schema keeps from being negative.
pub(super) fn to_unsigned(number: i32) -> u32 {
    u32::try_from(number).unwrap_or_default()
}

/// An optional text; one that is blank by today's rules counts as missing.
///
/// # Errors
/// `StoreError::Unreadable` if this program can't have written it.
pub(super) fn parse_optional<K: Kind>(
    raw: Option<&str>,
    what: &'static str,
) -> Result<Option<Text<K>>, StoreError> {
    let text = raw.map(Text::parse_optional).transpose();
    let text = text.map_err(|_| StoreError::Unreadable { what })?;
    Ok(text.flatten())
}

/// A required text.
///
/// # Errors
/// `StoreError::Unreadable` if this program can't have written it.
pub(super) fn parse_stored<K: Kind>(raw: &str, what: &'static str) -> Result<Text<K>, StoreError> {
    let text = Text::parse_optional(raw).map_err(|_| StoreError::Unreadable { what })?;
    let text = text.map_or_else(|| Text::parse(BLANK), Ok);
    text.map_err(|_| StoreError::Unreadable { what })
}
