//! How long before a timestamp a clip starts. Viewers press late: the stream reaches them late, and they need a moment to
//! react. The stored offset stays as it is; whatever points into a video steps back by the lead.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::offset::Offset;

/// How many seconds a clip starts before a timestamp or the peak of a moment: 0 to 120.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Lead(u32);

/// The lead is no whole number of seconds, or longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the lead is not 0 to {} seconds", Lead::MOST)]
pub struct LeadError;

impl Lead {
    /// The most seconds.
    pub const MOST: u32 = 120;

    /// What a new session has. People advise 15 s, and up to 40 s where the stream is slow.
    pub const USUAL: Self = Self(15);

    /// So many seconds.
    ///
    /// # Errors
    /// `LeadError` if they are more than [`Self::MOST`].
    pub fn parse(seconds: u32) -> Result<Self, LeadError> {
        match seconds {
            0..=Self::MOST => Ok(Self(seconds)),
            _ => Err(LeadError),
        }
    }

    /// So many seconds, or the most there may be.
    pub fn at_most(seconds: u32) -> Self {
        Self(seconds.min(Self::MOST))
    }

    /// How many seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }

    /// Where a clip of something at this offset would start: never before the segment does.
    pub fn clip_start(self, at: Offset) -> Offset {
        Offset(at.seconds().saturating_sub(self.0))
    }
}

impl Default for Lead {
    fn default() -> Self {
        Self::USUAL
    }
}

impl TryFrom<u32> for Lead {
    type Error = LeadError;

    fn try_from(seconds: u32) -> Result<Self, LeadError> {
        Self::parse(seconds)
    }
}

impl From<Lead> for u32 {
    fn from(lead: Lead) -> Self {
        lead.0
    }
}

/// How a session allows for how late its viewers press.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timing {
    /// How long before a timestamp a clip starts.
    pub lead_seconds: Lead,
    /// Whether the moments of a segment that is over are sharpened by how late each visitor usually presses.
    pub learns_delays: bool,
}

impl Timing {
    /// Whether it is that of a new session.
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            lead_seconds: Lead::USUAL,
            learns_delays: true,
        }
    }
}

/// The same as it is sent to the server, which parses the lead, so that an error names the rule that was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawTiming {
    /// The seconds as they were typed.
    pub lead_seconds: u32,
    /// Whether delays are learnt.
    pub learns_delays: bool,
}

impl TryFrom<RawTiming> for Timing {
    type Error = LeadError;

    fn try_from(raw: RawTiming) -> Result<Self, LeadError> {
        Ok(Self {
            lead_seconds: Lead::parse(raw.lead_seconds)?,
            learns_delays: raw.learns_delays,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_reads_what_a_session_of_before_does_not_say_as_usual() {
        let read = |json| serde_json::from_str::<Timing>(json);
        assert!(read("{}").unwrap().is_usual());
        let slow = read(r#"{"lead_seconds":40}"#).unwrap();
        assert_eq!(
            (slow.lead_seconds.seconds(), slow.learns_delays),
            (40, true)
        );
        assert!(read(r#"{"lead_seconds":121}"#).is_err());
    }

    proptest! {
        #[test]
        fn a_clip_starts_the_lead_before_and_never_before_the_segment(at in any::<u32>(), seconds in 0_u32..200) {
            match Lead::parse(seconds) {
                Ok(lead) => {
                    let start = lead.clip_start(Offset(at)).seconds();
                    prop_assert_eq!(start, at - seconds.min(at));
                }
                Err(error) => {
                    prop_assert_eq!(error, LeadError);
                    prop_assert!(seconds > Lead::MOST);
                }
            }
        }
    }
}
