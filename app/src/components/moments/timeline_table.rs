//! The timeline as a table, for those who read it: its moments in the order of time. There can be hundreds, which are drawn again
//! only while the table is unfolded.

use crate::{
    components::shared::{live_text::escaped, updates::set_content},
    domain::moments::moment::Moment,
    live::{
        browser::size_watch::SizeWatch,
        highlights::LiveHighlights,
        page::feed::Feed,
        press::fate::{Mark, marks, visitors},
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

/// A row for each moment, with how many visitors marked it.
pub(super) fn rows(highlights: &LiveHighlights, visitors: impl Fn(&Moment) -> u32) -> String {
    let cell = |text: &str| ["<td>", &escaped(text), "</td>"].concat();
    // A moment can be made where nobody pressed.
    let count = |visitors: u32| match visitors {
        0 => String::new(),
        visitors => visitors.to_string(),
    };
    let rows = highlights.in_order().into_iter().map(|moment| {
        let note = words::title_or_note(moment);
        let cells = [
            cell(&moment.segment_index.to_string()),
            cell(&moment.peak.to_string()),
            cell(&count(visitors(moment))),
            ["<td dir=\"auto\">", &escaped(note), "</td>"].concat(),
        ];
        ["<tr>", &cells.concat(), "</tr>"].concat()
    });
    rows.collect()
}

/// The table of the viewers' page, as the server writes it. `use_table` keeps it current.
#[component]
pub fn ViewerTable(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let (list, joins) = (feed.list.read_untracked(), feed.joins.read_untracked());
    let rows = viewer_rows(&feed.highlights.read_untracked(), &marks(&list, &joins));
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
        // Browsers also unfold it without a click, to show what was searched for.
        let resized = move || sizes.update(|sizes| *sizes += 1);
        find(TABLE).map(|table| SizeWatch::over(&table, resized))
    });
    Effect::new(move |_| {
        drop(sizes.read());
        let (highlights, marks) = (feed.highlights.read(), marks.read());
        let is_unfolded = find(TABLE).is_some_and(|table| table.has_attribute("open"));
        if let Some(body) = find(ROWS).filter(|_| is_unfolded) {
            set_content(&body, &viewer_rows(&highlights, &marks));
        }
    });
}

/// The rows for a viewer: each count includes them if they marked the moment.
fn viewer_rows(highlights: &LiveHighlights, marks: &[Mark]) -> String {
    rows(highlights, |moment| visitors(moment, marks, highlights))
}
