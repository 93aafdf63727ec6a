//! Something that runs at once, and after that at most once in a while.

use gloo_timers::callback::Timeout;

use super::after_input::after_input;
use crate::{
    IN_BROWSER,
    live::{clock::elapsed_ms, signals::*},
};

/// How often something runs.
#[derive(Clone, Copy)]
pub struct Pace {
    /// How much time lies between two runs at least, in milliseconds.
    least_ms: f64,
    /// When it ran last, by the page's own count.
    ran_at: StoredValue<f64>,
    is_due: StoredValue<bool>,
}

impl Pace {
    /// So much time lies between two runs at least, in milliseconds.
    pub fn at_least_ms(least_ms: f64) -> Self {
        Self {
            least_ms,
            ran_at: StoredValue::new(f64::NEG_INFINITY),
            is_due: StoredValue::new(false),
        }
    }

    /// Runs this now, or as soon as the time is over. Does nothing if a run is due then anyway. Outside of browsers, which
    /// alone have timers, it always runs now.
    pub fn run(self, run: impl FnOnce() + 'static) {
        if !IN_BROWSER {
            return run();
        }
        if self.is_due.get_value() {
            return;
        }
        let ms = self.ran_at.get_value() + self.least_ms - elapsed_ms();
        if ms <= 0.0 {
            self.ran_at.set_value(elapsed_ms());
            return run();
        }
        self.is_due.set_value(true);
        let run = move || {
            // Nobody is there any more if the page was left.
            if self.is_due.try_update_value(|due| *due = false).is_some() {
                self.ran_at.set_value(elapsed_ms());
                run();
            }
        };
        Timeout::new(ms as u32, move || after_input(run)).forget();
    }
}
