//! What a moderator filters the list by.

use leptos::prelude::*;

use super::live_text::live_text;
use crate::{
    domain::{filter::Filter, segment::Segment},
    live::feed::Feed,
};

/// What a moderator filters the list by.
#[component]
pub fn WatchToolbar(
    /// The live session.
    feed: Feed,
    /// What is filtered by.
    filter: RwSignal<Filter>,
    /// How many rows pass.
    #[prop(into)]
    shown: Signal<usize>,
) -> impl IntoView {
    let segments = Memo::new(move |_| indexes(&feed.segments.read()));
    let loaded = Memo::new(move |_| {
        let list = feed.list.read();
        (list.len(), list.older_before().is_some())
    });
    let words = move || {
        let (loaded, has_older) = loaded.get();
        in_words(shown.get(), loaded, has_older)
    };
    // Only while something is left out: otherwise every press would be read aloud.
    let role = move || filter.read().is_active().then_some("status");
    view! {
        <form class="toolbar" role="search" on:submit=|event| event.prevent_default()>
            <div class="field">
                <label for="filter">"Filter"</label>
                <input
                    id="filter"
                    dir="auto"
                    type="search"
                    class="input"
                    placeholder="note or name"
                    autocomplete="off"
                    maxlength=Filter::MOST_CHARACTERS.to_string()
                    prop:value=move || filter.read().text.clone()
                    on:input=move |event| {
                        filter.update(|filter| filter.text = event_target_value(&event));
                    }
                />
            </div>
            <div class="field">
                <label for="segment">"Segment"</label>
                <select
                    id="segment"
                    class="input"
                    on:change=move |event| {
                        let chosen = event_target_value(&event).parse().ok();
                        filter.update(|filter| filter.segment = chosen);
                    }
                >
                    <option value="">"All"</option>
                    <For each=move || segments.get() key=|index| *index let:index>
                        <option value=index.to_string()>{format!("Segment {index}")}</option>
                    </For>
                </select>
            </div>
            <label class="check">
                <input
                    type="checkbox"
                    checked
                    on:change=move |event| {
                        filter.update(|filter| filter.with_hidden = event_target_checked(&event));
                    }
                />
                " Show hidden ones"
            </label>
            <p class="toolbar__shown" role=role inner_html=live_text(words)></p>
        </form>
    }
    .into_any()
}

fn indexes(segments: &[Segment]) -> Vec<u32> {
    segments.iter().map(|segment| segment.index).collect()
}

fn in_words(shown: usize, loaded: usize, has_older: bool) -> String {
    match (shown == loaded, has_older) {
        (true, false) if shown == 1 => "1 row".to_owned(),
        (true, false) => format!("{shown} rows"),
        (true, true) => format!("the newest {shown} rows"),
        (false, false) => format!("{shown} of {loaded}"),
        (false, true) => format!("{shown} of the newest {loaded}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_tells_what_it_leaves_out() {
        let words = [
            in_words(0, 0, false),
            in_words(1, 1, false),
            in_words(41, 41, false),
            in_words(7, 41, false),
            in_words(200, 200, true),
            in_words(7, 200, true),
        ];
        insta::assert_snapshot!(words.join(", "), @"0 rows, 1 row, 41 rows, 7 of 41, the newest 200 rows, 7 of the newest 200");
    }
}
