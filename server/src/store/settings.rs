//! How a session is set.

use app::{
    clips::ClipsError,
    domain::{
        held::HeldWords,
        rules::{Rules, Settings},
    },
};
use entity::session;
use sea_orm::EntityTrait;

use super::{Done, SessionId, Store, StoreError, change::Change};
use crate::world::Clock;

/// How the column says that no words hold a note back: it is a JSON array.
pub(super) const NO_HELD_WORDS: &str = "[]";

impl Store {
    /// How a session is set.
    ///
    /// # Errors
    /// `ClipsError::NotFound` when the session is gone.
    pub async fn settings(&self, session: SessionId) -> Result<Settings, StoreError> {
        let row = session::Entity::find_by_id(session.0)
            .one(&self.pools.reader)
            .await?
            .ok_or(ClipsError::NotFound)?;
        Ok(Settings {
            rules: to_rules(&row),
            held_words: to_held_words(&row)?,
        })
    }

    /// Sets a session. Presses from now on are judged by it; what is in the list stays as it is.
    ///
    /// # Errors
    /// `ClipsError::NotFound` when the session is gone.
    pub async fn set_settings(
        &self,
        clock: &Clock,
        session: SessionId,
        settings: &Settings,
    ) -> Result<Done<()>, StoreError> {
        let (tx, mut change) = Change::begin(self, session).await?;
        let Rules {
            names_required,
            staff_list,
            moderators_pause,
        } = settings.rules;
        change.session.names_required = names_required;
        change.session.staff_list = staff_list;
        change.session.moderators_pause = moderators_pause;
        change.session.held_words = serde_json::to_string(&settings.held_words)
            // A list of strings: this can't fail.
            .unwrap_or_else(|_| NO_HELD_WORDS.into());
        change.done(tx, (), clock.now()).await
    }
}

/// What everybody may know of how a session is set.
pub(super) fn to_rules(row: &session::Model) -> Rules {
    Rules {
        names_required: row.names_required,
        staff_list: row.staff_list,
        moderators_pause: row.moderators_pause,
    }
}

/// The words that hold a session's notes back.
pub(super) fn to_held_words(row: &session::Model) -> Result<HeldWords, StoreError> {
    if row.held_words == NO_HELD_WORDS {
        return Ok(HeldWords::default());
    }
    let words = serde_json::from_str(&row.held_words);
    let words = words.map_err(|_| StoreError::Unreadable { what: "held word" })?;
    Ok(HeldWords::stored(words))
}
