//! Replacing the control link.

use leptos::prelude::*;

use super::{
    confirm::Confirm, form_error::FormError, fresh_link::FreshLink, retry_key::use_retry_key,
    server_call::use_server_call,
};
use crate::{
    api,
    domain::{access::AccessKey, code::Code},
    live::call,
};

/// Replaces the control link, after a question; the new one is shown once.
#[component]
pub fn ControlLink(
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
            replacing.start_and(call::in_time(replace), move |minted| {
                key.heard(&minted);
                if let Ok(minted) = minted {
                    fresh.set(Some(minted.key));
                }
            });
        }
    };
    view! {
        <FreshLink code public_url secret=fresh />
        <details class="panel fold">
            <summary>
                <h2>"Control link"</h2>
            </summary>
            <p>"Lost it, or shown it by mistake? Make a new one: the old one stops working, and this browser stays in control."</p>
            <button type="button" class="button button--danger" on:click=move |_| asks.set(true)>
                "Replace the control link"
            </button>
            <FormError error=replacing.error />
        </details>
        <Confirm
            open=asks
            question="Replace the control link?"
            explanation="The old link stops working at once, and other browsers that used it lose control."
            yes="Replace it"
            on_yes=replace
        />
    }
    .into_any()
}
