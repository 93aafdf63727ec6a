//! Moderator links: created with a name, shown once, later listed with their last use, revoked.

use leptos::html;

use super::{
    new_link_panel::NewLinkPanel,
    session_links::{SessionLinks, row_id},
};
use crate::{
    api,
    components::shared::{
        confirm::Confirm, form_error::FormError, live_text::live_text, retry_key::use_retry_key,
        server_call::use_server_call,
    },
    domain::{
        access::{AccessKey, Link, LinkId, LinkKind},
        code::Code,
        text::Label,
    },
    live::{calls::retry, signals::views::*},
    words,
};

/// The moderator links of a session.
#[component]
pub fn ModeratorLinks(
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
    /// All links of the session.
    links: SessionLinks,
) -> impl IntoView {
    let code = StoredValue::new(code);
    let (minting, key) = (use_server_call(), use_retry_key());
    let fresh = RwSignal::new(None::<AccessKey>);
    let revoking = RwSignal::new(None::<LinkId>);
    let asks = RwSignal::new(false);
    let label = NodeRef::<html::Input>::new();

    minting.forgets_absence(links.feed);
    Effect::new(move |_| {
        // Whoever could load them has reached the server.
        links.all();
        minting.forget_absence();
    });
    let mint = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = label.get_untracked() else {
            return;
        };
        let label = match Label::parse(&field.value()) {
            Ok(label) => label,
            Err(wrong) => return minting.refuse(wrong.into()),
        };
        let mint = api::links::mint_link(code.get_value(), label.into(), Some(key.get()));
        minting.start_and(retry::with_timeout(mint), move |minted| {
            key.heard(&minted);
            if let Ok(minted) = minted {
                field.set_value("");
                fresh.set(Some(minted.key));
                links.load(None);
            }
        });
    };
    let revoke = move |()| {
        let Some(id) = revoking.get_untracked() else {
            return;
        };
        let revoke = retry::with_timeout(api::links::revoke_link(code.get_value(), id));
        // One link need not wait for another to be revoked.
        minting.beside(revoke, move |revoked| {
            if revoked.is_ok() {
                // If an answer was lost, the link it created may be the one that was revoked just now: a retry would return
                // exactly that.
                key.renew();
                links.load(Some(id));
            }
        });
    };
    // Of ten links, which one the question is about.
    let revoked_label = move || {
        let mut all = links.all().into_iter();
        let revoked = all.find(|link| Some(link.id) == revoking.get());
        revoked.map(|link| link.label.to_string())
    };

    view! {
        // Above the list, which grows by the new link a moment later: nothing may move away from under a pointer.
        <NewLinkPanel code=code.get_value() public_url secret=fresh />
        <section class="panel" aria-labelledby="links">
            <h2 id="links">{words::links::MODERATORS_HEADING}</h2>
            <ul class="links">
                <For
                    each=move || {
                        let all = links.all().into_iter();
                        all.filter(|link| link.kind == LinkKind::Moderator)
                    }
                    key=|link| (link.id.0, link.last_used_at, link.revoked_at)
                    let:link
                >
                    <LinkRow
                        link
                        this_year=links.this_year()
                        on_revoke=move |id| {
                            revoking.set(Some(id));
                            asks.set(true);
                        }
                    />
                </For>
            </ul>
            <form class="form form--inline" on:submit=mint>
                <label for="label">{words::links::FOR_WHOM}</label>
                <input
                    node_ref=label
                    id="label"
                    dir="auto"
                    class="input"
                    placeholder=words::links::FOR_WHOM_EXAMPLE
                    // What is typed meanwhile would be lost: the answer empties the field.
                    readonly=move || minting.is_busy()
                    autocomplete="off"
                />
                <button
                    type="submit"
                    class="button"
                    aria-busy=move || minting.aria_busy()
                >
                    {words::links::MAKE}
                </button>
            </form>
            <FormError error=minting.error />
            <FormError error=links.error() />
        </section>
        <Confirm
            open=asks
            question=words::links::REVOKE_QUESTION
            explanation=words::links::REVOKE_EXPLANATION
            yes=words::links::REVOKE_YES
            on_yes=revoke
        >
            <p dir="auto" inner_html=live_text(revoked_label)></p>
        </Confirm>
    }
    .into_any()
}

#[component]
fn LinkRow(link: Link, this_year: i32, #[prop(into)] on_revoke: Callback<LinkId>) -> impl IntoView {
    let id = link.id;
    let label = link.label.to_string();
    let usage = words::links::usage(&link, this_year);
    let is_alive = link.revoked_at.is_none();
    view! {
        <li class="link" class:link--revoked=!is_alive id=row_id(id) tabindex="-1">
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
                                {words::links::REVOKE}
                                <span class="visually-hidden">{words::links::of(&label)}</span>
                            </button>
                        </span>
                    }
                })}
        </li>
    }
}
