//! The list in the order of rule 3, read in pages, and the snapshot that a page starts from.

use std::ops::RangeInclusive;

use app::{
    domain::{
        highlights::Highlights,
        offset::Offset,
        revision::{Cursor, Revision},
        role::Audience,
        snapshot::{Page, Snapshot},
        text::LabelWord,
        timestamp::Place,
    },
    service::ServiceError,
};
use chrono::{DateTime, Utc};
use entity::{segment, session, timestamp};
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, EntityTrait, Order, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use super::{
    SessionId, Store, StoreError, dialect,
    rows::{
        HIDDEN_BY_ERASURE, to_label, to_labels, to_segment, to_session, to_timestamp, to_unsigned,
    },
    segments, session_rows,
};

/// What an export contains of a timestamp. Its texts are as stored, which is as they were parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportRow {
    /// The index of its segment.
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset_seconds: Offset,
    /// What the viewer said about it.
    pub note: Option<String>,
    /// Who the viewer says they are.
    pub submitted_by: Option<String>,
    /// What stands on its label.
    pub label: Option<LabelWord>,
    /// When the server received it, UTC.
    pub created_at: DateTime<Utc>,
    /// Its position among those of the same second.
    pub arrival: Revision,
}

impl ExportRow {
    /// Its place in the list.
    pub fn place(&self) -> Place {
        Place {
            segment_index: self.segment_index,
            offset_seconds: self.offset_seconds,
            arrival: self.arrival,
        }
    }
}

/// The columns of an `ExportRow`, in the order in which they are read.
type Columns = (
    i32,
    Option<String>,
    Option<String>,
    Option<i16>,
    DateTime<Utc>,
    i64,
);

/// Which rows of a list are read.
#[derive(Clone, Copy)]
pub(super) enum Rows {
    /// What is not hidden.
    Shown,
    /// What belongs to somebody, hidden or not.
    Owned,
    /// Everything, also what is empty because its visitor was erased.
    Any,
}

impl Rows {
    /// Which rows of this session's list an audience sees; this never depends on the caller. `None` if it sees no row.
    fn seen_by(audience: Audience, session: &session::Model) -> Option<Self> {
        match audience {
            Audience::Staff => Some(Self::Owned),
            // If only moderators see the list, viewers see what their own browser has kept.
            Audience::Public if session.staff_list => None,
            Audience::Public => Some(Self::Shown),
        }
    }

    pub(super) fn condition(self) -> Condition {
        match self {
            Self::Shown => shown(),
            // For rows that nothing hides, a comparison alone would be NULL, and filter them out.
            Self::Owned => Condition::any()
                .add(timestamp::Column::HiddenBy.is_null())
                .add(timestamp::Column::HiddenBy.ne(HIDDEN_BY_ERASURE)),
            Self::Any => Condition::all(),
        }
    }

    /// Whether there may be some in a segment.
    fn may_be_in(self, segment: &segment::Model) -> bool {
        match self {
            Self::Shown => segment.timestamp_count > 0,
            Self::Owned | Self::Any => true,
        }
    }

    /// The segments for which `may_be_in` is true.
    pub(super) fn segments(self) -> Condition {
        match self {
            Self::Shown => Condition::all().add(segment::Column::TimestampCount.gt(0)),
            Self::Owned | Self::Any => Condition::all(),
        }
    }
}

/// Rows that are not hidden. In exactly this form, it matches the index of shown rows.
fn shown() -> Condition {
    Condition::all().add(timestamp::Column::HiddenAt.is_null())
}

impl Store {
    /// A session at one revision, with the newest page of its list; `None` if it is gone.
    ///
    /// # Errors
    /// `StoreError::Database` if it can't be read.
    pub async fn snapshot(
        &self,
        session: SessionId,
        audience: Audience,
    ) -> Result<Option<Snapshot>, StoreError> {
        self.read(async |tx| {
            let Some(row) = session_rows::find_existing(tx, session).await? else {
                return Ok(None);
            };
            let segments = segments::all(tx, session.0).await?;
            let seen = Rows::seen_by(audience, &row);
            let page = page(tx, &segments, seen, Page::size(audience), None).await?;
            Ok(Some(Snapshot {
                cursor: Cursor {
                    epoch: self.epoch(),
                    revision: Revision(row.revision),
                },
                audience,
                session: to_session(&row, segments.last())?,
                segments: segments.iter().map(to_segment).collect(),
                page,
                // The moments are put into it where they are known (`moments`).
                highlights: Highlights::default(),
            }))
        })
        .await
    }

