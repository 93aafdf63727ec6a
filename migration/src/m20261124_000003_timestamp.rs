//! Makes the table `timestamp`, with the indexes of rule 3 and of the live feed.

use sea_orm_migration::prelude::*;

use crate::{
    characters,
    m20261124_000001_session::{Session, time},
    m20261124_000002_segment::Segment,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Timestamp {
    Table,
    SessionId,
    Id,
    SegmentId,
    OffsetSeconds,
    OffsetHms,
    Note,
    SubmittedBy,
    CreatedAt,
    Arrival,
    Revision,
    VisitorId,
    HiddenAt,
    HiddenBy,
    RequestHash,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Timestamp::Table)
            .col(ColumnDef::new(Timestamp::SessionId).uuid().not_null())
            .col(ColumnDef::new(Timestamp::Id).uuid().not_null())
            .col(ColumnDef::new(Timestamp::SegmentId).uuid().not_null())
            .col(
                ColumnDef::new(Timestamp::OffsetSeconds)
                    .integer()
                    .not_null(),
            )
            .col(ColumnDef::new(Timestamp::OffsetHms).text().not_null())
            .col(ColumnDef::new(Timestamp::Note).text())
            .col(ColumnDef::new(Timestamp::SubmittedBy).text())
            .col(time(Timestamp::CreatedAt))
            .col(ColumnDef::new(Timestamp::Arrival).big_integer().not_null())
            .col(ColumnDef::new(Timestamp::Revision).big_integer().not_null())
            .col(ColumnDef::new(Timestamp::VisitorId).uuid().not_null())
            .col(ColumnDef::new(Timestamp::HiddenAt).timestamp_with_time_zone())
            .col(ColumnDef::new(Timestamp::HiddenBy).uuid())
            .col(ColumnDef::new(Timestamp::RequestHash).blob().not_null())
            .primary_key(Index::create().col(Timestamp::SessionId).col(Timestamp::Id))
            .check(Expr::col(Timestamp::OffsetSeconds).gte(0))
            .check(characters(Timestamp::Note, 1, 100))
            .check(characters(Timestamp::SubmittedBy, 1, 40))
            .check(
                Expr::col(Timestamp::HiddenAt)
                    .is_null()
                    .eq(Expr::col(Timestamp::HiddenBy).is_null()),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("timestamp_session_id_fkey")
                    .from(Timestamp::Table, Timestamp::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("timestamp_segment_id_fkey")
                    .from(
                        Timestamp::Table,
                        (Timestamp::SessionId, Timestamp::SegmentId),
                    )
                    .to(Segment::Table, (Segment::SessionId, Segment::Id))
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let order = Index::create()
            .name("timestamp_order_idx")
            .table(Timestamp::Table)
            .col(Timestamp::SessionId)
            .col(Timestamp::SegmentId)
            .col(Timestamp::OffsetSeconds)
            .col(Timestamp::Arrival)
            .take();
        manager.create_index(order).await?;
        let feed = Index::create()
            .name("timestamp_session_id_revision_idx")
            .table(Timestamp::Table)
            .col(Timestamp::SessionId)
            .col(Timestamp::Revision)
            .take();
        manager.create_index(feed).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Timestamp::Table).take())
            .await
    }
}
