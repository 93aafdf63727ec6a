//! The presses that are not saved yet: sending, waiting, refused or too late.

use leptos::prelude::*;

use crate::{
    domain::{segment::Segment, session::Status},
    live::{
        feed::Feed,
        outbox::{Delivery, Unsent},
    },
};

/// The presses that are not saved yet; nothing when all are.
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
            .map(|press| Row::new(press, &session.status, &segments))
            .collect::<Vec<_>>()
    });
    view! {
        <ul class="unsent" aria-label="Presses that are not saved yet">
            <For each=move || rows.get() key=|row| (row.press.id, row.moment.clone(), row.words.clone()) let:row>
                <li
                    class=format!("timestamp timestamp--{}", row.class)
                    data-state=row.class
                    data-id=row.press.id.0.to_string()
                >
                    <span class="timestamp__offset">{row.moment}</span>
                    " "
                    <span class="timestamp__note">
                        {row.press.note.as_ref().map(ToString::to_string)}
                    </span>
                    " "
                    <span class="timestamp__state">{row.words}</span>
                    {row
                        .can_be_dismissed
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button button--quiet"
                                    on:click=move |_| feed.dismiss.run(row.press.id)
                                >
                                    "Dismiss"
                                </button>
                            }
                        })}
                </li>
            </For>
        </ul>
    }
    .into_any()
}

/// What is said of one press.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    press: Unsent,
    class: &'static str,
    moment: String,
    words: String,
    can_be_dismissed: bool,
}

impl Row {
    fn new(press: &Unsent, status: &Status, segments: &[Segment]) -> Self {
        let is_too_late = press.is_too_late(status);
        let (class, words) = match &press.delivery {
            _ if is_too_late => (
                "late",
                "Came too late: the stream had ended. Tell a moderator this moment.".to_owned(),
            ),
            Delivery::Sending => ("sending", "Sending …".to_owned()),
            Delivery::Waiting => ("waiting", "Waiting to be sent".to_owned()),
            Delivery::Resending => ("waiting", "Sending again …".to_owned()),
            Delivery::Refused(error) => ("refused", error.to_string()),
        };
        let moment = press.spot(segments).map_or_else(String::new, |spot| {
            if is_too_late {
                format!("Segment {} {}", spot.segment_index, spot.offset_seconds)
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
