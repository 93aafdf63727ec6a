//! Makes the table `moderation`, and gives sessions their settings.

use sea_orm_migration::prelude::*;

use crate::{
    characters,
    m20261124_000001_session::{Session, time},
    m20261124_000003_timestamp::Timestamp,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Settings {
    NamesRequired,
    StaffList,
    ModeratorsPause,
    HeldWords,
    Blocks,
}

#[derive(DeriveIden)]
enum Moderation {
    Table,
    SessionId,
    Id,
    Deed,
    VisitorId,
    TimestampId,
    Timestamps,
    Author,
    AuthorLabel,
    CreatedAt,
    UndoneAt,
    UndoneBy,
}

/// The timestamps that an act hid, for undoing it.
const HIDDEN_BY: &str = "timestamp_session_id_hidden_by_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in [
            flag(Settings::NamesRequired),
            flag(Settings::StaffList),
            flag(Settings::ModeratorsPause),
            ColumnDef::new(Settings::HeldWords)
                .text()
                .not_null()
                .default("[]")
                .take(),
            ColumnDef::new(Settings::Blocks)
                .integer()
                .not_null()
                .default(0)
                .take(),
        ] {
            let add = Table::alter()
                .table(Session::Table)
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        let mut table = Table::create();
        table
            .table(Moderation::Table)
            .col(ColumnDef::new(Moderation::SessionId).uuid().not_null())
            .col(ColumnDef::new(Moderation::Id).uuid().not_null())
            .col(ColumnDef::new(Moderation::Deed).text().not_null())
            .col(ColumnDef::new(Moderation::VisitorId).uuid())
            .col(ColumnDef::new(Moderation::TimestampId).uuid())
            .col(ColumnDef::new(Moderation::Timestamps).integer().not_null())
            .col(ColumnDef::new(Moderation::Author).uuid().not_null())
            .col(ColumnDef::new(Moderation::AuthorLabel).text().not_null())
            .col(time(Moderation::CreatedAt))
            .col(ColumnDef::new(Moderation::UndoneAt).timestamp_with_time_zone())
            .col(ColumnDef::new(Moderation::UndoneBy).text())
            .primary_key(
                Index::create()
                    .col(Moderation::SessionId)
                    .col(Moderation::Id),
            )
            .check(Expr::col(Moderation::Deed).is_in([
                "hide",
                "hide_visitor",
                "block",
                "restore",
                "edit_note",
            ]))
            .check(Expr::col(Moderation::Timestamps).gte(0))
            .check(characters(Moderation::AuthorLabel, 1, 40))
            .check(
                Expr::col(Moderation::UndoneAt)
                    .is_null()
                    .eq(Expr::col(Moderation::UndoneBy).is_null()),
            )
            .foreign_key(
                ForeignKey::create()
                    .name("moderation_session_id_fkey")
                    .from(Moderation::Table, Moderation::SessionId)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let log = Index::create()
            .name("moderation_session_id_created_at_idx")
            .table(Moderation::Table)
            .col(Moderation::SessionId)
            .col(Moderation::CreatedAt)
            .take();
        manager.create_index(log).await?;
        let blocks = Index::create()
            .name("moderation_block_idx")
            .table(Moderation::Table)
            .col(Moderation::SessionId)
            .col(Moderation::VisitorId)
            .unique()
            .and_where(Expr::col(Moderation::Deed).eq("block"))
            .and_where(Expr::col(Moderation::UndoneAt).is_null())
            .take();
        manager.create_index(blocks).await?;
        let hidden = Index::create()
            .name(HIDDEN_BY)
            .table(Timestamp::Table)
            .col(Timestamp::SessionId)
            .col(Timestamp::HiddenBy)
            .and_where(Expr::col(Timestamp::HiddenBy).is_not_null())
            .take();
        manager.create_index(hidden).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut hidden = Index::drop();
        hidden.name(HIDDEN_BY).table(Timestamp::Table);
        manager.drop_index(hidden).await?;
        manager
            .drop_table(Table::drop().table(Moderation::Table).take())
            .await?;
        for column in [
            Settings::Blocks,
            Settings::HeldWords,
            Settings::ModeratorsPause,
            Settings::StaffList,
            Settings::NamesRequired,
        ] {
            let drop = Table::alter()
                .table(Session::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// A setting that is off at first.
fn flag(column: Settings) -> ColumnDef {
    ColumnDef::new(column)
        .boolean()
        .not_null()
        .default(false)
        .take()
}
