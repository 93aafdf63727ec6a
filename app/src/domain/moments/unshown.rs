//! What people said about moments that is no longer shown once these are part of another one.

use super::moment::Moment;

/// How much of what people said is no longer shown. It is kept, and undoing the merge shows it again.
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
        let mut unshown = Self::default();
        for moment in merged {
            unshown.titles += usize::from(moment.title.is_some() && moment.title != into.title);
            unshown.clips += usize::from(moment.clip.is_some() && moment.clip != into.clip);
        }
        unshown
    }
}

#[cfg(test)]
mod tests {
    use super::{super::moment::tests::blank, *};
    use crate::domain::{clip_url::ClipUrl, text::Title};

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
}
