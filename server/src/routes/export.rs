//! Sends a session's list or its moments as a file.

use app::{
    domain::{
        code::Code,
        role::{Audience, Right},
        timestamp::Place,
    },
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
    export::{format::Format, moments::MomentFormat, timestamps::TimestampFormat},
    gate,
    security::{limits::Action, principal::Principal},
    service::ScopedService,
    state::State,
    store::{ExportRow, SessionContext, SessionId, StoreError},
};

/// How many rows one short query reads; at most two such pages are in memory.
const PAGE: u64 = 2_000;

/// Sends one session's list or its moments as a file. Moderators and the streamer only.
///
/// # Errors
/// `ErrorResponse` if the caller may not export.
pub async fn export(
    service: ScopedService,
    FromState(state): FromState<State>,
    Path((code, format)): Path<(Code, String)>,
) -> Result<Response, ErrorResponse> {
    let (context, charge) = service
        .load_for(&code, Right::Export, Action::Export)
        .await?;
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
    let principal = service.principal();
    let body = match format {
        Format::Timestamps(format) => {
            let head = stream::once(async move { Ok(Bytes::from(format.head())) });
            let pages = pages(state, principal, context.id, format);
            Body::from_stream(head.chain(pages))
        }
        Format::Moments(format) => {
            Body::from_stream(stream::once(moments(state, principal, context, format)))
        }
    };
    Ok((headers, body).into_response())
}

/// The moments as one piece. Where nobody has looked at the session since the server started, its presses are read first, which
/// can take many seconds.
async fn moments(
    state: State,
    principal: Principal,
    SessionContext { id, session, .. }: SessionContext,
    format: MomentFormat,
) -> Result<Bytes, ServiceError> {
    let shown = state.moments.for_file(id).await?;
    gate::check_again(&state, principal, id, Right::Export).await?;
    let moments = shown.all(Audience::Staff).moments;
    let file = format.file(&session, moments);
    Ok(Bytes::from(file.map_err(|_| ServiceError::Internal)?))
}

/// The state of an export.
struct Reading {
    state: State,
    session: SessionId,
    /// The page that is being read while the previous one is written; `None` after the last one.
    next: Option<JoinHandle<Result<Vec<ExportRow>, StoreError>>>,
    segment: Option<u32>,
}

impl Reading {
    /// Starts to read the page after a place.
    fn read_on(&mut self, after: Option<Place>) {
        let (store, session) = (self.state.store.clone(), self.session);
        let page = async move { store.visible_after(session, after, PAGE).await };
        self.next = Some(tokio::spawn(page));
    }
}

/// The list page by page, so that a slow download holds no transaction. A failure aborts the download, which browsers
/// report. It may take as long as its reader likes, so each page is only for who still may export.
fn pages(
    state: State,
    principal: Principal,
    session: SessionId,
    format: TimestampFormat,
) -> impl futures::Stream<Item = Result<Bytes, ServiceError>> + Send {
    let mut start = Reading {
        state,
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
        // After the page was read: the reader may have taken minutes to ask for it.
        gate::check_again(&reading.state, principal, session, Right::Export).await?;
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

#[cfg(test)]
mod tests {
    use app::domain::{
        access::AccessKey, moments::weight::Weight, press::Press, timestamp::TimestampId,
    };

    use super::*;
    use crate::{
        clock::Clock,
        idempotent_ids::Seed,
        random,
        security::{client_network::ClientNetwork, principal::Browser},
        store::{Submission, VisitorId},
        test_session::TestSession,
    };

    #[tokio::test]
    async fn whoever_loses_the_right_while_they_read_gets_no_further_page() {
        let session = TestSession::open().await;
        session.start().await;
        press(&session, PAGE + 1).await;
        let state = State::start(session.store.clone(), Clock::System, "http://localhost");
        let reader = reader(&session).await;
        let format = TimestampFormat::Text;
        for is_revoked in [false, true] {
            let pages = pages(state.clone(), reader.into(), session.id, format);
            let mut pages = Box::pin(pages);
            assert!(pages.next().await.is_some_and(|page| page.is_ok()));
            if is_revoked {
                replace_control_link(&session).await;
            }
            let last = pages.next().await.unwrap();
            let refused = ServiceError::Forbidden(Right::Export);
            assert_eq!(last.err(), is_revoked.then_some(refused));
            assert!(pages.next().await.is_none());
        }
    }

    /// Records so many presses.
    async fn press(session: &TestSession, count: u64) {
        let submission = |_| Submission {
            session: session.id,
            visitor: VisitorId(random::uuid()),
            press: Press {
                id: TimestampId(random::uuid()),
                note: None,
                name: None,
                label: None,
                waited_ms: 0,
            },
            weight: Weight::WHOLE.parts(),
            received: Clock::System.now(),
        };
        let submissions: Vec<_> = (0..count).map(submission).collect();
        for some in submissions.chunks(500) {
            let recorded = session.store.record(&Clock::System, some).await;
            assert!(recorded.unwrap().iter().all(Result::is_ok));
        }
    }

    /// Somebody who holds the session's control link.
    async fn reader(session: &TestSession) -> Browser {
        let key = replace_control_link(session).await;
        let visitor = VisitorId(random::uuid());
        let (store, clock) = (&session.store, Clock::System);
        let redeemed = store.redeem(&clock, session.id, visitor, &key).await;
        redeemed.unwrap();
        Browser {
            visitor,
            seed: Seed::random(),
            network: ClientNetwork::of([192, 0, 2, 1].into()),
            is_new: false,
        }
    }

    /// As the operator's command does it. The key of the new one.
    async fn replace_control_link(session: &TestSession) -> AccessKey {
        let (store, clock) = (&session.store, Clock::System);
        let replaced = store.replace_control_link(&clock, session.id, None, Seed::random());
        replaced.await.unwrap().created.key
    }
}
