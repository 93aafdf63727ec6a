//! Gives sessions a lead, and lets their streamers switch off that delays of visitors are learnt.

use sea_orm_migration::prelude::*;

use crate::m20261124_000001_session::Session;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Timing {
    LeadSeconds,
    LearnsDelays,
}

/// How far a clip starts before a timestamp where nobody said otherwise, in seconds.
const USUAL_LEAD: i32 = 15;
/// The most that it can be.
const MOST_LEAD: i32 = 120;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in [
            ColumnDef::new(Timing::LeadSeconds)
                .integer()
                .not_null()
                .default(USUAL_LEAD)
                .check(Expr::col(Timing::LeadSeconds).between(0, MOST_LEAD))
                .take(),
            ColumnDef::new(Timing::LearnsDelays)
                .boolean()
                .not_null()
                .default(true)
                .take(),
        ] {
            let add = Table::alter()
                .table(Session::Table)
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Timing::LearnsDelays, Timing::LeadSeconds] {
            let drop = Table::alter()
                .table(Session::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
