//! Changes one of the visitor's own presses, or takes it back. Browser only.

use super::own_change::{ChangeProgress, OwnChange};
use crate::{
    api,
    live::{calls::retry, page::state::State, signals::*},
    service::ServiceError,
};

/// Sends a change, unless one is on its way.
pub(crate) fn change(state: State, change: OwnChange) {
    if *state.own_change.read_untracked() == ChangeProgress::Sending {
        return;
    }
    state.own_change.set(ChangeProgress::Sending);
    let code = state.code.get_value();
    // Not a `ServerCall`: the viewers' page has none, and the answer counts however the page has changed.
    spawn_local(async move {
        let progress = match change {
            OwnChange::Edit(press) => {
                let label = press.label;
                let edit = api::timestamps::edit_own(code, press.into());
                match retry::with_timeout(edit).await {
                    Ok(timestamp) => {
                        let has_label = timestamp.label == label;
                        state.keep_own(vec![timestamp]);
                        match has_label {
                            true => ChangeProgress::Edited,
                            false => ChangeProgress::EditedWithoutLabel,
                        }
                    }
                    Err(error) => ChangeProgress::Refused(error),
                }
            }
            OwnChange::TakeBack(id) => {
                let take_back = api::timestamps::take_back(code, id);
                match retry::with_timeout(take_back).await {
                    // It may have been taken back by a request whose answer was lost.
                    Ok(()) | Err(ServiceError::NoTimestamp) => {
                        state.take_back(id);
                        ChangeProgress::TakenBack
                    }
                    Err(error) => ChangeProgress::Refused(error),
                }
            }
        };
        if state.is_there() {
            state.own_change.set(progress);
        }
    });
}
