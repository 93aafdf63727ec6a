//! The pages. Those that are the same for everybody come from memory; the others are rendered for whoever asks, and kept
//! by nobody.

use std::{convert::Infallible, sync::Arc};

use app::{
    clips::{Clips, ClipsError},
    document::{self, Surroundings},
    domain::{
        code::Code,
        role::{Audience, Right},
        timestamp::TimestampId,
    },
    forms::refusal_from_query,
    live::{
        entry,
        session::{AtDesk, Problem},
    },
    pages::{
        PageData,
        home::{Back, Home},
        privacy::Privacy,
        viewer::{PlainAnswer, Viewers},
    },
};
use axum::{
    body::Body as HttpBody,
    extract::{FromRef, FromRequestParts, Path, Query, Request, State as FromState},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{
    address::{Spelling, spelling},
    patience::soon,
    refusal::Refusal,
};
use crate::{
    bodies::{Body, HTML, Public, Site, What},
    clips::BoundClips,
    config::is_plain_http_to_others,
    pressure::Work,
    security::{caller::Caller, headers::page_policy, visitor},
    state::State,
    status::status,
    world,
};

/// What the pages' routes need. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    state: State,
    site: Site,
    public: Public,
    ready: Arc<Ready>,
}

/// What is the same on every page, or for everybody at all times.
struct Ready {
    around: Surroundings,
    policy: HeaderValue,
    home: Body,
    privacy: Body,
    no_page: Body,
    no_session: Body,
}

impl FromRef<Pages> for State {
    fn from_ref(pages: &Pages) -> Self {
        pages.state.clone()
    }
}

impl Pages {
    /// The pages of this site, over this state.
    pub fn new(state: State, site: Site) -> Self {
        let around = Surroundings {
            assets: site.assets().clone(),
            is_plain_http: is_plain_http_to_others(&state.public_url),
        };
        let build = site.build().to_owned();
        let constant = |page| {
            let html = document::html(page, &around);
            Body::compressed(HTML, html.into_bytes(), &build)
        };
        let missing = |is_of_address| {
            constant(PageData::Trouble(Problem {
                error: ClipsError::NotFound,
                is_of_address,
            }))
        };
        let ready = Ready {
            policy: page_policy(site.assets()),
            home: constant(PageData::Home(Home::of_nobody())),
            privacy: constant(PageData::Privacy(Privacy::default())),
            no_page: missing(true),
            no_session: missing(false),
            around: around.clone(),
        };
        Self {
            public: Public::new(state.store.clone(), state.hub.clone(), around, &build),
            state,
            site,
            ready: Arc::new(ready),
        }
    }

    /// Lets a load in, unless its network had too many or the server has no time for it.
    fn admits(&self, caller: Caller) -> Result<(), ClipsError> {
        self.state.pressure.admits(Work::Page)?;
        self.state.limits.load(caller.counted)
    }

    /// A page from memory.
    fn ready(&self, body: &Body, asked: &HeaderMap) -> Response {
        self.as_page(body.answer(asked))
    }

    /// A page from memory that tells that there is none.
    fn missing(&self, body: &Body, asked: &HeaderMap) -> Response {
        let mut asked = asked.clone();
        // It is never unchanged: a page may come here.
        asked.remove(header::IF_NONE_MATCH);
        let mut answer = self.ready(body, &asked);
        *answer.status_mut() = StatusCode::NOT_FOUND;
        let headers = answer.headers_mut();
        headers.remove(header::ETAG);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    /// A page that is rendered for whoever asks.
    fn rendered(&self, status: StatusCode, page: PageData) -> Response {
        let html = document::html(page, &self.ready.around);
        let headers = [
            (header::CONTENT_TYPE, HTML),
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-store"),
            ),
        ];
        self.as_page((status, headers, html).into_response())
    }

    /// A page that tells why there is no other.
    fn trouble(&self, error: ClipsError, asked: &HeaderMap) -> Response {
        if error == ClipsError::NotFound {
            return self.missing(&self.ready.no_session, asked);
        }
        let (status, wait) = (status(&error), error.wait_seconds());
        let problem = Problem {
            error,
            is_of_address: false,
        };
        let mut answer = self.rendered(status, PageData::Trouble(problem));
        if let Some(seconds) = wait {
            let headers = answer.headers_mut();
            headers.insert(header::RETRY_AFTER, seconds.into());
            // The page loads itself again: nobody has to sit and press a button.
            let refresh = HeaderName::from_static("refresh");
            headers.insert(refresh, seconds.into());
        }
        answer
    }

    fn as_page(&self, mut answer: Response) -> Response {
        let policy = self.ready.policy.clone();
        answer
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
        answer
    }
}

/// Whoever asks for a page from memory: nothing of the answer but a cookie depends on them.
pub struct Guest {
    /// A cookie for a browser that has none.
    new_cookie: Option<HeaderValue>,
    caller: Caller,
}

