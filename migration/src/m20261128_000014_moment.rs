//! Makes the table `moment`, and gives timestamps the weight of their visitor in the crowd.

use sea_orm_migration::prelude::*;

use crate::{
    m20261124_000001_session::{Session, time},
    m20261124_000002_segment::Segment,
    m20261124_000003_timestamp::Timestamp,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Moment {
    Table,
    SessionId,
    Id,
    SegmentId,
    Anchor,
    Shown,
    AbsorbedInto,
    CreatedAt,
    Revision,
}

#[derive(DeriveIden)]
enum Weighed {
    Weight,
}

/// A visitor who counts in full: the weight is in 1/256.
const FULL: i16 = 256;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Moment::Table)
            .col(ColumnDef::new(Moment::SessionId).uuid().not_null())
            .col(ColumnDef::new(Moment::Id).uuid().not_null())
            .col(ColumnDef::new(Moment::SegmentId).uuid().not_null())
            .col(ColumnDef::new(Moment::Anchor).integer().not_null())
            .col(ColumnDef::new(Moment::Shown).boolean().not_null())
            .col(ColumnDef::new(Moment::AbsorbedInto).uuid())
            .col(time(Moment::CreatedAt))
            .col(ColumnDef::new(Moment::Revision).big_integer().not_null())
            .primary_key(Index::create().col(Moment::SessionId).col(Moment::Id))
            .check(Expr::col(Moment::Anchor).gte(0))
            .foreign_key(
                ForeignKey::create()
                    .name("moment_session_id_fkey")
                    .from(Moment::Table, Moment::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("moment_segment_id_fkey")
                    .from(Moment::Table, (Moment::SessionId, Moment::SegmentId))
                    .to(Segment::Table, (Segment::SessionId, Segment::Id))
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        // Two processes that see the same moment first write it once.
        let anchor = Index::create()
            .name("moment_session_id_segment_id_anchor_key")
            .table(Moment::Table)
            .col(Moment::SessionId)
            .col(Moment::SegmentId)
            .col(Moment::Anchor)
            .and_where(Expr::col(Moment::AbsorbedInto).is_null())
            .unique()
            .take();
        manager.create_index(anchor).await?;
        let feed = Index::create()
            .name("moment_session_id_revision_idx")
            .table(Moment::Table)
            .col(Moment::SessionId)
            .col(Moment::Revision)
            .take();
        manager.create_index(feed).await?;
        let weight = ColumnDef::new(Weighed::Weight)
            .small_integer()
            .not_null()
            .default(FULL)
            .take();
        let add = Table::alter()
            .table(Timestamp::Table)
            .add_column(weight)
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Timestamp::Table)
            .drop_column(Weighed::Weight)
            .take();
        manager.alter_table(drop).await?;
        manager
            .drop_table(Table::drop().table(Moment::Table).take())
            .await
    }
}
