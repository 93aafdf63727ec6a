//! The moderators' page: the growing list, and the tools to keep it clean.

use leptos::prelude::*;

use crate::{
    components::{
        access::access_gate::{AccessGate, KeyBanner},
        list::exports::Exports,
        moderation::{moderation_list::ModerationList, moderation_log::ModerationLog},
        moments::{moment_list::MomentList, timeline::StaffTimeline},
        press::{press_panel::PressPanel, unsent_list::UnsentList},
        session::{
            live_page::use_live_page,
            page_header::{PageHeader, SessionPage},
            session_head::SessionHead,
        },
        shared::noscript::{NeedsScripts, WithoutScripts},
        stream::{
            connection_banner::ConnectionBanner, segment_clock::SegmentClock,
            stream_controls::StreamControls,
        },
    },
    domain::{role::Right, snapshot::Desk, timestamp::TimestampId},
    live::page::{
        feed::use_feed,
        initial_data::DeskData,
        link_redemption::{PageAccess, use_page_access},
    },
    words::session,
};

/// The moderators' page.
#[component]
pub fn ModeratePage(
    /// What it starts from.
    data: DeskData,
) -> impl IntoView {
    let form_id = data.form_id;
    let access = use_page_access(Right::Moderate, data);
    let inside = move |desk| view! { <Moderate access desk form_id /> }.into_any();
    view! { <AccessGate access inside /> }
}

#[component]
fn Moderate(access: PageAccess, desk: Desk, form_id: TimestampId) -> impl IntoView {
    let role = desk.role;
    let feed = use_feed(desk.snapshot, Vec::new());
    let code = feed.code();
    use_live_page(feed, SessionPage::Moderate, role);
    let may_pause = Memo::new(move |_| {
        let session = feed.session.read();
        role.may_in(Right::Pause, session.rules)
    });
    view! {
        <PageHeader code=code.clone() role page=SessionPage::Moderate />
        <main class="moderate">
            <div class="moderate__head">
                <WithoutScripts>
                    <p class="banner banner--warning">{session::MODERATE_WITHOUT_SCRIPTS}</p>
                </WithoutScripts>
                <ConnectionBanner feed />
                <KeyBanner access />
                <SessionHead feed />
                <StaffTimeline feed />
            </div>
            <div class="moderate__side">
                <SegmentClock feed />
                <Show when=move || may_pause.get()>
                    <NeedsScripts>
                        <StreamControls feed only_pause=true />
                    </NeedsScripts>
                </Show>
                <PressPanel feed form_id />
                <UnsentList />
                <MomentList feed />
                <Exports code />
                <NeedsScripts>
                    <ModerationLog feed />
                </NeedsScripts>
            </div>
            <ModerationList feed />
        </main>
    }
    .into_any()
}
