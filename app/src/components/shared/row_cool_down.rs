//! The half second in which no other row is removed: where a press of a button removes its row, the next one comes to lie under the
//! pointer, and the second click of a double click would remove that too. A list whose rows move by themselves takes no press
//! meanwhile that was meant for another row.

use super::one_intention::is_same_intention;
use crate::live::{clock, signals::*};

/// Holds for all lists of a page whose rows move when one is removed.
#[derive(Clone, Copy)]
pub(crate) struct RowCoolDown {
    began_at: StoredValue<f64>,
}

/// A cool-down of the page that asks for it, which has not begun.
pub(crate) fn use_row_cool_down() -> RowCoolDown {
    RowCoolDown {
        began_at: StoredValue::new(f64::NEG_INFINITY),
    }
}

impl RowCoolDown {
    /// Begins, or begins anew, because rows have moved or are about to. Browser only.
    pub(crate) fn begin(self) {
        self.began_at.set_value(clock::elapsed_ms());
    }

    /// Begins, unless it goes on: then it is false, and what was pressed is not to be done. Browser only.
    pub(crate) fn try_begin(self) -> bool {
        let is_over = !self.is_on();
        if is_over {
            self.begin();
        }
        is_over
    }

    /// Whether it goes on. Browser only.
    pub(crate) fn is_on(self) -> bool {
        is_same_intention(self.began_at.get_value(), clock::elapsed_ms())
    }
}
