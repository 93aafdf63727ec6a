//! What became of one's own press, as far as the public numbers tell. Pure.
//!
//! Whoever's presses are hidden or who is blocked must not notice: the numbers leave their presses out, so a page adds the
//! visitor to every moment that one of their presses lies in, whether it was counted or not.

use crate::domain::{
    clip_url::ClipUrl,
    moments::moment::Moment,
    timestamp::{Place, Timestamp},
};

/// What became of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate<'a> {
    /// It is in the list, and in no moment.
    Saved,
    /// It lies in a moment.
    InMoment {
        /// How many other visitors marked the same.
        others: u32,
        /// Whether the moment has a star.
        is_starred: bool,
        /// The clip that was cut from it.
        clip: Option<&'a ClipUrl>,
    },
}

/// What became of an own press. `counted` are the places of the visitor's own presses that the public numbers contain.
pub fn fate<'a>(
    press: &Timestamp,
    counted: &[Place],
    moments: impl Iterator<Item = &'a Moment>,
) -> Fate<'a> {
    let place = press.place();
    let around = moments.filter(|moment| contains(moment, place));
    // Ranges can share a second: the press belongs to the moment whose peak is the nearest.
    let nearest = around.min_by_key(|moment| {
        let (peak, pressed) = (moment.peak.seconds(), place.offset_seconds.seconds());
        (peak.abs_diff(pressed), moment.id)
    });
    match nearest {
        None => Fate::Saved,
        Some(moment) => {
            let is_counted = counted.iter().any(|place| contains(moment, *place));
            Fate::InMoment {
                others: moment.visitors.saturating_sub(u32::from(is_counted)),
                is_starred: moment.starred,
                clip: moment.clip.as_ref(),
            }
        }
    }
}

fn contains(moment: &Moment, place: Place) -> bool {
    moment.segment_index == place.segment_index
        && (moment.start..=moment.end).contains(&place.offset_seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        moments::moment::{EditingState, MomentId},
        offset::Offset,
        revision::Revision,
        timestamp::tests::blank,
    };

    /// A moment of a segment from one second to another.
    fn moment(id: u128, segment_index: u32, range: (u32, u32), visitors: u32) -> Moment {
        let (start, end) = range;
        Moment {
            id: MomentId(Uuid::from_u128(id)),
            segment_index,
            start: Offset(start),
            peak: Offset(start.midpoint(end)),
            end: Offset(end),
            presses: visitors,
            visitors,
            excess: 10,
            notes: Vec::new(),
            labels: Vec::new(),
            title: None,
            starred: false,
            hidden: false,
            state: EditingState::Open,
            clip: None,
        }
    }

    /// It lies in a moment, of which nothing else is known.
    fn among(others: u32) -> Fate<'static> {
        Fate::InMoment {
            others,
            is_starred: false,
            clip: None,
        }
    }

    fn press(segment_index: u32, second: u32, arrival: i64) -> Timestamp {
        Timestamp {
            segment_index,
            offset_seconds: Offset(second),
            arrival: Revision(arrival),
            ..blank()
        }
    }

    #[test]
    fn a_press_outside_of_every_moment_is_only_saved() {
        let moments = [moment(1, 1, (10, 20), 5)];
        for press in [press(1, 9, 1), press(1, 21, 1), press(2, 15, 1)] {
            assert_eq!(fate(&press, &[press.place()], moments.iter()), Fate::Saved);
        }
    }

    #[test]
    fn a_press_between_two_moments_belongs_to_the_one_that_peaks_nearer() {
        let moments = [moment(1, 1, (0, 20), 5), moment(2, 1, (20, 24), 9)];
        let press = press(1, 20, 1);
        let told = fate(&press, &[press.place()], moments.iter());
        assert_eq!(told, among(8));
    }

    #[test]
    fn the_star_and_the_clip_of_its_moment_are_those_of_a_press() {
        let clip = ClipUrl::parse_optional("https://clips.example/1").unwrap();
        let moments = [Moment {
            starred: true,
            clip: clip.clone(),
            ..moment(1, 1, (10, 20), 5)
        }];
        let told = Fate::InMoment {
            others: 5,
            is_starred: true,
            clip: clip.as_ref(),
        };
        assert_eq!(fate(&press(1, 15, 1), &[], moments.iter()), told);
    }

    proptest! {
        /// `others` visitors are in the public numbers, and the author too if one of their presses is.
        #[test]
        fn the_number_of_others_does_not_tell_whether_the_own_presses_were_counted(
            others in 0u32..1_000,
            own in prop::collection::vec((1u32..3, 0u32..40, any::<bool>()), 1..8),
        ) {
            let presses: Vec<_> = own.iter().zip(1..)
                .map(|((segment, second, counts), arrival)| (press(*segment, *second, arrival), *counts))
                .collect();
            let counted: Vec<_> = presses.iter().filter(|(_, counts)| *counts)
                .map(|(press, _)| press.place()).collect();
            let range = (10, 30);
            let is_inside = |press: &Timestamp| {
                press.segment_index == 1 && (10..=30).contains(&press.offset_seconds.seconds())
            };
            let is_counted = presses.iter().any(|(press, counts)| *counts && is_inside(press));
            let moments = [moment(1, 1, range, others + u32::from(is_counted))];
            for (press, _) in &presses {
                let expected = match is_inside(press) {
                    true => among(others),
                    false => Fate::Saved,
                };
                prop_assert_eq!(fate(press, &counted, moments.iter()), expected);
            }
        }
    }
}
