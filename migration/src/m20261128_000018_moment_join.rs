//! Makes the table `moment_join`: visitors who joined a moment from the list.
//!
//! A join is no timestamp: it has no words, is on no list, and is exported nowhere. It lies at a second of a segment, not in a
//! moment, so that it follows the ranges of moments as presses do.

use sea_orm_migration::prelude::*;

use crate::{
    m20261124_000001_session::{Session, time},
    m20261124_000002_segment::Segment,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum MomentJoin {
    Table,
    SessionId,
    Id,
    SegmentId,
    OffsetSeconds,
    VisitorId,
    CreatedAt,
    Revision,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(MomentJoin::Table)
            .col(ColumnDef::new(MomentJoin::SessionId).uuid().not_null())
            .col(ColumnDef::new(MomentJoin::Id).uuid().not_null())
            .col(ColumnDef::new(MomentJoin::SegmentId).uuid().not_null())
            .col(
                ColumnDef::new(MomentJoin::OffsetSeconds)
                    .integer()
                    .not_null(),
            )
            // None once the visitor was erased.
            .col(ColumnDef::new(MomentJoin::VisitorId).uuid())
            .col(time(MomentJoin::CreatedAt))
            .col(
                ColumnDef::new(MomentJoin::Revision)
                    .big_integer()
                    .not_null(),
            )
            .primary_key(
                Index::create()
                    .col(MomentJoin::SessionId)
                    .col(MomentJoin::Id),
            )
            .check(Expr::col(MomentJoin::OffsetSeconds).gte(0))
            .foreign_key(
                ForeignKey::create()
                    .name("moment_join_session_id_fkey")
                    .from(MomentJoin::Table, MomentJoin::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("moment_join_segment_id_fkey")
                    .from(
                        MomentJoin::Table,
                        (MomentJoin::SessionId, MomentJoin::SegmentId),
                    )
                    .to(Segment::Table, (Segment::SessionId, Segment::Id))
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        // Also finds all of a visitor who is erased: unlike presses, joins are rare enough to be indexed at once. Rows without
        // a visitor are all different.
        let visitor = Index::create()
            .name("moment_join_visitor_id_key")
            .table(MomentJoin::Table)
            .col(MomentJoin::VisitorId)
            .col(MomentJoin::SessionId)
            .col(MomentJoin::SegmentId)
            .col(MomentJoin::OffsetSeconds)
            .unique()
            .take();
        manager.create_index(visitor).await?;
        let feed = Index::create()
            .name("moment_join_session_id_revision_idx")
            .table(MomentJoin::Table)
            .col(MomentJoin::SessionId)
            .col(MomentJoin::Revision)
            .take();
        manager.create_index(feed).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(MomentJoin::Table).take())
            .await
    }
}
