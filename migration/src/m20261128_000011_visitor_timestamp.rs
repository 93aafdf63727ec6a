//! Puts the index by visitor into a table of its own, which is filled behind the commits: as an index of `timestamp` it cost
//! as much as all the rest of a press.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::{m20261124_000001_session::Session, m20261124_000003_timestamp::Timestamp};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[derive(DeriveIden)]
enum VisitorTimestamp {
    Table,
    VisitorId,
    SessionId,
    TimestampId,
}

#[derive(DeriveIden)]
enum Indexed {
    VisitorsIndexed,
}

/// The index that goes: by visitor, whatever the session.
const VISITOR: &str = "timestamp_visitor_id_session_id_idx";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = Table::create();
        table
            .table(VisitorTimestamp::Table)
            .col(
                ColumnDef::new(VisitorTimestamp::VisitorId)
                    .uuid()
                    .not_null(),
            )
            .col(
                ColumnDef::new(VisitorTimestamp::SessionId)
                    .uuid()
                    .not_null(),
            )
            .col(
                ColumnDef::new(VisitorTimestamp::TimestampId)
                    .uuid()
                    .not_null(),
            )
            .primary_key(
                Index::create()
                    .col(VisitorTimestamp::VisitorId)
                    .col(VisitorTimestamp::SessionId)
                    .col(VisitorTimestamp::TimestampId),
            );
        if manager.get_database_backend() == DbBackend::Sqlite {
            // The key is all that there is: one tree, and not a table with an index beside it.
            table.extra("WITHOUT ROWID");
        }
        manager.create_table(table).await?;
        let column = ColumnDef::new(Indexed::VisitorsIndexed)
            .big_integer()
            .not_null()
            .default(0)
            .take();
        let add = Table::alter()
            .table(Session::Table)
            .add_column(column)
            .take();
        manager.alter_table(add).await?;
        // What is there is entered at once: somebody may want to be erased before the server has come to it.
        let mut theirs = Query::select();
        theirs
            .columns([Timestamp::VisitorId, Timestamp::SessionId, Timestamp::Id])
            .from(Timestamp::Table)
            .order_by(Timestamp::VisitorId, Order::Asc)
            .order_by(Timestamp::SessionId, Order::Asc)
            .order_by(Timestamp::Id, Order::Asc);
        let mut fill = Query::insert();
        fill.into_table(VisitorTimestamp::Table)
            .columns([
                VisitorTimestamp::VisitorId,
                VisitorTimestamp::SessionId,
                VisitorTimestamp::TimestampId,
            ])
            .select_from(theirs)
            .map_err(|error| DbErr::Migration(error.to_string()))?;
        manager.get_connection().execute(&fill).await?;
        let mut entered = Query::update();
        entered
            .table(Session::Table)
            .value(Indexed::VisitorsIndexed, Expr::col(Session::Revision));
        manager.get_connection().execute(&entered).await?;
        let mut visitor = Index::drop();
        visitor.name(VISITOR).table(Timestamp::Table);
        manager.drop_index(visitor).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let visitor = Index::create()
            .name(VISITOR)
            .table(Timestamp::Table)
            .col(Timestamp::VisitorId)
            .col(Timestamp::SessionId)
            .take();
        manager.create_index(visitor).await?;
        let drop = Table::alter()
            .table(Session::Table)
            .drop_column(Indexed::VisitorsIndexed)
            .take();
        manager.alter_table(drop).await?;
        manager
            .drop_table(Table::drop().table(VisitorTimestamp::Table).take())
            .await
    }
}
