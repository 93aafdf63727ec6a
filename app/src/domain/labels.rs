//! The labels of a session: up to six words, each with a colour, of which a press can carry one.
//!
//! A press stores the number of its label, so that a label that is renamed is renamed everywhere. A label that is removed is
//! no longer offered, but stays known: the presses that carry it keep it.

use serde::{Deserialize, Serialize};

use super::text::LabelWord;

/// How many labels viewers can be offered at the same time.
pub const MOST_LABELS: usize = 6;

/// How many labels a session can have in its life, those that were removed included.
pub const MOST_KNOWN_LABELS: usize = 24;

/// Names a label within its session: 1, 2, 3, …. A number is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LabelId(pub u32);

/// The colour of a label. It is never the only sign: the word always stands on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the colour of the same name")]
pub enum Colour {
    Red,
    Orange,
    Yellow,
    Green,
    Teal,
    Blue,
    Purple,
    Pink,
}

impl Colour {
    /// Every colour, in the order of the rainbow.
    pub const ALL: [Self; 8] = [
        Self::Red,
        Self::Orange,
        Self::Yellow,
        Self::Green,
        Self::Teal,
        Self::Blue,
        Self::Purple,
        Self::Pink,
    ];

    /// Its name in JSON, in forms and in class names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Orange => "orange",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Teal => "teal",
            Self::Blue => "blue",
            Self::Purple => "purple",
            Self::Pink => "pink",
        }
    }
}

/// A label of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLabel {
    /// Its number.
    pub id: LabelId,
    /// What stands on it.
    pub word: LabelWord,
    /// Its colour.
    pub colour: Colour,
    /// Whether it is no longer offered. Presses that carry it keep it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub removed: bool,
}

/// All labels that a session has had: those that it offers in the streamer's order, then those that were removed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Labels(pub(super) Vec<SessionLabel>);

impl Labels {
    /// Whether there never was one.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them.
    pub fn known(&self) -> &[SessionLabel] {
        &self.0
    }

    /// Those that viewers can press.
    pub fn offered(&self) -> impl Iterator<Item = &SessionLabel> {
        self.0.iter().filter(|label| !label.removed)
    }

    /// The label of this number, offered or not.
    pub fn get(&self, id: LabelId) -> Option<&SessionLabel> {
        self.0.iter().find(|label| label.id == id)
    }
}

/// A label as the streamer edits it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelEdit {
    /// The label that is edited; none for one that is added.
    pub id: Option<LabelId>,
    /// What is to stand on it.
    pub word: LabelWord,
    /// Its colour.
    pub colour: Colour,
}

/// The same as it is sent to the server: the word is parsed there, so that an error names the rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawLabel {
    /// The label that is edited; none for one that is added.
    #[serde(default)]
    pub id: Option<LabelId>,
    /// The word as it was typed.
    pub word: String,
    /// Its colour.
    pub colour: Colour,
}

impl TryFrom<RawLabel> for LabelEdit {
    type Error = super::text::TextError;

    fn try_from(raw: RawLabel) -> Result<Self, Self::Error> {
        Ok(Self {
            id: raw.id,
            word: raw.word.try_into()?,
            colour: raw.colour,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_called_the_same_everywhere() {
        for colour in Colour::ALL {
            let json = serde_json::to_string(&colour).unwrap();
            assert_eq!(json, format!("\"{}\"", colour.name()));
        }
    }

    #[test]
    fn labels_are_read_as_they_were_told() {
        let json = r#"[{"id":2,"word":"clutch","colour":"blue"},{"id":1,"word":"funny","colour":"yellow","removed":true}]"#;
        let labels: Labels = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&labels).unwrap(), json);
        let offered: Vec<_> = labels.offered().map(|label| label.id).collect();
        assert_eq!(offered, [LabelId(2)]);
        assert!(labels.get(LabelId(1)).is_some_and(|label| label.removed));
        assert_eq!(labels.get(LabelId(3)), None);
    }
}
