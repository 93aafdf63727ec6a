//! The pages. Those that are the same for everybody come from memory; the others are rendered for the caller, and not
//! cached.

mod cached;
mod problems;
mod rendered;

use std::{convert::Infallible, sync::Arc};

use app::{
    document::{self, Surroundings},
    live::page::initial_data::Problem,
    pages::{PageData, heat, home::Home, privacy::Privacy},
    service::ServiceError,
};
use axum::{
    extract::{FromRef, FromRequestParts, Query},
    http::{
        Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header, request::Parts,
    },
    response::Response,
};
use serde::de::DeserializeOwned;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
};

use self::problems::Problems;
pub use self::{
    cached::{file, heat, serve_cached, snapshot, viewer},
    rendered::{control, home, mine, moderate, privacy},
};
use crate::{
    bodies::{Body, HTML, PublicCache, StaticFiles, compressed_for},
    load_shedding::Work,
    routes::{identify, timeouts::with_response_timeout},
    security::{
        headers::{page_policy, picture_policy},
        limits::Action,
        principal::{Browser, Principal},
    },
    state::State,
    status::status,
};

/// How many pages are rendered for single callers at the same time, so that they leave enough time for presses and for what
/// is the same for everybody.
const RENDERERS: usize = 2;

/// The state of the pages' routes. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    state: State,
    public: PublicCache,
    ready: Arc<Ready>,
    renderers: Arc<Semaphore>,
}

/// What is the same on every page, or the same for everybody at all times.
struct Ready {
    site: StaticFiles,
    around: Surroundings,
    policy: HeaderValue,
    heat_policy: HeaderValue,
    home: Body,
    privacy: Body,
    no_page: Body,
    no_session: Body,
    problems: Problems,
}

impl FromRef<Pages> for State {
    fn from_ref(pages: &Pages) -> Self {
        pages.state.clone()
    }
}

impl Pages {
    /// The pages of this site, with this state.
    pub fn new(state: State, site: StaticFiles) -> Self {
        let around = Surroundings {
            assets: site.assets().clone(),
            is_plain_http: state.is_exposed,
            has_offline_page: state.has_offline_page,
        };
        let build = site.build().to_owned();
        let constant = |page| {
            let html = document::html(page, &around);
            Body::compressed(HTML, html.into_bytes(), &build)
        };
        let missing = |is_of_address| {
            constant(PageData::Error(Problem {
                error: ServiceError::NotFound,
                is_of_address,
            }))
        };
        let ready = Ready {
            policy: page_policy(site.assets()),
            heat_policy: picture_policy(heat::STYLE),
            home: constant(PageData::Home(Home::of_nobody())),
            privacy: constant(PageData::Privacy(Privacy::default())),
            no_page: missing(true),
            no_session: missing(false),
            problems: Problems::new(build.clone()),
            around: around.clone(),
            site,
        };
        Self {
            public: PublicCache::new(&state, around, &build),
            state,
            ready: Arc::new(ready),
            renderers: Arc::new(Semaphore::new(RENDERERS)),
        }
    }

    /// A page from memory.
    fn ready(&self, body: &Body, asked: &HeaderMap) -> Response {
        self.as_page(body.answer(asked))
    }

    /// The home page of a browser that has no sessions, from memory.
    fn home_of_nobody(&self, asked: &HeaderMap) -> Response {
        let mut page = self.ready(&self.ready.home, asked);
        // Who goes back to it from a session that they opened must not see the page of a browser that has none.
        let no_store = HeaderValue::from_static("private, no-store");
        page.headers_mut().insert(header::CACHE_CONTROL, no_store);
        page
    }

    /// The page that says that there is no such session.
    pub(super) fn no_session(&self, asked: &HeaderMap) -> Response {
        self.missing(&self.ready.no_session, asked)
    }

    /// A page from memory that says that there is none.
    fn missing(&self, body: &Body, asked: &HeaderMap) -> Response {
        self.instead(StatusCode::NOT_FOUND, body, asked)
    }

