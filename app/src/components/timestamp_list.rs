//! The newest timestamps, live, the newest first.

use leptos::prelude::*;

use super::{live_text::live_text, timestamp_row::TimestampRow};
use crate::{
    domain::{
        role::Audience,
        session::{Session, Status},
    },
    live::feed::Feed,
};

/// How many rows a viewer is shown: what happened lately, not the whole stream.
const NEWEST: usize = 30;

/// The newest timestamps, live, the newest first.
#[component]
pub fn TimestampList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let rows = Memo::new(move |_| {
        let list = feed.list.read();
        list.rows().rev().take(NEWEST).cloned().collect::<Vec<_>>()
    });
    view! {
        <ol class="timestamps" reversed>
            <For each=move || rows.get() key=|row| (row.id, row.revision, row.mine) let:row>
                <TimestampRow timestamp=row />
            </For>
        </ol>
        <Show when=move || rows.read().is_empty()>
            <p class="empty" inner_html=live_text(move || none_in_words(feed.audience, &feed.session.read()))></p>
        </Show>
    }
    .into_any()
}

fn none_in_words(audience: Audience, session: &Session) -> &'static str {
    match (audience, &session.status) {
        (Audience::Public, _) if session.rules.staff_list => {
            "Only moderators see the whole list. Your own presses are shown here."
        }
        (_, Status::Active { .. }) => "No timestamps yet. The first one is yours to make.",
        (_, Status::Paused { .. }) => "No timestamps yet.",
        (_, Status::Ended { .. }) => "Nobody marked a moment.",
    }
}
