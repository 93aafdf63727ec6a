//! Gives edits of notes the words before and after, so that they can be told and undone.

use sea_orm_migration::prelude::*;

use crate::characters;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, DeriveIden)]
enum Moderation {
    Table,
    NoteBefore,
    NoteAfter,
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // NULL where it is not known, as of all that was done before; empty where there was no note.
        for column in [Moderation::NoteBefore, Moderation::NoteAfter] {
            let check = characters(column.clone(), 0, 100);
            let column = ColumnDef::new(column).text().check(check).take();
            let add = Table::alter()
                .table(Moderation::Table)
                .add_column(column)
                .take();
            // SQLite takes one column at a time.
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [Moderation::NoteAfter, Moderation::NoteBefore] {
            let drop = Table::alter()
                .table(Moderation::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}
