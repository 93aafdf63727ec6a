//! Sends a session's list or its moments as a file.

use std::time::Duration;

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
use futures::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinHandle;

use super::{
    error_response::{self, ErrorResponse},
    requests::Path,
};
use crate::{
    export::{format::Format, moments::MomentFormat, timestamps::TimestampFormat},
    gate,
    lease::Lease,
    open_exports::{ExportPermit, NoPlace},
    security::{limits::Action, principal::Principal},
    service::ScopedService,
    state::State,
    store::{ExportRow, SessionContext, SessionId, StoreError},
};

/// How many rows one short query reads; at most two such pages are in memory.
const PAGE: u64 = 2_000;
/// How long a reader may take for a page, of which few are larger than 200 kB.
const LONGEST_PAGE: Duration = Duration::from_secs(60);
/// How much of a page is handed on at once, and stays in memory for as long as it is not sent.
const PIECE: usize = 16 * 1024;
/// When whoever found no place may try again.
const LATER: Duration = Duration::from_secs(5);
/// Seconds until an export whose reader was too slow may be tried again.
const TRY_AGAIN_SECONDS: u16 = 60;

/// Sends one session's list or its moments as a file. Moderators and the streamer only.
///
/// # Errors
/// `ErrorResponse` if the caller may not export, or if too many exports are under way.
pub async fn export(
    service: ScopedService,
    FromState(state): FromState<State>,
    Path((code, format)): Path<(Code, String)>,
) -> Result<Response, ErrorResponse> {
    let (context, charge) = service
        .load_for(&code, Right::Export, Action::Export)
        .await?;
    // After the rights: whoever may not export gets the same answer for every format.
    let Ok(format) = format.parse::<Format>() else {
        charge.keep();
        return Ok(error_response::unknown_format());
    };
    let network = service.principal().rate_limit_keys().network;
    let permit = state.exports.take(state.limits.are_on().then_some(network));
    let permit = permit.map_err(|no_place| match no_place {
        NoPlace::InNetwork => state.limits.refused(Action::Export, LATER),
        NoPlace::OnServer => ServiceError::Unavailable {
            seconds: u16::try_from(LATER.as_secs()).unwrap_or(u16::MAX),
        },
    })?;
    charge.keep();
    let headers = [
        (header::CONTENT_TYPE, format.content_type().to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format.disposition(&context.session.title, &code),
        ),
    ];
    let reader = (service.principal(), permit);
    let body = match format {
        Format::Timestamps(format) => {
            let head = stream::once(async move { Ok(Bytes::from(format.head())) });
            let pages = pages(state, reader, context.id, format, LONGEST_PAGE);
            Body::from_stream(head.chain(pages))
        }
        Format::Moments(format) => {
            let file = moments(state, reader, context, format);
            let pieces = stream::once(file).map_ok(|file| pieces(file, LONGEST_PAGE));
            Body::from_stream(pieces.try_flatten())
        }
    };
    Ok((headers, body).into_response())
}

/// A file that is sent, and its place among the exports.
type File = (Bytes, ExportPermit);

/// The moments. Where nobody has looked at the session since the server started, its presses are read first, which can take many
/// seconds.
async fn moments(
    state: State,
    (principal, permit): (Principal, ExportPermit),
    SessionContext { id, session, .. }: SessionContext,
    format: MomentFormat,
) -> Result<File, ServiceError> {
    let shown = state.moments.for_file(id).await?;
    gate::check_again(&state, principal, id, Right::Export).await?;
    let moments = shown.all(Audience::Staff).moments;
    let file = format.file(&session, moments);
    let file = file.map_err(|_| ServiceError::Internal)?;
    Ok((Bytes::from(file), permit))
}

/// The pieces of a file. If its reader takes too long, it is dropped, with its place.
fn pieces(
    file: File,
    longest: Duration,
) -> impl futures::Stream<Item = Result<Bytes, ServiceError>> + Send {
    stream::try_unfold(Lease::new(file, longest), async move |file| {
        let piece = file.with(|(unsent, _)| next_piece(unsent));
        let piece = piece.ok_or(TOO_SLOW)?;
        Ok((!piece.is_empty()).then_some((piece, file)))
    })
}

/// The state of an export.
struct Reading {
    state: State,
    session: SessionId,
    /// The page that is being read while the previous one is written; `None` after the last one.
    next: Option<JoinHandle<Result<Vec<ExportRow>, StoreError>>>,
    segment: Option<u32>,
    _permit: ExportPermit,
}

/// A page that is being sent.
struct Page {
    unsent: Bytes,
    reading: Reading,
}

