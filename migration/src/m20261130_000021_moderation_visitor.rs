//! Lets a visitor who is erased be found in the logs of all sessions.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Moderation {
    Table,
    SessionId,
    VisitorId,
}

/// What was done to visitors. Most actions are about timestamps or moments, and are not in it.
const VISITOR: &str = "moderation_visitor_id_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let visitor = Index::create()
            .name(VISITOR)
            .table(Moderation::Table)
            .col(Moderation::VisitorId)
            .col(Moderation::SessionId)
            .and_where(Expr::col(Moderation::VisitorId).is_not_null())
            .take();
        manager.create_index(visitor).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut visitor = Index::drop();
        visitor.name(VISITOR).table(Moderation::Table);
        manager.drop_index(visitor).await
    }
}
