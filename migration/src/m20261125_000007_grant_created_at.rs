//! Gives grants the time when they were made.

use sea_orm_migration::prelude::*;

use crate::m20261124_000005_grant::Grant;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Added {
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Nobody knows any more when older ones were made.
        let column = ColumnDef::new(Added::CreatedAt)
            .timestamp_with_time_zone()
            .take();
        let add = Table::alter().table(Grant::Table).add_column(column).take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Grant::Table)
            .drop_column(Added::CreatedAt)
            .take();
        manager.alter_table(drop).await
    }
}