impl FromRequestParts<Pages> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        Ok(Self::meet(pages, &parts.extensions, &parts.headers))
    }
}

impl Guest {
    fn meet(pages: &Pages, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let (caller, new_cookie) = visitor::meet(&pages.state, extensions, headers);
        Self { new_cookie, caller }
    }

    fn gets(self, mut answer: Response) -> Response {
        if let Some(cookie) = self.new_cookie {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        answer
    }
}

/// Whether a request is for a page that is the same for everybody; else it goes on to those that are rendered for it.
pub async fn from_memory(
    FromState(pages): FromState<Pages>,
    request: Request,
    next: Next,
) -> Response {
    let (uri, asked) = (request.uri(), request.headers());
    // Who asks is looked at for these two alone: presses pass here too.
    let body = match uri.path() {
        _ if !request.method().is_safe() => None,
        "/" if !names(uri, &HOME_QUERY) => Some(&pages.ready.home),
        "/privacy" if !names(uri, &PRIVACY_QUERY) => Some(&pages.ready.privacy),
        _ => None,
    };
    let Some(body) = body else {
        return next.run(request).await;
    };
    let guest = Guest::meet(&pages, request.extensions(), asked);
    // Whoever has a cookie may have sessions of their own on the first page.
    if uri.path() == "/" && guest.new_cookie.is_none() {
        return next.run(request).await;
    }
    guest.gets(pages.ready(body, asked))
}

/// What the first page reads of its query; whatever else is there changes nothing.
const HOME_QUERY: [&str; 4] = ["title", "game", "refused", "code"];
/// What the privacy page reads of its query.
const PRIVACY_QUERY: [&str; 2] = ["forgotten", "refused"];
/// What the viewers' page reads of its query.
const VIEWER_QUERY: [&str; 2] = ["pressed", "refused"];

/// Whether the query of an address has one of these parameters.
fn names(uri: &Uri, parameters: &[&str]) -> bool {
    let query = uri.query().unwrap_or_default();
    let mut named = query
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    named.any(|name| parameters.contains(&name))
}

/// What the query of an address says; a parameter that can't be read is as if none were there.
fn query<T: DeserializeOwned + Default>(uri: &Uri) -> T {
    let read = Query::try_from_uri(uri);
    read.map(|Query(query)| query).unwrap_or_default()
}

/// What comes back from the plain form of the first page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct HomeQuery {
    title: String,
    game: String,
    refused: Option<String>,
    code: Option<String>,
}

/// What comes back from a plain form that can only be refused.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Refused {
    forgotten: Option<String>,
    refused: Option<String>,
}

impl Refused {
    fn error(&self) -> Option<ClipsError> {
        self.refused.as_deref().and_then(refusal_from_query)
    }
}

/// What comes back from the viewers' plain form.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Pressed {
    pressed: Option<Uuid>,
    refused: Option<String>,
    note: String,
    name: String,
}

/// The first page, with the caller's own sessions.
pub async fn home(FromState(pages): FromState<Pages>, clips: BoundClips, uri: Uri) -> Response {
    let query: HomeQuery = query(&uri);
    let own = clips.own_sessions().await;
    let status = own.as_ref().err().map_or(StatusCode::OK, status);
    let home = Home {
        own,
        back: Back {
            title: query.title,
            game: query.game,
            refused: query.refused.as_deref().and_then(refusal_from_query),
            code: query.code,
        },
    };
    pages.rendered(status, PageData::Home(home))
}

/// What is stored about people.
pub async fn privacy(FromState(pages): FromState<Pages>, uri: Uri) -> Response {
    let query: Refused = query(&uri);
    let privacy = Privacy {
        is_forgotten: query.forgotten.is_some(),
        refused: query.error(),
    };
    pages.rendered(StatusCode::OK, PageData::Privacy(privacy))
}

/// The viewers' page: from memory, but after a plain form.
pub async fn viewer(
    FromState(pages): FromState<Pages>,
    guest: Guest,
    Path(raw): Path<String>,
    request: Request,
) -> Response {
    let asked = request.headers();
    let code = match spelling(&raw, request.uri()) {
        Spelling::Canonical(code) => code,
        Spelling::Other(page) => return page.into_response(),
        Spelling::NoCode => return guest.gets(pages.missing(&pages.ready.no_session, asked)),
    };
    if names(request.uri(), &VIEWER_QUERY) {
        let clips = BoundClips::new(pages.state.clone(), guest.caller);
        let query = query(request.uri());
        let answer = soon(viewer_for(&pages, &clips, &code, query)).await;
        let answer = answer.unwrap_or_else(|error| pages.trouble(error, asked));
        return guest.gets(answer);
    }
    let answer = match pages.admits(guest.caller) {
        Ok(()) => soon(pages.public.get(&code, What::Page)).await,
        Err(error) => Err(error),
    };
    let answer = match answer {
        Ok(body) => pages.ready(&body, asked),
        Err(error) => pages.trouble(error, asked),
    };
    guest.gets(answer)
}

