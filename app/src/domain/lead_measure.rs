//! Measures how late viewers press: the streamer says "press now" on air, and looks at what comes in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::offset::Offset;

/// For how many seconds after "press now" presses are collected.
pub const LISTENS_SECONDS: u32 = 60;

/// How many visitors have to press before a delay is told: one or two may just be slow.
pub const LEAST_VISITORS: u32 = 3;

/// What was measured so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// How many distinct visitors have pressed.
    pub visitors: u32,
    /// How many seconds later the middle one of them pressed; none while there are too few.
    pub delay_seconds: Option<u32>,
}

/// The median of how late visitors pressed after `said_at`, given offsets in that segment and whose presses they are, in any
/// order. Of each visitor the first press within [`LISTENS_SECONDS`] counts.
///
/// A median follows neither stragglers nor those who pressed for another reason, as long as they are fewer than half.
pub fn measured<V: Ord>(
    said_at: Offset,
    presses: impl IntoIterator<Item = (Offset, V)>,
) -> Measured {
    let mut first: BTreeMap<V, u32> = BTreeMap::new();
    for (offset, visitor) in presses {
        let Some(delay) = offset.seconds().checked_sub(said_at.seconds()) else {
            continue;
        };
        if delay <= LISTENS_SECONDS {
            let known = first.entry(visitor).or_insert(delay);
            *known = delay.min(*known);
        }
    }
    let mut delays: Vec<u32> = first.into_values().collect();
    delays.sort_unstable();
    let visitors = u32::try_from(delays.len()).unwrap_or(u32::MAX);
    let middle = delays.get(delays.len().saturating_sub(1) / 2);
    Measured {
        visitors,
        delay_seconds: middle.copied().filter(|_| visitors >= LEAST_VISITORS),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(said_at: u32, presses: &[(u32, u8)]) -> Measured {
        let presses = presses.iter();
        measured(
            Offset(said_at),
            presses.map(|(offset, visitor)| (Offset(*offset), *visitor)),
        )
    }

    #[test]
    fn three_visitors_are_needed_and_the_middle_one_is_told() {
        let presses = [(112, 1), (114, 2), (119, 3), (113, 1), (50, 4), (161, 5)];
        let told = |visitors, delay_seconds| Measured {
            visitors,
            delay_seconds,
        };
        assert_eq!(of(100, &[]), told(0, None));
        assert_eq!(of(100, &presses[..2]), told(2, None));
        assert_eq!(of(100, &presses), told(3, Some(14)));
    }

    proptest! {
        #[test]
        fn neither_order_nor_storms_matter(
            presses in prop::collection::vec((80_u32..180, 0_u8..12), 0..40),
            shuffled in Just(()).prop_perturb(|(), random| random),
        ) {
            let mut random = shuffled;
            let wanted = of(100, &presses);
            let mut storm = presses.clone();
            for (offset, visitor) in &presses {
                storm.extend((0..5).map(|later| (offset + later, *visitor)));
            }
            // Presses from before "press now" don't count, so neither may what follows them.
            storm.retain(|(offset, visitor)| {
                presses.contains(&(*offset, *visitor)) || presses.iter().any(|press| press.1 == *visitor && (100..=*offset).contains(&press.0))
            });
            for at in (1..storm.len()).rev() {
                storm.swap(at, random.random_range(0..=at));
            }
            prop_assert_eq!(of(100, &storm), wanted);
        }

        /// Whatever fewer than half do, the answer is one that the others gave.
        #[test]
        fn stragglers_do_not_move_the_answer_out_of_what_most_pressed(
            early in 0_u32..40,
            spread in 0_u32..10,
            (most, stragglers) in (2_usize..12).prop_flat_map(|most| (
                prop::collection::vec(0_u32..10, most),
                prop::collection::vec(0_u32..61, 0..most),
            )),
        ) {
            let delays = most.iter().map(|late| early + late % (spread + 1)).chain(stragglers.iter().copied());
            let presses: Vec<_> = (0_u8..).zip(delays).map(|(visitor, delay)| (1_000 + delay, visitor)).collect();
            let found = of(1_000, &presses);
            prop_assert_eq!(found.visitors as usize, presses.len());
            match found.delay_seconds {
                Some(delay) => prop_assert!((early..=early + spread).contains(&delay)),
                None => prop_assert!(presses.len() < 3),
            }
        }
    }
}
