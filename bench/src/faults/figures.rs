//! What a fault's run showed: each figure beside what it must be, as a table; one that is missed fails the run.

use std::{
    fmt::Display,
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{Outcome, process};

/// What `make test` lets every time be: it runs on machines of any speed, with a server that nothing optimized.
/// Shorter than what gives up waiting for that which never comes.
const SLOW: Duration = Duration::from_secs(30);

/// Whether times are judged by `SLOW`: once for the whole run.
static ON_ANY_MACHINE: AtomicBool = AtomicBool::new(false);

/// From now on times miss their bound only where something hangs. What is counted is judged as ever.
pub(crate) fn judge_on_any_machine() {
    ON_ANY_MACHINE.store(true, Ordering::Relaxed);
}

/// The figures of one run.
pub(crate) struct Figures {
    title: String,
    load: String,
    rows: Vec<Row>,
    notes: Vec<String>,
}

struct Row {
    what: String,
    wanted: String,
    seen: String,
    holds: bool,
}

impl Figures {
    /// Begins a table; the machine's load is read now and at the end.
    pub(crate) fn new(title: &str) -> Self {
        Self {
            title: title.into(),
            load: process::load(),
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Something that must not be seen at all.
    pub(crate) fn none(&mut self, what: &str, seen: impl Display) {
        let seen = seen.to_string();
        let holds = seen == "0";
        self.row(what, "0", seen, holds);
    }

    /// Something that must be seen exactly so often.
    pub(crate) fn exactly(&mut self, what: &str, wanted: u64, seen: u64) {
        self.row(what, &wanted.to_string(), seen.to_string(), wanted == seen);
    }

    /// Something that must be seen, or what was tried was not tried at all.
    pub(crate) fn some(&mut self, what: &str, seen: u64) {
        self.row(what, "some", seen.to_string(), seen > 0);
    }

    /// The longest of some times, which has a bound.
    pub(crate) fn within(&mut self, what: &str, bound: Duration, times: &[Duration]) {
        let bound = match ON_ANY_MACHINE.load(Ordering::Relaxed) {
            true => bound.max(SLOW),
            false => bound,
        };
        let longest = times.iter().max().copied().unwrap_or(Duration::MAX);
        let seen = match times.len() {
            0 => "never".into(),
            many => {
                let mut sorted = times.to_vec();
                sorted.sort();
                let median = seconds(sorted[many / 2]);
                format!("{} (median of {many}: {median})", seconds(longest))
            }
        };
        let wanted = format!("at most {}", seconds(bound));
        self.row(what, &wanted, seen, longest <= bound);
    }

    /// Any other figure.
    pub(crate) fn row(&mut self, what: &str, wanted: &str, seen: String, holds: bool) {
        self.rows.push(Row {
            what: what.into(),
            wanted: wanted.into(),
            seen,
            holds,
        });
    }

    /// A line below the table.
    pub(crate) fn note(&mut self, words: impl Into<String>) {
        self.notes.push(words.into());
    }

    /// Prints the table.
    ///
    /// # Errors
    /// Where a figure is missed.
    pub(crate) fn print(self) -> Outcome<()> {
        println!("\n### {}\n", self.title);
        println!("| figure | must be | seen | |\n| --- | --- | --- | --- |");
        for row in &self.rows {
            let verdict = if row.holds { "holds" } else { "**missed**" };
            println!(
                "| {} | {} | {} | {verdict} |",
                row.what, row.wanted, row.seen
            );
        }
        println!();
        for note in &self.notes {
            println!("- {note}");
        }
        println!(
            "- load of the machine: {} before, {} after",
            self.load,
            process::load()
        );
        let missed = self.missed();
        if missed.is_empty() {
            return Ok(());
        }
        Err(format!("{}: missed: {}", self.title, missed.join("; ")).into())
    }

    /// The lines below the table.
    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What is missed so far.
    pub(crate) fn missed(&self) -> Vec<&str> {
        let missed = self.rows.iter().filter(|row| !row.holds);
        missed.map(|row| row.what.as_str()).collect()
    }
}

/// A time, as tables tell it.
pub(crate) fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
