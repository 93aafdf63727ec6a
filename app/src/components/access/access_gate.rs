//! The access gate of a staff page.

use std::borrow::Cow;

use super::{error_message::ErrorMessage, key_form::KeyForm};
use crate::{
    components::shared::{live_text::escaped, page_title::use_page_title},
    domain::snapshot::Desk,
    live::{
        page::link_redemption::{KeyState, PageAccess},
        signals::views::*,
    },
    service::ServiceError,
    words::{errors, links},
};

/// The access gate of a staff page: shows the page to staff, and tells everybody else what to do.
#[component]
pub fn AccessGate<F>(
    /// The way in.
    access: PageAccess,
    /// The page behind the gate.
    inside: F,
) -> impl IntoView
where
    F: Fn(Desk) -> AnyView + Copy + Send + Sync + 'static,
{
    move || match access.authorize(access.desk.get()) {
        Ok(desk) => inside(desk),
        Err(error) => view! { <NoAccess access error /> }.into_any(),
    }
}

#[component]
fn NoAccess(access: PageAccess, error: ServiceError) -> impl IntoView {
    move || match access.key.get() {
        KeyState::None | KeyState::Redeemed { .. } => {
            view! { <AccessDenied access error=error.clone() /> }.into_any()
        }
        KeyState::Redeeming => {
            let [title, heading, words] = links::CHECKING;
            use_page_title(Memo::new(move |_| title.to_owned()));
            view! {
                <main class="error-page">
                    <h1>{heading}</h1>
                    <p role="status">{words}</p>
                </main>
            }
            .into_any()
        }
        KeyState::NotKept => {
            let [heading, words] = links::NOT_KEPT;
            tried_again(access, heading, words.into())
        }
        KeyState::Refused(refusal) if refusal.is_retryable() => {
            tried_again(access, errors::heading(&refusal), errors::error(&refusal))
        }
        KeyState::Refused(refusal) => view! { <AccessDenied access error=refusal /> }.into_any(),
    }
}

/// Explains why the link in the address has not opened the page yet, and retries it.
fn tried_again(access: PageAccess, heading: &'static str, words: Cow<'static, str>) -> AnyView {
    use_page_title(Memo::new(move |_| heading.to_owned()));
    view! {
        <main class="error-page">
            <h1>{heading}</h1>
            <p role="alert">{words}</p>
            <button
                type="button"
                class="button button--primary"
                on:click=move |_| access.try_again.run(())
            >
                {links::TRY_AGAIN}
            </button>
        </main>
    }
    .into_any()
}

/// Shown instead of the page; if a link would open it, one can be pasted here.
#[component]
fn AccessDenied(access: PageAccess, error: ServiceError) -> impl IntoView {
    let needs_link = matches!(
        error,
        ServiceError::Forbidden(_) | ServiceError::InvalidLink
    );
    let code = needs_link.then(|| access.code.get_value());
    let told = access.refused.get_value();
    view! {
        <ErrorMessage error>
            {code.map(|code| view! { <KeyForm code right=access.right told /> })}
        </ErrorMessage>
    }
    .into_any()
}

/// Explains, on a page that is accessible anyway, that the link in its address was invalid.
#[component]
pub fn KeyBanner(
    /// The way in.
    access: PageAccess,
) -> impl IntoView {
    let refusal = move || match access.key.get() {
        KeyState::Refused(error) => Some(errors::error(&error)),
        KeyState::None | KeyState::Redeeming | KeyState::NotKept | KeyState::Redeemed { .. } => {
            None
        }
    };
    view! {
        <div class="banner-place" role="status">
            {move || {
                refusal()
                    .map(|words| {
                        view! {
                            <p class="banner banner--danger">
                                <span inner_html=escaped(&words)></span>
                                <button
                                    type="button"
                                    class="button button--quiet"
                                    on:click=move |_| access.dismiss_refusal()
                                >
                                    {links::DISMISS}
                                </button>
                            </p>
                        }
                    })
            }}
        </div>
    }
}
