//! Says that a page is not live, and what to do about it.

use leptos::prelude::*;

use crate::{
    components::shared::{announcer::use_announced, live_text::live_text},
    live::page::feed::Feed,
    words::viewer,
};

/// Says that a page is not live, and what to do about it; empty while it is.
#[component]
pub fn ConnectionBanner(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let words = Memo::new(move |_| viewer::connection(feed.connection.get(), feed.audience));
    use_announced(Memo::new(move |_| words.get().map(ToOwned::to_owned)));
    let can_try = Memo::new(move |_| feed.connection.get().is_away());
    let is_told = Memo::new(move |_| words.read().is_some());
    view! {
        <div class="banner-place">
            <Show when=move || is_told.get()>
                <p class="banner banner--warning">
                    <span inner_html=live_text(move || words.get())></span>
                    <Show when=move || can_try.get()>
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| feed.retry_now.run(())
                        >
                            {viewer::TRY_NOW}
                        </button>
                    </Show>
                </p>
            </Show>
        </div>
    }
}
