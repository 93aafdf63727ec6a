//! Hidden timestamps: what hides one that no act of a moderator hid, and how many are written at once.

use std::collections::BTreeMap;

use entity::timestamp;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{StoreError, change::Change};

/// What hides a timestamp that a word holds back.
pub(super) const HELD: Uuid = Uuid::nil();

/// What hides a timestamp whose visitor was forgotten; nothing brings it back.
pub(super) const FORGOTTEN: Uuid = Uuid::max();

/// How many rows one statement changes: each brings two values into it.
const ROWS_A_STATEMENT: usize = 500;

impl Change {
    /// Writes some columns of these timestamps, each with a revision of its own.
    pub(super) async fn write_timestamps(
        &mut self,
        tx: &DatabaseTransaction,
        rows: &[timestamp::Model],
        columns: &[(timestamp::Column, SimpleExpr)],
    ) -> Result<(), StoreError> {
        for rows in rows.chunks(ROWS_A_STATEMENT) {
            let mut revision = CaseStatement::new();
            for row in rows {
                let this = Expr::col(timestamp::Column::Id).eq(row.id);
                revision = revision.case(this, self.next_revision());
            }
            // Never needed; it tells Postgres the type.
            let revision = revision.finally(Expr::col(timestamp::Column::Revision));
            let mut update = timestamp::Entity::update_many()
                .col_expr(timestamp::Column::Revision, revision.into())
                .filter(timestamp::Column::SessionId.eq(self.session.id))
                .filter(timestamp::Column::Id.is_in(rows.iter().map(|row| row.id)));
            for (column, value) in columns {
                update = update.col_expr(*column, value.clone());
            }
            update.exec(tx).await?;
        }
        Ok(())
    }

    /// Counts these timestamps in (`by` is 1) or out (-1).
    pub(super) async fn count_each(
        &mut self,
        tx: &DatabaseTransaction,
        rows: impl Iterator<Item = &timestamp::Model>,
        by: i32,
    ) -> Result<(), StoreError> {
        let mut counts: BTreeMap<Uuid, i32> = BTreeMap::new();
        for row in rows {
            *counts.entry(row.segment_id).or_default() += by;
        }
        for (segment, by) in counts {
            self.count(tx, segment, by).await?;
        }
        Ok(())
    }
}
