//! The form that leads from a session code, or a pasted link, to its page.

use leptos::{ev, html};

use crate::{
    components::shared::live_text::live_text, domain::access, live::signals::views::*, words::home,
};

/// Opens the session with a code, or the page of a pasted link. A plain form until the scripts have loaded: invalid input then
/// comes back in the address. It posts, because a link may have a key.
#[component]
pub fn CodeForm(
    /// Input from the plain form that could not be parsed.
    #[prop(optional_no_strip)]
    typed: Option<String>,
) -> impl IntoView {
    let told = typed
        .as_deref()
        .and_then(|typed| access::entered_address(typed).err());
    let error = RwSignal::new(told);
    let field = NodeRef::<html::Input>::new();
    let go = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(field) = field.get_untracked() else {
            return;
        };
        match access::entered_address(&field.value()) {
            Ok(address) => {
                error.set(None);
                // A full page load, as after the plain form.
                let _ = window().location().assign(&address);
            }
            Err(wrong) => {
                error.set(Some(wrong));
                // Where it can be corrected.
                let _ = field.focus();
            }
        }
    };
    view! {
        <form class="form form--inline code-form" method="post" action="/s" on:submit=go>
            <label for="code">{home::CODE}</label>
            <input
                node_ref=field
                id="code"
                name="code"
                class="input input--code"
                value=typed
                placeholder=home::CODE_EXAMPLE
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                required
                aria-describedby="code-error code-hint"
                aria-invalid=move || error.read().is_some().then_some("true")
                on:input=move |_| error.set(None)
            />
            <button type="submit" class="button">
                {home::JOIN}
            </button>
            <p
                id="code-error"
                class="field__error"
                role="alert"
                inner_html=live_text(move || error.get().map(home::no_address))
            ></p>
            <p id="code-hint" class="field__hint">
                {home::CODE_HINT}
            </p>
        </form>
    }
    .into_any()
}
