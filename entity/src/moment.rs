//! The table `moment`: what several viewers pressed because of, as a row that keeps its name.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One moment. Its range and its counts are derived from the timestamps, and never stored.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moment")]
pub struct Model {
    /// The session that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The segment that it lies in.
    pub segment_id: Uuid,
    /// Where its peak was when it was first seen, in whole seconds since that segment's start: its identity.
    pub anchor: i32,
    /// Whether it stands out; one that does no more keeps its name for when it does again.
    pub shown: bool,
    /// The moment that it became part of; its own name is never used again.
    pub absorbed_into: Option<Uuid>,
    /// When it was first seen, UTC.
    pub created_at: DateTime<Utc>,
    /// The session's revision when it last changed.
    pub revision: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
