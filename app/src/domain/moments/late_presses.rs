//! What late viewers add to a curve: some press for a large crowd while a small one behind it presses already, and fill the
//! valley between.

/// How late they are, in seconds: about as long after most of the crowd as viewers of slow streams are.
const LATE: usize = 20;

/// A crowd was large if the curve was more than so many times as high [`LATE`] seconds ago. Crowds of like sizes are left as they
/// are.
const LARGE: u64 = 2;

/// What the curve was higher than that, divided by this, is what is expected of late viewers.
const SHARE: u64 = 5;

/// What is expected of late viewers is at most the height divided by this: what is there is a crowd, too.
const MOST: u64 = 2;

/// A curve less the presses of late viewers: where its peaks are looked for. Ranges end at its valleys, and otherwise where the
/// curve itself falls; how high a moment is, and the picture, are matters of the curve itself. Behind the seconds at which a
/// person split a moment, nobody is late: what lies there is a crowd of its own by that person's word.
///
/// What moves the curve by one visitor moves it by at most 7/5 (1 + `LARGE` / `SHARE`): so far, a group can't come or go by one
/// press whose margin is larger. It is 0 exactly where the curve is.
pub fn without_late(cells: &[u64], splits: impl IntoIterator<Item = u32>) -> Vec<u64> {
    let before = std::iter::repeat_n(&0, LATE).chain(cells);
    let pairs = cells.iter().zip(before);
    let without = pairs.map(|(&cell, &before)| {
        let late = before.saturating_sub(LARGE * cell) / SHARE;
        cell - late.min(cell / MOST)
    });
    let mut without: Vec<u64> = without.collect();
    for split in splits {
        let behind = (without.iter_mut().zip(cells)).skip(split as usize);
        for (without, cell) in behind.take(LATE) {
            *without = *cell;
        }
    }
    without
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use uuid::Uuid;

    use super::{
        super::{
            boundaries::{Boundaries, RangeEdit},
            identity::{StoredMoment, fold},
            kernel::ONE_VISITOR,
            moment::MomentId,
            peaks,
            rank::Thresholds,
        },
        *,
    };

    const FIVE: Thresholds = Thresholds {
        from: 5 * ONE_VISITOR,
        keeps: 2 * ONE_VISITOR,
    };

    /// A small crowd 36 s behind a large one, as generated streams with slow viewers have them: heights 6 s apart.
    const SHADOWED: [u64; 13] = [0, 90, 350, 590, 530, 360, 240, 170, 140, 150, 170, 120, 50];
    /// Where the two are highest.
    const PEAKS: [u32; 2] = [18, 60];

    fn shadowed() -> Vec<u64> {
        let cells = SHADOWED.windows(2).flat_map(|pair| {
            let between = |at| (pair[0] * (6 - at) + pair[1] * at) / 6;
            (0..6).map(between).collect::<Vec<_>>()
        });
        cells.collect()
    }

    #[test]
    fn a_crowd_is_told_from_the_late_viewers_of_a_larger_one_before_it() {
        let peaks = |cells: &[u64]| -> Vec<u32> {
            let found = peaks::groups(cells, &Boundaries::default());
            found.groups.iter().map(|group| group.peak).collect()
        };
        assert_eq!(peaks(&shadowed()), PEAKS[..1]);
        assert_eq!(peaks(&without_late(&shadowed(), [])), PEAKS);
    }

    #[test]
    fn both_crowds_keep_what_a_person_made_of_them_while_they_were_one() {
        let cells: Vec<u64> = shadowed()
            .iter()
            .map(|cell| cell * ONE_VISITOR / 10)
            .collect();
        let [large, small] = PEAKS;
        let new = fold(&cells, &[], &[], FIVE).moments;
        let peaks: Vec<_> = new.iter().map(|moment| moment.peak).collect();
        assert_eq!(peaks, PEAKS);
        assert!(new[0].end < new[1].start);
        // A person split them, somewhere between.
        let valley = new[1].start;
        for at in valley - 15..small {
            let highest = (at..=small).max_by_key(|&second| cells[second as usize]);
            let parts = [(1, large), (2, highest.unwrap())].map(|(id, anchor)| StoredMoment {
                id: MomentId(Uuid::from_u128(id)),
                anchor,
                is_pinned: true,
                is_shown: true,
            });
            let found = fold(&cells, &[RangeEdit::Split { at }], &parts, FIVE).moments;
            let ids: Vec<_> = found.iter().map(|moment| moment.id).collect();
            assert_eq!(ids, parts.map(|part| Some(part.id)), "split at {at}");
            assert!(
                (found[1].start..=found[1].end).contains(&small),
                "split at {at}"
            );
        }
    }

    #[test]
    fn nobody_is_late_behind_a_split() {
        let cells = shadowed();
        let without = without_late(&cells, [40, 1_000]);
        assert_eq!(without[40..40 + LATE], cells[40..40 + LATE]);
        assert!(without[39] < cells[39]);
    }

    #[test]
    fn crowds_of_like_sizes_are_left_as_they_are() {
        let cells: Vec<u64> = (0..90)
            .map(|at| 100 + 80 * u64::from(at % 20 < 5))
            .collect();
        assert_eq!(without_late(&cells, [])[LATE..], cells[LATE..]);
    }

    proptest! {
        /// The formula, read aloud.
        #[test]
        fn a_fifth_of_what_the_curve_was_higher_than_twice_itself_is_late(
            cells in prop::collection::vec(0_u64..1_000, 0..100),
        ) {
            let without = without_late(&cells, []);
            for (at, &cell) in cells.iter().enumerate() {
                let before = at.checked_sub(20).map_or(0, |before| cells[before]);
                let late = before.saturating_sub(2 * cell) / 5;
                prop_assert_eq!(without[at], cell - late.min(cell / 2));
            }
        }

        #[test]
        fn it_moves_by_little_more_than_the_curve(
            cells in prop::collection::vec((0_u64..1_000, 0_u64..100), 0..100),
        ) {
            let more: Vec<u64> = cells.iter().map(|(cell, more)| cell + more).collect();
            let cells: Vec<u64> = cells.into_iter().map(|(cell, _)| cell).collect();
            let most = cells.iter().zip(&more).map(|(cell, more)| more - cell).max();
            for (one, other) in without_late(&cells, []).into_iter().zip(without_late(&more, [])) {
                // Whole numbers: each of the two shares is rounded.
                let most = most.unwrap_or(0) * (SHARE + LARGE) / SHARE + 1;
                prop_assert!(one.abs_diff(other) <= most);
            }
        }

        #[test]
        fn it_is_silent_exactly_where_the_curve_is(cells in prop::collection::vec(0_u64..9, 0..100)) {
            for (without, cell) in without_late(&cells, []).into_iter().zip(cells) {
                prop_assert_eq!(without == 0, cell == 0);
                prop_assert!(without <= cell && cell <= MOST * without);
            }
        }
    }
}
