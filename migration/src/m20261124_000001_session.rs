//! Makes the table `session`.

use sea_orm_migration::prelude::*;

use crate::characters;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
pub(crate) enum Session {
    Table,
    Id,
    Code,
    Title,
    Game,
    Status,
    Revision,
    TimestampCount,
    RehearsalOf,
    CreatedAt,
    UpdatedAt,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(Session::Table)
            .col(ColumnDef::new(Session::Id).uuid().not_null().primary_key())
            .col(ColumnDef::new(Session::Code).text().not_null())
            .col(ColumnDef::new(Session::Title).text().not_null())
            .col(ColumnDef::new(Session::Game).text().not_null())
            .col(ColumnDef::new(Session::Status).text().not_null())
            .col(ColumnDef::new(Session::Revision).big_integer().not_null())
            .col(ColumnDef::new(Session::TimestampCount).integer().not_null())
            .col(ColumnDef::new(Session::RehearsalOf).uuid())
            .col(time(Session::CreatedAt))
            .col(time(Session::UpdatedAt))
            .check(characters(Session::Code, 6, 6))
            .check(characters(Session::Title, 1, 120))
            .check(characters(Session::Game, 1, 80))
            .check(Expr::col(Session::Status).is_in(["active", "paused", "ended"]))
            .check(Expr::col(Session::Revision).gte(0))
            .check(Expr::col(Session::TimestampCount).gte(0))
            .foreign_key(
                ForeignKey::create()
                    .name("session_rehearsal_of_fkey")
                    .from(Session::Table, Session::RehearsalOf)
                    .to(Session::Table, Session::Id)
                    .on_delete(ForeignKeyAction::Cascade),
            );
        manager.create_table(table).await?;
        let code = Index::create()
            .name("session_code_key")
            .table(Session::Table)
            .col(Session::Code)
            .unique()
            .take();
        manager.create_index(code).await?;
        let rehearsals = Index::create()
            .name("session_rehearsal_of_idx")
            .table(Session::Table)
            .col(Session::RehearsalOf)
            .take();
        manager.create_index(rehearsals).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_table(Table::drop().table(Session::Table).take())
            .await
    }
}

/// A moment, UTC, that is always there.
pub(crate) fn time<T: IntoIden>(column: T) -> ColumnDef {
    ColumnDef::new(column)
        .timestamp_with_time_zone()
        .not_null()
        .take()
}
