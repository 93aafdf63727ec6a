//! The table `access_key`: control and moderator links, of which only a hash is kept.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_key")]
pub struct Model {
    /// The session that it opens.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The role that it gives.
    pub role: Role,
    /// What the streamer calls it.
    pub label: String,
    /// The half of the key that finds this row; 16 bytes, unique.
    #[sea_orm(column_type = "Blob")]
    pub selector: Vec<u8>,
    /// SHA-256 of the other half.
    #[sea_orm(column_type = "Blob")]
    pub verifier_hash: Vec<u8>,
    /// When it was minted, UTC.
    pub created_at: DateTime<Utc>,
    /// When it was last redeemed, or, once it was, a staff page was loaded with it, UTC. Who made it holds it without redeeming
    /// it.
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked, UTC; from then on it and its grants are void.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// The role that a link gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// Of a moderator link.
    #[sea_orm(string_value = "moderator")]
    Moderator,
    /// Of a control link.
    #[sea_orm(string_value = "streamer")]
    Streamer,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
