//! The filter of the moderators' list.

use gloo_timers::callback::Timeout;

use crate::{
    components::shared::{announcer::announce, live_text::live_text},
    domain::{
        filter::Filter,
        labels::{LabelId, SessionLabel},
        segment::Segment,
    },
    live::{page::feed::Feed, signals::views::*},
    words::{filter as words, stream},
};

/// How long the filter stays the same before it is announced what passes, in milliseconds.
const SETTLED_MS: u32 = 500;

/// The filter of the moderators' list.
#[component]
pub fn FilterToolbar(
    /// The live session.
    feed: Feed,
    /// The filter.
    filter: RwSignal<Filter>,
    /// How many rows pass.
    #[prop(into)]
    filtered: Signal<usize>,
    /// Whether older rows are left to load.
    has_older: Memo<bool>,
) -> impl IntoView {
    let segments = Memo::new(move |_| indexes(&feed.segments.read()));
    let labels = Memo::new(move |_| feed.session.read().labels.known().to_vec());
    let loaded = Memo::new(move |_| feed.list.read().len());
    let words = move || {
        let (shown, has_older) = (filtered.get(), has_older.get());
        match filter.read().range {
            Some(_) => words::rows_of_range(shown, has_older),
            None => words::rows(shown, loaded.get(), has_older),
        }
    };
    // Once for each filter, and not for each press that comes in meanwhile.
    Effect::new(move |before: Option<Option<Timeout>>| {
        drop(before);
        let is_active = filter.read().is_active();
        is_active.then(|| {
            Timeout::new(SETTLED_MS, move || {
                let shown = (filtered.try_get_untracked(), has_older.try_get_untracked());
                if let (Some(shown), Some(has_older)) = shown {
                    announce(Some(&words::rows_of_range(shown, has_older)));
                }
            })
        })
    });
    view! {
        <form class="toolbar" role="search" on:submit=|event| event.prevent_default()>
            <div class="field">
                <label for="filter" class="visually-hidden">{words::FILTER}</label>
                <input
                    id="filter"
                    dir="auto"
                    type="search"
                    class="input"
                    placeholder=words::FILTER
                    title=words::FILTER_HINT
                    autocomplete="off"
                    maxlength=Filter::MOST_CHARACTERS.to_string()
                    prop:value=move || filter.read().text.clone()
                    on:input=move |event| {
                        filter.update(|filter| filter.text = event_target_value(&event));
                    }
                />
            </div>
            <div class="field">
                <label for="segment" class="visually-hidden">{words::SEGMENT}</label>
                <select
                    id="segment"
                    class="input"
                    on:change=move |event| {
                        let chosen = event_target_value(&event).parse().ok();
                        filter.update(|filter| filter.segment = chosen);
                    }
                >
                    <option value="">{words::ALL}</option>
                    <For each=move || segments.get() key=|index| *index let:index>
                        <option value=index.to_string()>{stream::segment(index)}</option>
                    </For>
                </select>
            </div>
            <div class="field" hidden=move || labels.read().is_empty()>
                <label for="filter-label" class="visually-hidden">{words::LABEL}</label>
                <select
                    id="filter-label"
                    class="input"
                    on:change=move |event| {
                        let chosen = event_target_value(&event).parse().ok();
                        filter.update(|filter| filter.label = chosen.map(LabelId));
                    }
                >
                    <option value="">{words::ALL_LABELS}</option>
                    <For
                        each=move || labels.get()
                        key=|label| (label.id, label.word.clone(), label.removed)
                        let:label
                    >
                        // A chosen label whose option is drawn again, because it was renamed, stays chosen.
                        <option
                            value=label.id.0.to_string()
                            prop:selected=move || filter.read().label == Some(label.id)
                        >
                            {in_words(&label)}
                        </option>
                    </For>
                </select>
            </div>
            <label class="check">
                <input
                    id="with-hidden"
                    type="checkbox"
                    checked
                    on:change=move |event| {
                        filter.update(|filter| filter.with_hidden = event_target_checked(&event));
                    }
                />
                {words::SHOW_HIDDEN}
            </label>
            <p class="toolbar__shown" inner_html=live_text(words)></p>
        </form>
    }
    .into_any()
}

fn indexes(segments: &[Segment]) -> Vec<u32> {
    segments.iter().map(|segment| segment.index).collect()
}

fn in_words(label: &SessionLabel) -> String {
    match label.removed {
        true => words::removed_label(&label.word),
        false => label.word.to_string(),
    }
}
