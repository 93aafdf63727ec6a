//! The table `moment_join`: one visitor who joined a moment from the list.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One join. It lies at a second, and belongs to the moment whose range contains that.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moment_join")]
pub struct Model {
    /// The session that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its name; never shown.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The segment of the moment.
    pub segment_id: Uuid,
    /// Where the moment's peak was at that time, in whole seconds since the segment's start.
    pub offset_seconds: i32,
    /// Who joined, never shown; none once they were erased.
    pub visitor_id: Option<Uuid>,
    /// When the server received it, UTC.
    pub created_at: DateTime<Utc>,
    /// The session's revision when it last changed.
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
