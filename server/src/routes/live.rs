//! The live stream of a session: server-sent events.

use std::convert::Infallible;

use app::domain::{code::Code, revision::Cursor, role::Audience};
use axum::{
    body::Body,
    extract::{Path, Query, State as FromState},
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::Deserialize;

use super::refusal::{Refusal, cross_site};
use crate::{clips::BoundClips, security::origin::is_cross_site, state::State};

/// What a page asks for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default = "public")]
    audience: Audience,
    after: Option<Cursor>,
}

fn public() -> Audience {
    Audience::Public
}

/// Streams the changes after `after`, or after the `Last-Event-ID` header, which wins: it is younger.
///
/// # Errors
/// `Refusal` to whom may not watch.
pub async fn live(
    clips: BoundClips,
    FromState(state): FromState<State>,
    Path(code): Path<Code>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    if is_cross_site(&headers) {
        return Ok(cross_site());
    }
    let (session, _) = clips.admit(&code, wanted.audience.right()).await?;
    let last_event = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let events = state
        .hub
        .subscribe(session, wanted.audience, last_event.or(wanted.after))
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would gather events before it passes them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    let body = Body::from_stream(events.map(Ok::<_, Infallible>));
    Ok((headers, body).into_response())
}
