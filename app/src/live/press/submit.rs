//! Sends presses, and retries those that did not arrive. Browser only.

use chrono::{DateTime, Utc};
use gloo_timers::callback::Timeout;

use super::{
    outbox::{Outbox, PendingPress, Pressing, lacks_name},
    outcome::PressOutcome,
    own_presses::Record,
};
use crate::{
    api,
    domain::{change::Tick, press::Press, text::Name, timestamp::TimestampId},
    live::{
        browser::{pressed_cookie, random, storage},
        calls::{backoff, retry},
        clock,
        page::state::State,
        signals::*,
    },
    service::ServiceError,
};

/// Sends a press made now, and keeps it until the server has answered. Those that waited for a name get the same one.
pub(crate) fn press(state: State, pressing: Pressing) {
    give_name(state, pressing.name.as_ref());
    let now = state.read_clock();
    let id = random::timestamp_id(now.time);
    let sent = state
        .outbox
        .try_update(|outbox| outbox.press(id, pressing, now));
    state.code.with_value(|code| {
        if let Some(press) = state.outbox.read_untracked().get(id) {
            storage::keep(code, press);
        }
    });
    if !now.is_provisional {
        storage::keep_ahead(clock::wall() - now.time);
    }
    if let Some(sent) = sent {
        send(state, sent);
    }
}

/// Restores the presses that an earlier visit or another page of the session kept. They were stamped by the server's clock: if that
/// is not known yet it is requested, unless the live stream provides it first.
pub(crate) fn restore_kept(state: State) {
    let mut kept = state.code.with_value(storage::presses);
    state.outbox.with_untracked(|outbox| {
        kept.retain(|press| outbox.get(press.id).is_none());
    });
    if kept.is_empty() {
        return;
    }
    state.kept.set_value(kept);
    send_kept(state);
    ask_time(state);
}

/// Asks for the server's time if it is not known. If no answer comes, the live stream tells it, or the next poll asks again.
pub(crate) fn ask_time(state: State) {
    if state.read_clock().is_provisional {
        // Not a `ServerCall`: nobody waits for it or hears of its failure.
        spawn_local(async move {
            let answer = retry::with_timeout(api::clock::now()).await;
            if let (true, Ok(Tick { now })) = (state.is_there(), answer) {
                learn_time(state, now);
            }
        });
    }
}

/// Learns the server's time, and sends what had to wait for that.
pub(crate) fn learn_time(state: State, now: DateTime<Utc>) {
    state.learn_time(now);
    send_kept(state);
}

/// Sends what was kept elsewhere, once the time is known.
fn send_kept(state: State) {
    let now = state.read_clock();
    if now.is_provisional || state.kept.with_value(Vec::is_empty) {
        return;
    }
    let kept = state.kept.try_update_value(std::mem::take);
    let restored = state
        .outbox
        .try_update(|outbox| outbox.restore(kept.unwrap_or_default(), now.time, clock::wall()));
    let restored = restored.unwrap_or_default();
    restored
        .too_old
        .into_iter()
        .for_each(|id| state.remove_kept(id));
    state.code.with_value(|code| {
        for press in state.outbox.read_untracked().stored() {
            // Its moment may have been put right.
            storage::keep(code, press);
        }
    });
    // At any status: the server may have recorded them before the page was left, and then says so.
    for press in restored.due {
        send(state, press);
    }
}

/// Sends the kept presses again, if the session accepts them.
pub(crate) fn send_due(state: State) {
    if !state
        .outbox
        .try_with_untracked(Outbox::is_waiting)
        .unwrap_or(false)
    {
        return;
    }
    let goes_one_by_one = state.one_by_one.get_value();
    if goes_one_by_one && state.tries_again.get_value() {
        // The server said when: nothing that happens meanwhile makes it earlier.
        return;
    }
    let most = if goes_one_by_one { 1 } else { usize::MAX };
    let now = state.read_clock().time;
    let status = state.session.read_untracked().status.clone();
    let due = state
        .outbox
        .try_update(|outbox| outbox.due(&status, now, most));
    for press in due.into_iter().flatten() {
        send(state, press);
    }
}

/// Sends the presses that waited for a name: with this one, or without if none is needed any more.
pub(crate) fn give_name(state: State, name: Option<&Name>) {
    if state.outbox.with_untracked(Outbox::nameless) == 0 {
        return;
    }
    let named = state.outbox.try_update(|outbox| outbox.give_name(name));
    // First: a retry after a reload has to say the same name.
    state.keep_again(&named.unwrap_or_default());
    send_due(state);
}

