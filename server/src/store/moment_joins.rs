//! Visitors who joined moments from the list: written, read for the counts of moments, and erased.

use app::{
    domain::{
        invalid_input::InvalidInput,
        moments::{
            join::{self, Join},
            moment::Moment,
        },
        offset::Offset,
        press,
        revision::Revision,
    },
    service::ServiceError,
};
use entity::{moment_join, session};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Select, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    SessionId, Store, StoreError, VisitorId, blocks, moment_rows::to_signed, pools::Lane,
    rows::to_unsigned, segments, session_rows, session_tx::SessionTx,
};
use crate::{clock::Clock, random};

/// A join, as the counts of moments need it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrowdJoin {
    /// Its id.
    pub id: Uuid,
    /// The index of its segment.
    pub segment_index: u32,
    /// Where the moment's peak was, in whole seconds since the segment's start.
    pub offset: Offset,
    /// Who joined; none if that visitor was erased.
    pub visitor: Option<VisitorId>,
}

impl Store {
    /// Records that a visitor joins a moment, once however often they do: they lie at a second of its range, and go with that.
    /// A blocked visitor is recorded like everybody else, and does not count.
    ///
    /// # Errors
    /// `ServiceError::Press` if the session is not active, `ServiceError::NoMoment` if only moderators see its moments, and
    /// `ServiceError::Invalid` if the visitor has joined too many.
    pub async fn join_moment(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
        moment: Moment,
    ) -> Result<Join, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, move |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            if locked.session.staff_list {
                return Err(ServiceError::NoMoment.into());
            }
            press::open_segment(&locked.status()?).map_err(ServiceError::Press)?;
            let segment = segments::with_index(&tx, session.0, moment.segment_index).await?;
            let segment = segment.ok_or(ServiceError::NoMoment)?;
            let known = of_visitor(session, visitor).all(&tx).await?;
            let now = clock.now();
            let is_in = |row: &moment_join::Model| {
                let range = to_signed(moment.start)..=to_signed(moment.end);
                row.segment_id == segment.id && range.contains(&row.offset_seconds)
            };
            let row = match known.iter().find(|row| is_in(row)) {
                Some(row) => row.clone(),
                None if known.len() >= join::MOST => {
                    return Err(ServiceError::from(InvalidInput::TooManyJoins).into());
                }
                None => {
                    let row = moment_join::Model {
                        session_id: session.0,
                        id: random::uuid(),
                        segment_id: segment.id,
                        offset_seconds: to_signed(moment.peak),
                        visitor_id: Some(visitor.0),
                        created_at: now,
                        revision: locked.next_revision(),
                    };
                    moment_join::Entity::insert(row.clone().into_active_model())
                        .exec_without_returning(&tx)
                        .await?;
                    row
                }
            };
            let counts = counts(&tx, &locked.session, visitor).await?;
            let join = to_join(&row, moment.segment_index, counts);
            locked.commit(tx, join, now).await
        })
        .await
    }

    /// The moments of a session that a visitor joined, in no order.
    ///
    /// # Errors
    /// `StoreError::Database` if they can't be read.
    pub async fn own_joins(
        &self,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<Vec<Join>, StoreError> {
        self.read(async |tx| {
            let rows = of_visitor(session, visitor).all(tx).await?;
            let living = session_rows::find_existing(tx, session).await?;
            let Some(living) = living.filter(|_| !rows.is_empty()) else {
                return Ok(Vec::new());
            };
            let counts = counts(tx, &living, visitor).await?;
            let names = rows.iter().map(|row| (row.session_id, row.segment_id));
            let segments = segments::named(tx, names).await?;
            let joins = rows.iter().filter_map(|row| {
                let segment = segments.iter().find(|found| found.id == row.segment_id)?;
                Some(to_join(row, to_unsigned(segment.index), counts))
            });
            Ok(joins.collect())
        })
        .await
    }

    /// The sessions in which a visitor joined moments.
    pub(super) async fn joined_in(&self, visitor: VisitorId) -> Result<Vec<SessionId>, StoreError> {
        self.read(async |tx| {
            let sessions: Vec<Uuid> = moment_join::Entity::find()
                .select_only()
                .column(moment_join::Column::SessionId)
                .filter(moment_join::Column::VisitorId.eq(visitor.0))
                .filter(moment_join::Column::SessionId.in_subquery(session_rows::kept_ids()))
                .distinct()
                .into_tuple()
                .all(tx)
                .await?;
            Ok(sessions.into_iter().map(SessionId).collect())
        })
        .await
    }

    /// Removes every trace of whose a visitor's joins in a session were; they count no more. The rows stay, because whoever
    /// counts them learns only of later changes. One transaction: there are at most `join::MOST`.
    pub(super) async fn erase_joins(
        &self,
        clock: &Clock,
        session: SessionId,
        visitor: VisitorId,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, move |writer| async move {
            let (tx, mut locked) = writer.kept_session(session).await?;
            erase(&tx, &mut locked, visitor).await?;
            locked.commit(tx, (), clock.now()).await
        })
        .await
    }
}

async fn erase(
    tx: &DatabaseTransaction,
    locked: &mut SessionTx,
    visitor: VisitorId,
) -> Result<(), StoreError> {
    let rows = of_visitor(locked.id(), visitor).all(tx).await?;
    if rows.is_empty() {
        return Ok(());
    }
    let columns = (moment_join::Column::Id, moment_join::Column::Revision);
    let revision = locked.next_revisions(columns, rows.iter().map(|row| row.id));
    moment_join::Entity::update_many()
        .col_expr(moment_join::Column::VisitorId, Expr::value(None::<Uuid>))
        .col_expr(moment_join::Column::Revision, revision)
        .filter(moment_join::Column::SessionId.eq(locked.id().0))
        .filter(moment_join::Column::Id.is_in(rows.iter().map(|row| row.id)))
        .exec(tx)
        .await?;
    Ok(())
}

/// The joins of a session that were written after a revision, at most this many, in the order of their revisions.
pub(super) async fn after(
    tx: &DatabaseTransaction,
    session: SessionId,
    after: Revision,
    most: u64,
) -> Result<Vec<moment_join::Model>, StoreError> {
    Ok(moment_join::Entity::find()
        .filter(moment_join::Column::SessionId.eq(session.0))
        .filter(moment_join::Column::Revision.gt(after.0))
        .order_by_asc(moment_join::Column::Revision)
        .limit(most)
        .all(tx)
        .await?)
}

/// A visitor's joins in a session.
pub(super) fn of_visitor(session: SessionId, visitor: VisitorId) -> Select<moment_join::Entity> {
    moment_join::Entity::find()
        .filter(moment_join::Column::VisitorId.eq(visitor.0))
        .filter(moment_join::Column::SessionId.eq(session.0))
}

/// Whether a visitor's joins count.
async fn counts(
    tx: &DatabaseTransaction,
    session: &session::Model,
    visitor: VisitorId,
) -> Result<bool, StoreError> {
    Ok(session.blocks == 0 || !blocks::holds(tx, session.id, visitor).await?)
}

fn to_join(row: &moment_join::Model, segment_index: u32, counts: bool) -> Join {
    Join {
        segment_index,
        offset_seconds: Offset(to_unsigned(row.offset_seconds)),
        revision: Revision(row.revision),
        counts,
    }
}
