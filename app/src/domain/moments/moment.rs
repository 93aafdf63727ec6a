//! A moment as it travels: what pages, exports and the feed know of it.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{
    clip_url::ClipUrl,
    labels::LabelId,
    lead::Lead,
    offset::Offset,
    text::{Note, Title},
};

/// The last second of a segment that can lie in a moment: a week after its start. Curves count no press behind it: a segment
/// that somebody forgot to end for a year would otherwise take up 250 MB.
pub const LAST_SECOND: u32 = 7 * 24 * 3_600;

/// Names one moment. It is never used again: where moments became one, the id that ended redirects to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MomentId(pub Uuid);

/// How far the editing of a moment has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EditingState {
    /// Nothing was decided yet.
    #[default]
    Open,
    /// A clip was cut from it.
    Cut,
    /// It is not worth a clip.
    Rejected,
}

impl EditingState {
    /// Every state, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Open, Self::Cut, Self::Rejected];

    /// Its name in JSON and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Cut => "cut",
            Self::Rejected => "rejected",
        }
    }

    fn is_open(&self) -> bool {
        *self == Self::Open
    }
}

/// Several viewers pressed because of the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// Its id.
    pub id: MomentId,
    /// The segment that it lies in: 1, 2, 3, ….
    pub segment_index: u32,
    /// The first second of its range.
    pub start: Offset,
    /// Where presses are densest.
    pub peak: Offset,
    /// The last second of its range.
    pub end: Offset,
    /// Whether a person said that it starts where it does: the crowd's ranges start where presses do, and those are late.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_start_set: bool,
    /// How many presses lie in the range.
    pub presses: u32,
    /// How many distinct visitors pressed in the range, or joined the moment.
    pub visitors: u32,
    /// How far it stands above the background, in tenths of a visitor: moments are ranked by it.
    pub excess: u32,
    /// Its best notes.
    pub notes: Vec<MergedNote>,
    /// The labels of its presses, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelCount>,
    /// The title that somebody of the staff gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Title>,
    /// Whether it has a star.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub starred: bool,
    /// Whether it is hidden from viewers; only the staff are told of such moments.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// How far the editing has come; viewers are told only that a clip was cut.
    #[serde(default, skip_serializing_if = "EditingState::is_open")]
    pub state: EditingState,
    /// The finished clip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clip: Option<ClipUrl>,
}

impl Moment {
    /// Whether a second of a segment lies in its range.
    pub fn contains(&self, segment_index: u32, offset: Offset) -> bool {
        self.segment_index == segment_index && (self.start..=self.end).contains(&offset)
    }

    /// Where a clip of it would start: where a person said that it starts, otherwise the lead before its peak.
    pub fn clip_start(&self, lead: Lead) -> Offset {
        match self.is_start_set {
            true => self.start,
            false => lead.clip_start(self.peak),
        }
    }

    /// The moment with the range that it has once others of its segment are merged into it: all that lies between them is part
    /// of it, too.
    #[must_use]
    pub fn merged_with<'a>(&self, others: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut whole = self.clone();
        for other in others {
            if other.segment_index == whole.segment_index {
                whole.start = whole.start.min(other.start);
                whole.end = whole.end.max(other.end);
            }
        }
        whole
    }
}

/// How many notes a moment tells.
pub const MOST_NOTES: usize = 3;

/// A label, and how many distinct visitors gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCount {
    /// The label.
    pub label: LabelId,
    /// How many visitors: one who presses it many times counts once.
    pub count: u32,
}

/// A note, and how many visitors say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedNote {
    /// The longest of them, as it was written.
    pub note: Note,
    /// How many visitors: one who says it again counts once.
    pub count: u32,
}

#[cfg(test)]
pub(crate) mod tests {
    use uuid::Uuid;

    use super::*;

    /// A moment of the first segment, for other tests to modify.
    pub(crate) fn blank() -> Moment {
        Moment {
            id: MomentId(Uuid::nil()),
            segment_index: 1,
            start: Offset(10),
            peak: Offset(20),
            end: Offset(30),
            is_start_set: false,
            presses: 9,
            visitors: 7,
            excess: 50,
            notes: Vec::new(),
            labels: Vec::new(),
            title: None,
            starred: false,
            hidden: false,
            state: EditingState::Open,
            clip: None,
        }
    }

    #[test]
    fn a_clip_starts_where_a_person_said_and_otherwise_the_lead_before_the_peak() {
        let lead = Lead::parse(15).unwrap();
        let start = |is_start_set, start, peak| {
            let moment = Moment {
                is_start_set,
                start: Offset(start),
                peak: Offset(peak),
                ..blank()
            };
            moment.clip_start(lead)
        };
        assert_eq!(start(false, 80, 83), Offset(68));
        assert_eq!(start(false, 2, 3), Offset(0));
        assert_eq!(start(true, 30, 83), Offset(30));
        assert_eq!(start(true, 80, 83), Offset(80));
    }

    /// Servers and pages of before `is_start_set` existed.
    #[test]
    fn a_moment_tells_only_where_a_person_set_it_that_its_start_is_set() {
        let json = serde_json::to_string(&blank()).unwrap();
        assert!(!json.contains("is_start_set"), "{json}");
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), blank());
        let set = Moment {
            is_start_set: true,
            ..blank()
        };
        let json = serde_json::to_string(&set).unwrap();
        assert!(json.contains(r#""is_start_set":true"#), "{json}");
        assert_eq!(serde_json::from_str::<Moment>(&json).unwrap(), set);
    }

    #[test]
    fn a_merged_moment_reaches_over_all_that_lies_between_those_of_its_segment() {
        let at = |start, segment_index| Moment {
            segment_index,
            start: Offset(start),
            peak: Offset(start + 5),
            end: Offset(start + 10),
            ..blank()
        };
        let (first, between, last) = (at(10, 1), at(40, 1), at(70, 1));
        let whole = last.merged_with([&first, &at(90, 2)]);
        assert_eq!((whole.start, whole.end), (Offset(10), Offset(80)));
        assert_eq!(whole.peak, last.peak);
        assert!(whole.contains(1, between.peak));
        assert_eq!(last.merged_with([]), last);
    }
}
