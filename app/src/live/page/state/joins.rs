//! The moments that this browser joined: shown, and kept in its storage.

use super::State;
use crate::{
    domain::moments::join::Join,
    live::{
        browser::storage,
        clock,
        press::own_joins::{self, JoinRecord, OwnJoins},
        signals::*,
    },
};

impl State {
    /// Keeps these joins, with those that are stored already, and shows all of them.
    pub(crate) fn keep_joins(self, joins: Vec<Join>) {
        let shown: RwSignal<OwnJoins> = self.joins;
        let (epoch, now) = (self.epoch(), clock::wall());
        let records = self.code.with_value(|code| {
            let mut records = own_joins::kept(storage::joins(code), epoch, None, now);
            if records.is_empty() {
                // There may be no storage.
                let known = shown.with_untracked(|joins| joins.records(epoch, now));
                records.extend(known);
            }
            for join in &joins {
                let new = JoinRecord::new(epoch, *join, now);
                records = own_joins::kept(records, epoch, Some(new), now);
            }
            if !joins.is_empty() {
                storage::keep_joins(code, &records);
            }
            records
        });
        shown.update(|joins| joins.restore(&records));
    }
}
