//! Lets the list that viewers see be read without walking over what is hidden from them.

use sea_orm_migration::prelude::*;

use crate::m20261124_000003_timestamp::Timestamp;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// The order of rule 3, of what is shown.
const SHOWN: &str = "timestamp_shown_order_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let shown = Index::create()
            .name(SHOWN)
            .table(Timestamp::Table)
            .col(Timestamp::SessionId)
            .col(Timestamp::SegmentId)
            .col(Timestamp::OffsetSeconds)
            .col(Timestamp::Arrival)
            .and_where(Expr::col(Timestamp::HiddenAt).is_null())
            .take();
        manager.create_index(shown).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut shown = Index::drop();
        shown.name(SHOWN).table(Timestamp::Table);
        manager.drop_index(shown).await
    }
}
