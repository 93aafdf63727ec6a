//! SeaORM migrations, one file each, that run on SQLite and Postgres alike. One that was released is never changed.

mod m20261124_000001_session;
mod m20261124_000002_segment;
mod m20261124_000003_timestamp;
mod m20261124_000004_access_key;
mod m20261124_000005_grant;
mod m20261124_000006_installation;
mod m20261125_000007_grant_created_at;
mod m20261125_000008_moderation;
mod m20261125_000009_timestamp_visitor_id;
mod m20261127_000010_moderation_notes;
mod m20261128_000011_visitor_timestamp;
mod m20261128_000012_session_lifetime;
mod m20261128_000013_timestamp_shown;
mod m20261128_000014_moment;
mod m20261128_000015_moment_edit;
mod m20261128_000016_labels;
mod m20261128_000017_session_timing;
mod m20261128_000018_moment_join;
mod m20261128_000019_session_trash;
mod m20261128_000020_timestamp_key;
mod m20261130_000021_moderation_visitor;
mod m20261130_000022_moderation_moment_peak;
mod m20261130_000023_session_erased_grants;
mod m20261130_000024_moderation_targets;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All migrations, the oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_session::Migration),
            Box::new(m20261124_000002_segment::Migration),
            Box::new(m20261124_000003_timestamp::Migration),
            Box::new(m20261124_000004_access_key::Migration),
            Box::new(m20261124_000005_grant::Migration),
            Box::new(m20261124_000006_installation::Migration),
            Box::new(m20261125_000007_grant_created_at::Migration),
            Box::new(m20261125_000008_moderation::Migration),
            Box::new(m20261125_000009_timestamp_visitor_id::Migration),
            Box::new(m20261127_000010_moderation_notes::Migration),
            Box::new(m20261128_000011_visitor_timestamp::Migration),
            Box::new(m20261128_000012_session_lifetime::Migration),
            Box::new(m20261128_000013_timestamp_shown::Migration),
            Box::new(m20261128_000014_moment::Migration),
            Box::new(m20261128_000015_moment_edit::Migration),
            Box::new(m20261128_000016_labels::Migration),
            Box::new(m20261128_000017_session_timing::Migration),
            Box::new(m20261128_000018_moment_join::Migration),
            Box::new(m20261128_000019_session_trash::Migration),
            Box::new(m20261128_000020_timestamp_key::Migration),
            Box::new(m20261130_000021_moderation_visitor::Migration),
            Box::new(m20261130_000022_moderation_moment_peak::Migration),
            Box::new(m20261130_000023_session_erased_grants::Migration),
            Box::new(m20261130_000024_moderation_targets::Migration),
        ]
    }
}

/// At least `least` and at most `most` characters (Unicode scalar values: both databases count these). NULL passes.
fn characters<T: IntoIden>(column: T, least: i32, most: i32) -> Expr {
    Expr::expr(Func::char_length(Expr::col(column.into_iden()))).between(least, most)
}
