//! Settings and labels of sessions.

use app::{
    domain::{
        concurrent_edit::Edit,
        invalid_input::InvalidInput,
        labels::LabelEdit,
        rules::{Rules, Settings},
        session::Session,
    },
    service::ServiceError,
};
use entity::session;

use super::{
    SessionId, Store, StoreError,
    pools::Lane,
    rows::{NO_HELD_WORDS, labels_column, to_held_words, to_labels, to_rules},
    session_rows,
};
use crate::clock::Clock;

impl Store {
    /// The settings of a session.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone.
    pub async fn settings(&self, session: SessionId) -> Result<Settings, StoreError> {
        self.query(async |database| {
            let row = session_rows::find_existing(database, session).await?;
            let row = row.ok_or(ServiceError::NotFound)?;
            to_settings(&row)
        })
        .await
    }

    /// Changes the settings of a session. They apply to presses from now on; existing rows of the list stay as they are.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone, `ServiceError::Invalid` if too many filtered words come together.
    pub async fn set_settings(
        &self,
        clock: &Clock,
        session: SessionId,
        edit: Edit<Settings>,
    ) -> Result<(), StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = to_settings(&locked.session)?;
            let settings = edit.over(&now).map_err(InvalidInput::from);
            let settings = settings.map_err(ServiceError::from)?;
            let Rules {
                names_required,
                staff_list,
                moderators_pause,
            } = settings.rules;
            locked.session.names_required = names_required;
            locked.session.staff_list = staff_list;
            locked.session.moderators_pause = moderators_pause;
            locked.session.held_words = serde_json::to_string(&settings.held_words)
                // A list of strings: this can't fail.
                .unwrap_or_else(|_| NO_HELD_WORDS.into());
            locked.commit(tx, (), clock.now()).await
        })
        .await
    }

    /// Changes the labels that a session offers, but for what is still as it was when the editing began. Timestamps that carry
    /// a removed one keep it.
    ///
    /// # Errors
    /// `ServiceError::NotFound` if the session is gone, `ServiceError::Invalid` if the labels break a rule.
    pub async fn set_labels(
        &self,
        clock: &Clock,
        session: SessionId,
        edit: Edit<Vec<LabelEdit>>,
    ) -> Result<Session, StoreError> {
        let clock = clock.clone();
        self.write(Lane::Requests, |writer| async move {
            let (tx, mut locked) = writer.session(session).await?;
            let now = to_labels(&locked.session)?;
            let labels = now.edited(edit.over(&now));
            let labels = labels
                .map_err(InvalidInput::from)
                .map_err(ServiceError::from)?;
            locked.session.labels = labels_column(&labels);
            let session = locked.to_session()?;
            locked.commit(tx, session, clock.now()).await
        })
        .await
    }
}

fn to_settings(row: &session::Model) -> Result<Settings, StoreError> {
    Ok(Settings {
        rules: to_rules(row),
        held_words: to_held_words(row)?,
    })
}
