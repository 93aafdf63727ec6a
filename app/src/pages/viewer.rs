//! The viewers' page: one large button, and the list that it grows.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    api,
    clips::ClipsError,
    components::{
        connection_banner::ConnectionBanner,
        page_header::{PageHeader, SessionPage},
        press_form::PressForm,
        privacy_link::PrivacyLink,
        segment_clock::SegmentClock,
        session_head::SessionHead,
        tab_title::TabTitle,
        timestamp_list::TimestampList,
        trouble::Trouble,
        unsent_list::UnsentList,
    },
    domain::{
        role::{Audience, Right, Role},
        session::Status,
        text::{Name, Note},
        timestamp::TimestampId,
    },
    forms,
    live::{
        feed::{Feed, use_feed},
        session::{Loaded, use_code, use_session},
        verdict::Verdict,
    },
};

/// The viewers' page.
#[component]
pub fn ViewerPage() -> impl IntoView {
    let loaded = use_session(Audience::Public);
    let plain = use_plain_answer();
    view! {
        <Suspense fallback=|| {
            view! { <p class="loading">"Loading …"</p> }
        }>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(loaded) => view! { <Viewer loaded plain=plain.await /> }.into_any(),
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// What the page after a plain form tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct PlainAnswer {
    saved: Option<crate::domain::timestamp::Timestamp>,
    refused: Option<ClipsError>,
    note: String,
    name: String,
}

impl PlainAnswer {
    fn verdict(&self) -> Option<Verdict> {
        let saved = self.saved.clone().map(Verdict::Saved);
        let refused = self
            .refused
            .clone()
            .map(|error| Verdict::Refused { error, note: None });
        saved.or(refused)
    }
}

/// Reads what the answer to a plain form put into the address.
fn use_plain_answer() -> Resource<PlainAnswer> {
    let query = use_query_map();
    let code = use_code();
    Resource::new_blocking(
        move || (query.get(), code.get()),
        |(query, code)| async move {
            let text = |name| query.get(name).unwrap_or_default();
            let refused = query.get("refused");
            let refused = refused.and_then(|raw| forms::refusal_from_query(&raw));
            let saved = match (query.get("pressed").and_then(|raw| raw.parse().ok()), code) {
                (Some(id), Ok(code)) => api::timestamps::own_timestamp(code, TimestampId(id))
                    .await
                    .ok(),
                (Some(_), Err(_)) | (None, _) => None,
            };
            let (note, name) = (text("note"), text("name"));
            PlainAnswer {
                saved,
                refused: refused.map(|error| judge_again(error, &note, &name)),
                note,
                name,
            }
        },
    )
}

/// What was wrong with note or name is worked out anew: the words of an address are nobody's.
fn judge_again(error: ClipsError, note: &str, name: &str) -> ClipsError {
    let wrong = Note::parse_optional(note)
        .err()
        .or_else(|| Name::parse_optional(name).err());
    match (&error, wrong) {
        (ClipsError::Invalid(_), Some(wrong)) => ClipsError::Invalid(wrong.to_string()),
        (_, _) => error,
    }
}

#[component]
fn Viewer(loaded: Loaded, plain: PlainAnswer) -> impl IntoView {
    let role = loaded.snapshot.role;
    let form_id = loaded.form_id;
    let feed = use_feed(loaded.snapshot);
    let told = plain.verdict();
    let is_open = Memo::new(move |_| match feed.session.read().status {
        Status::Active { .. } | Status::Paused { .. } => true,
        Status::Ended { .. } => false,
    });

    view! {
        <TabTitle feed />
        <PageHeader code=feed.code() role page=SessionPage::Viewer />
        <main class="viewer">
            <ConnectionBanner feed />
            <div class="viewer__stage">
                <SessionHead feed />
                <SegmentClock feed />
                <Face feed role />
                <Show when=move || is_open.get()>
                    <PressForm
                        feed
                        form_id
                        told=told.clone()
                        note=plain.note.clone()
                        name=plain.name.clone()
                    />
                </Show>
                <UnsentList feed />
            </div>
            <section class="panel" aria-labelledby="latest">
                <h2 id="latest">
                    "Latest timestamps "
                    <span class="count">{move || feed.session.read().timestamp_count}</span>
                </h2>
                <TimestampList feed />
            </section>
            <PrivacyLink />
        </main>
    }
    .into_any()
}

/// What a status without an open segment means for a viewer.
#[component]
fn Face(feed: Feed, role: Role) -> impl IntoView {
    let closed = if role.may(Right::Moderate) {
        "The list is closed. The streamer can reopen the session."
    } else {
        "The list is closed. Is a moment missing? Tell a moderator."
    };
    // The heading, what to do, and what to do without scripts.
    let words = Memo::new(move |_| match feed.session.read().status {
        Status::Active { .. } => None,
        Status::Paused { last: None } => Some((
            "The stream has not started yet",
            "Keep this page open: it wakes up by itself.",
            "Reload this page when the stream has started.",
        )),
        Status::Paused { last: Some(_) } => Some((
            "The stream is paused",
            "Keep this page open: the button works again when the stream goes on.",
            "Reload this page when the stream goes on.",
        )),
        Status::Ended { .. } => Some(("The stream has ended", closed, closed)),
    });
    view! {
        <div class="face-place" role="status">
            {move || {
                words
                    .get()
                    .map(|(heading, explanation, without_scripts)| {
                        view! {
                            <div class="face">
                                <p class="face__heading">{heading}</p>
                                <p class="face__words needs-scripts">{explanation}</p>
                                <p class="face__words no-scripts">{without_scripts}</p>
                            </div>
                        }
                    })
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wrong_is_worked_out_anew() {
        let refused = || ClipsError::Invalid("whatever an address says".into());
        let judged = judge_again(refused(), &"y".repeat(101), "");
        insta::assert_snapshot!(judged, @"This note has 101 characters; at most 100 fit.");
        let judged = judge_again(refused(), "", &"n".repeat(41));
        insta::assert_snapshot!(judged, @"This name has 41 characters; at most 40 fit.");
    }

    #[test]
    fn another_refusal_stays_as_it_is() {
        let judged = judge_again(ClipsError::NotFound, &"y".repeat(101), "");
        assert_eq!(judged, ClipsError::NotFound);
    }
}
