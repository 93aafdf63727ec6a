//! The header of a session's page, with links to the other pages that this browser may see.

use leptos::prelude::*;

use crate::{
    components::shared::{live_text::escaped, updates::Update},
    domain::{code::Code, role::Role},
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

const PAGES: &str = "session-pages";

/// The head of a session's page.
#[component]
pub fn PageHeader(
    /// The session.
    code: Code,
    /// The role of this browser in it.
    role: Role,
    /// The current page.
    page: SessionPage,
) -> impl IntoView {
    view! {
        <header class="page-header">
            <a class="brand" href="/">
                {home::PRODUCT}
            </a>
            <PageLinks code role page />
        </header>
    }
    .into_any()
}

/// The links to the other pages of a session.
#[component]
pub fn PageLinks(
    /// The session.
    code: Code,
    /// The role of this browser in it.
    role: Role,
    /// The current page.
    page: SessionPage,
) -> impl IntoView {
    view! { <div id=PAGES class="through" inner_html=pages(&code, role, page)></div> }
}

/// The links, once the role of this browser is known: the viewers' page is the same for everybody, and doesn't say.
pub(super) fn update(code: &Code, role: Role, page: SessionPage) -> Update {
    Update::content(PAGES, pages(code, role, page))
}

/// Links to the pages that a role may see; none for a viewer, who only has the current page.
fn pages(code: &Code, role: Role, page: SessionPage) -> String {
    let link = |target: SessionPage, behind: &str, words: &str| {
        let current = match target == page {
            true => " aria-current=\"page\"",
            false => "",
        };
        format!(
            "<a href=\"/s/{code}{behind}\"{current}>{}</a> ",
            escaped(words)
        )
    };
    if role == Role::Viewer {
        return String::new();
    }
    let mut links = link(SessionPage::Viewer, "", session::VIEWERS_PAGE);
    links += &link(SessionPage::Moderate, "/mod", session::MODERATE);
    if role >= Role::Streamer {
        links += &link(SessionPage::Control, "/control", session::CONTROL_PANEL);
    }
    let name = session::PAGES;
    format!("<nav class=\"page-header__nav\" aria-label=\"{name}\">{links}</nav>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_shown_the_way_to_its_own_pages_and_to_no_others() {
        let code = Code::from_random([0; 6]);
        let shown = |role| pages(&code, role, SessionPage::Viewer);
        assert_eq!(shown(Role::Viewer), "");
        for (role, links, control) in [(Role::Moderator, 2, false), (Role::Streamer, 3, true)] {
            let shown = shown(role);
            assert_eq!(shown.matches("<a ").count(), links);
            assert_eq!(shown.contains("/control\""), control);
            assert_eq!(shown.matches("aria-current").count(), 1);
        }
    }
}
