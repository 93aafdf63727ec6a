//! Lets a streamer delete a session and change their mind: its rows stay until a given time.

use sea_orm_migration::prelude::*;

use crate::m20261124_000001_session::Session;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Trash {
    PurgeAfter,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Sessions that are already deleted have no such time: their rows are deleted at once, as before.
        let add = Table::alter()
            .table(Session::Table)
            .add_column(ColumnDef::new(Trash::PurgeAfter).timestamp_with_time_zone())
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Session::Table)
            .drop_column(Trash::PurgeAfter)
            .take();
        manager.alter_table(drop).await
    }
}
