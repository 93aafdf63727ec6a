//! *Forget me*: erases the caller, with what is under way in their name.

use app::{domain::role::Right, service::ServiceError};

use super::{ScopedService, spawn_charged};
use crate::{
    security::limits::Action,
    state::State,
    store::{StoreError, VisitorId},
};

/// How often the erasure is repeated for a caller who keeps pressing.
const MAX_ERASURE_ROUNDS: usize = 8;
/// Seconds until such a caller may retry.
const ERASURE_RETRY_AFTER_SECONDS: u16 = 5;

impl ScopedService {
    /// Erases what the caller pressed and joined. Everybody may erase themselves, and nobody else. Whether a cookie told who
    /// they are: if none did, there is nothing to erase.
    ///
    /// # Errors
    /// `ServiceError::Unavailable` if the database can't be reached, or if the caller keeps pressing or joining meanwhile.
    pub async fn erase_caller(&self) -> Result<bool, ServiceError> {
        let visitor = self.principal.author(Right::Submit)?.visitor;
        if !self.principal.is_known() {
            return Ok(false);
        }
        let charge = self.charge(Action::Erase)?;
        let state = self.state.clone();
        state.forgotten.begin(visitor);
        spawn_charged(charge, async move {
            let erased = erase(&state, visitor).await;
            if erased.is_err() {
                state.forgotten.failed(visitor);
            }
            erased.map(|()| true)
        })
        .await
    }
}

/// Erases a visitor, with what is under way in their name.
async fn erase(state: &State, visitor: VisitorId) -> Result<(), StoreError> {
    for _ in 0..MAX_ERASURE_ROUNDS {
        state.store.erase_visitor(&state.clock, visitor).await?;
        // A press or a join from another of their tabs may have been in transit.
        state.has_written(visitor).await;
        if state.store.has_traces_of(visitor).await? {
            continue;
        }
        state.forgotten.close(visitor);
        // What was just about to be written.
        state.has_written(visitor).await;
        if !state.store.has_traces_of(visitor).await? {
            state.forgotten.erased(visitor);
            return Ok(());
        }
    }
    let seconds = ERASURE_RETRY_AFTER_SECONDS;
    Err(ServiceError::Unavailable { seconds }.into())
}
