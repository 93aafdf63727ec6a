//! Times in JSON, in UTC: `2026-11-24T18:02:59.123456789Z` (RFC 3339).
//!
//! Types name these functions for serde, because chrono's own parser accepts every notation: in browsers, that was two
//! kilobytes of the download and half of the time to read a live frame.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Deserializer, de::Error};

use crate::IN_BROWSER;

/// The most decimal places of a second: nanoseconds.
const MOST_DIGITS: usize = 9;

/// Reads a time, for `#[serde(deserialize_with)]`.
///
/// # Errors
/// The deserializer's own, including one if there is no time.
pub fn time<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<Utc>, D::Error> {
    Time::deserialize(from).map(|Time(time)| time)
}

/// Reads an optional time.
///
/// # Errors
/// As `time`.
pub fn maybe_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let read = Option::<Time>::deserialize(from)?;
    Ok(read.map(|Time(time)| time))
}

/// Reads a list of times.
///
/// # Errors
/// As `time`.
pub fn times<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<DateTime<Utc>>, D::Error> {
    let read = Vec::<Time>::deserialize(from)?;
    Ok(read.into_iter().map(|Time(time)| time).collect())
}

struct Time(DateTime<Utc>);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        // A browser reads only what our server or the browser itself wrote; a server reads input from anybody.
        if !IN_BROWSER {
            return DateTime::deserialize(from).map(Self);
        }
        let text = String::deserialize(from)?;
        parse(&text)
            .map(Self)
            .ok_or_else(|| D::Error::custom("no time in UTC"))
    }
}

/// Parses the notation in which chrono writes UTC.
fn parse(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix('Z')?.as_bytes();
    let number = |from: usize, digits: usize| {
        text.get(from..from + digits)?
            .iter()
            .try_fold(0u32, |number, digit| {
                let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
                Some(10 * number + digit)
            })
    };
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if marks.iter().any(|(at, mark)| text.get(*at) != Some(mark)) {
        return None;
    }
    let nanoseconds = match text.get(19..)? {
        [] => 0,
        [b'.', digits @ ..] if (1..=MOST_DIGITS).contains(&digits.len()) => {
            let missing = u32::try_from(MOST_DIGITS - digits.len()).ok()?;
            number(20, digits.len())? * 10u32.pow(missing)
        }
        _ => return None,
    };
    let year = i32::try_from(number(0, 4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(5, 2)?, number(8, 2)?)?;
    let (hour, minute, second) = (number(11, 2)?, number(14, 2)?, number(17, 2)?);
    let time = date.and_hms_nano_opt(hour, minute, second, nanoseconds)?;
    Some(time.and_utc())
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_time_in_utc_is_refused() {
        for text in [
            "",
            "Z",
            "2026-11-24T18:02:59",
            "2026-11-24T18:02:59+01:00",
            "2026-11-24 18:02:59Z",
            "2026-11-24T18:02:59.Z",
            "2026-11-24T18:02:59.1234567890Z",
            "2026-02-30T18:02:59Z",
            "2026-11-24T24:02:59Z",
            "2026-11-24T18:02:5öZ",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_time_that_was_written_is_read_as_chrono_reads_it(
            seconds in -62_135_596_800i64..253_402_300_800, nanoseconds in 0u32..1_000_000_000, digits in 0usize..4,
        ) {
            let time = DateTime::from_timestamp(seconds, nanoseconds).unwrap();
            let format = [SecondsFormat::Secs, SecondsFormat::Millis, SecondsFormat::Micros, SecondsFormat::Nanos];
            let written = time.to_rfc3339_opts(format[digits], true);
            prop_assert_eq!(parse(&written), written.parse().ok());
            let json = serde_json::to_string(&time).unwrap();
            prop_assert_eq!(parse(json.trim_matches('"')), Some(time));
        }

        #[test]
        fn no_text_is_too_odd_to_be_refused(text in "[0-9]{0,5}[-T:.Z0-9é]{0,26}") {
            if let Some(time) = parse(&text) {
                prop_assert_eq!(text.parse().ok(), Some(time));
            }
        }
    }
}
