//! The rehearsal: a test press goes the whole way, and each step reports its result. Pure; `run.rs` executes it.

mod run;

pub(crate) use run::run;

use crate::{
    domain::{offset::Offset, timestamp::Timestamp},
    service::ServiceError,
    words::export,
};

/// What the test press says.
pub const NOTE: &str = "Rehearsal";

/// One step of the rehearsal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The server answers this browser.
    Server,
    /// The press is stored.
    Database,
    /// It comes back on the live stream.
    LiveStream,
    /// It is in the exported file.
    Export,
    /// The throw-away session is gone.
    CleanedUp,
}

impl Step {
    /// All steps, in order.
    pub const ALL: [Self; 5] = [
        Self::Server,
        Self::Database,
        Self::LiveStream,
        Self::Export,
        Self::CleanedUp,
    ];

    /// The next step after this one has failed: whatever can still be tested is, and the traces are removed.
    fn after_failure(self) -> Option<Self> {
        match self {
            Self::LiveStream => Some(Self::Export),
            Self::Server | Self::Database | Self::Export => Some(Self::CleanedUp),
            Self::CleanedUp => None,
        }
    }

    fn after_success(self) -> Option<Self> {
        match self {
            Self::Server => Some(Self::Database),
            Self::Database => Some(Self::LiveStream),
            Self::LiveStream => Some(Self::Export),
            Self::Export => Some(Self::CleanedUp),
            Self::CleanedUp => None,
        }
    }
}

/// The progress of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Progress {
    /// Its turn comes later, or never if it was skipped.
    #[default]
    Todo,
    /// In progress.
    Running,
    /// It works.
    Passed(Success),
    /// It doesn't.
    Failed(Failure),
}

/// The result of a step that works. Times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Success {
    /// The server answered.
    Answered {
        /// After how long.
        ms: u32,
    },
    /// The press was saved.
    Saved {
        /// Where it lies.
        at: Offset,
        /// After how long.
        ms: u32,
    },
    /// The press came back on the live stream.
    Seen {
        /// After how long.
        ms: u32,
    },
    /// The press is in the file.
    InFile,
    /// The throw-away session is gone.
    NothingLeft,
}

/// Why a step doesn't work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server refused, or did not answer.
    Refused(ServiceError),
    /// The press was saved, and did not come back on the live stream.
    NotSeen,
    /// The press is missing in the file.
    NotInFile,
    /// The file could not be fetched.
    NoFile,
}

/// A rehearsal, and its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsal {
    steps: [Progress; Step::ALL.len()],
    running: Option<Step>,
}

impl Rehearsal {
    /// The first step is in progress.
    pub fn begin() -> Self {
        let mut rehearsal = Self {
            steps: Default::default(),
            running: None,
        };
        rehearsal.run(Some(Step::Server));
        rehearsal
    }

    /// The current step works; the next one begins.
    pub fn pass(&mut self, success: Success) {
        if let Some(step) = self.running {
            self.steps[step as usize] = Progress::Passed(success);
            self.run(step.after_success());
        }
    }

    /// The current step doesn't work; what can still be done begins.
    pub fn fail(&mut self, failure: Failure) {
        if let Some(step) = self.running {
            self.steps[step as usize] = Progress::Failed(failure);
            self.run(step.after_failure());
        }
    }

    /// There is nothing to clean up, because nothing was created, as far as anybody can tell.
    pub fn stop(&mut self) {
        if let Some(step) = self.running {
            self.steps[step as usize] = Progress::Todo;
            self.run(None);
        }
    }

    /// How far this step has come.
    pub fn progress(&self, step: Step) -> &Progress {
        &self.steps[step as usize]
    }

    /// Whether a step is in progress.
    pub fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether every step works.
    pub fn is_passed(&self) -> bool {
        self.steps.iter().all(|progress| match progress {
            Progress::Passed(_) => true,
            Progress::Todo | Progress::Running | Progress::Failed(_) => false,
        })
    }

    fn run(&mut self, step: Option<Step>) {
        self.running = step;
        if let Some(step) = step {
            self.steps[step as usize] = Progress::Running;
        }
    }
}

/// Whether the exported text holds the line of this timestamp.
fn has_line(text: &str, timestamp: &Timestamp) -> bool {
    let mut line = String::new();
    let at = timestamp.offset_seconds;
    export::push_line(&mut line, timestamp.segment_index, at, None, Some(NOTE));
    text.lines().any(|read| read == line)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::domain::timestamp::tests::blank;

    fn table(rehearsal: &Rehearsal) -> String {
        let mut table = String::new();
        for step in Step::ALL {
            writeln!(table, "{step:?}: {:?}", rehearsal.progress(step)).unwrap();
        }
        table
    }

    #[test]
    fn a_press_that_goes_the_whole_way_is_green() {
        let mut rehearsal = Rehearsal::begin();
        for _ in Step::ALL {
            assert!(rehearsal.is_running() && !rehearsal.is_passed());
            rehearsal.pass(Success::InFile);
        }
        assert!(rehearsal.is_passed() && !rehearsal.is_running());
    }

    #[test]
    fn what_was_made_is_removed_after_a_failure_too() {
        let mut rehearsal = Rehearsal::begin();
        rehearsal.pass(Success::Answered { ms: 3 });
        rehearsal.fail(Failure::Refused(ServiceError::Internal));
        insta::assert_snapshot!(table(&rehearsal), @r"
        Server: Passed(Answered { ms: 3 })
        Database: Failed(Refused(Internal))
        LiveStream: Todo
        Export: Todo
        CleanedUp: Running
        ");
        rehearsal.pass(Success::NothingLeft);
        assert!(!rehearsal.is_running() && !rehearsal.is_passed());
    }

    #[test]
    fn the_export_is_tried_where_the_live_stream_is_silent() {
        let mut rehearsal = Rehearsal::begin();
        rehearsal.pass(Success::Answered { ms: 3 });
        rehearsal.pass(Success::Saved {
            at: Offset(2),
            ms: 3,
        });
        rehearsal.fail(Failure::NotSeen);
        assert_eq!(rehearsal.progress(Step::Export), &Progress::Running);
    }

    #[test]
    fn where_nothing_was_made_nothing_is_cleaned_up() {
        let mut rehearsal = Rehearsal::begin();
        rehearsal.fail(Failure::Refused(ServiceError::Unreachable));
        rehearsal.stop();
        assert!(!rehearsal.is_running());
        assert_eq!(rehearsal.progress(Step::CleanedUp), &Progress::Todo);
    }

    #[test]
    fn the_line_is_found_in_the_exported_text() {
        let timestamp = Timestamp {
            offset_seconds: Offset(2),
            ..blank()
        };
        assert!(has_line("Segment 1 00:00:02 – Rehearsal\n", &timestamp));
        assert!(!has_line("Segment 1 00:00:03 – Rehearsal\n", &timestamp));
    }
}
