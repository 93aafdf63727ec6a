//! What became of one's own press, as far as the public numbers tell. Pure.
//!
//! Whoever's presses are hidden or who is blocked must not notice: the numbers leave them out, so a page adds the visitor to
//! every moment that they pressed in or joined, whether they were counted or not.

use super::own_joins::OwnJoins;
use crate::{
    domain::{
        clip_url::ClipUrl,
        moments::moment::{EditingState, Moment},
        offset::Offset,
        revision::Revision,
        timestamp::Timestamp,
    },
    live::{highlights::LiveHighlights, list::timestamps::List},
};

/// A second that the visitor marked: with a press of their own, or by joining the moment there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    segment_index: u32,
    offset_seconds: Offset,
    /// The revision from which on the public numbers contain it; none if they leave it out.
    counted_from: Option<Revision>,
    /// When it last changed: what a press says is shown with the moment, too.
    changed: Revision,
}

impl Mark {
    /// One of the visitor's own presses.
    pub fn press(press: &Timestamp, is_counted: bool) -> Self {
        Self {
            segment_index: press.segment_index,
            offset_seconds: press.offset_seconds,
            counted_from: is_counted.then_some(Revision(0)),
            changed: press.revision,
        }
    }

    fn is_in(&self, moment: &Moment) -> bool {
        moment.contains(self.segment_index, self.offset_seconds)
    }
}

/// All that the visitor marked.
pub fn marks(list: &List, joins: &OwnJoins) -> Vec<Mark> {
    let presses = list.own_rows();
    let presses = presses.map(|(press, is_counted)| Mark::press(press, is_counted));
    let joins = joins.all().map(|join| Mark {
        segment_index: join.segment_index,
        offset_seconds: join.offset_seconds,
        counted_from: join.counts.then_some(join.revision),
        changed: join.revision,
    });
    presses.chain(joins).collect()
}

/// How many visitors marked a moment, with the visitor who looks if they are one of them.
pub fn visitors(moment: &Moment, marks: &[Mark], highlights: &LiveHighlights) -> u32 {
    match marks.iter().any(|mark| mark.is_in(moment)) {
        true => others(moment, marks, highlights).saturating_add(1),
        false => moment.visitors,
    }
}

/// How many others than the visitor who looks marked a moment.
fn others(moment: &Moment, marks: &[Mark], highlights: &LiveHighlights) -> u32 {
    let known = highlights.revision(moment.id);
    let is_counted = |mark: &Mark| mark.counted_from.is_some_and(|from| from <= known);
    let mut inside = marks.iter().filter(|mark| mark.is_in(moment));
    let is_among_them = inside.any(is_counted);
    moment.visitors.saturating_sub(u32::from(is_among_them))
}

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
        /// Whether a clip was cut from it.
        is_cut: bool,
        /// That clip.
        clip: Option<&'a ClipUrl>,
    },
}

/// What became of an own press. `marks` are all that the visitor made.
pub fn fate<'a>(press: &Timestamp, marks: &[Mark], highlights: &'a LiveHighlights) -> Fate<'a> {
    let place = press.place();
    let moments = highlights.moments();
    let around =
        moments.filter(|moment| moment.contains(place.segment_index, place.offset_seconds));
    // Ranges can share a second: the press belongs to the moment whose peak is the nearest.
    let nearest = around.min_by_key(|moment| {
        let (peak, pressed) = (moment.peak.seconds(), place.offset_seconds.seconds());
        (peak.abs_diff(pressed), moment.id)
    });
    match nearest {
        None => Fate::Saved,
        Some(moment) => Fate::InMoment {
            others: others(moment, marks, highlights),
            is_starred: moment.starred,
            is_cut: moment.state == EditingState::Cut,
            clip: moment.clip.as_ref(),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        highlights::Highlights,
        moments::{
            join::Join,
            moment::{self, MomentId},
        },
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
            ..moment::tests::blank()
        }
    }

    /// These moments, as a page knows them at a revision.
    fn live(moments: impl Into<Vec<Moment>>, revision: i64) -> LiveHighlights {
        let told = Highlights {
            moments: moments.into(),
            ..Highlights::default()
        };
        LiveHighlights::new(told, Revision(revision))
    }

    /// It lies in a moment, of which nothing else is known.
    fn among(others: u32) -> Fate<'static> {
        Fate::InMoment {
            others,
            is_starred: false,
            is_cut: false,
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
        let moments = live([moment(1, 1, (10, 20), 5)], 1);
        for press in [press(1, 9, 1), press(1, 21, 1), press(2, 15, 1)] {
            let marks = [Mark::press(&press, true)];
            assert_eq!(fate(&press, &marks, &moments), Fate::Saved);
        }
    }

    #[test]
    fn a_press_between_two_moments_belongs_to_the_one_that_peaks_nearer() {
        let moments = [moment(1, 1, (0, 20), 5), moment(2, 1, (20, 24), 9)];
        let press = press(1, 20, 1);
        let marks = [Mark::press(&press, true)];
        assert_eq!(fate(&press, &marks, &live(moments, 1)), among(8));
    }

    #[test]
    fn the_star_and_the_clip_of_its_moment_are_those_of_a_press() {
        let clip = ClipUrl::parse_optional("https://clips.example/1").unwrap();
        let moments = [Moment {
            starred: true,
            state: EditingState::Cut,
            clip: clip.clone(),
            ..moment(1, 1, (10, 20), 5)
        }];
        let told = Fate::InMoment {
            others: 5,
            is_starred: true,
            is_cut: true,
            clip: clip.as_ref(),
        };
        assert_eq!(fate(&press(1, 15, 1), &[], &live(moments, 1)), told);
    }

    #[test]
    fn who_joins_is_one_visitor_more_before_and_after_the_numbers_contain_them() {
        let join = |counts, revision| Join {
            segment_index: 1,
            offset_seconds: Offset(15),
            revision: Revision(revision),
            counts,
        };
        let seen = |public: u32, known: i64, join: Join| {
            let (moment, joins) = (
                moment(1, 1, (10, 20), public),
                OwnJoins::answered(vec![join]),
            );
            let marks = marks(&List::default(), &joins);
            visitors(&moment, &marks, &live([moment.clone()], known))
        };
        assert_eq!(seen(5, 7, join(true, 8)), 6, "the numbers are older");
        assert_eq!(seen(6, 8, join(true, 8)), 6);
        assert_eq!(seen(5, 9, join(false, 8)), 6, "they never contain it");
        let elsewhere = Join {
            segment_index: 2,
            ..join(true, 8)
        };
        assert_eq!(seen(5, 9, elsewhere), 5);
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
            let marks: Vec<_> = presses.iter()
                .map(|(press, counts)| Mark::press(press, *counts)).collect();
            let range = (10, 30);
            let is_inside = |press: &Timestamp| {
                press.segment_index == 1 && (10..=30).contains(&press.offset_seconds.seconds())
            };
            let is_counted = presses.iter().any(|(press, counts)| *counts && is_inside(press));
            let moment = moment(1, 1, range, others + u32::from(is_counted));
            let moments = live([moment.clone()], 1);
            let marked = others + u32::from(presses.iter().any(|(press, _)| is_inside(press)));
            prop_assert_eq!(visitors(&moment, &marks, &moments), marked);
            for (press, _) in &presses {
                let expected = match is_inside(press) {
                    true => among(others),
                    false => Fate::Saved,
                };
                prop_assert_eq!(fate(press, &marks, &moments), expected);
            }
        }
    }
}
