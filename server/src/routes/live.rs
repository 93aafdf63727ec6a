//! The live stream of a session: server-sent events.

use app::{
    domain::{change::Frames, code::Code, revision::Cursor, role::Audience},
    service::ServiceError,
};
use axum::{
    Extension,
    extract::State as FromState,
    http::{HeaderMap, HeaderName, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Deserialize;

use super::{
    error_response::{ErrorResponse, cross_site, too_many_streams},
    requests::{Path, Query},
    timeouts::with_response_timeout,
};
use crate::{
    gate,
    hub::{StreamPermit, Watching},
    limit_exceeded::LimitExceeded,
    live_stream::LiveStream,
    load_shedding::Work,
    security::{limits::Action, origin::is_cross_site, principal::Principal},
    service::ScopedService,
    state::State,
    store::SessionId,
};

/// The query of a request for a live stream.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default = "public")]
    audience: Audience,
    #[serde(default)]
    frames: Frames,
    after: Option<Cursor>,
}

fn public() -> Audience {
    Audience::Public
}

/// Streams the changes after `after`, or after the `Last-Event-ID` header, which takes precedence because it is newer.
///
/// # Errors
/// `ErrorResponse` if the caller may not watch. If there are too many live streams, the response says when to retry.
pub async fn live(
    service: ScopedService,
    FromState(state): FromState<State>,
    Path(code): Path<Code>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, ErrorResponse> {
    if is_cross_site(&headers, &state.public_url) {
        return Ok(cross_site());
    }
    state.load_shedder.admit(Work::Stream)?;
    let last_event = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .and_then(|id| id.parse().ok());
    let after = last_event.or(wanted.after);
    let wanted = Wanted { after, ..wanted };
    let opened = with_response_timeout(open(&service, &state, &code, wanted)).await?;
    let (permit, events) = match opened {
        Ok(opened) => opened,
        Err(exceeded) => return Ok(too_many_streams(exceeded)),
    };
    // The response bypasses hyper, so `Date` is ours to set.
    let date = state.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    let date = [(header::DATE, date.to_string())];
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would otherwise buffer events.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    // The permit is held for as long as the stream lives, however it ends.
    let events = events.map(move |event| {
        let _permit = &permit;
        event
    });
    Ok((date, headers, Extension(LiveStream::new(events))).into_response())
}

/// A permit for the stream, and its events. Runs no statement for a public stream of a watched session, unless its
/// page is ahead of the pump.
async fn open(
    service: &ScopedService,
    state: &State,
    code: &Code,
    wanted: Wanted,
) -> Result<
    Result<(StreamPermit, impl Stream<Item = Bytes> + Send + use<>), LimitExceeded>,
    ServiceError,
> {
    let principal = service.principal();
    let (session, charge) = gate::resolve(state, principal, code, Action::Read).await?;
    match subscribe(state, principal, session, wanted).await {
        Ok(Err(exceeded)) => Ok(Err(exceeded)),
        Err(ServiceError::NotFound) => {
            state.store.evict_code(code.as_str());
            charge.of(Err(ServiceError::NotFound))
        }
        // Counted by the gate as a refusal, and not as a stream.
        Err(refused @ ServiceError::Forbidden(_)) => Err(refused),
        opened => charge.of(opened),
    }
}

async fn subscribe(
    state: &State,
    principal: Principal,
    session: SessionId,
    wanted: Wanted,
) -> Result<
    Result<(StreamPermit, impl Stream<Item = Bytes> + Send + use<>), LimitExceeded>,
    ServiceError,
> {
    let permit = match state
        .hub
        .acquire_stream(session, principal.rate_limit_keys())
    {
        Ok(permit) => permit,
        Err(exceeded) => return Ok(Err(exceeded)),
    };
    let watching = Watching {
        audience: wanted.audience,
        frames: wanted.frames,
    };
    let events = state.hub.subscribe(session, watching, wanted.after).await?;
    // From here on, a revoked link ends this stream; earlier revocations are noticed here.
    gate::authorize_stream(state, principal, session, wanted.audience).await?;
    Ok(Ok((permit, events)))
}
