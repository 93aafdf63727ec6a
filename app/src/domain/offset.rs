//! Whole seconds since the segment's start, and their notation.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::half_width::plain_number;

/// Whole seconds since the start of a segment; the source of truth for the position of a timestamp (rule 2).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Offset(pub u32);

impl Offset {
    /// `now - start` in whole seconds, at least 0 (rule 2), at most what the database's integer holds (68 years).
    pub fn between(start: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        let seconds = (now - start).num_seconds().clamp(0, i64::from(i32::MAX));
        Self(u32::try_from(seconds).unwrap_or_default())
    }

    /// A time as people type it: hours, minutes and seconds, or without the hours, or seconds alone. `None` if it is none.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut seconds: u32 = 0;
        let mut parts = 0;
        for part in plain_number(typed).split(':') {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let part: u32 = part.parse().ok().filter(|_| is_number)?;
            parts += 1;
            if parts > 3 || (parts > 1 && part > 59) {
                return None;
            }
            seconds = seconds.checked_mul(60)?.checked_add(part)?;
        }
        Some(Self(seconds))
    }

    /// The number of seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

/// `HH:MM:SS`; the hours don't wrap after a day: `100:00:00` is valid.
impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(seconds) = *self;
        write!(
            f,
            "{:02}:{:02}:{:02}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hours_do_not_wrap() {
        assert_eq!(Offset(0).to_string(), "00:00:00");
        assert_eq!(Offset(4354).to_string(), "01:12:34");
        assert_eq!(Offset(360_000).to_string(), "100:00:00");
    }

    #[test]
    fn a_time_is_read_as_people_type_it() {
        let read = |typed| Offset::parse(typed).map(Offset::seconds);
        let typed = ["01:12:34", "1:12:34", " 2:05 ", "75", "０", "100：00:０0"];
        let seconds = [4354, 4354, 125, 75, 0, 360_000];
        assert_eq!(typed.map(read), seconds.map(Some));
        for wrong in [
            "",
            "1:",
            ":1",
            "1:60",
            "1:2:3:4",
            "+1",
            "-1",
            "soon",
            "99999999999",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(seconds in 0u32..2_000_000_000) {
            prop_assert_eq!(Offset::parse(&Offset(seconds).to_string()), Some(Offset(seconds)));
        }

        #[test]
        fn an_offset_is_whole_seconds_and_never_negative(start in 0i64..4_000_000_000, milliseconds in -10_000_000i64..1_000_000_000) {
            let start = DateTime::from_timestamp(start, 0).unwrap();
            let offset = Offset::between(start, start + TimeDelta::milliseconds(milliseconds));
            prop_assert_eq!(i64::from(offset.seconds()), milliseconds.max(0) / 1000);
        }

        #[test]
        fn what_is_written_tells_the_seconds(seconds in 0u32..2_000_000_000) {
            let written = Offset(seconds).to_string();
            let parts: Vec<u32> = written.split(':').map(|part| part.parse().unwrap()).collect();
            prop_assert_eq!(parts[0] * 3600 + parts[1] * 60 + parts[2], seconds);
            prop_assert!(written.len() >= 8 && parts[1] < 60 && parts[2] < 60);
        }
    }
}
