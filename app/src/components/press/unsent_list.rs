//! The presses that are not saved yet: sending, waiting, refused or too late.

use std::borrow::Cow;

use leptos::prelude::*;

use crate::{
    domain::{role::Audience, segment::Segment, session::Status, timestamp::TimestampId},
    live::{
        page::feed::Feed,
        press::{
            outbox::{Delivery, PendingPress},
            outcome::{has_own_line, refusal_holds},
        },
    },
    words,
};

/// The presses that are not saved yet; empty when all are. Does not repeat what the button already says.
#[component]
pub fn UnsentList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let (outbox, session) = (feed.outbox.read(), feed.session.read());
        let segments = feed.segments.read();
        let presses = outbox.presses().iter();
        presses
            .filter(|press| has_own_line(press))
            .map(|press| Row::new(press, &session.status, &segments, feed.audience))
            .collect::<Vec<_>>()
    });
    view! {
        <ul class="unsent" aria-label=words::press::UNSENT>
            <For each=move || rows.get() key=|row| (row.press.id, row.moment.clone(), row.words.clone()) let:row>
                <UnsentRow row dismiss=feed.dismiss />
            </For>
        </ul>
    }
    .into_any()
}

#[component]
fn UnsentRow(row: Row, dismiss: Callback<TimestampId>) -> impl IntoView {
    let id = row.press.id;
    let timeless = if row.moment.is_empty() {
        " timestamp--timeless"
    } else {
        ""
    };
    view! {
        <li
            class=format!("timestamp timestamp--{}{timeless}", row.class)
            data-state=row.class
            data-id=id.0.to_string()
        >
            {(!row.moment.is_empty())
                .then(|| view! { <span class="timestamp__offset">{row.moment}</span> " " })}
            <span class="timestamp__note" dir="auto">{row.press.note.as_ref().map(ToString::to_string)}</span>
            " "
            // A refusal is announced; if it has no such line, the button announces it.
            <span class="timestamp__state" role=(row.class == "refused").then_some("alert")>
                {row.words}
            </span>
            {row
                .can_be_dismissed
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| dismiss.run(id)
                        >
                            {words::press::DISMISS}
                        </button>
                    }
                })}
        </li>
    }
    .into_any()
}

/// What is said of one press.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    press: PendingPress,
    class: &'static str,
    moment: String,
    words: Cow<'static, str>,
    can_be_dismissed: bool,
}

impl Row {
    fn new(
        press: &PendingPress,
        status: &Status,
        segments: &[Segment],
        audience: Audience,
    ) -> Self {
        let is_too_late = press.is_too_late(status);
        let (class, words) = match &press.delivery {
            _ if is_too_late => ("late", words::press::too_late(audience).into()),
            Delivery::Sending => ("sending", words::press::SENDING.into()),
            Delivery::Waiting => ("waiting", words::press::WAITING.into()),
            Delivery::Resending => ("waiting", words::press::SENDING_AGAIN.into()),
            Delivery::Refused(error) if refusal_holds(error, status) => {
                ("refused", words::press::refused(error, audience))
            }
            Delivery::Refused(_) => ("refused", words::press::NOT_SAVED.into()),
        };
        let moment = press.spot(segments).map_or_else(String::new, |spot| {
            if is_too_late {
                format!(
                    "{} {}",
                    words::stream::segment(spot.segment_index),
                    spot.offset_seconds
                )
            } else {
                spot.offset_seconds.to_string()
            }
        });
        Self {
            class,
            moment,
            words,
            can_be_dismissed: is_too_late || matches!(press.delivery, Delivery::Refused(_)),
            press: press.clone(),
        }
    }
}
