//! Makes the table `segment`, of which a session has at most one open row.

use sea_orm_migration::prelude::*;

use crate::m20261124_000001_session::{Session, time};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Segment {
    Table,
    SessionId,
    Id,
    Index,
    StartTime,
    EndTime,
    TimestampCount,
    Revision,
    CreatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Segment::Table)
            .col(ColumnDef::new(Segment::SessionId).uuid().not_null())
            .col(ColumnDef::new(Segment::Id).uuid().not_null())
            .col(ColumnDef::new(Segment::Index).integer().not_null())
            .col(time(Segment::StartTime))
            .col(ColumnDef::new(Segment::EndTime).timestamp_with_time_zone())
            .col(ColumnDef::new(Segment::TimestampCount).integer().not_null())
            .col(ColumnDef::new(Segment::Revision).big_integer().not_null())
            .col(time(Segment::CreatedAt))
            .primary_key(Index::create().col(Segment::SessionId).col(Segment::Id))
            .check(Expr::col(Segment::Index).gte(1))
            .check(Expr::col(Segment::TimestampCount).gte(0))
            .foreign_key(
                ForeignKey::create()
                    .name("segment_session_id_fkey")
                    .from(Segment::Table, Segment::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let index = Index::create()
            .name("segment_session_id_index_key")
            .table(Segment::Table)
            .col(Segment::SessionId)
            .col(Segment::Index)
            .unique()
            .take();
        manager.create_index(index).await?;
        let one_open = Index::create()
            .name("segment_one_open_key")
            .table(Segment::Table)
            .col(Segment::SessionId)
            .unique()
            .and_where(Expr::col(Segment::EndTime).is_null())
            .take();
        manager.create_index(one_open).await?;
        let feed = Index::create()
            .name("segment_session_id_revision_idx")
            .table(Segment::Table)
            .col(Segment::SessionId)
            .col(Segment::Revision)
            .take();
        manager.create_index(feed).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Segment::Table).take())
            .await
    }
}
