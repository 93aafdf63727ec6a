//! Edits a session's lead, with a helper that measures how late viewers press.

use chrono::{DateTime, TimeDelta, Utc};
use leptos::html;

use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call,
    },
    domain::{
        lead::Lead,
        lead_measure::{LISTENS_SECONDS, Measured},
        offset::Offset,
        session::Status,
    },
    live::{calls::retry, page::feed::Feed, signals::views::*},
    words::settings,
};

/// How often the server is asked what has come in, in seconds.
const ASKS_EVERY: i64 = 3;

/// The seconds to step back, and the button that measures them.
#[component]
pub fn LeadField(
    /// The live session.
    feed: Feed,
    /// The field.
    field: NodeRef<html::Input>,
) -> impl IntoView {
    // Where "press now" was said, and when.
    let said = RwSignal::new(None::<(u32, Offset, DateTime<Utc>)>);
    let measured = RwSignal::new(None::<Measured>);
    // The measured seconds that stand in the field, until they are saved or changed.
    let taken = RwSignal::new(None::<u32>);
    let asking = use_server_call();
    let asked_at = StoredValue::new(0);
    let is_listening = move || said.read().is_some();
    let begin = move |_| {
        if untrack(is_listening) {
            return;
        }
        let status = feed.session.read_untracked().status.clone();
        let now = feed.now.get_untracked();
        if let (
            Status::Active {
                segment,
                start_time,
            },
            Some(now),
        ) = (status, now)
        {
            asked_at.set_value(0);
            measured.set(None);
            taken.set(None);
            said.set(Some((segment, Offset::between(start_time, now), now)));
        }
    };
    let elapsed = Memo::new(move |_| {
        let (_, _, since) = said.get()?;
        let elapsed: TimeDelta = feed.now.get()? - since;
        Some(elapsed.num_seconds())
    });
    Effect::new(move |_| {
        let (Some(elapsed), Some((segment, at, _))) = (elapsed.get(), said.get_untracked()) else {
            return;
        };
        if elapsed < asked_at.get_value() + ASKS_EVERY {
            return;
        }
        asked_at.set_value(elapsed);
        let is_over = elapsed >= i64::from(LISTENS_SECONDS) + ASKS_EVERY;
        let ask = api::sessions::measure_lead(feed.code(), segment, at);
        asking.supersede(retry::with_timeout(ask), move |told| {
            asking.error.set(None);
            measured.set(Some(told));
            if is_over {
                said.set(None);
            }
        });
    });
    let saved = Memo::new(move |_| feed.session.read().timing.lead_seconds.seconds());
    Effect::new(move |_| {
        drop(saved.read());
        taken.set(None);
    });
    let words = move || match taken.get() {
        Some(seconds) => settings::taken(seconds),
        None => settings::measuring(is_listening(), measured.get()),
    };
    let found = Memo::new(move |_| measured.get()?.delay_seconds);
    let is_active = Memo::new(move |_| matches!(feed.session.read().status, Status::Active { .. }));
    view! {
        <div class="field">
            <label for="lead">{settings::LEAD}</label>
            <input
                node_ref=field
                id="lead"
                class="input"
                type="number"
                inputmode="numeric"
                min="0"
                max=Lead::MOST.to_string()
                value=saved.get_untracked().to_string()
                aria-describedby="lead-hint"
                on:input=move |_| taken.set(None)
            />
            <span id="lead-hint" class="field__hint">
                {settings::LEAD_HINT}
            </span>
            <div class="form__row">
                <button
                    type="button"
                    class="button"
                    disabled=move || !is_active.get()
                    // Not disabled, which would take the focus from it.
                    aria-busy=move || is_listening().then_some("true")
                    on:click=begin
                >
                    {settings::MEASURE}
                </button>
                <button
                    type="button"
                    class="button"
                    hidden=move || found.read().is_none()
                    on:click=move |_| {
                        if let (Some(field), Some(seconds)) = (field.get_untracked(), found.get_untracked()) {
                            field.set_value(&seconds.to_string());
                            taken.set((seconds != saved.get_untracked()).then_some(seconds));
                        }
                    }
                    inner_html=live_text(move || found.get().map(settings::use_seconds))
                ></button>
            </div>
            <p class="form__done" role="status" inner_html=live_text(words)></p>
            <FormError error=asking.error />
        </div>
    }
    .into_any()
}
