//! About how many bytes collections hold, for a cache that is bounded by memory. Rather too many than too few, and without a
//! walk over what is in them.

use std::collections::HashMap;

/// What a vector holds.
pub fn of_vec<T>(vec: &Vec<T>) -> usize {
    vec.capacity() * size_of::<T>()
}

/// What this many vectors hold that have this many entries together, and none of which is empty: one that grows has room for
/// four at first, and then for twice as many whenever it is full.
pub fn of_vecs<T>(vecs: usize, entries: usize) -> usize {
    2 * (vecs + entries) * size_of::<T>()
}

/// What a hash map holds: at most seven of eight places are taken, and each has a byte of its own.
pub fn of_map<K, V, S>(map: &HashMap<K, V, S>) -> usize {
    map.capacity() * 8 / 7 * (size_of::<(K, V)>() + 1)
}

/// What a B-tree of this many entries holds: its nodes are at least half full.
pub fn of_tree<K, V>(entries: usize) -> usize {
    2 * entries * size_of::<(K, V)>()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn vectors_that_grew_hold_no_more_than_is_told_of_them(
            lengths in prop::collection::vec(1_usize..70, 1..9),
        ) {
            let mut held = 0;
            for &length in &lengths {
                let mut vec = Vec::new();
                (0..length).for_each(|entry| vec.push(entry));
                held += of_vec(&vec);
            }
            let entries = lengths.iter().sum();
            prop_assert!(held <= of_vecs::<usize>(lengths.len(), entries));
        }
    }
}
