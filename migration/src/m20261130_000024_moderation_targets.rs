//! Lets what was done to a timestamp or a moment, and what somebody did, be found without reading the session's whole log.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Moderation {
    Table,
    SessionId,
    TimestampId,
    MomentId,
    Author,
}

const TIMESTAMP: &str = "moderation_timestamp_id_idx";
const MOMENT: &str = "moderation_moment_id_idx";
const AUTHOR: &str = "moderation_author_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Most actions are about one or the other.
        for (name, target) in [
            (TIMESTAMP, Moderation::TimestampId),
            (MOMENT, Moderation::MomentId),
        ] {
            let is_known = Expr::col(target).is_not_null();
            let target = Index::create()
                .name(name)
                .table(Moderation::Table)
                .col(Moderation::SessionId)
                .col(target)
                .and_where(is_known)
                .take();
            manager.create_index(target).await?;
        }
        let author = Index::create()
            .name(AUTHOR)
            .table(Moderation::Table)
            .col(Moderation::Author)
            .col(Moderation::SessionId)
            .take();
        manager.create_index(author).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in [AUTHOR, MOMENT, TIMESTAMP] {
            let mut index = Index::drop();
            index.name(name).table(Moderation::Table);
            manager.drop_index(index).await?;
        }
        Ok(())
    }
}