    /// The page of the list that ends before `before`.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone.
    pub async fn page_before(
        &self,
        session: SessionId,
        audience: Audience,
        before: Place,
    ) -> Result<Page, StoreError> {
        self.read(async |tx| {
            let row = session_rows::find_existing(tx, session).await?;
            let row = row.ok_or(ServiceError::NotFound)?;
            let segments = segments::all(tx, session.0).await?;
            let seen = Rows::seen_by(audience, &row);
            page(tx, &segments, seen, Page::SIZE, Some(before)).await
        })
        .await
    }

    /// The visible timestamps after `after` in the order of rule 3, at most `limit`: one short query per page, so that a
    /// slow download holds no transaction.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn visible_after(
        &self,
        session: SessionId,
        after: Option<Place>,
        limit: u64,
    ) -> Result<Vec<ExportRow>, StoreError> {
        self.read(async |tx| {
            // An aborted file is more honest than one that ends early: its rows may be being deleted just now.
            let living = session_rows::find_existing(tx, session).await?;
            let labels = to_labels(&living.ok_or(ServiceError::NotFound)?)?;
            let word = |label| {
                let label = labels.get(to_label(label)?)?;
                Some(label.word.clone())
            };
            let segments = segments::all(tx, session.0).await?;
            let mut list = Vec::new();
            let with_rows = segments.iter().filter(|it| Rows::Shown.may_be_in(it));
            for segment in with_rows {
                let index = to_unsigned(segment.index);
                let left = limit.saturating_sub(list.len() as u64);
                if left == 0 || after.is_some_and(|after| index < after.segment_index) {
                    continue;
                }
                let from = after
                    .filter(|after| after.segment_index == index)
                    .map(|after| Direction::Onward.beyond(after));
                let which = shown().add_option(from);
                // Only what an export contains, and by position: a list of a million rows is read in one go.
                let rows: Vec<Columns> = segment_range(segment, which, Direction::Onward, left)
                    .select_only()
                    .columns([
                        timestamp::Column::OffsetSeconds,
                        timestamp::Column::Note,
                        timestamp::Column::SubmittedBy,
                        timestamp::Column::Label,
                        timestamp::Column::CreatedAt,
                        timestamp::Column::Arrival,
                    ])
                    .into_tuple()
                    .all(tx)
                    .await?;
                let lines = rows.into_iter().map(
                    |(offset, note, submitted_by, label, created_at, arrival)| ExportRow {
                        segment_index: index,
                        offset_seconds: Offset(to_unsigned(offset)),
                        note,
                        submitted_by,
                        label: word(label),
                        created_at,
                        arrival: Revision(arrival),
                    },
                );
                list.extend(lines);
            }
            Ok(list)
        })
        .await
    }
}

/// The newest page, or the one that ends before `before`, of at most `size` rows. `segments` are sorted by index.
async fn page(
    tx: &DatabaseTransaction,
    segments: &[segment::Model],
    seen: Option<Rows>,
    size: u64,
    before: Option<Place>,
) -> Result<Page, StoreError> {
    let Some(seen) = seen else {
        return Ok(Page {
            timestamps: Vec::new(),
            more: false,
        });
    };
    // One more row shows whether there are others.
    let mut rows = last_before(tx, segments, seen, before, size + 1).await?;
    let more = rows.len() as u64 > size;
    rows.truncate(usize::try_from(size).unwrap_or(usize::MAX));
    rows.reverse();
    let timestamps = rows
        .into_iter()
        .map(|row| to_timestamp(row, segments))
        .collect::<Result<_, _>>()?;
    Ok(Page { timestamps, more })
}

