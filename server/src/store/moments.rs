//! Moments in the database: what they are derived from, and their rows.

use app::domain::{
    labels::LabelId, moments::moment::MomentId, offset::Offset, revision::Revision, text::Note,
    timestamp::TimestampId,
};
use entity::{moment, moment_edit, timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, blocks,
    moment_joins::{self, CrowdJoin},
    moment_rows::{self, MomentEditRow, MomentRow, to_signed},
    pools::Lane,
    rows::{HIDDEN_BY_ERASURE, parse_optional, to_label, to_unsigned},
    segments, session_rows,
    session_tx::Committed,
};
use crate::{clock::Clock, random};

/// How many presses, and how many joins, one read returns: about 20 ms of work.
const ROWS_A_READ: u64 = 10_000;
/// The most moments of a session. Peaks beyond that stay in the curve, but don't become moments.
pub(super) const MOST_MOMENTS: usize = 1_000;

/// A press as the crowd curve needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrowdPress {
    /// The index of its segment.
    pub segment_index: u32,
    /// Whole seconds since the segment's start.
    pub offset: Offset,
    /// Its name.
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

/// A change of a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentUpdate {
    /// It is new.
    New {
        /// The index of its segment.
        segment_index: u32,
        /// Where its peak is, in whole seconds since the segment's start.
        anchor: Offset,
    },
    /// Its peak moved, or it is shown again, or no longer.
    Changed {
        /// Which one.
        id: MomentId,
        /// Its anchor, in whole seconds since the segment's start.
        anchor: Offset,
        /// Whether it is shown.
        is_shown: bool,
    },
    /// It was absorbed by another one.
    Absorbed {
        /// Which one.
        id: MomentId,
        /// By which one.
        into: MomentId,
    },
}

