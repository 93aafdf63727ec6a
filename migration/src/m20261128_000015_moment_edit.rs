//! Makes the table `moment_edit`, gives moments what people say about them, and lets the log name moments.
//!
//! What stands (a title, a star) is a column of `moment`, as the note is one of `timestamp`, and the log keeps what it replaced.
//! Edits of ranges are rows of their own, because where the crowd is parted and joined follows from all of them in order, and
//! because undoing one leaves the others.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{
    characters,
    m20261124_000001_session::{Session, time},
    m20261124_000002_segment::Segment,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(Clone, Copy, DeriveIden)]
enum Moment {
    Table,
    Title,
    Starred,
    Hidden,
    State,
    Clip,
    AbsorbedBy,
}

#[derive(DeriveIden)]
enum MomentEdit {
    Table,
    SessionId,
    Id,
    SegmentId,
    MomentId,
    MadeId,
    Kind,
    StartSecond,
    EndSecond,
    AnchorBefore,
    Position,
    Undone,
    Revision,
}

#[derive(Clone, Copy, DeriveIden)]
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
    NoteBefore,
    NoteAfter,
    MomentId,
    MomentBefore,
    MomentAfter,
}

/// The name of the table until it takes the place of the one that it was copied from.
#[derive(DeriveIden)]
enum Rebuilt {
    #[sea_orm(iden = "moderation_rebuilt")]
    Table,
}

/// What was logged before.
const DEEDS: [&str; 5] = ["hide", "hide_visitor", "block", "restore", "edit_note"];

/// What is done to moments.
const MOMENT_DEEDS: [&str; 9] = [
    "title_moment",
    "star_moment",
    "unstar_moment",
    "hide_moment",
    "show_moment",
    "merge_moments",
    "split_moment",
    "move_moment",
    "set_moment_state",
];

