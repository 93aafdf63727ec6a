//! Identifies one request of one browser, so that sending it again has no further effect.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Identifies one request. The browser creates it and sends it again with every retry: the same browser making the same
/// request with the same key gets the first answer. From any other browser, the key counts as unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub Uuid);
