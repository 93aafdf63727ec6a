//! Counts the grants of a session that were taken from visitors who were erased.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum Session {
    Table,
    ErasedGrants,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let count = ColumnDef::new(Session::ErasedGrants)
            .big_integer()
            .not_null()
            .default(0)
            .check(Expr::col(Session::ErasedGrants).gte(0))
            .take();
        let add = Table::alter()
            .table(Session::Table)
            .add_column(count)
            .take();
        manager.alter_table(add).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Table::alter()
            .table(Session::Table)
            .drop_column(Session::ErasedGrants)
            .take();
        manager.alter_table(drop).await
    }
}
