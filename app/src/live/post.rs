//! Sends presses, and tries those again that did not arrive. Browser only.

use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};

use super::{outbox::Outbox, random, retry, state::State, storage, verdict::Verdict};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        press::Press,
        text::{Name, Note},
        timestamp::TimestampId,
    },
};

/// Sends a press of this moment, and keeps it until the server has answered.
pub(super) fn press(state: State, note: Option<Note>, name: Option<Name>) {
    let now = state.server_time();
    let id = random::timestamp_id(now);
    let sent = state
        .outbox
        .try_update(|outbox| outbox.press(id, note, name, now));
    state.code.with_value(|code| {
        if let Some(press) = state.outbox.read_untracked().get(id) {
            storage::keep(code, press);
        }
    });
    if let Some(sent) = sent {
        send(state, sent);
    }
}

/// Takes up the presses that an earlier visit of the page kept.
pub(super) fn take_up(state: State) {
    let kept = state.code.with_value(storage::presses);
    if !kept.is_empty() {
        let now = state.server_time();
        state.outbox.set(Outbox::restored(kept, now));
        send_due(state);
    }
}

/// Sends the kept presses again, where the session takes them.
pub(super) fn send_due(state: State) {
    if !state
        .outbox
        .try_with_untracked(Outbox::is_waiting)
        .unwrap_or(false)
    {
        return;
    }
    let now = state.server_time();
    let status = state.session.read_untracked().status.clone();
    let due = state.outbox.try_update(|outbox| outbox.due(&status, now));
    for press in due.into_iter().flatten() {
        send(state, press);
    }
}

/// Gives a press up.
pub(super) fn dismiss(state: State, id: TimestampId) {
    state.outbox.update(|outbox| outbox.dismiss(id));
    state.forget(id);
}

fn send(state: State, press: Press) {
    let code = state.code.get_value();
    let id = press.id;
    spawn_local(async move {
        let answer = api::timestamps::submit(code, press).await;
        if !state.is_there() {
            return;
        }
        match answer {
            Ok(timestamp) => {
                state.lost.set_value(0);
                state.take_answer(&timestamp);
            }
            Err(error) => refuse(state, id, error),
        }
    });
}

fn refuse(state: State, id: TimestampId, error: ClipsError) {
    // The live stream may have told meanwhile that the server has it: then an answer that was lost is no news.
    let Some(note) = state
        .outbox
        .with_untracked(|outbox| outbox.get(id).map(|press| press.note.clone()))
    else {
        return;
    };
    state
        .outbox
        .update(|outbox| outbox.refuse(id, error.clone()));
    let is_kept = state
        .outbox
        .with_untracked(|outbox| outbox.get(id).is_some_and(super::outbox::Unsent::is_kept));
    if is_kept {
        state.verdict.set(Some(Verdict::Waiting));
        if error.is_passing() {
            try_again_later(state, &error);
        }
    } else {
        state.forget(id);
        state.verdict.set(Some(Verdict::Refused { error, note }));
    }
}

fn try_again_later(state: State, error: &ClipsError) {
    let lost = state.lost.get_value().saturating_add(1);
    state.lost.set_value(lost);
    let asked_for = match error {
        ClipsError::Busy { seconds } => u32::from(*seconds) * 1_000,
        ClipsError::NotFound
        | ClipsError::Forbidden(_)
        | ClipsError::DeadLink
        | ClipsError::Press(_)
        | ClipsError::Act(_)
        | ClipsError::Conflict
        | ClipsError::NoTimestamp
        | ClipsError::Invalid(_)
        | ClipsError::Away
        | ClipsError::Broken => 0,
    };
    let ms = asked_for.min(retry::LONGEST_MS) + retry::delay_ms(lost, random::fraction());
    Timeout::new(ms, move || send_due(state)).forget();
}
