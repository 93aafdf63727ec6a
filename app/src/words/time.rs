//! Times as pages show them. They are in UTC, because the client knows no time zones.
//!
//! Formatted by hand, because chrono's parser of format strings is larger than everything that a page says with it.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, Timelike, Utc};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Like `27 Nov 20:05 UTC`; in another year than this one, like `27 Nov 2025 20:05 UTC`.
pub(crate) fn date_and_time(time: DateTime<Utc>, this_year: i32) -> String {
    let month = MONTHS[time.month0() as usize % MONTHS.len()];
    let year = match time.year() {
        year if year == this_year => String::new(),
        year => format!(" {year}"),
    };
    format!("{:02} {month}{year} {} UTC", time.day(), time_of_day(time))
}

/// Like `20:05`.
pub(crate) fn time_of_day(time: DateTime<Utc>) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// How long something is past, in whole minutes.
pub(crate) fn minutes_ago(minutes: u32) -> Cow<'static, str> {
    match minutes {
        0 => "less than a minute ago".into(),
        1 => "1 minute ago".into(),
        minutes => format!("{minutes} minutes ago").into(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_whole_minute_past_was_not_0_minutes_ago() {
        let words = [0, 1, 2].map(minutes_ago);
        insta::assert_snapshot!(words.join(", "), @"less than a minute ago, 1 minute ago, 2 minutes ago");
    }

    proptest! {
        #[test]
        fn times_are_written_as_chrono_would(seconds in 0_i64..10_000_000_000) {
            let time = DateTime::from_timestamp(seconds, 0).unwrap();
            let in_year = |year| date_and_time(time, year);
            prop_assert_eq!(in_year(time.year()), time.format("%d %b %H:%M UTC").to_string());
            for other in [time.year() - 1, time.year() + 1] {
                prop_assert_eq!(in_year(other), time.format("%d %b %Y %H:%M UTC").to_string());
            }
            prop_assert_eq!(time_of_day(time), time.format("%H:%M").to_string());
        }
    }
}
