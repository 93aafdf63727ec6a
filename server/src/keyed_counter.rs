//! How many of something each of many keys has now.

use std::{collections::HashMap, hash::Hash};

/// Counts up and down; nothing is kept of a key that has none.
#[derive(Debug)]
pub(crate) struct KeyedCounter<K>(HashMap<K, usize>);

impl<K> Default for KeyedCounter<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> KeyedCounter<K> {
    /// How many it has.
    pub(crate) fn of(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or_default()
    }

    /// One more.
    pub(crate) fn add(&mut self, key: K) {
        *self.0.entry(key).or_default() += 1;
    }

    /// One less.
    pub(crate) fn remove(&mut self, key: &K) {
        match self.0.get_mut(key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => {
                self.0.remove(key);
            }
        }
    }

    /// Whether no key has any.
    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
