//! How the latest press went, said aloud too.

use leptos::prelude::*;

use crate::live::verdict::Verdict;

/// How the latest press went. The place is always there: screen readers only announce what changes in it.
#[component]
pub fn PressResult(
    /// How it went.
    result: Signal<Option<Verdict>>,
) -> impl IntoView {
    let class = move || match result.get() {
        None => "press-result",
        Some(Verdict::Saved(_)) => "press-result press-result--saved",
        Some(Verdict::Waiting) => "press-result press-result--waiting",
        Some(Verdict::Refused { .. }) => "press-result press-result--refused",
    };
    view! {
        <p class=class role="status" aria-live="polite">
            {move || result.get().map(|verdict| in_words(&verdict))}
        </p>
    }
}

fn in_words(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Saved(timestamp) => format!("Saved at {}", timestamp.offset_seconds),
        Verdict::Waiting => {
            "Not sent yet. Your press is kept with its moment, and sent by itself.".to_owned()
        }
        Verdict::Refused { error, .. } => error.to_string(),
    }
}
