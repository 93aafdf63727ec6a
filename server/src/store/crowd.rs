//! What curves and moments are derived from: presses, joins, blocks and what people edited.

use std::collections::BTreeSet;

use app::domain::{
    labels::LabelId, offset::Offset, revision::Revision, text::Note, timestamp::TimestampId,
};
use entity::{moment, moment_edit, moment_join, segment, timestamp};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::ExprTrait,
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, blocks, dialect,
    moment_joins::{self, CrowdJoin},
    moment_rows::{self, MomentEditRow, MomentRow},
    rows::{HIDDEN_BY_ERASURE, parse_optional, to_label, to_unsigned},
    segments, session_rows, visitors,
};

/// How many presses, and how many joins, one read returns: about 100 ms of work.
const ROWS_A_READ: u64 = 10_000;
/// How many of a visitor's presses one statement reads: each has two parameters, and SQLite allows 32,766.
const PRESSES_A_STATEMENT: usize = 1_000;

/// A press as the crowd curve needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrowdPress {
    /// The index of its segment.
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset: Offset,
    /// Its id.
    pub id: TimestampId,
    /// The revision at which it last changed.
    pub revision: Revision,
    /// Its author; none if that visitor was erased.
    pub visitor: Option<VisitorId>,
    /// Its visitor's weight, in 1/256.
    pub weight: u16,
    /// Whether it is hidden, for whatever reason.
    pub is_hidden: bool,
    /// What the viewer said about it.
    pub note: Option<Note>,
    /// The label that it carries.
    pub label: Option<LabelId>,
}

/// Presses and joins, in the order of their revisions or by visitor.
#[derive(Clone, Debug, Default)]
pub struct CrowdRows {
    /// The presses.
    pub presses: Vec<CrowdPress>,
    /// Who joined moments.
    pub joins: Vec<CrowdJoin>,
}

/// What changed in a session after a revision, for its curves and moments.
#[derive(Clone, Debug)]
pub struct CrowdChanges {
    /// The presses and joins, in the order of their revisions.
    pub rows: CrowdRows,
    /// The moments, in no order.
    pub moments: Vec<MomentRow>,
    /// The segment that is open: all others are over.
    pub open_segment: Option<u32>,
    /// Whether moments of segments that are over allow for how late each visitor usually presses.
    pub learns_delays: bool,
    /// The edits of their ranges, in the order in which they were made.
    pub edits: Vec<MomentEditRow>,
    /// All visitors who are blocked.
    pub blocked: Vec<VisitorId>,
    /// The revision up to which this is complete.
    pub revision: Revision,
    /// Whether there is more after it.
    pub has_more: bool,
}

/// The columns of a `CrowdPress`, in the order in which they are read.
type Columns = (
    Uuid,
    i32,
    Uuid,
    i64,
    Uuid,
    i16,
    Option<Uuid>,
    Option<String>,
    Option<i16>,
);

impl Store {
    /// What a visitor counts for who has pressed in a session before, in 1/256; `None` if they haven't. In a crowd, presses can be
    /// missed that are not indexed yet, which are seconds old.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn weight_of(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Option<u16>, StoreError> {
        self.read(async |tx| {
            // Nearly always, all of their presses have the same one.
            let Some(any) = visitors::any_timestamp_of(tx, session, visitor).await? else {
                return Ok(None);
            };
            let weight: Option<i16> = timestamp::Entity::find_by_id((session.0, any))
                .select_only()
                .column(timestamp::Column::Weight)
                .into_tuple()
                .one(tx)
                .await?;
            Ok(weight.map(|weight| u16::try_from(weight).unwrap_or_default()))
        })
        .await
    }

    /// What changed in a session after `after`, for its curves and moments; `None` if the session is gone.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn crowd_changes(
        &self,
        session: SessionId,
        after: Revision,
    ) -> Result<Option<CrowdChanges>, StoreError> {
        self.read(async |tx| {
            let Some(row) = session_rows::find_existing(tx, session).await? else {
                return Ok(None);
            };
            let mut presses = presses_after(tx, session, after).await?;
            let moments = moment::Entity::find()
                .filter(moment::Column::SessionId.eq(session.0))
                .filter(moment::Column::Revision.gt(after.0))
                .all(tx)
                .await?;
            let edited = moment_edit::Column::SessionId.eq(session.0);
            let edited = edited.and(moment_edit::Column::Revision.gt(after.0));
            let edits = moment_rows::edits(tx, edited).await?;
            let mut joins = moment_joins::after(tx, session, after, ROWS_A_READ).await?;
            // A kind of which there may be more is complete up to its last row.
            let is_cut = |count: usize| count as u64 == ROWS_A_READ;
            let last_press = presses.last().filter(|_| is_cut(presses.len()));
            let last_join = joins.last().filter(|_| is_cut(joins.len()));
            let ends = [
                last_press.map(|(_, _, _, revision, ..)| *revision),
                last_join.map(|join| join.revision),
            ];
            let end = ends.into_iter().flatten().min();
            let (has_more, revision) = (end.is_some(), end.unwrap_or(row.revision));
            presses.retain(|(_, _, _, written, ..)| *written <= revision);
            joins.retain(|join| join.revision <= revision);
            let mut named = segments_of(&presses, &joins);
            named.extend(moments.iter().map(|moment| moment.segment_id));
            named.extend(edits.iter().map(|edit| edit.segment_id));
            let places = Places::of(tx, session, named).await?;
            let moments = moments.iter().map(|moment| {
                Ok(MomentRow {
                    segment_index: places.index(moment.segment_id)?,
                    kept: moment_rows::to_kept(moment)?,
                    curation: moment_rows::to_curation(moment)?,
                })
            });
            let edits = edits.iter().map(|edit| {
                Ok(MomentEditRow {
                    segment_index: places.index(edit.segment_id)?,
                    position: edit.position,
                    kept: moment_rows::to_kept_edit(edit),
                    is_undone: edit.undone,
                })
            });
            let last = segments::last(tx, session.0).await?;
            let open = last.filter(|last| last.end_time.is_none());
            Ok(Some(CrowdChanges {
                open_segment: open.map(|open| to_unsigned(open.index)),
                learns_delays: row.learns_delays,
                rows: places.rows(presses, &joins)?,
                moments: moments.collect::<Result<_, StoreError>>()?,
                edits: edits.collect::<Result<_, StoreError>>()?,
                blocked: match row.blocks {
                    0 => Vec::new(),
                    _ => blocks::all(tx, session.0).await?,
                },
                revision: Revision(revision),
                has_more,
            }))
        })
        .await
    }

    /// All that these visitors pressed and joined in a session up to a revision, for its curves and moments.
    ///
    /// # Errors
    /// `StoreError::Database` where the database can't tell.
    pub async fn crowd_of(
        &self,
        session: SessionId,
        visitors: Vec<VisitorId>,
        until: Revision,
    ) -> Result<CrowdRows, StoreError> {
        self.read(async |tx| {
            let (mut presses, mut joins) = (Vec::new(), Vec::new());
            for visitor in visitors {
                let ids = visitors::timestamps_of(tx, session, visitor, None).await?;
                let ids = ids.into_iter().map(|id| (session, TimestampId(id)));
                for named in ids.collect::<Vec<_>>().chunks(PRESSES_A_STATEMENT) {
                    let found = dialect::timestamps(tx, named).await?;
                    presses.extend(found.into_iter().map(to_columns));
                }
                joins.extend(moment_joins::of_visitor(session, visitor).all(tx).await?);
            }
            presses.retain(|(_, _, _, written, ..)| *written <= until.0);
            joins.retain(|join| join.revision <= until.0);
            let named = segments_of(&presses, &joins);
            let places = Places::of(tx, session, named).await?;
            places.rows(presses, &joins)
        })
        .await
    }
}

