//! The pages. Those that are the same for everybody come from memory; the others are rendered for the caller, and not
//! cached.

mod cached;
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
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;

pub use self::{
    cached::{file, heat, serve_cached, snapshot, viewer},
    rendered::{control, home, mine, moderate, privacy},
};
use crate::{
    bodies::{Body, HTML, PublicCache, StaticFiles},
    config::is_plain_http_to_others,
    routes::identify,
    security::{
        headers::{page_policy, picture_policy},
        principal::Browser,
    },
    state::State,
    status::status,
};

/// The state of the pages' routes. Cheap to clone.
#[derive(Clone)]
pub struct Pages {
    state: State,
    public: PublicCache,
    ready: Arc<Ready>,
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
            is_plain_http: is_plain_http_to_others(&state.public_url),
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
            around: around.clone(),
            site,
        };
        Self {
            public: PublicCache::new(&state, around, &build),
            state,
            ready: Arc::new(ready),
        }
    }

    /// A page from memory.
    fn ready(&self, body: &Body, asked: &HeaderMap) -> Response {
        self.as_page(body.answer(asked))
    }

    /// The page that says that there is no such session.
    pub(super) fn no_session(&self, asked: &HeaderMap) -> Response {
        self.missing(&self.ready.no_session, asked)
    }

    /// A page from memory that says that there is none.
    fn missing(&self, body: &Body, asked: &HeaderMap) -> Response {
        let mut asked = asked.clone();
        // Never answer 304: another page may be served at this address later.
        asked.remove(header::IF_NONE_MATCH);
        let mut answer = self.ready(body, &asked);
        *answer.status_mut() = StatusCode::NOT_FOUND;
        let headers = answer.headers_mut();
        headers.remove(header::ETAG);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer
    }

    /// A page that is rendered for the caller.
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

    /// A page that explains an error.
    fn error_page(&self, error: ServiceError, asked: &HeaderMap) -> Response {
        if error == ServiceError::NotFound {
            return self.no_session(asked);
        }
        let (status, wait) = (status(&error), error.wait_seconds());
        let problem = Problem {
            error,
            is_of_address: false,
        };
        let mut answer = self.rendered(status, PageData::Error(problem));
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
