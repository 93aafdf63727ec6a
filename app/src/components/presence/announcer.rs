//! Announces an open staff page to the server: when it starts, when an editor opens or closes, and again and again while
//! somebody looks at it.

use std::time::Duration;

use gloo_timers::callback::Interval;
use leptos::{ev, server_fn::ServerFn};

use crate::{
    api::presence::{AnnounceCall, announce},
    components::shared::server_call::{ServerCall, use_server_call},
    domain::presence::{ANNOUNCE_EVERY, Announced, Announcement, Edited, TabId},
    json,
    live::{
        browser::{beacon, random},
        calls::{latest::LatestCall, retry},
        clock,
        connection::state_machine::Connection,
        page::feed::Feed,
        signals::views::*,
    },
};

/// How long to wait before announcing that an editor was opened or closed: who goes from row to row opens and closes several.
const CHANGED: Duration = Duration::from_millis(250);
/// How long a hidden page with an open editor is announced, in milliseconds. After five minutes browsers run its timers only
/// once a minute, and it would come and go.
const HIDDEN_EDITOR_MS: f64 = 240_000.0;

/// Announces the page and what it edits, until the owner of the caller is cleaned up. `answered` gets the answers. Browser
/// only.
pub(super) fn use_announcer(
    feed: Feed,
    editing: Memo<Option<Edited>>,
    answered: Callback<Announced>,
) {
    let announcer = Announcer {
        feed,
        editing,
        answered,
        call: use_server_call(),
        tab: StoredValue::new(None),
        number: StoredValue::new(0),
        hidden_at: StoredValue::new(None),
        changes: StoredValue::new(LatestCall::default()),
    };
    Effect::new(move |_| {
        announcer.tab.set_value(Some(random::tab_id()));
        let every = u32::try_from(ANNOUNCE_EVERY.as_millis()).unwrap_or(u32::MAX);
        // Stored, so that it ends with the page.
        StoredValue::new_local(Interval::new(every, move || announcer.announce()));
        let listeners = [
            window_event_listener(ev::visibilitychange, move |_| {
                let hidden_at = document().hidden().then(clock::elapsed_ms);
                announcer.hidden_at.set_value(hidden_at);
                if hidden_at.is_none() {
                    announcer.announce();
                }
            }),
            window_event_listener(ev::pagehide, move |_| announcer.leave()),
            // A page that was restored from the browser's cache.
            window_event_listener(ev::pageshow, move |event| {
                if event.persisted() {
                    announcer.announce();
                }
            }),
        ];
        on_cleanup(move || {
            listeners.into_iter().for_each(WindowListenerHandle::remove);
        });
        announcer.announce();
    });
    Effect::new(move |before: Option<Option<Edited>>| {
        let editing = editing.get();
        if before.is_some_and(|before| before != editing) {
            announcer.announce_soon();
        }
        editing
    });
}

#[derive(Clone, Copy)]
struct Announcer {
    feed: Feed,
    editing: Memo<Option<Edited>>,
    answered: Callback<Announced>,
    call: ServerCall,
    tab: StoredValue<Option<TabId>>,
    /// How many announcements were made.
    number: StoredValue<u32>,
    /// Since when the page is hidden, if it is.
    hidden_at: StoredValue<Option<f64>>,
    /// The changes that wait to be announced: the last of them announces them all.
    changes: StoredValue<LatestCall>,
}

impl Announcer {
    /// Announces the page, if somebody looks at it, or has just left it with an editor open. A failure is not told: the next
    /// announcement makes up for it.
    fn announce(self) {
        let Some(is_seen) = self.is_seen() else {
            return;
        };
        if let (true, Some(announcement)) = (is_seen, self.announcement(false)) {
            let call = announce(self.feed.code(), announcement);
            let answered = self.answered;
            self.call
                .supersede(retry::with_timeout(call), move |told| answered.run(told));
        }
    }

    fn announce_soon(self) {
        let Some(change) = self.changes.try_update_value(LatestCall::begin) else {
            return;
        };
        let announce = move || {
            if self.changes.try_with_value(|changes| changes.is(change)) == Some(true) {
                self.announce();
            }
        };
        set_timeout(announce, CHANGED);
    }

    /// The page is being left: a beacon outlives it. If it gets lost, the announcement expires.
    fn leave(self) {
        if let Some(announcement) = self.announcement(true) {
            let call = AnnounceCall {
                code: self.feed.code(),
                announcement,
            };
            beacon::send(AnnounceCall::PATH, &json::write(&call));
        }
    }

    /// Whether the page counts as one that somebody looks at; `None` if it is gone, or its session or right is.
    fn is_seen(self) -> Option<bool> {
        // The page may be gone.
        let is_editing = self.editing.try_get_untracked()?.is_some();
        if let Connection::Ended(_) = self.feed.connection.get_untracked() {
            return None;
        }
        let hidden_at = self.hidden_at.try_get_value()?;
        let is_seen = match hidden_at {
            None => !document().hidden() || is_editing,
            Some(at) => is_editing && clock::elapsed_ms() - at < HIDDEN_EDITOR_MS,
        };
        Some(is_seen)
    }

    fn announcement(self, leaves: bool) -> Option<Announcement> {
        let number = self.number.try_update_value(|number| {
            *number += 1;
            *number
        })?;
        Some(Announcement {
            tab: self.tab.try_get_value()??,
            number,
            editing: self.editing.try_get_untracked()?.filter(|_| !leaves),
            leaves,
        })
    }
}
