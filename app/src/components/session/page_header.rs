//! The header of a session's page, with links to the other pages that this browser may see.

use leptos::prelude::*;

use crate::{
    domain::{code::Code, role::Role},
    live::browser::storage,
    words::{home, session},
};

/// The pages of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionPage {
    /// The viewers' page.
    Viewer,
    /// The moderators' page.
    Moderate,
    /// The control panel.
    Control,
}

/// The head of a session's page.
#[component]
pub fn PageHeader(
    /// The session.
    code: Code,
    /// The role of this browser in it.
    role: ReadSignal<Role>,
    /// The current page.
    page: SessionPage,
) -> impl IntoView {
    let links = [
        (
            SessionPage::Viewer,
            Role::Viewer,
            format!("/s/{code}"),
            session::VIEWERS_PAGE,
        ),
        (
            SessionPage::Moderate,
            Role::Moderator,
            format!("/s/{code}/mod"),
            session::MODERATE,
        ),
        (
            SessionPage::Control,
            Role::Streamer,
            format!("/s/{code}/control"),
            session::CONTROL_PANEL,
        ),
    ];
    let links = StoredValue::new(links);
    let links = move || {
        let links = links.get_value().into_iter();
        let open = links.filter(|(_, least, ..)| role.get() >= *least);
        open.map(|(target, _, address, words)| {
            view! {
                <a href=address aria-current=(target == page).then_some("page")>
                    {words}
                </a>
                " "
            }
        })
        .collect_view()
    };
    view! {
        <header class="page-header">
            <a class="brand" href="/">
                {home::PRODUCT}
            </a>
            // A viewer only has the current page.
            {move || {
                (role.get() > Role::Viewer)
                    .then(|| {
                        view! {
                            <nav class="page-header__nav" aria-label=session::PAGES>
                                {links}
                            </nav>
                        }
                    })
            }}
        </header>
    }
    .into_any()
}

/// The remembered role of this browser in a session: the viewers' page is the same for everybody, and doesn't say.
pub fn use_remembered_role(code: Code) -> ReadSignal<Role> {
    let (role, set_role) = signal(Role::Viewer);
    Effect::new(move |_| set_role.set(storage::role(&code)));
    role
}
