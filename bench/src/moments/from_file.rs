//! Moments of a stream that nobody here made: presses from a file, moments as lines of JSON.

use std::{
    collections::HashMap,
    fs,
    io::{self, Write},
    path::Path,
};

use app::domain::moments::{buckets::tenths, moment::LAST_SECOND};
use serde::Serialize;

use super::{generator::Press, methods::session};
use crate::Outcome;

/// One moment.
#[derive(Serialize)]
struct Line {
    rank: usize,
    /// Seconds since the stream began.
    start: u32,
    peak: u32,
    end: u32,
    presses: u32,
    visitors: u32,
    /// Visitors above the background.
    excess: f64,
}

/// Reads lines `offset_seconds,visitor`, and prints the moments in order of rank. Empty lines, those that begin with `#`, and a
/// line of column names at the top are left out.
pub(crate) fn print(file: &Path, learns_delays: bool) -> Outcome<()> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut presses = parse(&text)?;
    presses.sort_unstable();
    let mut output = String::new();
    for line in lines(&presses, learns_delays) {
        output += &serde_json::to_string(&line)?;
        output.push('\n');
    }
    match io::stdout().write_all(output.as_bytes()) {
        // Whoever reads them, such as `head`, has enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// The moments of presses that are in the order of time, as a page ranks them: by tenths of a visitor, and those of like rank
/// in the order of time.
fn lines(presses: &[Press], learns_delays: bool) -> Vec<Line> {
    let mut session = session(presses, false);
    if learns_delays {
        session = session.sharpened(|_| true, usize::MAX);
    }
    let audience = session.audience();
    let mut moments = session.moments(1, &[], &[], audience).moments;
    moments.sort_by_key(|moment| std::cmp::Reverse(tenths(moment.found.excess)));
    let ranked = moments.iter().enumerate();
    let lines = ranked.map(|(at, moment)| Line {
        rank: at + 1,
        start: moment.found.start,
        peak: moment.found.peak,
        end: moment.found.end,
        presses: moment.evidence.presses,
        visitors: moment.evidence.visitors,
        excess: f64::from(tenths(moment.found.excess)) / 10.0,
    });
    lines.collect()
}

fn parse(text: &str) -> Outcome<Vec<Press>> {
    let mut visitors: HashMap<&str, u32> = HashMap::new();
    let mut presses = Vec::new();
    // Spreadsheets begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || (at == 0 && has_names(line)) {
            continue;
        }
        let press = line.split_once(',').and_then(|(offset, visitor)| {
            let seconds: f64 = offset.trim().parse().ok()?;
            // What lies behind it is in no curve.
            let is_in_curve = (0.0..f64::from(LAST_SECOND) + 1.0).contains(&seconds);
            let is_sound = is_in_curve && !visitor.trim().is_empty();
            is_sound.then(|| (seconds as u32, visitor.trim()))
        });
        let Some((offset, visitor)) = press else {
            return Err(format!(
                "line {}: expected offset_seconds,visitor with an offset from 0 to {LAST_SECOND}, got {line:?}",
                at + 1
            )
            .into());
        };
        let next = visitors.len() as u32;
        presses.push(Press {
            offset,
            visitor: *visitors.entry(visitor).or_insert(next),
            is_dropper: false,
        });
    }
    Ok(presses)
}

/// Whether a line names the columns, as spreadsheets and R write it.
fn has_names(line: &str) -> bool {
    let name = line.split(',').next().unwrap_or_default();
    let name = name.trim().trim_matches('"');
    name.starts_with(char::is_alphabetic) && name.parse::<f64>().is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_line_by_line_and_a_wrong_line_is_named() {
        assert!(parse("604800.5,ann").is_ok());
        let presses = parse("# mine\n3,ann\n\n 4.9 , bob\n3,ann\n").unwrap();
        let read: Vec<_> = presses
            .iter()
            .map(|press| (press.offset, press.visitor))
            .collect();
        assert_eq!(read, [(3, 0), (4, 1), (3, 0)]);
        for begin in [
            "",
            "offset_seconds,visitor\r\n",
            "\u{feff}offset_seconds,visitor\n",
            "\u{feff}",
        ] {
            let presses = parse(&format!("{begin}3,ann\r\n4,bob")).unwrap();
            assert_eq!(presses.len(), 2, "{begin:?}");
            assert_eq!((presses[0].offset, presses[0].visitor), (3, 0));
        }
        for wrong in ["3", "x,ann", "-1,ann", "3,", "604801,ann", "NaN,ann"] {
            let error = parse(&format!("1,ann\n{wrong}")).unwrap_err().to_string();
            assert!(error.starts_with("line 2: "), "{error}");
        }
    }

    #[test]
    fn moments_of_the_same_tenth_are_in_the_order_of_time_as_on_a_page() {
        let mut presses: Vec<Press> = [100, 400].iter().flat_map(|&at| crowd(at, 0..6)).collect();
        // Far enough from the peak to add less than a tenth to it.
        presses.extend(crowd(386, 6..7));
        presses.sort_unstable();
        let lines = lines(&presses, false);
        let told: Vec<_> = lines.iter().map(|line| (line.peak, line.excess)).collect();
        assert_eq!(told, [(100, 6.0), (400, 6.0)]);
    }

    fn crowd(offset: u32, visitors: std::ops::Range<u32>) -> impl Iterator<Item = Press> {
        visitors.map(move |visitor| Press {
            offset,
            visitor,
            is_dropper: false,
        })
    }
}
