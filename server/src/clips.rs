//! The port's implementation: may they? Then store and hub. Rights are decided here and nowhere else.

use app::{
    clips::ClipsError,
    domain::{code::Code, role::Right, session::Session},
};

use crate::{
    state::State,
    store::{SessionId, VisitorId},
};

/// The port, bound to one visitor.
pub struct BoundClips {
    state: State,
    visitor: VisitorId,
}

#[expect(unused_variables, clippy::todo, reason = "skeleton")]
impl BoundClips {
    /// Binds the port to a visitor.
    pub fn new(state: State, visitor: VisitorId) -> Self {
        Self { state, visitor }
    }

    /// The session with this code, where the caller has this right in it; for routes that are no server functions.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden`, or `Busy`.
    pub async fn admit(
        &self,
        code: &Code,
        right: Right,
    ) -> Result<(SessionId, Session), ClipsError> {
        let _ = (&self.state, self.visitor);
        todo!()
    }
}
