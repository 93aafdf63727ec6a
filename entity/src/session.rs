//! The table `session`: one stream that viewers mark moments in.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One session.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    /// Its name inside the server.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What viewers type; six characters, unique.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What is played, free text.
    pub game: String,
    /// Whether viewers can submit.
    pub status: Status,
    /// How many rows were ever written in it: the cursor of the live feed.
    pub revision: i64,
    /// The revision at which more of it changed than the count.
    pub own_revision: i64,
    /// How many of its timestamps are not hidden.
    pub timestamp_count: i32,
    /// Whether every press needs a name.
    pub names_required: bool,
    /// Whether only staff see the list.
    pub staff_list: bool,
    /// Whether moderators may pause and resume.
    pub moderators_pause: bool,
    /// The words that hold a note back, a JSON array.
    pub held_words: String,
    /// The labels that it offers or has offered, a JSON array.
    pub labels: String,
    /// How many seconds before a timestamp a clip starts; 0 to 120.
    pub lead_seconds: i32,
    /// Whether the moments of segments that are over allow for how late each visitor usually presses.
    pub learns_delays: bool,
    /// How many visitors are blocked: none, mostly, and then nobody looks for them.
    pub blocks: i32,
    /// How many grants were taken from visitors who were erased, and how many control links were deleted some time after they
    /// were replaced. With the revoked links that are left it tells how often rights were taken from somebody.
    pub erased_grants: i64,
    /// The session that this one is a throw-away rehearsal of.
    pub rehearsal_of: Option<Uuid>,
    /// The revision up to which its timestamps are entered in `visitor_timestamp`.
    pub visitors_indexed: i64,
    /// When it was deleted, UTC; its rows are deleted in the background.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Until when the rows of a deleted session stay, so that it can be restored, UTC; `None`: they are deleted at once.
    pub purge_after: Option<DateTime<Utc>>,
    /// When it was opened, UTC.
    pub created_at: DateTime<Utc>,
    /// When it last changed, UTC.
    pub updated_at: DateTime<Utc>,
}

/// The status as the data model words it; which segment is open is told by the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Status {
    /// A segment is open.
    #[sea_orm(string_value = "active")]
    Active,
    /// No segment is open.
    #[sea_orm(string_value = "paused")]
    Paused,
    /// The stream is over.
    #[sea_orm(string_value = "ended")]
    Ended,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
