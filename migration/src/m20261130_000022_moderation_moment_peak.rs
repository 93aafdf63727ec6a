//! Gives the log the second at which lists showed a moment when something was done to it.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Moderation {
    Table,
    MomentPeak,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // NULL where it is not known, as of all that was done before.
        let peak = ColumnDef::new(Moderation::MomentPeak)
            .integer()
            .check(Expr::col(Moderation::MomentPeak).gte(0))
            .take();
        let add = Table::alter()
            .table(Moderation::Table)
            .add_column(peak)
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Moderation::Table)
            .drop_column(Moderation::MomentPeak)
            .take();
        manager.alter_table(drop).await
    }
}
