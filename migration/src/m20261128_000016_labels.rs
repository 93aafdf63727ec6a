//! Gives sessions their labels, and timestamps the label that they carry.

use sea_orm_migration::prelude::*;

use crate::{m20261124_000001_session::Session, m20261124_000003_timestamp::Timestamp};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Labelled {
    Labels,
    Label,
}

/// Sessions from before have no labels: viewers of a session that runs are not to find other buttons than before.
const NONE: &str = "[]";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let labels = ColumnDef::new(Labelled::Labels)
            .text()
            .not_null()
            .default(NONE)
            .take();
        let add = Table::alter()
            .table(Session::Table)
            .add_column(labels)
            .take();
        manager.alter_table(add).await?;
        let label = ColumnDef::new(Labelled::Label).small_integer().take();
        let add = Table::alter()
            .table(Timestamp::Table)
            .add_column(label)
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Timestamp::Table)
            .drop_column(Labelled::Label)
            .take();
        manager.alter_table(drop).await?;
        let drop = Table::alter()
            .table(Session::Table)
            .drop_column(Labelled::Labels)
            .take();
        manager.alter_table(drop).await
    }
}
