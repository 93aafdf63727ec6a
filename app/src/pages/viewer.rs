//! The viewers' page: one large button, and the list.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    components::{
        list::timestamp_list::TimestampList,
        moments::best_moments::{BestMoments, use_best_moments},
        press::{
            own_list::{OwnList, use_own_list},
            press_form::{PressForm, use_press_form},
            unsent_list::UnsentList,
        },
        session::{
            live_page::{COUNT, use_live_page},
            page_header::{PageHeader, SessionPage},
            session_head::SessionHead,
        },
        shared::{
            noscript::WithoutScripts, privacy_link::PrivacyLink, row_cool_down::use_row_cool_down,
        },
        stream::{
            connection_banner::ConnectionBanner, segment_clock::SegmentClock,
            status_message::StatusMessage,
        },
    },
    domain::{moments::join::Join, role::Role, snapshot::Snapshot, timestamp::Timestamp},
    live::{browser::storage, page::feed::use_feed, press::outcome::PressOutcome},
    service::ServiceError,
    words::viewer as words,
};

/// What the viewers' page starts from. In a public one the last three are empty, because it is the same for everybody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewers {
    /// The session.
    pub snapshot: Snapshot,
    /// The caller's own presses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<Timestamp>,
    /// The moments that the caller joined.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<Join>,
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
            joins: Vec::new(),
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    join_refused: Option<ServiceError>,
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
            refused: Some(error),
            note,
            name,
            ..Self::default()
        }
    }

    /// The same, and why a moment was not joined.
    #[must_use]
    pub fn with_join_refused(self, join_refused: Option<ServiceError>) -> Self {
        Self {
            join_refused,
            ..self
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
        joins,
        answer: plain,
    } = data;
    let feed = use_feed(snapshot, own, joins);
    let told = plain.outcome();
    let (list, session) = (feed.list.read_untracked(), feed.session.read_untracked());
    let count = list.count(&session, feed.audience);
    view! {
        <PageHeader code=feed.code() role=Role::Viewer page=SessionPage::Viewer />
        <main class="viewer">
            <ConnectionBanner feed />
            <div class="viewer__stage">
                <SessionHead feed />
                <SegmentClock feed />
                <StatusMessage status=session.status.clone() />
                <PressForm feed form_id=None told note=plain.note name=plain.name />
                <UnsentList />
            </div>
            <OwnList feed />
            <BestMoments feed refused=plain.join_refused />
            <section class="panel" aria-labelledby="latest">
                <h2 id="latest">
                    {words::LATEST} <span id=COUNT class="count" translate="no">
                        {count}
                    </span>
                </h2>
                <TimestampList feed />
                <WithoutScripts>
                    <p>
                        <a href=format!("/s/{}/mine", feed.code())>{words::SHOW_MINE}</a>
                    </p>
                </WithoutScripts>
            </section>
            <PrivacyLink />
        </main>
    }
    .into_any()
}

/// Starts the page: the server's markup stays, and what changes in it is updated. Browser only.
pub fn live(data: Viewers) {
    let Viewers {
        snapshot,
        own,
        joins,
        answer,
    } = data;
    let feed = use_feed(snapshot, own, joins);
    // As this browser remembers it: the page is the same for everybody.
    let role = storage::role(&feed.code());
    let cool_down = use_row_cool_down();
    use_live_page(feed, SessionPage::Viewer, role, cool_down);
    use_own_list(feed, cool_down);
    use_press_form(feed, answer.outcome());
    use_best_moments(feed, answer.join_refused);
}
