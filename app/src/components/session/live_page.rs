//! Everything that changes on a session's pages while they are open. What a page has no element for is skipped.

use leptos::ev;

use super::{
    page_header::{self, SessionPage},
    session_head,
};
use crate::{
    components::{
        list::timestamp_list::{self, use_rows},
        press::{
            press_labels::use_labels,
            unsent_list::{DISMISS, use_unsent},
        },
        shared::{
            announcer::announce,
            event_target::{DOES, closest, row_of},
            focus::keeping_focus,
            page_title::set_page_title,
            row_cool_down::RowCoolDown,
            updates::{self, Update},
        },
        stream::{
            connection_banner::{self, RELOAD, TRY},
            segment_clock, status_message,
        },
    },
    domain::role::{Audience, Role},
    live::{page::feed::Feed, signals::*},
    words::{self, tab, viewer},
};

/// The id of the element with the number of timestamps.
pub(crate) const COUNT: &str = "timestamp-count";

/// What a page shows.
#[derive(Default)]
struct Drawn {
    updates: Vec<Update>,
    title: String,
    /// What was announced about the connection, and about the stream.
    said: [Option<String>; 2],
}

/// Keeps a session's page current for this role. Browser only.
pub(crate) fn use_live_page(feed: Feed, page: SessionPage, role: Role, cool_down: RowCoolDown) {
    Effect::new(move |before: Option<Drawn>| {
        let drawn = draw(feed, page, role);
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        keeping_focus(connection_banner::way_on, || {
            updates::apply(&drawn.updates, &before.updates);
        });
        if drawn.title != before.title {
            set_page_title(&drawn.title);
        }
        for (words, before) in drawn.said.iter().zip(&before.said) {
            if !is_first && words != before {
                announce(words.as_deref());
            }
        }
        drawn
    });
    use_rows(feed);
    use_unsent(feed);
    use_labels(feed);
    use_clicks(feed, cool_down);
}

fn draw(feed: Feed, page: SessionPage, role: Role) -> Drawn {
    let (session, list) = (feed.session.read(), feed.list.read());
    let (connection, now) = (feed.connection.get(), feed.now.get());
    let status = &session.status;
    let mut updates = vec![
        page_header::update(&session.code, role, page),
        connection_banner::update(connection, feed.audience),
        status_message::update(status, role),
        Update::content(COUNT, list.count(&session, feed.audience).to_string()),
    ];
    updates.extend(session_head::updates(&session));
    let segments = feed.segments.read();
    updates.extend(segment_clock::updates(
        status,
        feed.audience,
        &segments,
        now,
    ));
    updates.extend(timestamp_list::updates(&session, &list, feed.audience));
    let stream = match feed.audience {
        Audience::Public => status_message::aloud(status, role),
        Audience::Staff => words::stream::status(status).to_owned(),
    };
    let connected = viewer::connection(connection, feed.audience);
    Drawn {
        updates,
        title: tab::title(&session, now, connection),
        said: [connected.map(ToOwned::to_owned), Some(stream)],
    }
}

/// Listens for the buttons in what is shown.
fn use_clicks(feed: Feed, cool_down: RowCoolDown) {
    Effect::new(move |_| {
        let click = window_event_listener(ev::click, move |event| {
            let button = closest(&event, "[data-does]");
            match button
                .and_then(|button| button.get_attribute(DOES))
                .as_deref()
            {
                Some(TRY) => feed.retry_now.run(()),
                // It only fails for a document that is not shown.
                Some(RELOAD) => drop(window().location().reload()),
                Some(DISMISS) => {
                    if let Some(id) = row_of(&event)
                        && cool_down.try_begin()
                    {
                        feed.dismiss.run(id);
                    }
                }
                _ => {}
            }
        });
        on_cleanup(move || click.remove());
    });
}
