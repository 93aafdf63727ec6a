//! What stands in the place of a page that can't be shown: why, and what to do next.

use leptos::prelude::*;

use super::code_form::CodeForm;
use crate::clips::ClipsError;

/// What stands in the place of a page that can't be shown.
#[component]
pub fn Trouble(
    /// Why it can't be shown.
    error: ClipsError,
    /// What is said about it, where that are not the error's own words.
    #[prop(optional_no_strip)]
    words: Option<&'static str>,
    /// What else can be done on this page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let heading = heading(&error);

    view! {
        <main class="trouble">
            <h1>{heading}</h1>
            <p>{words.map_or_else(|| error.to_string(), ToOwned::to_owned)}</p>
            {error
                .is_passing()
                .then(|| {
                    view! {
                        <p>
                            <a class="button button--primary" href="" data-reload>
                                "Try again"
                            </a>
                        </p>
                    }
                })}
            {children.map(|children| children())}
            <CodeForm />
            <p>
                <a href="/">"To the first page"</a>
            </p>
        </main>
    }
}

/// What stands above the words of an error.
pub(crate) fn heading(error: &ClipsError) -> &'static str {
    match error {
        ClipsError::NotFound => "Nothing here",
        ClipsError::Forbidden(_) => "Not for this browser",
        ClipsError::DeadLink => "This link does not work",
        ClipsError::Busy { .. } => "The server is busy",
        ClipsError::Away => "The server is away",
        ClipsError::TooMany { .. } => "Too often",
        ClipsError::Press(_)
        | ClipsError::TooManyLinks
        | ClipsError::Act(_)
        | ClipsError::Conflict
        | ClipsError::OtherAct
        | ClipsError::NoTimestamp
        | ClipsError::NoModeration
        | ClipsError::Edited { .. }
        | ClipsError::EditedSince
        | ClipsError::Staff
        | ClipsError::OtherSite
        | ClipsError::Invalid(_) => "That did not work",
        ClipsError::Broken => "Something went wrong",
    }
}
