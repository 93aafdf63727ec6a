//! The live hub: one pump a session, shared frames for every subscriber.

use app::domain::change::Goodbye;

use crate::store::SessionId;

/// Every session's pump. Cheap to clone.
#[derive(Clone)]
pub struct Hub {}

#[expect(unused_variables, clippy::todo, reason = "skeleton")]
impl Hub {
    /// Tells the session's pump that something was committed. Never carries rows: pumps read by their own cursor.
    pub fn wake(&self, session: SessionId) {
        todo!()
    }

    /// Ends every stream of a session whose rights changed or that is gone.
    pub fn dismiss(&self, session: SessionId, goodbye: Goodbye) {
        todo!()
    }
}