/// The next piece of a page, empty after the last one. A copy: as a slice of the page, it would hold all of it.
fn next_piece(unsent: &mut Bytes) -> Bytes {
    let end = PIECE.min(unsent.len());
    Bytes::copy_from_slice(&unsent.split_to(end))
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
/// report. It may take long, so each page is only for who still may export; and if its reader takes too long for a page, that
/// is dropped, with the page behind it and the place among the exports.
fn pages(
    state: State,
    (principal, permit): (Principal, ExportPermit),
    session: SessionId,
    format: TimestampFormat,
    longest: Duration,
) -> impl futures::Stream<Item = Result<Bytes, ServiceError>> + Send {
    let mut reading = Reading {
        state,
        session,
        next: None,
        segment: None,
        _permit: permit,
    };
    reading.read_on(None);
    let unsent = Bytes::new();
    let start = Lease::new(Page { unsent, reading }, longest);
    stream::try_unfold(start, move |page| async move {
        let piece = page.with(|page| next_piece(&mut page.unsent));
        let piece = piece.ok_or(TOO_SLOW)?;
        if !piece.is_empty() {
            return Ok(Some((piece, page)));
        }
        let Page { mut reading, .. } = page.take().ok_or(TOO_SLOW)?;
        let Some(next) = reading.next.take() else {
            return Ok(None);
        };
        let lines = next.await.map_err(|_| ServiceError::Internal)??;
        // After the page was read: the reader may have taken minutes to ask for it.
        gate::check_again(&reading.state, principal, session, Right::Export).await?;
        // A slow reader holds two pages for a while, and nothing of the database.
        if lines.len() as u64 == PAGE {
            reading.read_on(lines.last().map(ExportRow::place));
        }
        let bytes = format
            .page(&lines, &mut reading.segment)
            .map_err(|_| ServiceError::Internal)?;
        let mut unsent = Bytes::from(bytes);
        let piece = next_piece(&mut unsent);
        Ok(Some((piece, Lease::new(Page { unsent, reading }, longest))))
    })
}

/// What ends an export whose reader is too slow. Nobody reads it: a download is aborted.
const TOO_SLOW: ServiceError = ServiceError::Unavailable {
    seconds: TRY_AGAIN_SECONDS,
};

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
        for is_revoked in [false, true] {
            let mut pages = Box::pin(read(&state, &session, reader, LONGEST_PAGE));
            let mut file = pages.next().await.unwrap().unwrap().to_vec();
            if is_revoked {
                replace_control_link(&session).await;
            }
            let mut refused = None;
            while let Some(piece) = pages.next().await {
                match piece {
                    Ok(piece) => file.extend_from_slice(&piece),
                    Err(error) => refused = Some(error),
                }
            }
            let lines = file.iter().filter(|byte| **byte == b'\n').count() as u64;
            let all = if is_revoked { PAGE } else { PAGE + 1 };
            let forbidden = ServiceError::Forbidden(Right::Export);
            assert_eq!((lines, refused), (all, is_revoked.then_some(forbidden)));
        }
    }

    #[tokio::test]
    async fn whoever_takes_too_long_for_a_page_holds_nothing_any_more_and_gets_no_further_one() {
        let session = TestSession::open().await;
        session.start().await;
        press(&session, PAGE + 1).await;
        let state = State::start(session.store.clone(), Clock::System, "http://localhost");
        let reader = reader(&session).await;
        let longest = Duration::from_millis(500);
        let mut pages = Box::pin(read(&state, &session, reader, longest));
        assert!(pages.next().await.is_some_and(|page| page.is_ok()));
        assert_eq!(state.exports.count(), 1);
        while state.exports.count() > 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(pages.next().await, Some(Err(TOO_SLOW)));
        assert!(pages.next().await.is_none());
    }

    #[test]
    fn the_pieces_of_a_page_are_all_of_it() {
        let page: Bytes = (0..=u8::MAX).cycle().take(PIECE * 5 / 2).collect();
        let (mut unsent, mut sent) = (page.clone(), Vec::new());
        loop {
            let piece = next_piece(&mut unsent);
            if piece.is_empty() {
                break;
            }
            assert!(piece.len() <= PIECE);
            sent.extend_from_slice(&piece);
        }
        assert_eq!(sent, page);
    }

    /// The pages that this reader gets.
    fn read(
        state: &State,
        session: &TestSession,
        reader: Browser,
        longest: Duration,
    ) -> impl futures::Stream<Item = Result<Bytes, ServiceError>> + Send + use<> {
        let permit = state.exports.take(Some(reader.network)).unwrap();
        let format = TimestampFormat::Text;
        pages(
            state.clone(),
            (reader.into(), permit),
            session.id,
            format,
            longest,
        )
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
