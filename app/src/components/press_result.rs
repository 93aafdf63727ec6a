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
    let class = move || match result.get() {
        None => "press-result",
        Some(Verdict::Saved(_)) => "press-result press-result--saved",
        Some(Verdict::Waiting) => "press-result press-result--waiting",
        Some(Verdict::Refused { .. }) => "press-result press-result--refused",
    };
    view! {
        <p class=class role="status" aria-live="polite">
            {move || result.get().map(|verdict| in_words(&verdict, audience))}
        </p>
    }
}

fn in_words(verdict: &Verdict, audience: Audience) -> String {
    match verdict {
        Verdict::Saved(timestamp) => format!("Saved at {}", timestamp.offset_seconds),
        Verdict::Waiting => {
            "Not sent yet. Your press is kept with its moment, and sent by itself.".to_owned()
        }
        Verdict::Refused { error, .. } => refusal_in_words(error, audience),
    }
}
