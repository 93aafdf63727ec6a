//! Metrics of background tasks: failures.

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
                "Background tasks that panicked or ended before their time",
                Counter::default,
            ),
        }
    }

    /// A task failed. Most are restarted then.
    pub(crate) fn failed(&self, task: Task) {
        self.restarts.of(task).inc();
    }

    /// How often a task failed.
    #[cfg(test)]
    pub(crate) fn failures(&self, task: Task) -> u64 {
        self.restarts.of(task).get()
    }
}
