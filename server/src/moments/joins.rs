//! The moment that a viewer joins from the list.

use app::{
    domain::moments::moment::{Moment, MomentId},
    service::ServiceError,
};

use tokio::time::timeout;

use super::{LONGEST_WAIT, Moments};
use crate::store::{SessionId, StoreError};

/// After how many seconds a viewer is to try again whose moment is not known yet.
const LATER: u16 = 2;

impl Moments {
    /// The moment with this id, or the one that it became part of, as viewers are shown it now.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if viewers see no such moment, `ServiceError::NotFound` if the session is gone, and a retryable
    /// one if a session that is read from its first press could not be read in time.
    pub async fn joinable(&self, session: SessionId, id: MomentId) -> Result<Moment, StoreError> {
        let was_read = {
            let kept = self.0.kept.get_or_new(session);
            kept.known.was_read(self.0.store.epoch())
        };
        let newest = self.newest(session);
        let shown = match was_read {
            true => newest.await?,
            false => timeout(LONGEST_WAIT, newest)
                .await
                .map_err(|_| ServiceError::Unavailable { seconds: LATER })??,
        };
        let moment = shown.moment(id).filter(|moment| !moment.hidden);
        Ok(moment.cloned().ok_or(ServiceError::NoMoment)?)
    }
}
