//! The timeline of a session: how the crowd pressed, and the moments that stand out of it.

use leptos::prelude::*;

use super::{
    live_picture::{drawn, use_edge},
    picture::Mark,
    range_moment::RangeMoment,
    selection::Selection,
    timeline_range::{TimelineRange, use_drag},
};
use crate::{
    components::shared::{event_target::closest, live_text::escaped, live_text::live_text},
    domain::moments::moment::MomentId,
    live::{highlights::LiveHighlights, page::feed::Feed, signals::Memo},
    words::{desk, moments as words},
};

/// The attribute of a mark with the id of its moment.
const MARK: &str = "data-mark";

/// The timeline with its moments as links, for the staff; as a table for those who read. A click selects a moment, and
/// dragging selects a range of time.
#[component]
pub fn StaffTimeline(
    /// The live session.
    feed: Feed,
    /// What is selected.
    selection: Selection,
    /// Called when a moment was selected here.
    #[prop(into)]
    on_select: Callback<MomentId>,
) -> impl IntoView {
    let edge = use_edge(feed);
    let curves = drawn(feed, edge, |timeline| timeline.curves());
    let marks = drawn(feed, edge, |timeline| timeline.marks());
    let rows = Memo::new(move |_| table_rows(&feed.highlights.read()));
    let is_empty = drawn(feed, edge, |timeline| timeline.is_empty());
    let (stage, drag) = use_drag(feed, edge, selection);
    // The moment that the pointer or the focus is on.
    let looked_at = RwSignal::new(None::<MomentId>);
    let look = move |event: &web_sys::Event| {
        let mark = closest(event, "[data-mark]").and_then(|mark| mark.get_attribute(MARK));
        let id = mark.and_then(|id| id.parse().ok()).map(MomentId);
        if looked_at.get_untracked() != id {
            looked_at.set(id);
        }
    };
    let band = drawn(feed, edge, move |timeline| {
        let range = drag.range().or_else(|| selection.range())?;
        timeline.band(&range)
    });
    let line = move || {
        let looked_at = looked_at.get();
        let marks = marks.read();
        let mark = marks.iter().find(|mark| Some(mark.id) == looked_at);
        match (mark, drag.range(), selection.moment()) {
            (Some(mark), _, _) => mark.label.clone(),
            (None, Some(range), _) => desk::range(&range),
            (None, None, Some(moment)) => desk::rows_of(&moment),
            (None, None, None) => match selection.range() {
                Some(range) => desk::range(&range),
                None => desk::TIMELINE_HINT.to_owned(),
            },
        }
    };
    view! {
        <section class="timeline" aria-labelledby="timeline">
            <h2 id="timeline" class="visually-hidden">
                {words::TIMELINE}
            </h2>
            <div class="timeline__line">
                <p class="timeline__words needs-scripts" dir="auto" inner_html=live_text(line)></p>
                <RangeMoment feed selection />
                <button
                    type="button"
                    class="button button--quiet"
                    hidden=move || selection.range().is_none()
                    on:click=move |_| selection.clear()
                >
                    {desk::CLEAR}
                </button>
            </div>
            <div
                class="timeline__stage"
                node_ref=stage
                on:pointerdown=move |event| drag.begins(&event)
                on:pointermove=move |event| drag.moves(&event)
                on:pointerup=move |_| drag.ends()
                on:pointercancel=move |_| drag.breaks_off()
                on:pointerover=move |event| look(&event)
                on:pointerleave=move |_| looked_at.set(None)
                on:focusin=move |event| look(&event)
                on:focusout=move |_| looked_at.set(None)
            >
                <p class="timeline__empty" hidden=move || !is_empty.get()>
                    {desk::TIMELINE_EMPTY}
                </p>
                <svg class="timeline__picture" role="group" aria-label=words::PICTURE>
                    <g inner_html=move || curves.get()></g>
                    <rect
                        class="timeline__band"
                        x=move || band.get().map(|(x, _)| x)
                        width=move || band.get().map_or_else(|| "0".to_owned(), |(_, width)| width)
                        height="100%"
                    />
                    <For each=move || marks.get() key=|mark| mark.id let:mark>
                        <MarkLink mark marks selection on_select />
                    </For>
                </svg>
            </div>
            <TimelineRange feed edge selection />
            <details class="timeline__table">
                <summary>{words::AS_TABLE}</summary>
                <table>
                    <thead>
                        <tr>
                            {words::COLUMNS.map(|column| view! { <th scope="col">{column}</th> }).collect_view()}
                        </tr>
                    </thead>
                    <tbody inner_html=move || rows.get()></tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

/// A moment on the timeline: a link to it in the list, which selects it where scripts run.
#[component]
fn MarkLink(
    mark: Mark,
    marks: Memo<Vec<Mark>>,
    selection: Selection,
    on_select: Callback<MomentId>,
) -> impl IntoView {
    let id = mark.id;
    let now = Memo::new(move |before: Option<&Mark>| {
        let marks = marks.read();
        let now = marks.iter().find(|mark| mark.id == id);
        now.or(before).cloned().unwrap_or_else(|| mark.clone())
    });
    let at = move |of: fn(Mark) -> String| move || of(now.get());
    let is_current = move || (selection.id() == Some(id)).then_some("true");
    view! {
        // Its parent tells that these are elements of SVG, which has links and titles of its own.
        <g>
            <a
                class="timeline__moment"
                href=format!("#moment-{}", id.0)
                data-mark=id.0.to_string()
                aria-label=at(|mark| mark.label)
                aria-current=is_current
                on:click=move |event| {
                    event.prevent_default();
                    selection.select(id);
                    on_select.run(id);
                }
            >
                <title inner_html=live_text(at(|mark| mark.label))></title>
                <circle class="timeline__hit" cx=at(|mark| mark.x) cy=at(|mark| mark.y) r="14" />
                <circle class="timeline__mark" cx=at(|mark| mark.x) cy=at(|mark| mark.y) r="5" />
            </a>
        </g>
    }
    .into_any()
}

/// The moments in the order of time, as the rows of a table.
fn table_rows(highlights: &LiveHighlights) -> String {
    let cell = |text: &str| ["<td>", &escaped(text), "</td>"].concat();
    let rows = highlights.in_order().into_iter().map(|moment| {
        let note = words::title_or_note(moment);
        let cells = [
            cell(&moment.segment_index.to_string()),
            cell(&moment.peak.to_string()),
            cell(&moment.visitors.to_string()),
            ["<td dir=\"auto\">", &escaped(note), "</td>"].concat(),
        ];
        ["<tr>", &cells.concat(), "</tr>"].concat()
    });
    rows.collect()
}