/// What changed in a session after a revision, for its curves and moments.
#[derive(Clone, Debug)]
pub struct CrowdChanges {
    /// The presses, in the order of their revisions.
    pub presses: Vec<CrowdPress>,
    /// Who joined moments, in the order of their revisions.
    pub joins: Vec<CrowdJoin>,
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
            let mut rows: Vec<Columns> = timestamp::Entity::find()
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
                .await?;
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
            let last_press = rows.last().filter(|_| is_cut(rows.len()));
            let last_join = joins.last().filter(|_| is_cut(joins.len()));
            let ends = [
                last_press.map(|(_, _, _, revision, ..)| *revision),
                last_join.map(|join| join.revision),
            ];
            let end = ends.into_iter().flatten().min();
            let (has_more, revision) = (end.is_some(), end.unwrap_or(row.revision));
            rows.retain(|(_, _, _, written, ..)| *written <= revision);
            joins.retain(|join| join.revision <= revision);
            let named = rows.iter().map(|(segment, ..)| *segment);
            let named = named.chain(moments.iter().map(|moment| moment.segment_id));
            let named = named.chain(edits.iter().map(|edit| edit.segment_id));
            let named = named.chain(joins.iter().map(|join| join.segment_id));
            let named = named.map(|segment| (session.0, segment));
            let segments = segments::named(tx, named).await?;
            let index = |id: Uuid| {
                let found = segments.iter().find(|segment| segment.id == id);
                let found = found.map(|segment| to_unsigned(segment.index));
                found.ok_or(StoreError::Unreadable {
                    what: "row without its segment",
                })
            };
            let presses = rows.into_iter().map(
                |(segment, offset, id, revision, visitor, weight, hidden_by, note, label)| {
                    let is_erased = hidden_by == Some(HIDDEN_BY_ERASURE);
                    Ok(CrowdPress {
                        segment_index: index(segment)?,
                        offset: Offset(to_unsigned(offset)),
                        id: TimestampId(id),
                        revision: Revision(revision),
                        visitor: (!is_erased).then_some(VisitorId(visitor)),
                        weight: u16::try_from(weight).unwrap_or_default(),
                        is_hidden: hidden_by.is_some(),
                        note: parse_optional(note.as_deref(), "note")?,
                        label: to_label(label),
                    })
                },
            );
            let joins = joins.iter().map(|join| {
                Ok(CrowdJoin {
                    id: join.id,
                    segment_index: index(join.segment_id)?,
                    offset: Offset(to_unsigned(join.offset_seconds)),
                    visitor: join.visitor_id.map(VisitorId),
                })
            });
            let moments = moments.iter().map(|moment| {
                Ok(MomentRow {
                    segment_index: index(moment.segment_id)?,
                    kept: moment_rows::to_kept(moment)?,
                    curation: moment_rows::to_curation(moment)?,
                })
            });
            let edits = edits.iter().map(|edit| {
                Ok(MomentEditRow {
                    segment_index: index(edit.segment_id)?,
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
                presses: presses.collect::<Result<_, StoreError>>()?,
                joins: joins.collect::<Result<_, StoreError>>()?,
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

    /// Writes changes of moments that were derived from the session as of `seen_at`. Writes nothing if moments were written
    /// or edited since then: they will be derived again from those.
    ///
    /// # Errors
    /// `ServiceError::NotFound` where the session is gone.
    pub async fn record_moments(
        &self,
        clock: &Clock,
        session: SessionId,
        seen_at: Revision,
        updates: Vec<MomentUpdate>,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, move |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let mut known = moment::Entity::find()
                .filter(moment::Column::SessionId.eq(session.0))
                .all(&tx)
                .await?;
            let later = moment_edit::Column::SessionId.eq(session.0);
            let later = later.and(moment_edit::Column::Revision.gt(seen_at.0));
            let has_later_edits = !moment_rows::edits(&tx, later).await?.is_empty();
            if has_later_edits || known.iter().any(|moment| moment.revision > seen_at.0) {
                return Ok(Committed::without_news(()));
            }
            let segments = segments::all(&tx, session.0).await?;
            let mut new = Vec::new();
            for update in updates {
                match update {
                    MomentUpdate::New {
                        segment_index,
                        anchor,
                    } => {
                        let place = segments
                            .iter()
                            .find(|segment| to_unsigned(segment.index) == segment_index);
                        let Some(segment) = place.filter(|_| known.len() < MOST_MOMENTS) else {
                            continue;
                        };
                        let is_taken = known.iter().any(|moment| {
                            let is_here = moment.segment_id == segment.id;
                            let is_alive = moment.absorbed_into.is_none();
                            is_here && is_alive && moment.anchor == to_signed(anchor)
                        });
                        if is_taken {
                            continue;
                        }
                        let (id, place) = (random::uuid(), (session.0, segment.id));
                        let row = moment_rows::new_row(place, MomentId(id), anchor, clock.now());
                        let row = moment::Model {
                            revision: locked.next_revision(),
                            ..row
                        };
                        new.push(row.clone().into_active_model());
                        known.push(row);
                    }
                    MomentUpdate::Changed {
                        id,
                        anchor,
                        is_shown,
                    } => {
                        let changed = [
                            (moment::Column::Anchor, Expr::value(to_signed(anchor))),
                            (moment::Column::Shown, Expr::value(is_shown)),
                        ];
                        moment_rows::update(&tx, &mut locked, id, changed).await?;
                    }
                    MomentUpdate::Absorbed { id, into } => {
                        let absorbed = [
                            (moment::Column::Shown, Expr::value(false)),
                            (moment::Column::AbsorbedInto, Expr::value(into.0)),
                        ];
                        moment_rows::update(&tx, &mut locked, id, absorbed).await?;
                    }
                }
            }
            if !new.is_empty() {
                moment::Entity::insert_many(new)
                    .exec_without_returning(&tx)
                    .await?;
            }
            // Nobody did anything, so this must not delay the session's expiry.
            let updated_at = locked.session.updated_at;
            locked.commit(tx, (), updated_at).await
        })
        .await
    }
}
