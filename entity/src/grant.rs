//! The table `grant`: which browser redeemed which link.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One grant; it lives and dies with its link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grant")]
pub struct Model {
    /// The session that it is for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Whose it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub visitor_id: Uuid,
    /// The link that was redeemed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub access_key_id: Uuid,
    /// When it was redeemed first, UTC; none where that was before it was written down.
    pub created_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The link that was redeemed.
    #[sea_orm(
        belongs_to = "super::access_key::Entity",
        from = "(Column::SessionId, Column::AccessKeyId)",
        to = "(super::access_key::Column::SessionId, super::access_key::Column::Id)"
    )]
    AccessKey,
}

impl Related<super::access_key::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::AccessKey.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
