//! Streams a session's list as a file.

use app::{
    domain::{code::Code, role::Right, timestamp::Place},
    service::ServiceError,
};
use axum::{
    body::Body,
    extract::State as FromState,
    http::header,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use tokio::task::JoinHandle;

use super::{
    error_response::{self, ErrorResponse},
    requests::Path,
};
use crate::{
    export::format::Format,
    security::limits::Action,
    service::ScopedService,
    state::State,
    store::{ExportRow, SessionId, Store, StoreError},
};

/// How many rows one short query reads; at most two such pages are in memory.
const PAGE: u64 = 2_000;

/// Sends one session's list as a file. Moderators and the streamer only.
///
/// # Errors
/// `ErrorResponse` if the caller may not export.
pub async fn export(
    clips: ScopedService,
    FromState(state): FromState<State>,
    Path((code, format)): Path<(Code, String)>,
) -> Result<Response, ErrorResponse> {
    let (context, charge) = clips.load_for(&code, Right::Export, Action::Export).await?;
    charge.keep();
    // After the rights: whoever may not export gets the same answer for every format.
    let Ok(format) = format.parse::<Format>() else {
        return Ok(error_response::unknown_format());
    };
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format.disposition(&context.session.title, &code),
        ),
    ];
    let head = stream::once(async move { Ok(Bytes::from(format.head())) });
    let body = Body::from_stream(head.chain(pages(state.store.clone(), context.id, format)));
    Ok((headers, body).into_response())
}

/// The state of an export.
struct Reading {
    store: Store,
    session: SessionId,
    /// The page that is being read while the previous one is written; `None` after the last one.
    next: Option<JoinHandle<Result<Vec<ExportRow>, StoreError>>>,
    segment: Option<u32>,
}

impl Reading {
    /// Starts to read the page after a place.
    fn read_on(&mut self, after: Option<Place>) {
        let (store, session) = (self.store.clone(), self.session);
        let page = async move { store.visible_after(session, after, PAGE).await };
        self.next = Some(tokio::spawn(page));
    }
}

/// The list page by page, so that a slow download holds no transaction. A failure aborts the download, which browsers
/// report.
fn pages(
    store: Store,
    session: SessionId,
    format: Format,
) -> impl futures::Stream<Item = Result<Bytes, ServiceError>> + Send {
    let mut start = Reading {
        store,
        session,
        next: None,
        segment: None,
    };
    start.read_on(None);
    stream::try_unfold(start, move |mut reading| async move {
        let Some(next) = reading.next.take() else {
            return Ok(None);
        };
        let lines = next.await.map_err(|_| ServiceError::Internal)??;
        // A slow reader holds one page, and nothing of the database.
        if lines.len() as u64 == PAGE {
            reading.read_on(lines.last().map(ExportRow::place));
        }
        let bytes = format
            .page(&lines, &mut reading.segment)
            .map_err(|_| ServiceError::Internal)?;
        Ok(Some((Bytes::from(bytes), reading)))
    })
}
