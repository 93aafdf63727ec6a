//! The table `moment_edit`: what people did to the ranges of moments, in order.

use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One edit. It is also an action of the log, which tells by whom and when.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moment_edit")]
pub struct Model {
    /// The session that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// The action that it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The segment that it lies in.
    pub segment_id: Uuid,
    /// The moment that was edited.
    pub moment_id: Uuid,
    /// The moment that a split made.
    pub made_id: Option<Uuid>,
    /// What was done.
    pub kind: Kind,
    /// The first second that it concerns, since that segment's start; of a split, the first of the later part.
    pub start_second: i32,
    /// The last second that it concerns; of a split, the same.
    pub end_second: i32,
    /// Where the moment's anchor was before.
    pub anchor_before: i32,
    /// Its place in the order of the session's edits: the revision at which it was made.
    pub position: i64,
    /// Whether it was undone.
    pub undone: bool,
    /// The session's revision when it was made or undone.
    pub revision: i64,
}

/// What was done to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Kind {
    /// Several moments became one.
    #[sea_orm(string_value = "merge")]
    Merge,
    /// One became two.
    #[sea_orm(string_value = "split")]
    Split,
    /// Its start or end was moved.
    #[sea_orm(string_value = "set_range")]
    SetRange,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
