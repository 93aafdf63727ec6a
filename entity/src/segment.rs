//! The table `segment`: one active stretch of a session.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One segment.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "segment")]
pub struct Model {
    /// The session that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 1, 2, 3, … in the order of the session.
    pub index: i32,
    /// When it became active, UTC.
    pub start_time: DateTime<Utc>,
    /// When it was paused or ended, UTC; none while it is the open one.
    pub end_time: Option<DateTime<Utc>>,
    /// How many of its timestamps are not hidden.
    pub timestamp_count: i32,
    /// The session's revision when it last changed.
    pub revision: i64,
    /// When it was written, UTC.
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
