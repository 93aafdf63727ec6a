//! How good moments are: recall, error and stability beside two baselines, on generated streams; what they cost; and the
//! moments of any file of presses.

mod costs;
mod from_file;
mod generator;
mod methods;
mod random;
mod score;
mod stability;

use std::{ops::Range, path::PathBuf};

use clap::Args;

use self::{
    generator::{Delay, Press, Setting, Stream},
    methods::{Baseline, Method, gaps, windows},
    score::Score,
    stability::Stability,
};
use crate::{Outcome, report::Report};

/// How many times the background there is.
const NOISES: [usize; 3] = [1, 3, 10];

/// What is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// The seeds of the generated streams: from, to before.
    #[arg(long, default_value = "100..115", value_parser = parse_seeds)]
    seeds: Range<u64>,
    /// A file of lines `offset_seconds,visitor`: seconds since the stream began, and any name for who pressed. Its moments are
    /// printed as lines of JSON, the best one first and their times in seconds, and nothing else is done.
    #[arg(long)]
    presses: Option<PathBuf>,
    /// Learns the visitors' delays first; with --presses.
    #[arg(long, requires = "presses")]
    learn_delays: bool,
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let (from, to) = text.split_once("..").ok_or("seeds are written 100..115")?;
    let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is no number"));
    let seeds = number(from)?..number(to)?;
    if seeds.is_empty() {
        return Err(format!("there is no seed in {text}"));
    }
    Ok(seeds)
}

/// Prints the tables, or the moments of a file.
pub(crate) fn run(options: &Options) -> Outcome<()> {
    if let Some(file) = &options.presses {
        return from_file::print(file, options.learn_delays);
    }
    found(&options.seeds);
    stable(&options.seeds);
    costs::print();
    Ok(())
}

/// Recall and error.
fn found(seeds: &Range<u64>) {
    use Method::{Curve, CurveWithDelays, CurveWithoutWeights, Gaps, Windows};
    let mut columns = vec!["stream", "method"];
    let titles: Vec<String> = NOISES
        .iter()
        .flat_map(|noise| {
            [
                format!("noise {noise}x: recall@25"),
                "error p90, s".to_owned(),
            ]
        })
        .collect();
    columns.extend(titles.iter().map(String::as_str));
    let title = format!(
        "moments: 25 planted events, seeds {} to {}",
        seeds.start,
        seeds.end - 1
    );
    let mut report = Report::new(&title, &columns);
    let usual = [Windows, Gaps, Curve, CurveWithDelays];
    let dropped = [Windows, Gaps, CurveWithoutWeights, Curve];
    for (name, delay, drops_cookies, methods) in [
        ("low delay", Delay::Low, false, usual),
        ("slow", Delay::Slow, false, usual),
        (
            "low delay, a client drops its cookie",
            Delay::Low,
            true,
            dropped,
        ),
    ] {
        let mode = delay.mode();
        report.note(&format!(
            "{name}: most presses come {mode} s after their event"
        ));
        for method in methods {
            let mut cells = vec![name.to_owned(), method.name().to_owned()];
            for noise in NOISES {
                let setting = Setting {
                    delay,
                    noise,
                    drops_cookies,
                };
                let mut score = Score::default();
                for seed in seeds.clone() {
                    let stream = Stream::new(seed, setting);
                    let wanted: Vec<f64> = stream.events.iter().map(|event| event + mode).collect();
                    score.add(&method.find(&stream.presses), &wanted);
                }
                cells.push(format!("{:.3}", score.recall()));
                cells.push(format!("{:.1}", score.error()));
            }
            report.row(&cells);
        }
    }
    report.print();
}

/// Stability.
fn stable(seeds: &Range<u64>) {
    let mut report = Report::new(
        "moments: ids while presses come in, 3 % of them late",
        &[
            "stream",
            "noise",
            "method",
            "vanished per 1,000 presses",
            "renumbered per 1,000",
            "peak of an id jumped by more than 24 s per 1,000",
            "renumbered, were they numbered in order of time",
        ],
    );
    for (name, delay) in [("low delay", Delay::Low), ("slow", Delay::Slow)] {
        for noise in NOISES {
            let setting = Setting {
                delay,
                noise,
                drops_cookies: false,
            };
            let replayed = |replay: &dyn Fn(&mut Stability, u64, &[Press])| {
                let mut stability = Stability::default();
                for seed in seeds.clone() {
                    replay(&mut stability, seed, &Stream::new(seed, setting).presses);
                }
                stability
            };
            let mut add = |method: Method, seen: Stability, ids: [String; 2]| {
                let (vanished, renumbered) = (seen.vanished(), seen.renumbered());
                let mut cells = vec![name.into(), format!("{noise}x"), method.name().into()];
                cells.extend([vanished, renumbered].map(|count| format!("{count:.2}")));
                cells.extend(ids);
                report.row(&cells);
            };
            for (method, find) in [(Method::Windows, windows as Baseline), (Method::Gaps, gaps)] {
                let seen = replayed(&|stability, seed, presses| {
                    stability.replay_baseline(seed, presses, find);
                });
                add(method, seen, ["-".into(), "-".into()]);
            }
            let seen = replayed(&Stability::replay);
            let ids = [
                format!("{:.2}", seen.jumped()),
                format!("{:.1}", seen.shifted()),
            ];
            add(Method::Curve, seen, ids);
        }
    }
    report.print();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_with_a_seed_in_it() {
        assert_eq!(parse_seeds("100..115"), Ok(100..115));
        for wrong in ["100", "5..5", "a..b"] {
            assert!(parse_seeds(wrong).is_err());
        }
    }
}
