//! One row of the list.

use leptos::prelude::*;

use super::timestamp_markup::{place_in_words, timestamp_in_words};
use crate::domain::timestamp::Timestamp;

/// One row of the list.
#[component]
pub fn TimestampRow(
    /// What it shows, for as long as the row is there.
    timestamp: Timestamp,
) -> impl IntoView {
    let of = |is_so: bool, class: &'static str| if is_so { class } else { "" };
    let mine = of(timestamp.mine, " timestamp--mine");
    let hidden = of(timestamp.hidden, " timestamp--hidden");
    view! {
        <li
            class=["timestamp", mine, hidden].concat()
            data-id=timestamp.id.0.to_string()
            inner_html=place_in_words(&timestamp) + &timestamp_in_words(&timestamp)
        ></li>
    }
}
