//! Moderator links: made for somebody by name, shown once, seen later with their last use, revoked.

use leptos::{html, prelude::*, task::spawn_local};

use super::{confirm::Confirm, form_error::FormError, fresh_link::FreshLink, utc::date_and_time};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        access::{AccessKey, Link, LinkId, LinkKind},
        code::Code,
        text::Label,
    },
};

/// The moderator links of a session.
#[component]
pub fn ModeratorLinks(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let code = StoredValue::new(code);
    let links = RwSignal::new(Vec::<Link>::new());
    let error = RwSignal::new(None::<ClipsError>);
    let fresh = RwSignal::new(None::<AccessKey>);
    let revoking = RwSignal::new(None::<LinkId>);
    let asks = RwSignal::new(false);
    let is_minting = RwSignal::new(false);
    let label = NodeRef::<html::Input>::new();

    let load = move || {
        spawn_local(async move {
            match api::links::links(code.get_value()).await {
                Ok(all) => {
                    links.try_set(all);
                }
                Err(refusal) => {
                    error.try_set(Some(refusal));
                }
            }
        });
    };
    Effect::new(move |_| load());
    let mint = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if is_minting.get_untracked() {
            return;
        }
        let Some(field) = label.get_untracked() else {
            return;
        };
        let label = match Label::parse(&field.value()) {
            Ok(label) => label,
            Err(wrong) => return error.set(Some(ClipsError::Invalid(wrong.to_string()))),
        };
        error.set(None);
        is_minting.set(true);
        spawn_local(async move {
            let answer = api::links::mint_link(code.get_value(), label).await;
            if is_minting.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(minted) => {
                    field.set_value("");
                    fresh.set(Some(minted.key));
                    load();
                }
                Err(refusal) => error.set(Some(refusal)),
            }
        });
    };
    let revoke = move |()| {
        let Some(id) = revoking.get_untracked() else {
            return;
        };
        spawn_local(async move {
            match api::links::revoke_link(code.get_value(), id).await {
                Ok(()) => load(),
                Err(refusal) => error.set(Some(refusal)),
            }
        });
    };

    view! {
        // Above the list, which grows by the new link a moment later: nothing may move from under a pointer.
        <FreshLink code=code.get_value() public_url secret=fresh />
        <section class="panel" aria-labelledby="links">
            <h2 id="links">"Moderator links"</h2>
            <ul class="links">
                <For
                    each=move || {
                        let all = links.get().into_iter();
                        all.filter(|link| link.kind == LinkKind::Moderator)
                    }
                    key=|link| (link.id.0, link.last_used_at, link.revoked_at)
                    let:link
                >
                    <LinkRow
                        link
                        on_revoke=move |id| {
                            revoking.set(Some(id));
                            asks.set(true);
                        }
                    />
                </For>
            </ul>
            <form class="form form--inline" on:submit=mint>
                <label for="label">"For whom?"</label>
                <input
                    node_ref=label
                    id="label"
                    dir="auto"
                    class="input"
                    placeholder="Their name"
                    autocomplete="off"
                />
                <button
                    type="submit"
                    class="button"
                    aria-busy=move || is_minting.get().then_some("true")
                >
                    "Make a link"
                </button>
            </form>
            <FormError error />
        </section>
        <Confirm
            open=asks
            question="Revoke this link?"
            explanation="Whoever used it loses the moderators’ page at once."
            yes="Revoke it"
            on_yes=revoke
        />
    }
    .into_any()
}

#[component]
fn LinkRow(link: Link, #[prop(into)] on_revoke: Callback<LinkId>) -> impl IntoView {
    let id = link.id;
    let label = link.label.to_string();
    let usage = match (link.revoked_at, link.last_used_at) {
        (Some(time), _) => format!("revoked {}", date_and_time(time)),
        (None, Some(time)) => format!("last used {}", date_and_time(time)),
        (None, None) => format!("made {}, not used yet", date_and_time(link.created_at)),
    };
    let is_alive = link.revoked_at.is_none();
    view! {
        <li class="link" class:link--revoked=!is_alive>
            <span class="link__label" dir="auto">{label.clone()}</span>
            " "
            <span class="link__use">{usage}</span>
            " "
            {is_alive
                .then(|| {
                    view! {
                        <span class="link__actions">
                            <button
                                type="button"
                                class="button button--quiet"
                                on:click=move |_| on_revoke.run(id)
                            >
                                "Revoke"
                                <span class="visually-hidden">{format!(" the link of {label}")}</span>
                            </button>
                        </span>
                    }
                })}
        </li>
    }
}
