//! Which links were used, when, and in how many browsers.

use web_sys::Event;

use super::session_links::SessionLinks;
use crate::{
    components::shared::live_text::live_text, domain::access::Link, live::signals::views::*, words,
};

/// Which links were used, when, and in how many browsers. They are loaded again when it is expanded.
#[component]
pub fn LinkActivity(
    /// All links of the session.
    links: SessionLinks,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let toggled = move |event: Event| {
        is_open.set(event_target::<web_sys::HtmlDetailsElement>(&event).open());
        if is_open.get_untracked() {
            links.load(None);
        }
    };
    // Nobody sees the rows of a list that is folded.
    let shown = move || match is_open.get() {
        true => links.all(),
        false => Vec::new(),
    };
    let error = move || links.error().read().as_ref().map(words::errors::error);
    view! {
        <details class="panel fold" on:toggle=toggled>
            <summary>
                <h2>{words::links::ACTIVITY_HEADING}</h2>
            </summary>
            <p>{words::links::ACTIVITY_EXPLANATION}</p>
            // It is announced beside the links, which may be out of sight here.
            <p class="form__error" inner_html=live_text(error)></p>
            <ul class="links">
                <For
                    each=shown
                    key=|link| (link.id.0, link.last_used_at, link.revoked_at, link.uses.browsers)
                    let:link
                >
                    <LinkUse link this_year=links.this_year() />
                </For>
            </ul>
            <button type="button" class="button button--quiet" on:click=move |_| links.load(None)>
                {words::links::REFRESH}
            </button>
        </details>
    }
    .into_any()
}

#[component]
fn LinkUse(link: Link, this_year: i32) -> impl IntoView {
    let activity = words::links::activity(&link, this_year);
    let opened = words::links::opened(&link, this_year);
    view! {
        <li class="link" class:link--revoked=link.revoked_at.is_some()>
            <span class="link__label" dir="auto">{link.label.to_string()}</span>
            " "
            <span class="link__use">{activity}</span>
            {opened.map(|words| view! { <span class="link__use">{words}</span> })}
        </li>
    }
}
