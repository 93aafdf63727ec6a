//! Changes the visitor's own presses, or takes them back. Browser only.

use super::{
    own_change::{ChangeOutcome, ChangeQueue, OwnChange},
    restore_own_presses,
};
use crate::{
    api,
    live::{calls::retry, page::state::State, signals::*},
    service::ServiceError,
};

/// Sends a change, once those are answered that were asked for before. Each is sent, whatever became of the others.
pub(crate) fn change(state: State, change: OwnChange) {
    let is_idle = state
        .own_changes
        .try_update(|changes| changes.add(change))
        .unwrap_or_default();
    if !is_idle {
        return;
    }
    // Not a `ServerCall`: the viewers' page has none, and the answer counts however the page has changed.
    spawn_local(async move {
        while let Some(change) = next(state) {
            let outcome = send(state, &change).await;
            if !state.is_there() {
                return;
            }
            state.own_changes.update(ChangeQueue::finish);
            state.own_change.set(Some((change, outcome)));
        }
    });
}

fn next(state: State) -> Option<OwnChange> {
    let first = |changes: &ChangeQueue| changes.first().cloned();
    state.own_changes.try_with_untracked(first)?
}

async fn send(state: State, change: &OwnChange) -> ChangeOutcome {
    let code = state.code.get_value();
    match change {
        OwnChange::Edit(press) => {
            let edit = api::timestamps::edit_own(code, press.clone().into());
            match retry::with_timeout(edit).await {
                Ok(timestamp) => {
                    let has_label = timestamp.label == press.label;
                    state.keep_own(vec![timestamp]);
                    match has_label {
                        true => ChangeOutcome::Edited,
                        false => ChangeOutcome::EditedWithoutLabel,
                    }
                }
                Err(error) => {
                    if error == ServiceError::Unreachable {
                        // The server may have made it: only its answer tells that the new note is the visitor's own.
                        spawn_local(restore_own_presses::ask(state));
                    }
                    ChangeOutcome::Refused(error)
                }
            }
        }
        OwnChange::TakeBack(id) => {
            let take_back = api::timestamps::take_back(code, *id);
            match retry::with_timeout(take_back).await {
                // It may have been taken back by a request whose answer was lost.
                Ok(()) | Err(ServiceError::NoTimestamp) => {
                    state.take_back(*id);
                    ChangeOutcome::TakenBack
                }
                Err(error) => ChangeOutcome::Refused(error),
            }
        }
    }
}
