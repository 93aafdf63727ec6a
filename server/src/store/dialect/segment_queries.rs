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
    use sea_orm::{ConnectionTrait, Database, DbBackend};
    use uuid::Uuid;

    use super::*;
    use crate::store::{Store, rows::HIDDEN_BY_ERASURE};

    #[tokio::test]
    async fn sqlite_reads_several_segments_by_their_indexes_and_sorts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("clips.sqlite").display());
        let store = Store::open(&url).await.unwrap();
        let tables = Database::connect(&url).await.unwrap();
        let hidden_by = timestamp::Column::HiddenBy;
        let owned = hidden_by.is_null().or(hidden_by.ne(HIDDEN_BY_ERASURE));
        for (which, index) in [
            (
                timestamp::Column::HiddenAt.is_null(),
                "timestamp_shown_order_idx",
            ),
            (owned, "timestamp_order_idx"),
        ] {
            let segments = Condition::all()
                .add(segment::Column::SessionId.eq(Uuid::nil()))
                .add(segment::Column::Index.between(1, 999));
            let query = by_nested_loops(segments, Condition::all().add(which), 201);
            let mut statement = DbBackend::Sqlite.build(&query);
            statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
            let lines = tables.query_all_raw(statement).await.unwrap();
            let lines = lines.iter().map(|line| line.try_get_by_index::<String>(3));
            let lines = lines.collect::<Result<Vec<_>, _>>().unwrap();
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
        drop(store);
    }
}
