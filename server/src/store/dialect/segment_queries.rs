//! The last timestamps of several segments in one statement, as each database reads them best: one range of an index per
//! segment, from the last segment back, until there are enough.

use entity::{segment, timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityName, EntityTrait, ExprTrait, JoinType, Order, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Asterisk, Expr, IntoIden, Query, SelectStatement},
};

/// For Postgres. Limited within each segment too: otherwise it would read and sort the whole of a segment.
pub(super) fn by_lateral_join(
    segments: Condition,
    which: Condition,
    limit: u64,
) -> SelectStatement {
    let of_segment = timestamp::Entity::find()
        .filter(is_in_segment())
        .filter(which)
        .order_by_desc(timestamp::Column::OffsetSeconds)
        .order_by_desc(timestamp::Column::Arrival)
        .limit(limit)
        .into_query();
    let always = Condition::all().add(Expr::value(true));
    let mut query = last_first(segments, limit);
    query.join_lateral(JoinType::InnerJoin, of_segment, FOUND, always);
    read(query, FOUND)
}

/// For SQLite, which has no lateral joins. CROSS JOIN keeps it from starting with the timestamps: so two indexes give the
/// order, and nothing is sorted.
pub(super) fn by_nested_loops(
    segments: Condition,
    which: Condition,
    limit: u64,
) -> SelectStatement {
    let mut query = last_first(segments, limit);
    query
        .cross_join(timestamp::Entity)
        .cond_where(is_in_segment())
        .cond_where(which);
    read(query, timestamp::Entity.table_name())
}

/// What the timestamps of a segment are called where they are joined.
const FOUND: &str = "found";

fn is_in_segment() -> Condition {
    let session = (segment::Entity, segment::Column::SessionId);
    let segment = (segment::Entity, segment::Column::Id);
    Condition::all()
        .add(timestamp::Column::SessionId.into_expr().equals(session))
        .add(timestamp::Column::SegmentId.into_expr().equals(segment))
}

fn last_first(segments: Condition, limit: u64) -> SelectStatement {
    Query::select()
        .from(segment::Entity)
        .cond_where(segments)
        .order_by((segment::Entity, segment::Column::Index), Order::Desc)
        .limit(limit)
        .take()
}

fn read(mut query: SelectStatement, rows: &'static str) -> SelectStatement {
    let column = |column: timestamp::Column| (rows, column.into_iden());
    query
        .column((rows, Asterisk))
        .order_by(column(timestamp::Column::OffsetSeconds), Order::Desc)
        .order_by(column(timestamp::Column::Arrival), Order::Desc)
        .take()
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;
    use uuid::Uuid;

    use super::*;
    use crate::store::{dialect::plans::plan, lists::Rows};

    /// Which rows are read, and the index that has them in order.
    const INDEXES: [(Rows, &str); 3] = [
        (Rows::Shown, "timestamp_shown_order_idx"),
        (Rows::Owned, "timestamp_order_idx"),
        (Rows::Any, "timestamp_order_idx"),
    ];

    fn several(which: Rows) -> Condition {
        Condition::all()
            .add(segment::Column::SessionId.eq(Uuid::nil()))
            .add(segment::Column::Index.between(1, 999))
            .add(which.segments())
    }

    #[tokio::test]
    async fn sqlite_reads_several_segments_by_their_indexes_and_sorts_nothing() {
        for (which, index) in INDEXES {
            let query = by_nested_loops(several(which), which.condition(), 201);
            let lines = plan(DbBackend::Sqlite.build(&query)).await;
            let [segments, rows] = &lines[..] else {
                panic!("{lines:?}");
            };
            assert!(
                segments.contains("segment_session_id_index_key"),
                "{lines:?}"
            );
            let range = format!("{index} (session_id=? AND segment_id=?)");
            assert!(rows.contains(&range), "{lines:?}");
        }
    }

    #[tokio::test]
    async fn a_young_postgres_reads_several_segments_by_their_indexes() {
        for (which, index) in INDEXES {
            let query = by_lateral_join(several(which), which.condition(), 201);
            let plan = plan(DbBackend::Postgres.build(&query)).await.join("\n");
            let range = format!("using {index} on");
            assert!(
                plan.contains(&range) && plan.contains("segment_id = segment.id"),
                "{plan}"
            );
            assert!(!plan.contains("Seq Scan"), "{plan}");
        }
    }
}
