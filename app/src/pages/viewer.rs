//! The viewers' page: one large button, and the list.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        list::timestamp_list::TimestampList,
        press::{
            press_form::{PressForm, use_press_form},
            unsent_list::UnsentList,
        },
        session::{
            page_header::{PageHeader, SessionPage, use_remembered_role},
            session_head::SessionHead,
            tab_title::use_tab_title,
        },
        shared::{
            announcer::use_announced, live_text::live_text, noscript::WithoutScripts,
            privacy_link::PrivacyLink,
        },
        stream::{connection_banner::ConnectionBanner, segment_clock::SegmentClock},
    },
    domain::{role::Role, snapshot::Snapshot, timestamp::Timestamp},
    live::{
        page::feed::{Feed, use_feed},
        press::outcome::PressOutcome,
    },
    live_document::Part,
    service::ServiceError,
    words::viewer as words,
};

/// What the viewers' page starts from. In a public one the last two are empty, because it is the same for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewers {
    /// The session.
    pub snapshot: Snapshot,
    /// The caller's own presses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<Timestamp>,
    /// What the page after a plain form tells.
    #[serde(default, skip_serializing_if = "PlainAnswer::is_none")]
    pub answer: PlainAnswer,
}

impl Viewers {
    /// What is the same for everybody.
    pub fn public(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            own: Vec::new(),
            answer: PlainAnswer::default(),
        }
    }
}

/// What the page after a plain form tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlainAnswer {
    saved: Option<Timestamp>,
    refused: Option<ServiceError>,
    note: String,
    name: String,
}

impl PlainAnswer {
    /// The press was saved.
    pub fn saved(timestamp: Timestamp) -> Self {
        Self {
            saved: Some(timestamp),
            ..Self::default()
        }
    }

    /// The press was refused, with this note and name.
    pub fn refused(error: ServiceError, note: String, name: String) -> Self {
        Self {
            saved: None,
            refused: Some(error),
            note,
            name,
        }
    }

    fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn outcome(&self) -> Option<PressOutcome> {
        let saved = self.saved.clone().map(PressOutcome::Saved);
        let refused = self
            .refused
            .clone()
            .map(|error| PressOutcome::Refused { error, note: None });
        saved.or(refused)
    }
}

/// The viewers' page.
#[component]
pub fn ViewerPage(
    /// What it starts from.
    data: Viewers,
) -> impl IntoView {
    let Viewers {
        snapshot,
        own,
        answer: plain,
    } = data;
    let feed = use_feed(snapshot, own);
    let told = plain.outcome();
    let Parts {
        nav,
        connection,
        stage,
        unsent,
        latest,
    } = Parts::of(feed);
    view! {
        {nav.written()}
        <main class="viewer">
            {connection.written()}
            <div class="viewer__stage">
                {stage.written()}
                <PressForm feed form_id=None told note=plain.note name=plain.name />
                {unsent.written()}
            </div>
            <section class="panel" aria-labelledby="latest">
                {latest.written()}
            </section>
            <PrivacyLink />
        </main>
    }
    .into_any()
}

/// Starts the page in the browser: what the app renders surrounds the form, which stays the server's. Browser only.
pub fn live_parts(data: Viewers) -> Vec<Part> {
    let Viewers {
        snapshot,
        own,
        answer,
    } = data;
    let feed = use_feed(snapshot, own);
    use_tab_title(feed);
    use_press_form(feed, answer.outcome());
    Parts::of(feed).all()
}

/// What of the page follows the live session.
struct Parts {
    nav: Part,
    connection: Part,
    stage: Part,
    unsent: Part,
    latest: Part,
}

impl Parts {
    fn all(self) -> Vec<Part> {
        let Self {
            nav,
            connection,
            stage,
            unsent,
            latest,
        } = self;
        vec![nav, connection, stage, unsent, latest]
    }

    fn of(feed: Feed) -> Self {
        let role = use_remembered_role(feed.code());
        Self {
            nav: Part::new(
                "part-nav",
                view! { <PageHeader code=feed.code() role page=SessionPage::Viewer /> },
            ),
            connection: Part::new("part-connection", view! { <ConnectionBanner feed /> }),
            stage: Part::new(
                "part-stage",
                view! {
                    <SessionHead feed />
                    <SegmentClock feed />
                    <StatusMessage feed role />
                },
            ),
            unsent: Part::new("part-unsent", view! { <UnsentList feed /> }),
            latest: Part::new(
                "part-latest",
                view! {
                    <h2 id="latest">
                        {words::LATEST}
                        <span class="count" translate="no" inner_html=live_text(move || feed.count.get())></span>
                    </h2>
                    <TimestampList feed />
                    <WithoutScripts>
                        <p>
                            <a href=format!("/s/{}/mine", feed.code())>{words::SHOW_MINE}</a>
                        </p>
                    </WithoutScripts>
                },
            ),
        }
    }
}

/// What a status without an open segment means for a viewer.
#[component]
fn StatusMessage(feed: Feed, role: ReadSignal<Role>) -> impl IntoView {
    let words = Memo::new(move |_| words::standstill(&feed.session.read().status, role.get()));
    use_announced(Memo::new(move |_| {
        let words = words.get();
        words.map(|words| format!("{}. {}", words.heading, words.advice))
    }));
    let is_told = Memo::new(move |_| words.read().is_some());
    view! {
        <div class="status-message-place">
            <Show when=move || is_told.get()>
                <div class="status-message">
                    <p
                        class="status-message__heading"
                        inner_html=live_text(move || words.get().map(|words| words.heading))
                    ></p>
                    <p
                        class="status-message__words needs-scripts"
                        inner_html=live_text(move || words.get().map(|words| words.advice))
                    ></p>
                    <p
                        class="status-message__words no-scripts"
                        inner_html=live_text(move || words.get().map(|words| words.without_scripts))
                    ></p>
                </div>
            </Show>
        </div>
    }
}
