//! Lets a session be gone at once, while its rows are deleted behind that in short transactions.

use sea_orm_migration::prelude::*;

use crate::m20261124_000001_session::Session;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Deleted {
    DeletedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = ColumnDef::new(Deleted::DeletedAt)
            .timestamp_with_time_zone()
            .take();
        let add = Table::alter()
            .table(Session::Table)
            .add_column(column)
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Session::Table)
            .drop_column(Deleted::DeletedAt)
            .take();
        manager.alter_table(drop).await
    }
}
