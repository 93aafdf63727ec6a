//! Names one request of one browser, so that sending it again does nothing twice.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Names one request. Made by the browser and sent again with every retry: the same browser that asks for the same with the
/// same key gets the first answer. To any other browser the key is one that was never used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IdempotencyKey(pub Uuid);
