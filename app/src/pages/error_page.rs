//! Shown at addresses that lead nowhere, and instead of a page that can't be displayed.

use leptos::prelude::*;

use crate::{
    components::access::error_message::ErrorMessage, live::page::initial_data::Problem,
    words::errors,
};

/// Shown instead of a page.
#[component]
pub fn ErrorPage(
    /// Why there is none.
    problem: Problem,
) -> impl IntoView {
    let Problem {
        error,
        is_of_address,
    } = problem;
    let words = is_of_address.then_some(errors::NO_PAGE);
    view! { <ErrorMessage error words /> }
}
