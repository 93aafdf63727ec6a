//! The pane of everything else, as tabs: sharing, links, rules, the log, the files, and the session itself.

use super::{
    later::Later,
    part::Part,
    state::{DeskState, tabs},
};
use crate::{
    components::{
        links::share::Share,
        list::exports::Exports,
        moderation::moderation_log::ModerationLog,
        session::page_header::SessionPage,
        shared::{
            noscript::{NeedsScripts, WithoutScripts},
            tabs::{Tab, TabList},
        },
    },
    live::{page::link_redemption::PageAccess, signals::views::*},
    words::{desk as words, session},
};

/// The pane of everything else.
#[component]
pub fn DeskSide(
    /// The desk.
    desk: DeskState,
    /// How this browser got here.
    access: PageAccess,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let panels = tabs(desk.page);
    let panels = panels.into_iter().map(|tab| {
        let content = content(desk, access, tab, public_url.clone());
        view! { <Panel desk tab>{content}</Panel> }
    });
    view! {
        <section class="desk__pane desk-side" id="pane-more" data-pane="more" aria-label=words::DETAILS>
            <TabList label=words::DETAILS tabs=tabs(desk.page) selected=desk.tab has_keys=desk.has_keys />
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

fn content(desk: DeskState, access: PageAccess, tab: Tab, public_url: String) -> AnyView {
    let feed = desk.feed;
    let code = feed.code();
    let is_shown = move || desk.is_shown(tab.name);
    let part = match tab.name {
        "share" => return share(desk, public_url),
        "links" => Part::Links {
            feed,
            access,
            public_url,
            is_shown: desk.looked_at(tab.name),
        },
        "rules" => Part::Rules {
            feed,
            is_shown: Signal::derive(is_shown),
        },
        // What a moderator sees first stands in the server's page, and is not to move.
        "log" => {
            return view! {
                <NeedsScripts>
                    <ModerationLog feed is_shown=Signal::derive(is_shown) />
                </NeedsScripts>
            }
            .into_any();
        }
        "export" => return view! { <Exports code /> }.into_any(),
        _ => Part::Session(feed),
    };
    view! {
        <NeedsScripts>
            <Later part is_wanted=is_shown />
        </NeedsScripts>
    }
    .into_any()
}

fn share(desk: DeskState, public_url: String) -> AnyView {
    let feed = desk.feed;
    let is_new = Memo::new(move |_| feed.session.read().status.is_not_started());
    view! {
        <Share code=feed.code() public_url />
        <Show when=move || desk.page == SessionPage::Control && is_new.get()>
            <NeedsScripts>
                <Later part=Part::Rehearsal(feed.code()) is_wanted=move || desk.is_shown("share") />
            </NeedsScripts>
        </Show>
    }
    .into_any()
}
