//! Lets a session be gone at once, while its rows are deleted behind that in short transactions; and lets live frames tell
//! whether it changed itself.

use sea_orm_migration::prelude::*;

use crate::m20261124_000001_session::Session;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Lifetime {
    DeletedAt,
    OwnRevision,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in [
            ColumnDef::new(Lifetime::DeletedAt)
                .timestamp_with_time_zone()
                .take(),
            ColumnDef::new(Lifetime::OwnRevision)
                .big_integer()
                .not_null()
                .default(0)
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
        for column in [Lifetime::OwnRevision, Lifetime::DeletedAt] {
            let drop = Table::alter()
                .table(Session::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
