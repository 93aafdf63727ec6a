//! What people said about moments that is no longer shown once these are part of another one.

use super::{moment::Moment, moment_edit::MomentEditInput};
use crate::domain::{
    clip_url::ClipUrl,
    text::Title,
    time_range::{Position, TimeRange},
};

/// How much of what people said is no longer shown. It is kept, and undoing what was done shows it again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unshown {
    /// How many of the moments had another title.
    pub titles: usize,
    /// How many of them had another finished clip.
    pub clips: usize,
}

impl Unshown {
    /// Of these moments, where they become part of one that keeps its own title and clip.
    pub fn of<'a>(merged: impl IntoIterator<Item = &'a Moment>, into: &Moment) -> Self {
        Self::beside(merged, into.title.as_ref(), into.clip.as_ref())
    }

    /// Of these moments, where the title and the clip that are shown are these.
    fn beside<'a>(
        merged: impl IntoIterator<Item = &'a Moment>,
        title: Option<&Title>,
        clip: Option<&ClipUrl>,
    ) -> Self {
        let mut unshown = Self::default();
        for Moment {
            title: other_title,
            clip: other_clip,
            ..
        } in merged
        {
            unshown.titles += usize::from(other_title.is_some() && other_title.as_ref() != title);
            unshown.clips += usize::from(other_clip.is_some() && other_clip.as_ref() != clip);
        }
        unshown
    }
}

/// What becomes part of a moment when it is made of a range, or when its start or end is moved over others; as far as a page
/// knows these.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// How many moments.
    pub moments: usize,
    /// What people said about them.
    pub unshown: Unshown,
}

impl TakenIn {
    /// By edits of a moment: those whose peaks lie in the range that it is given.
    pub fn by<'a>(
        edits: &[MomentEditInput],
        into: &Moment,
        moments: impl Iterator<Item = &'a Moment>,
    ) -> Self {
        let mut ranges = edits.iter().filter_map(|edit| match edit {
            MomentEditInput::SetRange { start, end } => Some(*start..=*end),
            _ => None,
        });
        let Some(range) = ranges.next() else {
            return Self::default();
        };
        let is_taken = |other: &&Moment| {
            other.id != into.id
                && other.segment_index == into.segment_index
                && range.contains(&other.peak)
        };
        let taken = moments.filter(is_taken).collect();
        Self::of(taken, into.title.as_ref(), into.clip.as_ref())
    }

    /// By a new moment with this title that is made of this range of one segment.
    pub fn by_new<'a>(
        range: TimeRange,
        title: &Title,
        moments: impl Iterator<Item = &'a Moment>,
    ) -> Self {
        let is_taken = |other: &&Moment| {
            range.contains(Position {
                segment_index: other.segment_index,
                offset_seconds: other.peak,
            })
        };
        let taken = moments.filter(is_taken).collect();
        Self::of(taken, Some(title), None)
    }

    /// These, by a moment with this title and this clip.
    fn of(taken: Vec<&Moment>, title: Option<&Title>, clip: Option<&ClipUrl>) -> Self {
        Self {
            moments: taken.len(),
            unshown: Unshown::beside(taken, title, clip),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{
        super::moment::{MomentId, tests::blank},
        *,
    };
    use crate::domain::offset::Offset;

    #[test]
    fn a_title_and_a_clip_are_unshown_unless_the_whole_has_the_same() {
        let moment = |title: &str, clip: &str| Moment {
            title: Title::parse_optional(title).unwrap(),
            clip: ClipUrl::parse_optional(clip).unwrap(),
            ..blank()
        };
        let [one, other] = ["https://clips.example/1", "https://clips.example/2"];
        let merged = [
            moment("", ""),
            moment("The boss", one),
            moment("The bridge", one),
            moment("", other),
        ];
        let count = |into: &Moment| {
            let Unshown { titles, clips } = Unshown::of(&merged, into);
            (titles, clips)
        };
        assert_eq!(count(&moment("", "")), (2, 3));
        assert_eq!(count(&moment("The boss", one)), (1, 1));
        assert_eq!(Unshown::of([], &moment("", "")), Unshown::default());
    }

    #[test]
    fn a_range_takes_in_the_other_moments_of_its_segment_that_peak_in_it() {
        let moment = |number: u128, segment_index, peak, title: &str| Moment {
            id: MomentId(Uuid::from_u128(number)),
            segment_index,
            peak: Offset(peak),
            title: Title::parse_optional(title).unwrap(),
            ..blank()
        };
        let all = [
            moment(1, 1, 20, "The boss"),
            moment(2, 1, 40, "The bridge"),
            moment(3, 1, 60, ""),
            moment(4, 1, 61, "The end"),
            moment(5, 2, 40, "The bridge"),
        ];
        let to = |start, end| {
            let (start, end) = (Offset(start), Offset(end));
            let title = String::new();
            let edits = [
                MomentEditInput::SetTitle { title },
                MomentEditInput::SetRange { start, end },
            ];
            let TakenIn { moments, unshown } = TakenIn::by(&edits, &all[0], all.iter());
            (moments, unshown.titles)
        };
        assert_eq!(to(10, 39), (0, 0));
        assert_eq!(to(10, 40), (1, 1));
        assert_eq!(to(10, 60), (2, 1));
        let none = TakenIn::by(&[], &all[0], all.iter());
        assert_eq!(none, TakenIn::default());

        let made = |start, end, title| {
            let [first, last] = [start, end].map(|second| Position {
                segment_index: 1,
                offset_seconds: Offset(second),
            });
            let title = Title::parse(title).unwrap();
            let TakenIn { moments, unshown } =
                TakenIn::by_new(TimeRange { first, last }, &title, all.iter());
            (moments, unshown.titles)
        };
        assert_eq!(made(0, 19, "The fight"), (0, 0));
        assert_eq!(made(20, 60, "The fight"), (3, 2));
        assert_eq!(made(20, 60, "The boss"), (3, 1));
    }
}
