//! The links of a session as they were loaded last: the same for all lists on a page, so that none contradicts another.

use crate::{
    api,
    components::shared::{
        focus::keeping_row,
        server_call::{ServerCall, on_return, use_server_call},
    },
    domain::access::{Link, LinkId},
    live::{calls::retry, page::feed::Feed, signals::views::*},
    service::ServiceError,
};

/// The links of a session as they were loaded last.
#[derive(Clone, Copy)]
pub struct SessionLinks {
    /// The live session.
    pub(super) feed: Feed,
    all: RwSignal<Vec<Link>>,
    loading: ServerCall,
}

/// The links of a session, loaded whenever they are shown: meanwhile they may have been used. `is_shown` is told again
/// whenever somebody comes back to them. What could not be loaded is asked for again once the page hears of the server.
pub fn use_session_links(feed: Feed, is_shown: Signal<bool>) -> SessionLinks {
    let links = SessionLinks {
        feed,
        all: RwSignal::new(Vec::new()),
        loading: use_server_call(),
    };
    Effect::new(move |_| {
        if is_shown.get() {
            links.load(None);
        }
    });
    on_return(feed, move || match is_shown.get_untracked() {
        true if links.loading.error.read_untracked().is_some() => links.load(None),
        _ => links.loading.forget_absence(),
    });
    links
}

impl SessionLinks {
    /// All of them, revoked ones too. Tracked.
    pub(super) fn all(self) -> Vec<Link> {
        self.all.get()
    }

    /// The current year, UTC. Not tracked.
    pub(super) fn this_year(self) -> i32 {
        self.feed.this_year()
    }

    /// Why they could not be loaded.
    pub(super) fn error(self) -> RwSignal<Option<ServiceError>> {
        self.loading.error
    }

    /// Loads them again. The row of a link that was revoked or used is another one then, without the button that was pressed.
    pub(super) fn load(self, revoked: Option<LinkId>) {
        let all = retry::with_timeout(api::links::links(self.feed.code()));
        self.loading.supersede(all, move |all| {
            self.loading.error.set(None);
            keeping_row(".link[id]", revoked.map(row_id), || self.all.set(all));
        });
    }
}

/// The id of the row of a link that can be revoked.
pub(super) fn row_id(id: LinkId) -> String {
    ["link-", &id.0.to_string()].concat()
}
