//! Makes the table `access_key`.

use sea_orm_migration::prelude::*;

use crate::{
    characters,
    m20261124_000001_session::{Session, time},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum AccessKey {
    Table,
    SessionId,
    Id,
    Role,
    Label,
    Selector,
    VerifierHash,
    CreatedAt,
    LastUsedAt,
    RevokedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(AccessKey::Table)
            .col(ColumnDef::new(AccessKey::SessionId).uuid().not_null())
            .col(ColumnDef::new(AccessKey::Id).uuid().not_null())
            .col(ColumnDef::new(AccessKey::Role).text().not_null())
            .col(ColumnDef::new(AccessKey::Label).text().not_null())
            .col(ColumnDef::new(AccessKey::Selector).blob().not_null())
            .col(ColumnDef::new(AccessKey::VerifierHash).blob().not_null())
            .col(time(AccessKey::CreatedAt))
            .col(ColumnDef::new(AccessKey::LastUsedAt).timestamp_with_time_zone())
            .col(ColumnDef::new(AccessKey::RevokedAt).timestamp_with_time_zone())
            .primary_key(Index::create().col(AccessKey::SessionId).col(AccessKey::Id))
            .check(Expr::col(AccessKey::Role).is_in(["moderator", "streamer"]))
            .check(characters(AccessKey::Label, 1, 40))
            .foreign_key(
                ForeignKey::create()
                    .name("access_key_session_id_fkey")
                    .from(AccessKey::Table, AccessKey::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let selector = Index::create()
            .name("access_key_selector_key")
            .table(AccessKey::Table)
            .col(AccessKey::Selector)
            .unique()
            .take();
        manager.create_index(selector).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(AccessKey::Table).take())
            .await
    }
}