/// The columns of the log that there were.
const LOGGED: [Moderation; 13] = [
    Moderation::SessionId,
    Moderation::Id,
    Moderation::Deed,
    Moderation::VisitorId,
    Moderation::TimestampId,
    Moderation::Timestamps,
    Moderation::Author,
    Moderation::AuthorLabel,
    Moderation::CreatedAt,
    Moderation::UndoneAt,
    Moderation::UndoneBy,
    Moderation::NoteBefore,
    Moderation::NoteAfter,
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite takes one column at a time.
        for column in [
            ColumnDef::new(Moment::Title)
                .text()
                .check(characters(Moment::Title, 1, 120))
                .take(),
            flag(Moment::Starred),
            flag(Moment::Hidden),
            ColumnDef::new(Moment::State)
                .text()
                .not_null()
                .default("open")
                .check(Expr::col(Moment::State).is_in(["open", "cut", "rejected"]))
                .take(),
            ColumnDef::new(Moment::Clip)
                .text()
                .check(characters(Moment::Clip, 1, 500))
                .take(),
            ColumnDef::new(Moment::AbsorbedBy).uuid().take(),
        ] {
            let add = Table::alter()
                .table(Moment::Table)
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        edits(manager).await?;
        let deeds = [&DEEDS[..], &MOMENT_DEEDS[..]].concat();
        set_deeds(manager, &deeds).await?;
        for column in [
            ColumnDef::new(Moderation::MomentId).uuid().take(),
            text(Moderation::MomentBefore),
            text(Moderation::MomentAfter),
        ] {
            let add = Table::alter()
                .table(Moderation::Table)
                .add_column(column)
                .take();
            manager.alter_table(add).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let done_to_moments = Query::delete()
            .from_table(Moderation::Table)
            .and_where(Expr::col(Moderation::Deed).is_in(MOMENT_DEEDS))
            .take();
        manager.execute(done_to_moments).await?;
        for column in [
            Moderation::MomentAfter,
            Moderation::MomentBefore,
            Moderation::MomentId,
        ] {
            let drop = Table::alter()
                .table(Moderation::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        set_deeds(manager, &DEEDS).await?;
        manager
            .drop_table(Table::drop().table(MomentEdit::Table).take())
            .await?;
        for column in [
            Moment::AbsorbedBy,
            Moment::Clip,
            Moment::State,
            Moment::Hidden,
            Moment::Starred,
            Moment::Title,
        ] {
            let drop = Table::alter()
                .table(Moment::Table)
                .drop_column(column)
                .take();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

/// What is false at first.
fn flag(column: Moment) -> ColumnDef {
    ColumnDef::new(column)
        .boolean()
        .not_null()
        .default(false)
        .take()
}

/// A state with the address of a clip, or a title.
fn text(column: Moderation) -> ColumnDef {
    ColumnDef::new(column)
        .text()
        .check(characters(column, 0, 520))
        .take()
}

/// Makes the table of the edits of ranges.
async fn edits(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut table = Table::create();
    table
        .table(MomentEdit::Table)
        .col(ColumnDef::new(MomentEdit::SessionId).uuid().not_null())
        .col(ColumnDef::new(MomentEdit::Id).uuid().not_null())
        .col(ColumnDef::new(MomentEdit::SegmentId).uuid().not_null())
        .col(ColumnDef::new(MomentEdit::MomentId).uuid().not_null())
        .col(ColumnDef::new(MomentEdit::MadeId).uuid())
        .col(ColumnDef::new(MomentEdit::Kind).text().not_null())
        .col(ColumnDef::new(MomentEdit::StartSecond).integer().not_null())
        .col(ColumnDef::new(MomentEdit::EndSecond).integer().not_null())
        .col(
            ColumnDef::new(MomentEdit::AnchorBefore)
                .integer()
                .not_null(),
        )
        .col(
            ColumnDef::new(MomentEdit::Position)
                .big_integer()
                .not_null(),
        )
        .col(ColumnDef::new(MomentEdit::Undone).boolean().not_null())
        .col(
            ColumnDef::new(MomentEdit::Revision)
                .big_integer()
                .not_null(),
        )
        .primary_key(
            Index::create()
                .col(MomentEdit::SessionId)
                .col(MomentEdit::Id),
        )
        .check(Expr::col(MomentEdit::Kind).is_in(["merge", "split", "set_range"]))
        .check(Expr::col(MomentEdit::StartSecond).gte(0))
        .check(Expr::col(MomentEdit::EndSecond).gte(Expr::col(MomentEdit::StartSecond)))
        .foreign_key(
            ForeignKey::create()
                .name("moment_edit_session_id_fkey")
                .from(MomentEdit::Table, MomentEdit::SessionId)
                .to(Session::Table, Session::Id)
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("moment_edit_segment_id_fkey")
                .from(
                    MomentEdit::Table,
                    (MomentEdit::SessionId, MomentEdit::SegmentId),
                )
                .to(Segment::Table, (Segment::SessionId, Segment::Id))
                .on_delete(ForeignKeyAction::Cascade),
        );
    manager.create_table(table).await?;
    let feed = Index::create()
        .name("moment_edit_session_id_revision_idx")
        .table(MomentEdit::Table)
        .col(MomentEdit::SessionId)
        .col(MomentEdit::Revision)
        .take();
    manager.create_index(feed).await
}

/// Sets what may be logged, apart from the columns that are added. SQLite can't change the check of a table: it is copied.
async fn set_deeds(manager: &SchemaManager<'_>, deeds: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        let named = deeds.iter().map(|deed| format!("'{deed}'"));
        let named = named.collect::<Vec<_>>().join(", ");
        let statement = format!(
            "ALTER TABLE moderation DROP CONSTRAINT moderation_deed_check, \
             ADD CONSTRAINT moderation_deed_check CHECK (deed IN ({named}))"
        );
        manager
            .get_connection()
            .execute_unprepared(&statement)
            .await?;
        return Ok(());
    }
    let mut table = Table::create();
    table
        .table(Rebuilt::Table)
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
        .check(Expr::col(Moderation::Deed).is_in(deeds.iter().copied()))
        .check(Expr::col(Moderation::Timestamps).gte(0))
        .check(characters(Moderation::AuthorLabel, 1, 40))
        .check(
            Expr::col(Moderation::UndoneAt)
                .is_null()
                .eq(Expr::col(Moderation::UndoneBy).is_null()),
        )
        .foreign_key(
            ForeignKey::create()
                .from(Rebuilt::Table, Moderation::SessionId)
                .to(Session::Table, Session::Id)
                .on_delete(ForeignKeyAction::Cascade),
        );
    for note in [Moderation::NoteBefore, Moderation::NoteAfter] {
        let check = characters(note, 0, 100);
        table.col(ColumnDef::new(note).text().check(check));
    }
    manager.create_table(table).await?;
    let all = Query::select()
        .columns(LOGGED)
        .from(Moderation::Table)
        .take();
    let mut copy = Query::insert();
    copy.into_table(Rebuilt::Table).columns(LOGGED);
    copy.select_from(all)
        .map_err(|error| DbErr::Custom(error.to_string()))?;
    manager.execute(copy).await?;
    manager
        .drop_table(Table::drop().table(Moderation::Table).take())
        .await?;
    let rename = Table::rename()
        .table(Rebuilt::Table, Moderation::Table)
        .take();
    manager.rename_table(rename).await?;
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
    manager.create_index(blocks).await
}
