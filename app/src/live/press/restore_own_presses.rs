//! Restores the browser's own presses in a session: those that it stored, and from the server those that were lost or never
//! seen. Only the browser that made a press knows that it is its own. Browser only.

use crate::{
    api,
    domain::pressed::Pressed,
    live::{
        browser::{erasure, pressed_cookie, storage},
        calls::retry,
        clock,
        page::state::State,
        press::submit,
        signals::*,
    },
};

/// Overlays this browser's own presses on the list, and listens to what other tabs say about them, until the effect that
/// calls this is cleaned up.
pub(crate) fn start(state: State) {
    state
        .code
        .with_value(|code| storage::purge(code, clock::wall()));
    restore(state);
    let listening = erasure::listen(
        move || state.erase_browser(),
        move |key, json| {
            let Some(json) = json else {
                return submit::on_removed_by_another_tab(state, key);
            };
            let is_of_joins = |code: &_| storage::is_of_joins(code, key);
            if state.code.try_with_value(is_of_joins) == Some(true) {
                state.keep_joins(Vec::new());
                return;
            }
            let record = state
                .code
                .try_with_value(|code| storage::own_of_another_tab(code, key, json));
            if let Some(record) = record.flatten() {
                state.take_own_of_another_tab(record);
            }
        },
    );
    // Dropped with the effect.
    StoredValue::new_local(listening);
}

/// Restores what is kept of this session, and asks for what is missing.
pub(crate) fn restore(state: State) {
    let stored = state.code.with_value(storage::own);
    state.restore_own(stored);
    let told = state
        .joins
        .with_untracked(|joins| joins.all().copied().collect());
    state.keep_joins(told);
    let is_missing = match pressed_cookie::pressed() {
        Some(Pressed::Form) => true,
        Some(Pressed::Kept) => state.own.with_value(|own| own.is_empty()),
        None => false,
    };
    if is_missing {
        // Not a `ServerCall`: nobody waits for it or hears of its failure.
        spawn_local(ask(state));
    }
}

/// Asks the server for the browser's own presses.
pub(super) async fn ask(state: State) {
    let code = state.code.get_value();
    let answer = retry::with_retry(|| api::timestamps::mine(code.clone())).await;
    // If nobody answers, the cookie stays, and the next visit asks again.
    let (true, Ok(mine)) = (state.is_there(), answer) else {
        return;
    };
    match mine.is_empty() {
        // Of a browser that was erased, or is another one by now.
        true => pressed_cookie::unset(&code),
        false => pressed_cookie::set_kept(&code),
    }
    state.keep_own(mine);
}
