//! Lets a visitor's timestamps be found, so that they can be forgotten.

use sea_orm_migration::prelude::*;

use crate::m20261124_000003_timestamp::Timestamp;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// By visitor, whatever the session.
const VISITOR: &str = "timestamp_visitor_id_session_id_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let visitor = Index::create()
            .name(VISITOR)
            .table(Timestamp::Table)
            .col(Timestamp::VisitorId)
            .col(Timestamp::SessionId)
            .take();
        manager.create_index(visitor).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut visitor = Index::drop();
        visitor.name(VISITOR).table(Timestamp::Table);
        manager.drop_index(visitor).await
    }
}
