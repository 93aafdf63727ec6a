//! The newest timestamps, live, newest first.

use leptos::prelude::*;

use super::timestamp_row::TimestampRow;
use crate::{components::shared::live_text::live_text, live::page::feed::Feed, words::press};

/// How many rows a viewer is shown: what happened recently, not the whole stream.
const NEWEST: usize = 30;

/// The newest timestamps, live, newest first.
#[component]
pub fn TimestampList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let list = feed.list.read();
        list.rows().rev().take(NEWEST).cloned().collect::<Vec<_>>()
    });
    let none = move || {
        let session = feed.session.read();
        press::none(feed.audience, session.rules.staff_list, &session.status)
    };
    view! {
        <ol class="timestamps" reversed>
            <For each=move || rows.get() key=|row| (row.id, row.revision, row.mine) let:row>
                <TimestampRow timestamp=row />
            </For>
        </ol>
        <Show when=move || rows.read().is_empty()>
            <p class="empty" inner_html=live_text(none)></p>
        </Show>
    }
    .into_any()
}
