//! All moments, the best first, for the staff.

use leptos::prelude::*;

use super::moment_markup::item;
use crate::{
    components::shared::live_text::live_text, live::page::feed::Feed, words::moments as words,
};

/// All moments, the best first, for the staff.
#[component]
pub fn MomentList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let count = Memo::new(move |_| feed.highlights.read().moments().count());
    let list = Memo::new(move |_| {
        let highlights = feed.highlights.read();
        highlights
            .ranked()
            .into_iter()
            .map(item)
            .collect::<String>()
    });
    let shown = move || u32::try_from(count.get()).unwrap_or(u32::MAX);
    view! {
        <section class="panel" aria-labelledby="moments">
            <h2 id="moments">
                {words::HEADING} " " <span class="count" translate="no" inner_html=live_text(shown)></span>
            </h2>
            <p class="empty" hidden=move || count.get() != 0>
                {words::NONE}
            </p>
            <ol class="moments" inner_html=move || list.get()></ol>
        </section>
    }
    .into_any()
}