/// The last timestamps of these segments, or the last ones before a place: in reverse list order, at most `limit`.
/// `segments` are sorted by index, and neighbours.
///
/// Two statements at most, however many segments there are: the last one usually has enough, and the others are read together.
pub(super) async fn last_before(
    tx: &DatabaseTransaction,
    segments: &[segment::Model],
    which: Rows,
    before: Option<Place>,
    limit: u64,
) -> Result<Vec<timestamp::Model>, StoreError> {
    let is_before = |index| before.is_none_or(|before| index <= before.segment_index);
    let mut segments = segments.iter().rev().filter(|segment| {
        // Those in which nothing can be are not even looked at.
        which.may_be_in(segment) && is_before(to_unsigned(segment.index))
    });
    let Some(last) = segments.next() else {
        return Ok(Vec::new());
    };
    let until = before
        .filter(|before| before.segment_index == to_unsigned(last.index))
        .map(|before| Direction::Back.beyond(before));
    let of_last = Condition::all().add(which.condition()).add_option(until);
    let mut rows = segment_range(last, of_last, Direction::Back, limit)
        .all(tx)
        .await?;
    let left = limit.saturating_sub(rows.len() as u64);
    if let Some(others) = enough(segments, left) {
        let others = Condition::all()
            .add(segment::Column::SessionId.eq(last.session_id))
            .add(segment::Column::Index.between(*others.start(), *others.end()))
            .add(which.segments());
        let others = dialect::last_of_segments(tx, others, which.condition(), left).await?;
        rows.extend(others);
    }
    Ok(rows)
}

/// The indexes of as many of these segments as are needed for this many timestamps; none if none is needed. The segments are
/// in reverse order. Their counts are of shown timestamps, so there may be more.
fn enough<'a>(
    segments: impl Iterator<Item = &'a segment::Model>,
    needed: u64,
) -> Option<RangeInclusive<i32>> {
    let mut left = i64::try_from(needed).unwrap_or(i64::MAX);
    let mut indexes: Option<RangeInclusive<i32>> = None;
    for segment in segments {
        if left <= 0 {
            break;
        }
        left -= i64::from(segment.timestamp_count);
        let last = indexes.map_or(segment.index, |indexes| *indexes.end());
        indexes = Some(segment.index..=last);
    }
    indexes
}

/// Some rows of one segment in list order or reverse: one range scan of the index of rule 3.
fn segment_range(
    segment: &segment::Model,
    which: Condition,
    way: Direction,
    limit: u64,
) -> Select<timestamp::Entity> {
    timestamp::Entity::find()
        .filter(timestamp::Column::SessionId.eq(segment.session_id))
        .filter(timestamp::Column::SegmentId.eq(segment.id))
        .filter(which)
        .order_by(timestamp::Column::OffsetSeconds, way.order())
        .order_by(timestamp::Column::Arrival, way.order())
        .limit(limit)
}

/// In list order or reverse.
#[derive(Clone, Copy)]
enum Direction {
    Onward,
    Back,
}

impl Direction {
    fn order(self) -> Order {
        match self {
            Self::Onward => Order::Asc,
            Self::Back => Order::Desc,
        }
    }

    /// What lies beyond a place in its segment.
    fn beyond(self, place: Place) -> Condition {
        let offset = i64::from(place.offset_seconds.seconds());
        let arrival = place.arrival.0;
        // That the offset is not before the place follows from the rest, but only this condition makes it a range of the
        // index: without it, every page would scan its segment from the start.
        let (range, further, later) = match self {
            Self::Onward => (
                timestamp::Column::OffsetSeconds.gte(offset),
                timestamp::Column::OffsetSeconds.gt(offset),
                timestamp::Column::Arrival.gt(arrival),
            ),
            Self::Back => (
                timestamp::Column::OffsetSeconds.lte(offset),
                timestamp::Column::OffsetSeconds.lt(offset),
                timestamp::Column::Arrival.lt(arrival),
            ),
        };
        let same = Condition::all()
            .add(timestamp::Column::OffsetSeconds.eq(offset))
            .add(later);
        let beyond = Condition::any().add(further).add(same);
        Condition::all().add(range).add(beyond)
    }
}
