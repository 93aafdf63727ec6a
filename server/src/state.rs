//! What every request needs: the store, the hub, the clock, and where the server is reached.

use std::sync::Arc;

use crate::{hub::Hub, store::Store, world::Clock};

/// What every request needs. Cheap to clone.
#[derive(Clone)]
pub struct State {
    /// The database.
    pub store: Store,
    /// The live streams.
    pub hub: Hub,
    /// The time.
    pub clock: Clock,
    /// Where links to this server begin, like `https://clips.example`, without a slash at the end.
    pub public_url: Arc<str>,
}