/// The viewers' page with the caller's own presses on it, for browsers without scripts.
pub async fn mine(
    FromState(pages): FromState<Pages>,
    clips: BoundClips,
    Path(raw): Path<String>,
    uri: Uri,
    asked: HeaderMap,
) -> Response {
    let code = match spelling(&raw, &uri) {
        Spelling::Canonical(code) => code,
        Spelling::Other(page) => return page.into_response(),
        Spelling::NoCode => return pages.missing(&pages.ready.no_session, &asked),
    };
    let shown = viewer_for(&pages, &clips, &code, Pressed::default()).await;
    shown.unwrap_or_else(|error| pages.trouble(error, &asked))
}

/// The viewers' page as it is for this caller alone.
async fn viewer_for(
    pages: &Pages,
    clips: &BoundClips,
    code: &Code,
    query: Pressed,
) -> Result<Response, ClipsError> {
    pages.state.pressure.admits(Work::Page)?;
    // First, since it counts the load.
    let own = clips.mine(code).await?;
    let snapshot = clips.snapshot(code, Audience::Public).await?;
    let saved = match query.pressed {
        // Whatever the address says: only what is the caller's own is told.
        Some(id) => clips.own_timestamp(code, TimestampId(id)).await.ok(),
        None => None,
    };
    let refused = query.refused.as_deref().and_then(refusal_from_query);
    let answer = match (saved, refused) {
        (Some(timestamp), _) => PlainAnswer::saved(timestamp),
        (None, Some(error)) => PlainAnswer::refused(error, query.note, query.name),
        (None, None) => PlainAnswer::default(),
    };
    let data = PageData::Viewer(Viewers {
        snapshot,
        own,
        answer,
    });
    Ok(pages.rendered(StatusCode::OK, data))
}

/// The public snapshot, as JSON.
pub async fn snapshot(
    FromState(pages): FromState<Pages>,
    guest: Guest,
    Path(code): Path<Code>,
    asked: HeaderMap,
) -> Result<Response, Refusal> {
    pages.admits(guest.caller)?;
    let body = soon(pages.public.get(&code, What::Snapshot)).await?;
    Ok(body.answer(&asked))
}

/// What a page of the staff is asked with.
type AskedDesk = (FromState<Pages>, BoundClips, Path<String>, Uri, HeaderMap);

/// The streamer's page.
pub async fn control(asked: AskedDesk) -> Response {
    desk(asked, Right::Control, PageData::Control).await
}

/// The moderators' page.
pub async fn moderate(asked: AskedDesk) -> Response {
    desk(asked, Right::Moderate, PageData::Moderate).await
}

async fn desk(
    (FromState(pages), clips, Path(raw), uri, asked): AskedDesk,
    right: Right,
    page: fn(AtDesk) -> PageData,
) -> Response {
    let code = match spelling(&raw, &uri) {
        Spelling::Canonical(code) => code,
        Spelling::Other(page) => return page.into_response(),
        Spelling::NoCode => return pages.missing(&pages.ready.no_session, &asked),
    };
    let query: Refused = query(&uri);
    let desk = entry::admit(clips.desk(&code).await, right);
    let status = match &desk {
        Ok(_) => StatusCode::OK,
        // A link may still open it, and is tried by the page itself.
        Err(error @ ClipsError::Forbidden(_)) => status(error),
        Err(error) => return pages.trouble(error.clone(), &asked),
    };
    let data = AtDesk {
        code,
        desk,
        form_id: world::timestamp_id(&pages.state.clock),
        refused: query.error(),
    };
    pages.rendered(status, page(data))
}

/// A file, or the page that says that there is nothing at this address.
pub async fn file(FromState(pages): FromState<Pages>, request: Request) -> Response {
    let (uri, asked) = (request.uri(), request.headers());
    if !request.method().is_safe() {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Some(file) = pages.site.file(uri.path()) {
        return file.answer(asked);
    }
    // A slash at the end is easily typed.
    if let Some(path) = uri
        .path()
        .strip_suffix('/')
        .filter(|path| path.starts_with("/s/"))
    {
        return Redirect::permanent(path).into_response();
    }
    if let Some(folder) = pages.site.watched() {
        let watched = tower_http::services::ServeDir::new(folder);
        if let Ok(found) = watched
            .append_index_html_on_directories(false)
            .try_call(request)
            .await
            && found.status().is_success()
        {
            return found.map(HttpBody::new);
        }
        return pages.missing(&pages.ready.no_page, &HeaderMap::new());
    }
    let guest = Guest::meet(&pages, request.extensions(), asked);
    guest.gets(pages.missing(&pages.ready.no_page, asked))
}
