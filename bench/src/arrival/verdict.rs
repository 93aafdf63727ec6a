//! What is told of each kind of arrival: a line of the table, beside its peer and its goal.

use crate::{failures::Failures, report::Report, stats::Sample};

/// The columns of the table.
pub(crate) const COLUMNS: [&str; 8] = [
    "what",
    "ours, CPU us each",
    "peer, CPU us each",
    "ours over peer",
    "ours, p99 ms",
    "goal",
    "",
    "done; failed",
];

/// What is to be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// CPU of our server for each, in microseconds, at most.
    Micros(f64),
    /// The same over the peer's, at most.
    Times(f64),
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::Micros(most) => format!("<= {most:.0} us"),
            Self::Times(most) => format!("<= {most} x"),
        }
    }
}

/// What both sides needed, pair by pair.
#[derive(Default)]
pub(crate) struct Compared {
    /// CPU of our server for each, in microseconds.
    pub(crate) own: Sample,
    /// The same of the peer.
    pub(crate) peer: Sample,
    /// From due to done, in milliseconds: 99 of 100 of ours were quicker.
    pub(crate) p99: Sample,
    /// How many of ours succeeded.
    pub(crate) done: u64,
    /// What became of our others.
    pub(crate) failures: Failures,
    /// What failed of the peer's.
    pub(crate) peer_failures: Failures,
}

impl Compared {
    /// Whether a goal is reached. Nothing is, where something failed or nothing was done.
    fn meets(&self, goal: Goal) -> bool {
        let seen = match goal {
            Goal::Micros(_) => self.own.median(),
            Goal::Times(_) => self.own.over(&self.peer).median(),
        };
        let (Goal::Micros(most) | Goal::Times(most)) = goal;
        self.failures.all() == 0 && seen <= most
    }

    /// As a line of the table.
    pub(crate) fn line(&self, what: &str, peer: &str, goals: &[Goal]) -> Line {
        let words = |goals: &[Goal]| {
            let words: Vec<_> = goals.iter().map(|goal| goal.words()).collect();
            words.join("; ")
        };
        let missed: Vec<_> = goals
            .iter()
            .copied()
            .filter(|goal| !self.meets(*goal))
            .collect();
        let verdict = match (goals.len(), missed.len()) {
            (0, _) => String::new(),
            (_, 0) => "met".into(),
            (all, many) if all == many => "**missed**".into(),
            _ => format!("**missed** {}", words(&missed)),
        };
        let peer_cpu = match peer {
            "" => "-".into(),
            peer => format!("{peer} {}", self.peer),
        };
        let mut done = self.done.to_string();
        for (whose, failures) in [("", &self.failures), ("peer ", &self.peer_failures)] {
            if failures.all() > 0 {
                done.push_str(&format!("; {whose}{failures}"));
            }
        }
        Line([
            what.into(),
            self.own.to_string(),
            peer_cpu,
            self.own.over(&self.peer).to_string(),
            self.p99.to_string(),
            words(goals),
            verdict,
            done,
        ])
    }
}

/// One line of the table.
pub(crate) struct Line([String; COLUMNS.len()]);

impl Line {
    /// A figure that is no CPU time of each: what was seen, and whether it is what it must be.
    pub(crate) fn figure(what: &str, seen: &str, goal: &str, is_met: bool) -> Self {
        let verdict = if is_met { "met" } else { "**missed**" };
        let none = || "-".to_owned();
        let (goal, verdict) = (goal.into(), verdict.into());
        Self([
            what.into(),
            seen.into(),
            none(),
            none(),
            none(),
            goal,
            verdict,
            String::new(),
        ])
    }

    /// Something that could not be measured.
    pub(crate) fn unmeasured(what: &str, why: &str) -> Self {
        let mut line = Self::figure(what, "-", "", false);
        line.0[COLUMNS.len() - 1] = why.into();
        line
    }

    /// Adds it to the table.
    pub(crate) fn print(&self, report: &mut Report) {
        report.row(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failures::Failure;

    fn compared() -> Compared {
        Compared {
            own: [100.0, 110.0, 120.0].into_iter().collect(),
            peer: [50.0, 50.0, 50.0].into_iter().collect(),
            done: 300,
            ..Compared::default()
        }
    }

    #[test]
    fn a_goal_is_met_by_the_median() {
        let line = compared().line("page", "nginx", &[Goal::Micros(110.0), Goal::Times(2.2)]);
        assert_eq!(line.0[2], "nginx 50.0 (50.0 to 50.0)");
        assert_eq!(line.0[5], "<= 110 us; <= 2.2 x");
        assert_eq!(line.0[6], "met");
        assert_eq!(line.0[7], "300");
    }

    #[test]
    fn the_goal_that_is_missed_is_named_where_there_are_two() {
        let goals = [Goal::Micros(110.0), Goal::Times(2.0)];
        assert_eq!(
            compared().line("page", "", &goals).0[6],
            "**missed** <= 2 x"
        );
        assert_eq!(compared().line("page", "", &goals[1..]).0[6], "**missed**");
        assert_eq!(compared().line("page", "", &[]).0[6], "");
    }

    #[test]
    fn no_goal_is_met_where_something_failed_or_nothing_was_done() {
        let mut failed = compared();
        failed.failures.count(Failure::Status(500));
        assert_eq!(
            failed.line("page", "", &[Goal::Micros(900.0)]).0[6],
            "**missed**"
        );
        assert_eq!(failed.line("page", "", &[]).0[7], "300; 500: 1");
        let nothing = Compared::default();
        assert_eq!(
            nothing.line("page", "", &[Goal::Micros(900.0)]).0[6],
            "**missed**"
        );
    }
}
