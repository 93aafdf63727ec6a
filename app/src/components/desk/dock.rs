//! The desk as a dock of OBS, some 280 pixels wide: the stream, its buttons, and the latest moments.

use leptos::prelude::*;

use super::{
    bar::StreamBar,
    keys::use_keys,
    later::Later,
    notices::Notices,
    part::Part,
    state::{DeskStart, DeskState},
};
use crate::{
    components::{
        moments::{moment_actions::MomentActions, moment_list::MomentList, order::Order},
        session::{page_header::SessionPage, session_head::SessionHead},
    },
    words::desk as words,
};

/// The desk as a dock.
#[component]
pub fn Dock(
    /// What it is drawn from.
    start: DeskStart,
) -> impl IntoView {
    let DeskStart {
        desk,
        access,
        public_url,
        form_id,
        told,
    } = start;
    let DeskState {
        feed,
        selection,
        presence,
        ..
    } = desk;
    use_keys(desk);
    let actions = MomentActions::new(feed, presence);
    let path = match desk.page {
        SessionPage::Control => "control",
        SessionPage::Moderate | SessionPage::Viewer => "mod",
    };
    view! {
        <main class="desk dock" class:desk--no-keys=move || !desk.has_keys.get()>
            <header class="desk-bar">
                <div class="desk-bar__head">
                    <SessionHead feed />
                </div>
                <StreamBar desk form_id told />
            </header>
            <Notices desk access public_url />
            <div class="dock__main" inert=move || feed.is_revoked()>
                <MomentList
                    feed
                    order=Signal::stored(Order::Latest)
                    selection
                    actions
                    heading=words::LATEST_MOMENTS
                />
                <a
                    class="button button--quiet"
                    href=format!("/s/{}/{path}", feed.code())
                    target="_blank"
                    rel="noopener"
                >
                    {words::OPEN_DESK}
                </a>
            </div>
            <Later part=Part::Keys(desk) is_wanted=move || desk.shows_keys.get() />
        </main>
    }
    .into_any()
}
