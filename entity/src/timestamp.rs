//! The table `timestamp`: one moment that a viewer marked.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One timestamp.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "timestamp")]
pub struct Model {
    /// The session that it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its name, made by the browser.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The segment that it lies in.
    pub segment_id: Uuid,
    /// Whole seconds since that segment's start.
    pub offset_seconds: i32,
    /// The same as `HH:MM:SS`, for whoever reads the table.
    pub offset_hms: String,
    /// What the viewer said about it; at most 100 characters.
    pub note: Option<String>,
    /// Who the viewer says they are.
    pub submitted_by: Option<String>,
    /// The number of its label among those of the session.
    pub label: Option<i16>,
    /// When the server received it, UTC.
    pub created_at: DateTime<Utc>,
    /// The session's revision at which it was first written; never changes.
    pub arrival: i64,
    /// The session's revision when it last changed.
    pub revision: i64,
    /// Whose it is; never shown.
    pub visitor_id: Uuid,
    /// Since when it is hidden, UTC; equal to `created_at` if nobody else has seen its
    /// present words since they were written.
    pub hidden_at: Option<DateTime<Utc>>,
    /// What hid it: an act of moderation (undoing it restores only what it hid), the nil UUID for a held word, or the
    /// highest one where its visitor was forgotten.
    pub hidden_by: Option<Uuid>,
    /// SHA-256 over session, visitor, note, name and label as first sent: tells a retry from another press.
    #[sea_orm(column_type = "Blob")]
    pub request_hash: Vec<u8>,
    /// How much its visitor counts in the crowd, in 1/256: less than all for one of many new visitors of one client network.
    pub weight: i16,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
