//! Replacing the control link.

use super::new_link_panel::NewLinkPanel;
use crate::{
    api,
    components::shared::{
        confirm::Confirm, form_error::FormError, retry_key::use_retry_key,
        server_call::use_server_call,
    },
    domain::{access::AccessKey, code::Code},
    live::{calls::retry, page::link_redemption::PageAccess, signals::views::*},
    words::links,
};

/// Replaces the control link, after confirmation; the new one is shown once.
#[component]
pub fn ControlLink(
    /// How this browser got here: the link that is replaced may still wait to be saved.
    access: PageAccess,
    /// The session.
    code: Code,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let asks = RwSignal::new(false);
    let (replacing, key) = (use_server_call(), use_retry_key());
    let fresh = RwSignal::new(None::<AccessKey>);
    let replace = {
        let code = code.clone();
        move |()| {
            let replace = api::links::replace_control_link(code.clone(), Some(key.get()));
            replacing.start_and(retry::with_timeout(replace), move |minted| {
                key.heard(&minted);
                if let Ok(minted) = minted {
                    access.clear_key();
                    fresh.set(Some(minted.key));
                }
            });
        }
    };
    view! {
        <NewLinkPanel code public_url secret=fresh />
        <details class="panel fold">
            <summary>
                <h2>{links::CONTROL_HEADING}</h2>
            </summary>
            <p>{links::CONTROL_EXPLANATION}</p>
            <button type="button" class="button button--danger" on:click=move |_| asks.set(true)>
                {links::REPLACE}
            </button>
            <FormError error=replacing.error />
        </details>
        <Confirm
            open=asks
            question=links::REPLACE_QUESTION
            explanation=links::REPLACE_EXPLANATION
            yes=links::REPLACE_YES
            on_yes=replace
        />
    }
    .into_any()
}
