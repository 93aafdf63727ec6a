//! The pages that say why there is no other one now. Each is rendered once: under load, or for whoever exceeds a limit, a
//! refusal must not cost more than the page that it refuses.

use std::sync::Arc;

use app::{
    document::{self, Surroundings},
    forms::refusal_to_query,
    live::page::initial_data::Problem,
    pages::PageData,
    service::ServiceError,
};
use quick_cache::sync::Cache;

use crate::bodies::{Body, HTML};

/// How many are kept. Hardly more exist: a few errors, most of them with few numbers of seconds to wait.
const KEPT: usize = 64;

/// The pages about errors.
pub(super) struct Problems {
    /// By what travels of the error.
    pages: Cache<String, Arc<Body>>,
    /// Identifies program and site.
    build: String,
}

impl Problems {
    pub(super) fn new(build: String) -> Self {
        Self {
            pages: Cache::new(KEPT),
            build,
        }
    }

    /// The page about this error.
    pub(super) fn page(&self, error: ServiceError, around: &Surroundings) -> Arc<Body> {
        let key = refusal_to_query(&error);
        if let Some(page) = self.pages.get(&key) {
            return page;
        }
        let problem = Problem {
            error,
            is_of_address: false,
        };
        let html = document::html(PageData::Error(problem), around);
        let page = Arc::new(Body::compressed(HTML, html.into_bytes(), &self.build));
        self.pages.insert(key, page.clone());
        page
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::bodies::StaticFiles;

    #[test]
    fn the_page_about_an_error_is_rendered_once_and_another_error_has_another_page() {
        let around = Surroundings {
            assets: StaticFiles::new(Path::new("no-site")).assets().clone(),
            is_plain_http: false,
            has_offline_page: true,
        };
        let problems = Problems::new("build".into());
        let page = |seconds| problems.page(ServiceError::Unavailable { seconds }, &around);
        assert!(Arc::ptr_eq(&page(3), &page(3)));
        assert!(!Arc::ptr_eq(&page(3), &page(4)));
    }
}
