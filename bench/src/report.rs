//! What a benchmark tells: a table, ratios with the peer of the same run, and the machine's load beside them.

use crate::{process, stats::Sample};

/// One table, in the form that `README.md` takes over.
pub(crate) struct Report {
    title: String,
    load: String,
    rows: Vec<Vec<String>>,
    lines: Vec<String>,
}

impl Report {
    /// Begins one; the load is read now and at the end.
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        Self {
            title: title.into(),
            load: process::load(),
            rows: vec![columns.iter().map(ToString::to_string).collect()],
            lines: Vec::new(),
        }
    }

    /// Adds a row of the table.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    /// Adds a ratio, pair by pair.
    pub(crate) fn ratio(&mut self, name: &str, ratio: &Sample) {
        self.lines.push(format!("- **{name}: {ratio}**"));
    }

    /// Adds a line.
    pub(crate) fn note(&mut self, words: &str) {
        self.lines.push(format!("- {words}"));
    }

    /// Prints it.
    pub(crate) fn print(&self) {
        println!("\n### {}\n", self.title);
        for (number, row) in self.rows.iter().enumerate() {
            println!("| {} |", row.join(" | "));
            if number == 0 {
                println!("|{}", " --- |".repeat(row.len()));
            }
        }
        println!();
        for line in &self.lines {
            println!("{line}");
        }
        println!(
            "- load of the machine: {} before, {} after",
            self.load,
            process::load()
        );
    }
}
