//! The table `visitor_timestamp`: an index of the timestamps by visitor, filled behind the commits.

use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One entry: whose a timestamp is.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visitor_timestamp")]
pub struct Model {
    /// The visitor.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: Uuid,
    /// The session of the timestamp.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// The timestamp.
    #[sea_orm(primary_key, auto_increment = false)]
    pub timestamp_id: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
