//! The moment that a viewer joins from the list.

use app::{
    domain::moments::moment::{Moment, MomentId},
    service::ServiceError,
};

use super::Moments;
use crate::store::{SessionId, StoreError};

impl Moments {
    /// The moment with this id, or the one that it became part of, as viewers are shown it now.
    ///
    /// # Errors
    /// `ServiceError::NoMoment` if viewers see no such moment, `ServiceError::NotFound` if the session is gone.
    pub async fn joinable(&self, session: SessionId, id: MomentId) -> Result<Moment, StoreError> {
        let shown = self.newest(session).await?;
        let moment = shown.moment(id).filter(|moment| !moment.hidden);
        Ok(moment.cloned().ok_or(ServiceError::NoMoment)?)
    }
}
