//! How many are here, among the totals of the bar.

use leptos::prelude::*;

use super::state::PresenceState;
use crate::{components::shared::live_text::live_text, words::presence as words};

/// How many viewers are here.
#[component]
pub fn ViewersHere(
    /// Who is here.
    presence: PresenceState,
) -> impl IntoView {
    let count = move || or_unknown(presence.viewers.get());
    view! {
        <div class="totals__viewers needs-scripts" title=words::VIEWERS_HERE>
            <dt>
                {words::VIEWERS}
                <span class="totals__here">{words::HERE}</span>
            </dt>
            <dd translate="no" inner_html=live_text(count)></dd>
        </div>
    }
    .into_any()
}

/// How many others of the staff are here. Where there is room, their names say so instead.
#[component]
pub fn OthersHere(
    /// Who is here.
    presence: PresenceState,
) -> impl IntoView {
    let count = move || or_unknown(presence.others.read().as_ref().map(Vec::len));
    view! {
        <div class="totals__others needs-scripts">
            <dt>{words::ALSO_HERE}</dt>
            <dd translate="no" inner_html=live_text(count)></dd>
        </div>
    }
    .into_any()
}

fn or_unknown(count: Option<impl ToString>) -> String {
    count.map_or_else(|| words::UNKNOWN.to_owned(), |count| count.to_string())
}