/// The presses of a session that were written after a revision, at most `ROWS_A_READ`.
async fn presses_after(
    tx: &DatabaseTransaction,
    session: SessionId,
    after: Revision,
) -> Result<Vec<Columns>, StoreError> {
    Ok(timestamp::Entity::find()
        .select_only()
        .columns([
            timestamp::Column::SegmentId,
            timestamp::Column::OffsetSeconds,
            timestamp::Column::Id,
            timestamp::Column::Revision,
            timestamp::Column::VisitorId,
            timestamp::Column::Weight,
            timestamp::Column::HiddenBy,
            timestamp::Column::Note,
            timestamp::Column::Label,
        ])
        .filter(timestamp::Column::SessionId.eq(session.0))
        .filter(timestamp::Column::Revision.gt(after.0))
        .order_by_asc(timestamp::Column::Revision)
        .limit(ROWS_A_READ)
        .into_tuple()
        .all(tx)
        .await?)
}

fn to_columns(row: timestamp::Model) -> Columns {
    (
        row.segment_id,
        row.offset_seconds,
        row.id,
        row.revision,
        row.visitor_id,
        row.weight,
        row.hidden_by,
        row.note,
        row.label,
    )
}

/// The ids of the segments that presses and joins lie in.
fn segments_of(presses: &[Columns], joins: &[moment_join::Model]) -> BTreeSet<Uuid> {
    let pressed = presses.iter().map(|(segment, ..)| *segment);
    let joined = joins.iter().map(|join| join.segment_id);
    pressed.chain(joined).collect()
}

/// The segments that rows lie in.
struct Places(Vec<segment::Model>);

impl Places {
    /// Those with these ids.
    async fn of(
        tx: &DatabaseTransaction,
        session: SessionId,
        named: BTreeSet<Uuid>,
    ) -> Result<Self, StoreError> {
        let named = named.into_iter().map(|segment| (session.0, segment));
        Ok(Self(segments::named(tx, named).await?))
    }

    fn index(&self, id: Uuid) -> Result<u32, StoreError> {
        let found = self.0.iter().find(|segment| segment.id == id);
        let found = found.map(|segment| to_unsigned(segment.index));
        found.ok_or(StoreError::Unreadable {
            what: "row without its segment",
        })
    }

    fn rows(
        &self,
        presses: Vec<Columns>,
        joins: &[moment_join::Model],
    ) -> Result<CrowdRows, StoreError> {
        let presses = presses.into_iter().map(|press| self.press(press));
        let joins = joins.iter().map(|join| {
            Ok(CrowdJoin {
                id: join.id,
                segment_index: self.index(join.segment_id)?,
                offset: Offset(to_unsigned(join.offset_seconds)),
                visitor: join.visitor_id.map(VisitorId),
            })
        });
        Ok(CrowdRows {
            presses: presses.collect::<Result<_, StoreError>>()?,
            joins: joins.collect::<Result<_, StoreError>>()?,
        })
    }

    fn press(
        &self,
        (segment, offset, id, revision, visitor, weight, hidden_by, note, label): Columns,
    ) -> Result<CrowdPress, StoreError> {
        let is_erased = hidden_by == Some(HIDDEN_BY_ERASURE);
        Ok(CrowdPress {
            segment_index: self.index(segment)?,
            offset: Offset(to_unsigned(offset)),
            id: TimestampId(id),
            revision: Revision(revision),
            visitor: (!is_erased).then_some(VisitorId(visitor)),
            weight: u16::try_from(weight).unwrap_or_default(),
            is_hidden: hidden_by.is_some(),
            note: parse_optional(note.as_deref(), "note")?,
            label: to_label(label),
        })
    }
}
