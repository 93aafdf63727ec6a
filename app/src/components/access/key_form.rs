//! The form for pasting a control or moderator link that did not work by itself.

use leptos::prelude::*;

use crate::{
    components::shared::noscript::WithoutScripts,
    domain::{
        access::LinkKind,
        code::Code,
        role::{Right, Role},
    },
    service::ServiceError,
    words::{errors, links},
};

/// The form for pasting a link. A plain form, with scripts too: the link is sent in the body of a request, is never in an
/// address, and does not come back after an error.
#[component]
pub fn KeyForm(
    /// The session.
    code: Code,
    /// What the page needs.
    right: Right,
    /// Why the plain form was refused, on the page that follows it.
    told: Option<ServiceError>,
) -> impl IntoView {
    let page = match right.least_role() {
        Role::Streamer => LinkKind::Control.page(),
        Role::Viewer | Role::Moderator => LinkKind::Moderator.page(),
    };
    view! {
        <WithoutScripts>
            <p>{links::WITHOUT_SCRIPTS}</p>
        </WithoutScripts>
        <form class="form form--inline" method="post" action=format!("/s/{code}/key")>
            <label for="link">{links::PASTE}</label>
            <input type="hidden" name="page" value=page />
            // Streamers who share their screen don't reveal what they paste.
            <input
                id="link"
                name="link"
                type="password"
                class="input"
                placeholder=links::PASTE_HINT
                autocomplete="off"
                spellcheck="false"
                required
                aria-describedby="link-error"
            />
            <button type="submit" class="button">
                {links::OPEN}
            </button>
            <p id="link-error" class="field__error" role="alert">
                {told.as_ref().map(errors::error)}
            </p>
        </form>
    }
    .into_any()
}
