//! Lets Postgres find presses by their key while it has no statistics of them.
//!
//! In a table that was never analysed, Postgres expects one row for a session, through whichever index: several of them seem
//! to cost the same, and it takes the newest. If that is not the primary key, every press reads its whole session, until
//! autovacuum comes by a minute later. So the primary key is made anew, after the other indexes. A table that has rows has
//! statistics too, or soon will.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::m20261124_000003_timestamp::Timestamp;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        let database = manager.get_connection();
        let any = Query::select()
            .column(Timestamp::SessionId)
            .from(Timestamp::Table)
            .limit(1)
            .take();
        if database.query_one(&any).await?.is_some() {
            return Ok(());
        }
        let anew = r#"ALTER TABLE "timestamp" DROP CONSTRAINT "timestamp_pkey", ADD PRIMARY KEY ("session_id", "id")"#;
        database.execute_unprepared(anew).await?;
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
