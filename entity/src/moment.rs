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
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The segment that it lies in.
    pub segment_id: Uuid,
    /// The second by which it is known again, since that segment's start: that of its peak, or where a person put it.
    pub anchor: i32,
    /// Whether it stands out; one that does no more keeps its name for when it does again.
    pub shown: bool,
    /// The moment that it became part of; its own name is never used again.
    pub absorbed_into: Option<Uuid>,
    /// The action that made it part of that one; none where the crowd did.
    pub absorbed_by: Option<Uuid>,
    /// The title that somebody of the staff gave it.
    pub title: Option<String>,
    /// Whether it has a star.
    pub starred: bool,
    /// Whether it is hidden from viewers.
    pub hidden: bool,
    /// How far the editing has come.
    pub state: State,
    /// The address of the finished clip.
    pub clip: Option<String>,
    /// When it was first seen, UTC.
    pub created_at: DateTime<Utc>,
    /// The session's revision when it last changed.
    pub revision: i64,
}

/// How far the editing of a moment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// Nothing was decided yet.
    #[sea_orm(string_value = "open")]
    Open,
    /// A clip was cut from it.
    #[sea_orm(string_value = "cut")]
    Cut,
    /// It is not worth a clip.
    #[sea_orm(string_value = "rejected")]
    Rejected,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
