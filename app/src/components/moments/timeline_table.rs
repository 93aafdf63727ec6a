//! The timeline as a table, for those who read it: its moments in the order of time. There can be hundreds, which are drawn again
//! only while the table is unfolded.

use leptos::prelude::request_animation_frame;

use crate::{
    components::shared::{live_text::escaped, updates::set_content},
    domain::moments::moment::Moment,
    live::{
        browser::size_watch::SizeWatch,
        highlights::LiveHighlights,
        list::timestamps::List,
        page::feed::Feed,
        press::{
            fate::{Mark, marks, visitors},
            uncounted::with_own,
        },
        signals::*,
    },
    words::moments as words,
};

/// The table of the viewers' page.
const TABLE: &str = "timeline-table";
/// Its rows.
const ROWS: &str = "timeline-rows";

/// The names of the columns, as a row.
pub(super) fn head() -> String {
    let columns = words::COLUMNS.map(|column| ["<th scope=\"col\">", column, "</th>"].concat());
    ["<tr>", &columns.concat(), "</tr>"].concat()
}

/// The row of each moment.
pub(super) fn rows(highlights: &LiveHighlights, row: impl Fn(&Moment) -> String) -> String {
    let moments = highlights.in_order().into_iter();
    moments.map(row).collect()
}

/// The row of a moment that so many visitors marked.
pub(super) fn row(moment: &Moment, visitors: u32) -> String {
    let cell = |text: &str| ["<td>", &escaped(text), "</td>"].concat();
    // A moment can be made where nobody pressed.
    let count = match visitors {
        0 => String::new(),
        visitors => visitors.to_string(),
    };
    let note = words::title_or_note(moment);
    let cells = [
        cell(&moment.segment_index.to_string()),
        cell(&moment.peak.to_string()),
        cell(&count),
        ["<td dir=\"auto\">", &escaped(note), "</td>"].concat(),
    ];
    ["<tr>", &cells.concat(), "</tr>"].concat()
}

/// The table of the viewers' page, as the server writes it. `use_table` keeps it current.
#[component]
pub fn ViewerTable(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let (list, joins) = (feed.list.read_untracked(), feed.joins.read_untracked());
    let marks = marks(&list, &joins);
    let rows = viewer_rows(&feed.highlights.read_untracked(), &list, &marks);
    view! {
        <details id=TABLE class="timeline__table">
            <summary>{words::AS_TABLE}</summary>
            <table>
                <thead inner_html=head()></thead>
                <tbody id=ROWS inner_html=rows></tbody>
            </table>
        </details>
    }
    .into_any()
}

/// Keeps the table of the viewers' page current while it is unfolded; `marks` are those of the visitor. Browser only.
pub(super) fn use_table(feed: Feed, marks: Memo<Vec<Mark>>) {
    let find = |id| document().get_element_by_id(id);
    let sizes = RwSignal::new(0_u32);
    Effect::new(move |_| {
        // Browsers also unfold it without a click, to show what was searched for. It is drawn with the next frame: that changes
        // its size, which an observer must not while it tells of one.
        let resized = move || request_animation_frame(move || sizes.update(|sizes| *sizes += 1));
        find(TABLE).map(|table| SizeWatch::over(&table, resized))
    });
    Effect::new(move |_| {
        drop(sizes.read());
        let (highlights, marks) = (feed.highlights.read(), marks.read());
        let is_unfolded = find(TABLE).is_some_and(|table| table.has_attribute("open"));
        if let Some(body) = find(ROWS).filter(|_| is_unfolded) {
            let list = feed.list.read_untracked();
            set_content(&body, &viewer_rows(&highlights, &list, &marks));
        }
    });
}

/// The rows for a viewer: each tells what they said in the moment, and counts them if they marked it.
fn viewer_rows(highlights: &LiveHighlights, list: &List, marks: &[Mark]) -> String {
    rows(highlights, |moment| {
        let seen = with_own(moment, list);
        let visitors = visitors(moment, marks, highlights);
        row(seen.as_ref().unwrap_or(moment), visitors)
    })
}
