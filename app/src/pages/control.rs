//! The streamer's page: the stream, its list, its links.

use leptos::prelude::*;

use crate::{
    components::{
        access::access_gate::{AccessGate, KeyBanner},
        links::{
            control_link::ControlLink, link_activity::LinkActivity,
            moderator_links::ModeratorLinks, secret_link::SecretLink, share::Share,
        },
        list::{exports::Exports, timestamp_list::TimestampList},
        moderation::moderation_log::ModerationLog,
        moments::{moment_list::MomentList, timeline::StaffTimeline},
        press::{press_panel::PressPanel, unsent_list::UnsentList},
        session::{
            live_page::{COUNT, use_live_page},
            page_header::{PageHeader, SessionPage},
            session_editor::SessionEditor,
            session_head::SessionHead,
            session_rules::SessionRules,
        },
        shared::{
            live_text::live_text,
            noscript::{NeedsScripts, WithoutScripts},
        },
        stream::{
            connection_banner::ConnectionBanner, rehearsal_panel::RehearsalPanel,
            segment_clock::SegmentClock, stream_controls::StreamControls,
        },
    },
    domain::{role::Right, snapshot::Desk, timestamp::TimestampId},
    live::page::{
        feed::{Feed, use_feed},
        initial_data::DeskData,
        link_redemption::{KeyState, PageAccess, use_page_access},
    },
    service::ServiceError,
    words::{session, stream, viewer},
};

/// The streamer's page.
#[component]
pub fn ControlPage(
    /// What it starts from.
    data: DeskData,
) -> impl IntoView {
    let (form_id, refused) = (data.form_id, StoredValue::new(data.refused.clone()));
    let access = use_page_access(Right::Control, data);
    let inside = move |desk| {
        let told = refused.get_value();
        view! { <Control access desk form_id told /> }.into_any()
    };
    view! { <AccessGate access inside /> }
}

#[component]
fn Control(
    access: PageAccess,
    desk: Desk,
    form_id: TimestampId,
    told: Option<ServiceError>,
) -> impl IntoView {
    let role = desk.role;
    let public_url = StoredValue::new(desk.public_url);
    let feed = use_feed(desk.snapshot, Vec::new());
    let code = feed.code();
    use_live_page(feed, SessionPage::Control, role);
    let secret = move || {
        let secret = match access.key.get() {
            KeyState::Redeemed { fresh } => fresh?,
            KeyState::None | KeyState::Redeeming | KeyState::NotKept | KeyState::Refused(_) => {
                return None;
            }
        };
        Some(view! {
            <SecretLink
                code=feed.code()
                public_url=public_url.get_value()
                secret
                on_saved=move |()| access.clear_key()
            />
        })
    };
    let is_new = Memo::new(move |_| feed.session.read().status.is_not_started());
    view! {
        <PageHeader code=code.clone() role page=SessionPage::Control />
        <main class="control">
            <div class="control__head">
                <WithoutScripts>
                    <p class="banner banner--warning">{session::CONTROL_WITHOUT_SCRIPTS}</p>
                </WithoutScripts>
                <ConnectionBanner feed />
                <KeyBanner access />
                {secret}
                <Show when=move || is_new.get()>
                    <SaveTheAddress />
                </Show>
                <SessionHead feed />
            </div>
            <div class="control__main">
                <Stage feed told />
                <StaffTimeline feed />
                <Show when=move || is_new.get()>
                    <NeedsScripts>
                        <RehearsalPanel code=feed.code() />
                    </NeedsScripts>
                </Show>
                <PressPanel feed form_id />
                <UnsentList />
                <MomentList feed />
                <section class="panel" aria-labelledby="latest">
                    <h2 id="latest">
                        {viewer::LATEST}
                        <span id=COUNT class="count" translate="no">
                            {feed.session.read_untracked().timestamp_count}
                        </span>
                    </h2>
                    <TimestampList feed />
                </section>
            </div>
            <div class="control__side">
                <Share code=code.clone() public_url=public_url.get_value() />
                <NeedsScripts>
                    <ModeratorLinks code=feed.code() public_url=public_url.get_value() />
                </NeedsScripts>
                <Exports code />
                <NeedsScripts>
                    <ModerationLog feed />
                    <SessionRules feed />
                    <SessionEditor feed />
                    <LinkActivity code=feed.code() />
                    <ControlLink code=feed.code() public_url=public_url.get_value() />
                </NeedsScripts>
                <WithoutScripts>
                    <p class="panel">{session::MISSING_WITHOUT_SCRIPTS}</p>
                </WithoutScripts>
            </div>
        </main>
    }
    .into_any()
}

/// Tells a user who opened the session without scripts to save the key in the address: nothing else shows it.
#[component]
fn SaveTheAddress() -> impl IntoView {
    view! {
        <WithoutScripts>
            <section class="panel panel--accent" aria-labelledby="save">
                <h2 id="save">{session::SAVE_ADDRESS}</h2>
                <p>{session::SAVE_ADDRESS_EXPLANATION}</p>
            </section>
        </WithoutScripts>
    }
}

/// The stream: clock, totals and buttons.
#[component]
fn Stage(feed: Feed, told: Option<ServiceError>) -> impl IntoView {
    let in_segment = move || {
        let segments = feed.segments.read();
        segments.last().map_or(0, |segment| segment.timestamp_count)
    };
    let is_open = Memo::new(move |_| {
        let segments = feed.segments.read();
        segments
            .last()
            .is_some_and(|segment| segment.end_time.is_none())
    });
    view! {
        <section class="panel stage" aria-labelledby="stage">
            <h2 id="stage" class="visually-hidden">
                {stream::HEADING}
            </h2>
            <SegmentClock feed />
            <Show when=move || !is_open.get()>
                <p
                    class="stage__words"
                    inner_html=live_text(move || stream::standstill(&feed.session.read().status))
                ></p>
            </Show>
            <dl class="totals">
                <div>
                    <dt>{stream::TIMESTAMPS}</dt>
                    <dd translate="no" inner_html=live_text(move || feed.session.read().timestamp_count)></dd>
                </div>
                <Show when=move || is_open.get()>
                    <div>
                        <dt>{stream::IN_THIS_SEGMENT}</dt>
                        <dd translate="no" inner_html=live_text(in_segment)></dd>
                    </div>
                </Show>
            </dl>
            <StreamControls feed told />
        </section>
    }
    .into_any()
}
