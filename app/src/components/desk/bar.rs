//! The bar of the desk: what the session is, how the stream stands, and the buttons that nobody should have to look for.

use super::state::DeskState;
use crate::{
    components::{
        presence::{
            colleagues::Colleagues,
            here::{OthersHere, ViewersHere},
            state::PresenceState,
        },
        press::press_panel::PressPanel,
        session::{
            live_page::COUNT,
            page_header::{PageLinks, SessionPage},
            session_head::SessionHead,
        },
        shared::{live_text::live_text, noscript::NeedsScripts},
        stream::{segment_clock::SegmentClock, stream_controls::StreamControls},
    },
    domain::{role::Right, session::Status, timestamp::TimestampId},
    live::{page::feed::Feed, signals::views::*},
    service::ServiceError,
    words::{desk as words, home, stream},
};

/// The bar: title and status, clock and totals, the button that presses, and the streamer's buttons.
#[component]
pub fn DeskBar(
    /// The desk.
    desk: DeskState,
    /// The id that the plain form sends.
    form_id: TimestampId,
    /// Why the plain form was refused, on the page that follows it.
    told: Option<ServiceError>,
) -> impl IntoView {
    let DeskState {
        feed,
        role,
        page,
        presence,
        ..
    } = desk;
    view! {
        <header class="desk-bar" data-pane="stream" id="pane-stream">
            <div class="desk-bar__head">
                <a class="brand" href="/">
                    <span class="visually-hidden">{home::PRODUCT}</span>
                </a>
                <SessionHead feed />
                <Colleagues feed presence />
                <PageLinks code=feed.code() role page />
                <button
                    type="button"
                    class="button button--quiet desk-bar__keys needs-scripts"
                    aria-haspopup="dialog"
                    title=words::KEYS
                    on:click=move |_| desk.shows_keys.set(true)
                >
                    <span aria-hidden="true">"?"</span>
                    <span class="visually-hidden">{words::KEYS}</span>
                </button>
            </div>
            <StreamBar desk form_id told />
        </header>
    }
    .into_any()
}

/// The second line of the bar: the stream and its buttons.
#[component]
pub fn StreamBar(
    /// The desk.
    desk: DeskState,
    /// The id that the plain form sends.
    form_id: TimestampId,
    /// Why the plain form was refused, on the page that follows it.
    told: Option<ServiceError>,
) -> impl IntoView {
    let DeskState {
        feed,
        role,
        page,
        presence,
        ..
    } = desk;
    let may_pause = Memo::new(move |_| {
        let session = feed.session.read();
        role.may_in(Right::Pause, session.rules)
    });
    let controls = move || {
        let told = told.clone();
        match (page, may_pause.get()) {
            (SessionPage::Control, _) => view! { <StreamControls feed told /> }.into_any(),
            (_, true) => view! {
                <NeedsScripts>
                    <StreamControls feed told only_pause=true />
                </NeedsScripts>
            }
            .into_any(),
            (_, false) => ().into_any(),
        }
    };
    view! {
        <section class="desk-bar__stage" aria-labelledby="stage">
            <h2 id="stage" class="visually-hidden">
                {stream::HEADING}
            </h2>
            <SegmentClock feed />
            <Totals feed presence />
            <PressPanel feed form_id />
            {controls}
        </section>
    }
    .into_any()
}

/// How many presses there are, in all and in the latest segment, and how many are here.
#[component]
fn Totals(feed: Feed, presence: PresenceState) -> impl IntoView {
    // In a pause, that of the clock beside it.
    let latest = Memo::new(move |_| {
        if matches!(feed.session.read().status, Status::Ended { .. }) {
            return None;
        }
        let segments = feed.segments.read();
        segments.last().map(|segment| segment.timestamp_count)
    });
    view! {
        <dl class="totals">
            <ViewersHere presence />
            <div>
                <dt>{stream::PRESSES}</dt>
                <dd id=COUNT translate="no">
                    {feed.session.read_untracked().timestamp_count}
                </dd>
            </div>
            <div class="totals__segment" hidden=move || latest.get().is_none()>
                <dt>{stream::IN_THIS_SEGMENT}</dt>
                <dd translate="no" inner_html=live_text(move || latest.get())></dd>
            </div>
            <OthersHere presence />
        </dl>
    }
    .into_any()
}
