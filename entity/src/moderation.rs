//! The table `moderation`: what moderators did, and whether it was undone.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use uuid::Uuid;

/// One moderation action.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moderation")]
pub struct Model {
    /// The session that it was done in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub session_id: Uuid,
    /// Its name, made by the browser; what it hid is hidden by this.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What was done.
    #[sea_orm(column_name = "deed")]
    pub kind: ActionKind,
    /// The visitor to whom it was done, where it was done to one.
    pub visitor_id: Option<Uuid>,
    /// The timestamp by which it was done.
    pub timestamp_id: Option<Uuid>,
    /// How many timestamps it was done to.
    pub timestamps: i32,
    /// The visitor who did it; never shown.
    pub author: Uuid,
    /// The label of the link by which they were there.
    pub author_label: String,
    /// When it was done, UTC.
    pub created_at: DateTime<Utc>,
    /// When it was undone, UTC.
    pub undone_at: Option<DateTime<Utc>>,
    /// The label of the link of who undid it.
    pub undone_by: Option<String>,
    /// Of an edit, the note before; empty where there was none. Not known of the first ones.
    pub note_before: Option<String>,
    /// Of an edit, the note that was saved; empty where it was taken away.
    pub note_after: Option<String>,
    /// The moment that was edited.
    pub moment_id: Option<Uuid>,
    /// What the edit of a moment replaced: its title, empty where it had none, or its state and the address of its clip.
    pub moment_before: Option<String>,
    /// What it was replaced by.
    pub moment_after: Option<String>,
    /// Where lists showed the moment when it was edited, in whole seconds since its segment's start. Not known of the first
    /// ones.
    pub moment_peak: Option<i32>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ActionKind {
    /// Timestamps were hidden.
    #[sea_orm(string_value = "hide")]
    Hide,
    /// All of a visitor were hidden.
    #[sea_orm(string_value = "hide_visitor")]
    HideVisitor,
    /// A visitor was blocked.
    #[sea_orm(string_value = "block")]
    Block,
    /// Hidden ones were shown again.
    #[sea_orm(string_value = "restore")]
    Restore,
    /// A note was changed.
    #[sea_orm(string_value = "edit_note")]
    EditNote,
    /// A moment got a title, or lost it.
    #[sea_orm(string_value = "title_moment")]
    TitleMoment,
    /// A moment got a star.
    #[sea_orm(string_value = "star_moment")]
    StarMoment,
    /// A moment lost its star.
    #[sea_orm(string_value = "unstar_moment")]
    UnstarMoment,
    /// A moment was hidden.
    #[sea_orm(string_value = "hide_moment")]
    HideMoment,
    /// A hidden moment was shown again.
    #[sea_orm(string_value = "show_moment")]
    ShowMoment,
    /// Moments became one.
    #[sea_orm(string_value = "merge_moments")]
    MergeMoments,
    /// A moment became two.
    #[sea_orm(string_value = "split_moment")]
    SplitMoment,
    /// The start or end of a moment was moved.
    #[sea_orm(string_value = "move_moment")]
    MoveMoment,
    /// The editing state of a moment was set.
    #[sea_orm(string_value = "set_moment_state")]
    SetMomentState,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
