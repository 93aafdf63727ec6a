//! Which links were used, when, and in how many browsers.

use crate::{
    api,
    components::shared::{form_error::FormError, server_call::use_server_call},
    domain::{access::Link, code::Code},
    live::{calls::retry, signals::views::*},
    words,
};

/// Which links were used, when, and in how many browsers. Loaded when it is expanded, and then whenever it is shown.
#[component]
pub fn LinkActivity(
    /// The session.
    code: Code,
    /// Whether it is shown, told again whenever somebody comes back to it.
    is_shown: Signal<bool>,
) -> impl IntoView {
    let code = StoredValue::new(code);
    let links = RwSignal::new(None::<Vec<Link>>);
    let loading = use_server_call();
    let load = move || {
        let all = retry::with_timeout(api::links::links(code.get_value()));
        loading.supersede(all, move |all| {
            loading.error.set(None);
            links.set(Some(all));
        });
    };
    Effect::new(move |_| {
        if is_shown.get() && links.with_untracked(Option::is_some) {
            load();
        }
    });
    view! {
        <details
            class="panel fold"
            on:toggle=move |event| {
                if event_target::<web_sys::HtmlDetailsElement>(&event).open() {
                    load();
                }
            }
        >
            <summary>
                <h2>{words::links::ACTIVITY_HEADING}</h2>
            </summary>
            <p>{words::links::ACTIVITY_EXPLANATION}</p>
            <FormError error=loading.error />
            <ul class="links">
                <For
                    each=move || links.get().unwrap_or_default()
                    key=|link| (link.id.0, link.last_used_at, link.revoked_at, link.uses.browsers)
                    let:link
                >
                    <LinkUse link />
                </For>
            </ul>
            <button type="button" class="button button--quiet" on:click=move |_| load()>
                {words::links::REFRESH}
            </button>
        </details>
    }
    .into_any()
}

#[component]
fn LinkUse(link: Link) -> impl IntoView {
    let activity = words::links::activity(&link);
    let opened = words::links::opened(&link);
    view! {
        <li class="link" class:link--revoked=link.revoked_at.is_some()>
            <span class="link__label" dir="auto">{link.label.to_string()}</span>
            " "
            <span class="link__use">{activity}</span>
            {opened.map(|words| view! { <span class="link__use">{words}</span> })}
        </li>
    }
}