/// Discards a press. One that waits for a name is taken back by that: the server has nothing of it.
pub(crate) fn dismiss(state: State, id: TimestampId) {
    let is_kept = |outbox: &Outbox| outbox.get(id).is_some_and(PendingPress::is_kept);
    if state.outbox.with_untracked(is_kept) {
        state.outcome.set(Some(PressOutcome::TakenBack(id)));
    }
    state.outbox.update(|outbox| outbox.dismiss(id));
    state.remove_kept(id);
}

/// Another tab has removed what was stored under this key. If it is a press that waits for a name, it was taken back there, or
/// sent with one.
pub(crate) fn on_removed_by_another_tab(state: State, key: &str) {
    let removed = state.code.try_with_value(|code| {
        let outbox = state.outbox.read_untracked();
        let mut nameless = outbox.nameless_presses();
        nameless.find(|id| storage::is_of_press(code, *id, key))
    });
    if let Some(id) = removed.flatten() {
        state.outbox.update(|outbox| outbox.dismiss(id));
        let presses = state.outbox.with_untracked(Outbox::nameless);
        let is_told =
            |said: &Option<PressOutcome>| matches!(said, Some(PressOutcome::Nameless { .. }));
        if state.outcome.with_untracked(is_told) {
            let nameless = PressOutcome::Nameless { presses };
            state.outcome.set((presses > 0).then_some(nameless));
        }
    }
}

fn send(state: State, press: Press) {
    let code = state.code.get_value();
    let (id, epoch) = (press.id, state.epoch());
    // Not a `ServerCall`: any number of presses is on its way, the outbox knows how each of them stands, and the answer
    // counts even if the page is left.
    spawn_local(async move {
        let answer = retry::with_timeout(api::timestamps::submit(code.clone(), press.into())).await;
        if answer.is_ok() {
            // Even if the page was left in the meantime: a press that is still stored would be shown as unsent.
            storage::remove_press(&code, id);
        }
        if !state.is_there() {
            if let Ok(timestamp) = answer {
                pressed_cookie::set_kept_unless_missing(&code);
                storage::keep_own(&code, &Record::new(epoch, timestamp));
            }
            return;
        }
        match answer {
            Ok(timestamp) => {
                state.lost.set_value(0);
                state.take_answer(&timestamp);
                // Even if the live stream was faster, or it was discarded.
                state.keep_own(vec![timestamp]);
                send_next(state);
            }
            Err(error) => refuse(state, id, error),
        }
    });
}

/// One press is finished: sends the next if they are sent one by one, until none is waiting.
fn send_next(state: State) {
    if !state.one_by_one.get_value() {
        return;
    }
    if state.outbox.with_untracked(Outbox::is_waiting) {
        send_due(state);
    } else {
        state.one_by_one.set_value(false);
    }
}

fn refuse(state: State, id: TimestampId, error: ServiceError) {
    // If the live stream has said that the server has it, a lost answer no longer matters.
    let Some(note) = state
        .outbox
        .with_untracked(|outbox| outbox.get(id).map(|press| press.note.clone()))
    else {
        return send_next(state);
    };
    state
        .outbox
        .update(|outbox| outbox.refuse(id, error.clone()));
    let is_kept = state
        .outbox
        .with_untracked(|outbox| outbox.get(id).is_some_and(PendingPress::is_kept));
    if is_kept {
        let nameless = state.outbox.with_untracked(Outbox::nameless);
        let outcome = PressOutcome::kept_after(&error, nameless);
        state.outcome.set(Some(outcome));
        if error.is_retryable() {
            try_again_later(state, &error);
        } else if lacks_name(&error) {
            // Others may have one.
            send_next(state);
        }
    } else {
        let is_stored = |outbox: &Outbox| outbox.get(id).is_some_and(PendingPress::is_stored);
        if !state.outbox.with_untracked(is_stored) {
            state.remove_kept(id);
        }
        state
            .outcome
            .set(Some(PressOutcome::Refused { error, note }));
        send_next(state);
    }
}

/// One retry for all that wait: if each failure scheduled its own, they would multiply.
fn try_again_later(state: State, error: &ServiceError) {
    if state.tries_again.get_value() {
        return;
    }
    state.tries_again.set_value(true);
    if matches!(error, ServiceError::RateLimited { .. }) {
        state.one_by_one.set_value(true);
    }
    let lost = state.lost.get_value().saturating_add(1);
    state.lost.set_value(lost);
    let ms = backoff::after_ms(error, lost, random::fraction());
    let attempt = Timeout::new(ms, move || {
        // First, so that its failure can schedule the next one; the page may be gone.
        state.tries_again.try_update_value(|tries| *tries = false);
        send_due(state);
    });
    attempt.forget();
}
