//! The live stream of a session: server-sent events.

use app::domain::{code::Code, revision::Cursor, role::Audience};
use axum::{
    Extension,
    extract::{Path, Query, State as FromState},
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::Deserialize;

use super::refusal::{Refusal, cross_site, no_room};
use crate::{
    clips::BoundClips, live_stream::LiveStream, security::origin::is_cross_site, state::State,
};

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
/// `Refusal` to whom may not watch. Where there are too many live streams, the answer says when to come back.
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
    let seat = match state.hub.seat(session, clips.network(), clips.visitor()) {
        Ok(seat) => seat,
        Err(full) => return Ok(no_room(full)),
    };
    let last_event = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let events = state
        .hub
        .subscribe(session, wanted.audience, last_event.or(wanted.after))
        .await?;
    if wanted.audience == Audience::Staff {
        // From here on a revoked link ends this stream; what was revoked before is seen here.
        clips.admit(&code, wanted.audience.right()).await?;
    }
    // hyper, which else tells the time, does not write this answer.
    let date = state.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    let date = [(header::DATE, date.to_string())];
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would gather events before it passes them on.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    // The place is taken as long as the stream lives, however it ends.
    let events = events.map(move |event| {
        let _seat = &seat;
        event
    });
    Ok((date, headers, Extension(LiveStream::new(events))).into_response())
}
