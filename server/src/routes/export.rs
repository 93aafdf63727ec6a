//! A session's list as a file, streamed.

use app::{
    clips::ClipsError,
    domain::{
        code::Code,
        role::Right,
        timestamp::{Place, Timestamp},
    },
};
use axum::{
    body::Body,
    extract::{Path, State as FromState},
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, stream};

use super::refusal::Refusal;
use crate::{
    clips::BoundClips,
    export::format::Format,
    state::State,
    store::{SessionId, Store},
};

/// How many rows one short read takes.
const PAGE: u64 = 1_000;

/// Sends one session's list as a file. Moderators and the streamer.
///
/// # Errors
/// `Refusal` to whom may not export.
pub async fn export(
    clips: BoundClips,
    FromState(state): FromState<State>,
    Path((code, format)): Path<(Code, Format)>,
) -> Result<Response, Refusal> {
    let (session, face) = clips.admit(&code, Right::Export).await?;
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format.disposition(&face.title, &code),
        ),
    ];
    let head = stream::once(async move { Ok(Bytes::from(format.head())) });
    let body = Body::from_stream(head.chain(pages(state.store, session, format)));
    Ok((headers, body).into_response())
}

/// Where the reading stands.
struct Reading {
    store: Store,
    after: Option<Place>,
    segment: Option<u32>,
    over: bool,
}

/// The list page by page: a slow download holds no transaction. A failure cuts the download, which browsers tell.
fn pages(
    store: Store,
    session: SessionId,
    format: Format,
) -> impl futures::Stream<Item = Result<Bytes, ClipsError>> + Send {
    let start = Reading {
        store,
        after: None,
        segment: None,
        over: false,
    };
    stream::try_unfold(start, move |mut reading| async move {
        if reading.over {
            return Ok(None);
        }
        let timestamps = reading
            .store
            .visible_after(session, reading.after, PAGE)
            .await?;
        let Some(last) = timestamps.last().map(Timestamp::place) else {
            return Ok(None);
        };
        reading.after = Some(last);
        reading.over = u64::try_from(timestamps.len()).is_ok_and(|read| read < PAGE);
        let bytes = format
            .page(&timestamps, &mut reading.segment)
            .map_err(|_| ClipsError::Broken)?;
        Ok(Some((Bytes::from(bytes), reading)))
    })
}
