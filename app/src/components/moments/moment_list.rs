//! All moments, the best first, for the staff.

use leptos::prelude::*;

use super::{
    moment_actions::{MomentActions, keeping_focus},
    moment_tools::MomentTools,
    staff_markup::staff_item,
};
use crate::{
    components::shared::{live_text::live_text, rows::Rows},
    live::{highlights::LiveHighlights, page::feed::Feed},
    words::moments as words,
};

const LIST: &str = "moment-list";

/// All moments, the best first, for the staff.
#[component]
pub fn MomentList(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let actions = MomentActions::new(feed);
    actions.use_release();
    let count = Memo::new(move |_| feed.highlights.read().moments().count());
    let shown = move || u32::try_from(count.get()).unwrap_or(u32::MAX);
    let first = untrack(|| rows(&feed.highlights.read(), actions).concat());
    Effect::new(move |drawn: Option<Rows>| {
        let mut drawn = drawn.unwrap_or_default();
        let rows = rows(&feed.highlights.read(), actions);
        if !actions.is_held.get() {
            keeping_focus(|| drawn.draw(LIST, rows));
        }
        drawn
    });
    view! {
        <section class="panel" aria-labelledby="moments">
            <h2 id="moments">
                {words::HEADING} " " <span class="count" translate="no" inner_html=live_text(shown)></span>
            </h2>
            <p class="empty" hidden=move || count.get() != 0>
                {words::NONE}
            </p>
            <ol
                id=LIST
                class="moments"
                inner_html=first
                on:pointerdown=move |_| actions.is_held.set(true)
                on:click=move |event| actions.clicked(&event)
                on:change=move |event| actions.ticked(&event)
            ></ol>
            <MomentTools feed actions />
        </section>
    }
    .into_any()
}

fn rows(highlights: &LiveHighlights, actions: MomentActions) -> Vec<String> {
    let ranked = highlights.ranked().into_iter();
    let items = ranked.map(|moment| staff_item(moment, &actions.standing(moment.id)));
    items.collect()
}
