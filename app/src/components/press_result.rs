//! How the latest press went, said aloud too.

use leptos::prelude::*;

use crate::{
    domain::role::Audience,
    live::verdict::{Verdict, refusal_in_words},
};

/// How the latest press went. The place is always there: screen readers only announce what changes in it.
#[component]
pub fn PressResult(
    /// How it went.
    result: Signal<Option<Verdict>>,
    /// Who reads it.
    audience: Audience,
) -> impl IntoView {
    // A stroke that is drawn already is not drawn again: two that take turns are, one for each press.
    let saved = Memo::new(move |_| match result.get() {
        Some(Verdict::Saved(timestamp)) => Some(timestamp.id),
        None | Some(Verdict::Waiting | Verdict::TooMany { .. } | Verdict::Refused { .. }) => None,
    });
    let takes_turns = Memo::new(move |before: Option<&bool>| {
        saved.track();
        !before.copied().unwrap_or_default()
    });
    let kind = move || match result.get() {
        None => "",
        Some(Verdict::Saved(_)) => "press-result--saved",
        Some(Verdict::Waiting | Verdict::TooMany { .. }) => "press-result--waiting",
        Some(Verdict::Refused { .. }) => "press-result--refused",
    };
    let turn = move || match takes_turns.get() {
        true => "press-result--next",
        false => "",
    };
    view! {
        <p class=move || format!("press-result {} {}", kind(), turn()) role="status" aria-live="polite">
            {move || result.get().map(|verdict| in_words(&verdict, audience))}
        </p>
    }
}

fn in_words(verdict: &Verdict, audience: Audience) -> String {
    match verdict {
        Verdict::Saved(timestamp) => format!("Saved at {}", timestamp.offset_seconds),
        Verdict::Waiting => {
            "Not sent yet. Your press is kept on this device with its moment, and sent by itself."
                .to_owned()
        }
        Verdict::TooMany { seconds } => {
            format!(
                "Too many presses at once: this one is kept, and sent by itself in {seconds} s."
            )
        }
        Verdict::Refused { error, .. } => refusal_in_words(error, audience),
    }
}
