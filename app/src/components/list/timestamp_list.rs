//! The newest timestamps, live, newest first.

use super::timestamp_markup::{offset_in_words, timestamp_in_words};
use crate::{
    components::shared::{live_text::escaped, rows::Rows, updates::Update},
    domain::{role::Audience, session::Session, timestamp::Timestamp},
    live::{list::timestamps::List, page::feed::Feed, signals::*},
    words::{press, stream},
};

/// How many rows a viewer is shown: what happened recently, not the whole stream.
const NEWEST: usize = 30;
const LIST: &str = "timestamps";
const NONE: &str = "no-timestamps";

/// The newest timestamps, newest first. `use_rows` and `updates` keep them current.
#[component]
pub fn TimestampList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let (list, session) = (feed.list.read_untracked(), feed.session.read_untracked());
    let none = none(&session, &list, feed.audience);
    view! {
        <ol id=LIST class="timestamps" reversed inner_html=rows(&list, &session).concat()></ol>
        <p id=NONE class="empty" hidden=!list.is_empty() inner_html=none></p>
    }
    .into_any()
}

/// Keeps the rows current. Browser only.
pub(crate) fn use_rows(feed: Feed) {
    Effect::new(move |drawn: Option<Rows>| {
        let mut drawn = drawn.unwrap_or_default();
        let rows = rows(&feed.list.read(), &feed.session.read());
        drawn.draw(LIST, rows);
        drawn
    });
}

pub(crate) fn updates(session: &Session, list: &List, audience: Audience) -> [Update; 2] {
    [
        Update::content(NONE, none(session, list, audience)),
        Update::shown(NONE, list.is_empty()),
    ]
}

/// What is shown instead of a list without rows.
fn none(session: &Session, list: &List, audience: Audience) -> String {
    match list.is_empty() {
        // The newest were all removed, and those before them are not loaded.
        true if list.older_before().is_some() => escaped(press::OLDER_AFTER_RELOAD),
        true => escaped(press::none(
            audience,
            session.rules.staff_list,
            &session.status,
        )),
        false => String::new(),
    }
}

/// The rows, under a heading for each segment where there has been more than one.
fn rows(list: &List, session: &Session) -> Vec<String> {
    let mut rows = Vec::with_capacity(NEWEST + 1);
    let (segments, mut segment) = (session.status.segment(), None);
    for timestamp in list.rows().rev().take(NEWEST) {
        let index = timestamp.segment_index;
        if segment.replace(index) != Some(index) {
            rows.extend(stream::segment_of(index, segments).map(|segment| heading(&segment)));
        }
        rows.push(row(timestamp, session));
    }
    rows
}

fn heading(segment: &str) -> String {
    [
        "<li class=\"timestamps__segment\"><h3>",
        segment,
        "</h3></li>",
    ]
    .concat()
}

fn row(timestamp: &Timestamp, session: &Session) -> String {
    let of = |is_so: bool, class: &'static str| if is_so { class } else { "" };
    [
        "<li class=\"timestamp",
        of(timestamp.mine, " timestamp--mine"),
        of(timestamp.hidden, " timestamp--hidden"),
        "\" data-id=\"",
        &timestamp.id.0.to_string(),
        "\">",
        &offset_in_words(timestamp, session.timing.lead_seconds),
        &timestamp_in_words(timestamp, &session.labels),
        "</li>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{
        session::{LastSegment, Status, tests::blank as session},
        snapshot::Page,
        timestamp::tests::blank,
    };

    #[test]
    fn a_segment_has_a_heading_where_there_has_been_more_than_one() {
        let list = List::new(Page {
            timestamps: vec![blank()],
            more: false,
        });
        let headings = |segments| {
            let mut session = session();
            session.status = Status::Ended {
                last: Some(LastSegment {
                    index: segments,
                    end_time: DateTime::UNIX_EPOCH,
                }),
            };
            let rows = rows(&list, &session).concat();
            rows.matches("<h3>Segment 1</h3>").count()
        };
        assert_eq!([1, 2].map(headings), [0, 1]);
    }

    #[test]
    fn a_row_of_ones_own_is_marked_also_where_it_is_hidden() {
        let timestamp = Timestamp {
            mine: true,
            hidden: true,
            ..blank()
        };
        let row = row(&timestamp, &session());
        assert!(
            row.starts_with("<li class=\"timestamp timestamp--mine timestamp--hidden\" data-id=\"")
        );
        assert!(row.ends_with("</li>"));
    }
}
