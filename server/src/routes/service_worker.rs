//! The service worker, which shows viewers a page of its own when the network has no answer.

use app::offline;
use axum::{
    extract::State as FromState,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use crate::{
    bodies::{Body, JAVASCRIPT, StaticFiles, short_hash},
    security::headers::{WORKER_POLICY, offline_page_policy},
};

/// The script as it is served. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ServiceWorker(Body);

impl ServiceWorker {
    /// The worker of this site; unless it is offered, a script that removes it from the browsers that have it.
    pub fn new(site: &StaticFiles, is_offered: bool) -> Self {
        let script = if is_offered {
            let policy = offline_page_policy(site.assets());
            offline::service_worker(site.assets(), policy.to_str().unwrap_or_default())
        } else {
            offline::removal()
        };
        // By its content alone: servers of one build all have the same worker, and browsers don't exchange it at each visit.
        let version = short_hash(&script);
        Self(Body::compressed(JAVASCRIPT, script.into_bytes(), &version))
    }
}

/// The script. Browsers look for a new one at each visit.
pub async fn script(FromState(worker): FromState<ServiceWorker>, asked: HeaderMap) -> Response {
    let mut answer = worker.0.answer(&asked);
    answer.headers_mut().insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(WORKER_POLICY),
    );
    answer
}
