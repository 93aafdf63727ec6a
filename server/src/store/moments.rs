//! Moments in the database: the rows of those that were found.

use app::domain::{moments::moment::MomentId, offset::Offset, revision::Revision};
use entity::{moment, moment_edit};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

use super::{
    SessionId, Store, StoreError,
    moment_rows::{self, to_signed},
    pools::Lane,
    rows::to_unsigned,
    segments,
    session_tx::Committed,
};
use crate::{clock::Clock, random};

/// The most moments that a crowd makes in a session, of those that are shown. Peaks beyond that stay in the curve, but don't
/// become moments.
pub const MOST_SHOWN: usize = 1_000;

/// The most moments that a session ever had: those that faded or became part of others are kept, because links lead to them.
pub const MOST_MOMENTS: usize = 4_000;

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

impl Store {
    /// The moment that one became part of, directly or by way of others; that one itself if it did not.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if the session has no such moment.
    pub async fn current_moment(
        &self,
        SessionId(session): SessionId,
        id: MomentId,
    ) -> Result<MomentId, StoreError> {
        self.read(async |tx| {
            let row = moment_rows::current(tx, session, id).await?;
            Ok(MomentId(row.id))
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
                        let Some(segment) = place.filter(|_| has_room(&known)) else {
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

/// Whether a session with these moments may have another one.
fn has_room(known: &[moment::Model]) -> bool {
    let shown = known
        .iter()
        .filter(|moment| moment.absorbed_into.is_none() && moment.shown);
    known.len() < MOST_MOMENTS && shown.count() < MOST_SHOWN
}
