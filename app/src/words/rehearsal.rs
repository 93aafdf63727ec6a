//! Text of the rehearsal: its steps, and the result of each.

use std::borrow::Cow;

use super::errors;
use crate::live::rehearsal::{Failure, Progress, Rehearsal, Step, Success};

/// The heading of its panel.
pub(crate) const HEADING: &str = "Rehearsal";
/// What it does.
pub(crate) const EXPLANATION: &str =
    "Sends a test press the whole way, before your viewers do. It isn’t counted.";

/// What stands on its button.
pub(crate) fn button(is_running: bool) -> &'static str {
    match is_running {
        true => "Rehearsing …",
        false => "Rehearse",
    }
}

/// What a step is called.
pub(crate) fn step(step: Step) -> &'static str {
    match step {
        Step::Server => "Server",
        Step::Database => "Database",
        Step::LiveStream => "Live stream",
        Step::Export => "Export",
        Step::CleanedUp => "Cleaned up",
    }
}

/// How far a step has come; one that never had its turn says so once the rehearsal is over.
pub(crate) fn progress(progress: Option<&Progress>, is_over: bool) -> Cow<'static, str> {
    match progress {
        Some(Progress::Running) => "under way …".into(),
        Some(Progress::Passed(success)) => self::success(success),
        Some(Progress::Failed(failure)) => self::failure(failure),
        Some(Progress::Todo) if is_over => "not tried".into(),
        Some(Progress::Todo) | None => "not yet".into(),
    }
}

fn success(success: &Success) -> Cow<'static, str> {
    match success {
        Success::Answered { ms } => format!("works: answered after {ms} ms").into(),
        Success::Saved { at, ms } => format!("works: saved at {at} after {ms} ms").into(),
        Success::Seen { ms } => format!("works: seen after {ms} ms").into(),
        Success::InFile => "works: the press is in the file".into(),
        Success::NothingLeft => "works: nothing is left of the test press".into(),
    }
}

fn failure(failure: &Failure) -> Cow<'static, str> {
    match failure {
        Failure::Refused(error) => errors::error(error),
        Failure::NotSeen => "The press was saved, but did not come back within 5 s. Something on the way may hold the live stream back.".into(),
        Failure::NotInFile => "The press is missing from the file.".into(),
        Failure::NoFile => "The file could not be fetched.".into(),
    }
}

/// What came of the whole; nothing while it is under way.
pub(crate) fn verdict(rehearsal: &Rehearsal) -> Option<&'static str> {
    if rehearsal.is_running() {
        return None;
    }
    Some(match rehearsal.is_passed() {
        true => "All green: a press reaches your list and your file.",
        false => "A step failed. Rehearse again, or show this to whoever runs this server.",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::ServiceError;

    #[test]
    fn a_step_that_never_had_its_turn_says_so() {
        let mut rehearsal = Rehearsal::begin();
        let export = |rehearsal: &Rehearsal| {
            let export = rehearsal.progress(Step::Export);
            progress(Some(export), !rehearsal.is_running())
        };
        assert_eq!(progress(None, false), "not yet");
        assert_eq!(export(&rehearsal), "not yet");
        rehearsal.fail(Failure::Refused(ServiceError::Unreachable));
        rehearsal.stop();
        assert_eq!(export(&rehearsal), "not tried");
        assert!(verdict(&rehearsal).is_some_and(|words| words.contains("failed")));
    }
}
