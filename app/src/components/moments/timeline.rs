//! The timeline of a session: how the crowd pressed, and the moments that stand out of it.

use super::picture::{Mark, Timeline};
use crate::{
    components::shared::live_text::{escaped, live_text},
    domain::{offset::Offset, session::Status},
    live::{highlights::LiveHighlights, page::feed::Feed, signals::*},
    words::moments as words,
};

/// How often the edge of the open segment moves, in seconds: the picture is a thousand of them wide.
const EDGE_SECONDS: u32 = 5;

/// The timeline with its moments as links, for the staff; as a table for those who read.
#[component]
pub fn StaffTimeline(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let edge = use_edge(feed);
    let curves = drawn(feed, edge, |timeline| timeline.curves());
    let marks = drawn(feed, edge, |timeline| timeline.marks());
    let rows = Memo::new(move |_| table_rows(&feed.highlights.read()));
    let is_empty = drawn(feed, edge, |timeline| timeline.is_empty());
    view! {
        <section class="timeline" aria-labelledby="timeline" hidden=move || is_empty.get()>
            <h2 id="timeline" class="visually-hidden">
                {words::TIMELINE}
            </h2>
            <svg class="timeline__picture" role="group" aria-label=words::PICTURE>
                <g inner_html=move || curves.get()></g>
                <For each=move || marks.get() key=|mark| mark.id let:mark>
                    {
                        let id = mark.id;
                        let now = Memo::new(move |before: Option<&Mark>| {
                            let marks = marks.read();
                            let now = marks.iter().find(|mark| mark.id == id);
                            now.or(before).cloned().unwrap_or_else(|| mark.clone())
                        });
                        let at = move |of: fn(Mark) -> String| move || of(now.get());
                        view! {
                            // Its parent tells that these are elements of SVG, which has links and titles of its own.
                            <g>
                                <a
                                    class="timeline__moment"
                                    href=format!("#moment-{}", id.0)
                                    aria-label=at(|mark| mark.label)
                                >
                                    <title inner_html=live_text(at(|mark| mark.label))></title>
                                    <circle class="timeline__hit" cx=at(|mark| mark.x) cy=at(|mark| mark.y) r="14" />
                                    <circle class="timeline__mark" cx=at(|mark| mark.x) cy=at(|mark| mark.y) r="5" />
                                </a>
                            </g>
                        }
                    }
                </For>
            </svg>
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

/// Something of the picture as it stands.
fn drawn<T: PartialEq + Send + Sync + 'static>(
    feed: Feed,
    edge: Memo<Option<u32>>,
    draw: impl Fn(&Timeline<'_>) -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |_| {
        let (segments, highlights) = (feed.segments.read(), feed.highlights.read());
        draw(&Timeline::new(&segments, &highlights, edge.get()))
    })
}

/// How long the open segment is, in seconds, as far as the picture shows it.
pub(super) fn use_edge(feed: Feed) -> Memo<Option<u32>> {
    Memo::new(move |_| {
        let start = match feed.session.read().status {
            Status::Active { start_time, .. } => start_time,
            Status::Paused { .. } | Status::Ended { .. } => return None,
        };
        let elapsed = Offset::between(start, feed.now.get()?).seconds();
        Some(elapsed - elapsed % EDGE_SECONDS)
    })
}