    /// A page from memory in place of the one that was asked for.
    fn instead(&self, status: StatusCode, body: &Body, asked: &HeaderMap) -> Response {
        let mut asked = asked.clone();
        // Never answer 304: another page may be served at this address later.
        asked.remove(header::IF_NONE_MATCH);
        let mut answer = self.ready(body, &asked);
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.remove(header::ETAG);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    /// The page that this caller asks for, rendered for them alone, or the page that says why there is none now.
    async fn rendered_for(
        &self,
        caller: Principal,
        asked: &HeaderMap,
        page: impl Future<Output = Result<(StatusCode, PageData), ServiceError>>,
    ) -> Response {
        let rendered = async {
            self.state.load_shedder.admit(Work::Page)?;
            let keys = caller.rate_limit_keys();
            let charge = self.state.limits.charge(keys, Action::Render)?;
            let (status, page) = match page.await {
                Ok(page) => page,
                Err(error) => return charge.of(Err(error)),
            };
            // The semaphore is never closed.
            let turn = self.renderers.clone().acquire_owned().await.ok();
            // Even if the caller hangs up from here on: it is rendered all the same.
            charge.keep();
            self.rendered(status, page, asked, turn).await
        };
        let answer = with_response_timeout(rendered).await;
        answer.unwrap_or_else(|error| self.error_page(error, asked))
    }

    /// A page that is not cached. `turn` ends when it is rendered.
    async fn rendered(
        &self,
        status: StatusCode,
        page: PageData,
        asked: &HeaderMap,
        turn: Option<OwnedSemaphorePermit>,
    ) -> Result<Response, ServiceError> {
        let (ready, asked) = (self.ready.clone(), asked.clone());
        // Several milliseconds of CPU work, so it must not run on a thread that serves sockets.
        let answer = spawn_blocking(move || {
            // The turn lasts until this is done, even if the caller hangs up.
            let _turn = turn;
            let html = document::html(page, &ready.around);
            compressed_for(&asked, HTML, html.into_bytes())
        });
        let mut answer = answer.await.map_err(|failure| {
            tracing::error!(%failure, "a page could not be rendered");
            ServiceError::Internal
        })?;
        *answer.status_mut() = status;
        answer.headers_mut().insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        );
        Ok(self.as_page(answer))
    }

    /// A page that explains an error.
    fn error_page(&self, error: ServiceError, asked: &HeaderMap) -> Response {
        if error == ServiceError::NotFound {
            return self.no_session(asked);
        }
        let (status, wait) = (status(&error), error.wait_seconds());
        let body = self.ready.problems.page(error, &self.ready.around);
        let mut answer = self.instead(status, &body, asked);
        if let Some(seconds) = wait {
            let headers = answer.headers_mut();
            headers.insert(header::RETRY_AFTER, seconds.into());
            // The page reloads itself, so nobody has to sit and press a button.
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

/// The caller of a page from memory: nothing in the response depends on them except a cookie.
pub struct Guest {
    /// A cookie for a browser that has none.
    new_cookie: Option<HeaderValue>,
    browser: Browser,
}

impl FromRequestParts<Pages> for Guest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, pages: &Pages) -> Result<Self, Infallible> {
        Ok(Self::identify(pages, &parts.extensions, &parts.headers))
    }
}

impl Guest {
    fn identify(pages: &Pages, extensions: &Extensions, headers: &HeaderMap) -> Self {
        let (browser, new_cookie) = identify::identify(&pages.state, extensions, headers);
        Self {
            new_cookie,
            browser,
        }
    }

    fn with_cookie(self, mut answer: Response) -> Response {
        if let Some(cookie) = self.new_cookie {
            answer.headers_mut().append(header::SET_COOKIE, cookie);
        }
        answer
    }
}

/// The query of an address; a parameter that can't be parsed counts as missing.
fn query<T: DeserializeOwned + Default>(uri: &Uri) -> T {
    let read = Query::try_from_uri(uri);
    read.map(|Query(query)| query).unwrap_or_default()
}
