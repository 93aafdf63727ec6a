//! Makes the table `grant`.

use sea_orm_migration::prelude::*;

use crate::m20261124_000004_access_key::AccessKey;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Grant {
    Table,
    SessionId,
    VisitorId,
    AccessKeyId,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Grant::Table)
            .col(ColumnDef::new(Grant::SessionId).uuid().not_null())
            .col(ColumnDef::new(Grant::VisitorId).uuid().not_null())
            .col(ColumnDef::new(Grant::AccessKeyId).uuid().not_null())
            .primary_key(
                Index::create()
                    .col(Grant::SessionId)
                    .col(Grant::VisitorId)
                    .col(Grant::AccessKeyId),
            )
            .foreign_key(
                // The link's own key leads to the session, so that a deleted session takes its grants along.
                ForeignKey::create()
                    .name("grant_access_key_id_fkey")
                    .from(Grant::Table, (Grant::SessionId, Grant::AccessKeyId))
                    .to(AccessKey::Table, (AccessKey::SessionId, AccessKey::Id))
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let visitor = Index::create()
            .name("grant_visitor_id_idx")
            .table(Grant::Table)
            .col(Grant::VisitorId)
            .take();
        manager.create_index(visitor).await?;
        let access_key = Index::create()
            .name("grant_session_id_access_key_id_idx")
            .table(Grant::Table)
            .col(Grant::SessionId)
            .col(Grant::AccessKeyId)
            .take();
        manager.create_index(access_key).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Grant::Table).take())
            .await
    }
}
