//! Metrics of background tasks: restarts.

use prometheus_client::{metrics::counter::Counter, registry::Registry};

use super::label::{Label, PerLabel};
use crate::task::Task;

/// The metrics of background tasks.
pub(crate) struct Tasks {
    restarts: PerLabel<Task, Counter>,
}

impl Label for Task {
    const NAME: &'static str = "task";
    const ALL: &'static [Self] = &Task::ALL;

    fn value(self) -> &'static str {
        self.name()
    }
}

impl Tasks {
    pub(super) fn register(registry: &mut Registry) -> Self {
        Self {
            restarts: PerLabel::register(
                registry,
                "task_restarts",
                "Background tasks that panicked or ended before their time, and were started again",
                Counter::default,
            ),
        }
    }

    /// A task was restarted.
    pub(crate) fn restarted(&self, task: Task) {
        self.restarts.of(task).inc();
    }

    /// How often a task was restarted.
    #[cfg(test)]
    pub(crate) fn restarts(&self, task: Task) -> u64 {
        self.restarts.of(task).get()
    }
}
