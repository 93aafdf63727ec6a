//! The current count for each of many keys.

use std::{collections::HashMap, hash::Hash};

/// Counts up and down; keys with a count of zero are not stored.
#[derive(Debug)]
pub(crate) struct KeyedCounter<K>(HashMap<K, usize>);

impl<K> Default for KeyedCounter<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> KeyedCounter<K> {
    /// The count of this key.
    pub(crate) fn of(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// Adds one.
    pub(crate) fn add(&mut self, key: K) {
        *self.0.entry(key).or_default() += 1;
    }

    /// Subtracts one.
    pub(crate) fn remove(&mut self, key: &K) {
        match self.0.get_mut(key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                self.0.remove(key);
            }
        }
    }

    /// Whether all counts are zero.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
