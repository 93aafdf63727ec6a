//! The pane of everything else, as tabs: sharing, links, rules, the log, the files, and the session itself.

use super::state::{DeskState, tabs};
use crate::{
    components::{
        links::{
            control_link::ControlLink, link_activity::LinkActivity,
            moderator_links::ModeratorLinks, share::Share,
        },
        list::exports::Exports,
        moderation::moderation_log::ModerationLog,
        session::{
            page_header::SessionPage, session_editor::SessionEditor, session_rules::SessionRules,
        },
        shared::{
            noscript::{NeedsScripts, WithoutScripts},
            tabs::{Tab, TabList},
        },
        stream::rehearsal_panel::RehearsalPanel,
    },
    live::signals::views::*,
    words::{desk as words, session},
};

/// The pane of everything else.
#[component]
pub fn DeskSide(
    /// The desk.
    desk: DeskState,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let panels = tabs(desk.page);
    let panels = panels.into_iter().map(|tab| {
        let content = content(desk, tab, public_url.clone());
        view! { <Panel desk tab>{content}</Panel> }
    });
    view! {
        <section class="desk__pane desk-side" id="pane-more" data-pane="more" aria-label=words::DETAILS>
            <TabList label=words::DETAILS tabs=tabs(desk.page) selected=desk.tab />
            <div class="desk-side__panels">
                {panels.collect_view()}
                {(desk.page == SessionPage::Control)
                    .then(|| {
                        view! {
                            <WithoutScripts>
                                <p class="panel">{session::MISSING_WITHOUT_SCRIPTS}</p>
                            </WithoutScripts>
                        }
                    })}
            </div>
        </section>
    }
    .into_any()
}

/// The panel of a tab. Without scripts all of them are shown.
#[component]
fn Panel(desk: DeskState, tab: Tab, children: Children) -> impl IntoView {
    view! {
        <div
            role="tabpanel"
            class="desk-side__panel"
            class:desk-side__panel--shown=move || desk.is_shown(tab.name)
            id=tab.pane()
            aria-labelledby=tab.id()
        >
            {children()}
        </div>
    }
}

fn content(desk: DeskState, tab: Tab, public_url: String) -> AnyView {
    let feed = desk.feed;
    let code = feed.code();
    let is_new = Memo::new(move |_| feed.session.read().status.is_not_started());
    let is_shown = Signal::derive(move || desk.is_shown(tab.name));
    match tab.name {
        "share" => view! {
            <Share code public_url />
            <Show when=move || desk.page == SessionPage::Control && is_new.get()>
                <NeedsScripts>
                    <RehearsalPanel code=feed.code() />
                </NeedsScripts>
            </Show>
        }
        .into_any(),
        "links" => view! {
            <NeedsScripts>
                <ModeratorLinks code=code.clone() public_url=public_url.clone() />
                <LinkActivity code=code.clone() />
                <ControlLink code public_url />
            </NeedsScripts>
        }
        .into_any(),
        "rules" => view! {
            <NeedsScripts>
                <SessionRules feed is_shown />
            </NeedsScripts>
        }
        .into_any(),
        "log" => view! {
            <NeedsScripts>
                <ModerationLog feed is_shown />
            </NeedsScripts>
        }
        .into_any(),
        "export" => view! { <Exports code /> }.into_any(),
        _ => view! {
            <NeedsScripts>
                <SessionEditor feed />
            </NeedsScripts>
        }
        .into_any(),
    }
}
