//! What nobody's browser sends: parsers and routes take it without a panic, and answer in words.

mod parsers;
mod requests;

use std::str::FromStr;

use proptest::test_runner::Config;

/// As many cases as `MALFORMED_CASES` says; where it says nothing, so many. `bench/faults/README.md` tells how many were
/// run.
fn cases(usual: u32) -> Config {
    let asked = std::env::var("MALFORMED_CASES").ok();
    let cases = asked.and_then(|raw| u32::from_str(&raw).ok());
    Config {
        failure_persistence: None,
        ..Config::with_cases(cases.unwrap_or(usual))
    }
}
