//! One row of the list.

use leptos::prelude::*;

use crate::domain::timestamp::Timestamp;

/// One row of the list.
#[component]
pub fn TimestampRow(
    /// What it shows.
    timestamp: Timestamp,
    /// Whether the segment is named; not needed under a heading that does.
    #[prop(default = true)]
    with_segment: bool,
    /// What can be done with it; the parent knows who may.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let hidden = timestamp.hidden;
    view! {
        <li
            class="timestamp"
            class:timestamp--mine=timestamp.mine
            class:timestamp--hidden=hidden
            data-id=timestamp.id.0.to_string()
        >
            {with_segment
                .then(|| {
                    view! {
                        <span class="timestamp__segment">
                            {format!("Segment {}", timestamp.segment_index)}
                        </span>
                        " "
                    }
                })}
            <span class="timestamp__offset">{timestamp.offset_seconds.to_string()}</span>
            " "
            <span class="timestamp__note" dir="auto">
                {timestamp.note.as_ref().map(|note| note.as_str().to_owned())}
            </span>
            {timestamp
                .submitted_by
                .as_ref()
                .map(|name| view! { " " <span class="timestamp__name" dir="auto">{name.as_str().to_owned()}</span> })}
            {timestamp.mine.then(|| view! { " " <span class="timestamp__mine">"yours"</span> })}
            {hidden.then(|| view! { " " <span class="timestamp__hidden">"hidden"</span> })}
            {children.map(|children| view! { <span class="timestamp__actions">{children()}</span> })}
        </li>
    }
}
