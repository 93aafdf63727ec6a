//! The timeline of a session: how the crowd pressed, and the moments that stand out of it.

use web_sys::{Element, Event};

use super::{
    live_picture::LivePicture,
    picture::Mark,
    selection::Selection,
    timeline_range::{TimelineRange, use_drag},
    timeline_table,
};
use crate::{
    components::{
        desk::{later::Later, part::Part},
        moderation::row_interaction::UndoableAction,
        shared::{
            event_target::{closest, target},
            focus::{NOWHERE, go_on, keeping_focus},
            live_text::{attribute, escaped, live_text},
            roving::{self, ACROSS, Roving},
            rows::Rows,
            shortcuts::opens_elsewhere,
        },
    },
    domain::moments::moment::MomentId,
    live::{highlights::LiveHighlights, page::feed::Feed, signals::views::*},
    words::{desk, moments as words},
};

/// The attribute of a mark with the id of its moment.
const MARK: &str = "data-mark";
/// The marks, by their id.
const MARKS: &str = "timeline-marks";
/// Each of them, whatever else somebody puts between them.
const ITEMS: &str = "#timeline-marks > [data-mark]";
/// The buttons for what is selected.
pub(crate) const SELECTION_BUTTONS: &str = ".timeline__line > button";
/// The first of the fields that select a range: where the focus goes on once these buttons are hidden.
pub(crate) const RANGE_FIELD: &str = ".timeline__range > input";

/// The timeline with its moments as links, for the staff; as a table for those who read. A click selects a moment, and
/// dragging selects a range of time.
#[component]
pub fn StaffTimeline(
    /// The live session.
    feed: Feed,
    /// What is selected.
    selection: Selection,
    /// What was done last to the moments, and can be undone.
    done: RwSignal<Option<UndoableAction>>,
    /// Called when a moment was selected or made here.
    #[prop(into)]
    on_select: Callback<MomentId>,
) -> impl IntoView {
    let picture = LivePicture::of(feed);
    let curves = Memo::new(move |_| picture.with(|timeline| timeline.curves()));
    let marks = Memo::new(move |_| picture.with(|timeline| timeline.marks()));
    let table_rows = |highlights: &LiveHighlights| {
        timeline_table::rows(highlights, |moment| {
            timeline_table::row(moment, moment.visitors)
        })
    };
    let table = table_rows(&feed.highlights.read_untracked());
    let table_is_open = RwSignal::new(false);
    // Hundreds of rows, which are drawn only for those who read them.
    let rows = Memo::new(move |before: Option<&String>| match table_is_open.get() {
        true => table_rows(&feed.highlights.read()),
        false => before.unwrap_or(&table).clone(),
    });
    let first_marks: String = marks.read_untracked().iter().map(link).collect();
    let lead_to = use_marks(marks, selection);
    let is_empty = Memo::new(move |_| picture.with(|timeline| timeline.is_empty()));
    let (stage, drag) = use_drag(picture, selection);
    // The moment that the pointer or the focus is on.
    let looked_at = RwSignal::new(None::<MomentId>);
    let look = move |event: &web_sys::Event| {
        let id = mark_of(event);
        if looked_at.get_untracked() != id {
            looked_at.set(id);
        }
    };
    let band = Memo::new(move |_| {
        let range = drag.range().or_else(|| selection.range())?;
        picture.with(|timeline| timeline.band(&range))
    });
    let segments = move || feed.session.read().status.segment();
    let line = move || {
        let looked_at = looked_at.get();
        let marks = marks.read();
        let mark = marks.iter().find(|mark| Some(mark.id) == looked_at);
        match (mark, drag.range(), selection.moment()) {
            (Some(mark), _, _) => mark.label.clone(),
            (None, Some(range), _) => desk::range(&range, segments()),
            (None, None, Some(moment)) => desk::rows_of(&moment, segments()),
            (None, None, None) => match selection.range() {
                Some(range) => desk::range(&range, segments()),
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
                <Later
                    part=Part::RangeMoment { done, feed, selection, on_made: on_select }
                    is_wanted=move || selection.range_of_segment().is_some()
                />
                <button
                    type="button"
                    class="button button--quiet"
                    hidden=move || selection.range().is_none()
                    on:click=move |event| {
                        selection.clear();
                        // The button goes away. After a click of the mouse, the arrow keys are to scroll, and not to select.
                        if event.detail() == 0 {
                            go_on(NOWHERE, RANGE_FIELD.to_owned());
                        }
                    }
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
                on:click=move |event| {
                    if let Some(id) = mark_of(&event).filter(|_| !opens_elsewhere(&event)) {
                        event.prevent_default();
                        selection.select(id);
                        on_select.run(id);
                    }
                }
                on:keydown=|event| {
                    if roving::step(&event, ACROSS, ITEMS) {
                        event.prevent_default();
                    }
                }
                on:pointercancel=move |_| drag.breaks_off()
                on:pointerover=move |event| look(&event)
                on:pointerleave=move |_| looked_at.set(None)
                on:focusin=move |event| {
                    look(&event);
                    if let Some(mark) = closest(&event, ITEMS) {
                        lead_to(mark);
                    }
                }
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
                    <g id=MARKS inner_html=first_marks></g>
                </svg>
            </div>
            <TimelineRange picture selection />
            <details
                class="timeline__table"
                on:toggle=move |event| table_is_open.set(is_open(&event))
            >
                <summary>{words::AS_TABLE}</summary>
                <table>
                    <thead inner_html=timeline_table::head()></thead>
                    <tbody inner_html=move || rows.get()></tbody>
                </table>
            </details>
        </section>
    }
    .into_any()
}

/// Keeps the marks current, and shows which moment is selected. Returns what lets the Tab key lead to a mark. Browser only.
fn use_marks(marks: Memo<Vec<Mark>>, selection: Selection) -> impl Fn(Element) + Copy {
    let roving = StoredValue::new_local(Roving::default());
    Effect::new(move |before: Option<Rows>| {
        let mut drawn = before.unwrap_or_default();
        let links = marks.read().iter().map(link).collect();
        // Without the app, the Tab key leads to each of them.
        keeping_focus(way_on, || {
            drawn.draw(MARKS, links);
            roving::leave_out(ITEMS);
        });
        let selected = selection.id();
        let selected = selected.and_then(|id| document().get_element_by_id(&id_of(id)));
        roving.update_value(|roving| roving.mark(selected, ITEMS));
        drawn
    });
    move |mark| roving.update_value(|roving| roving.lead_to(Some(mark)))
}

/// The selector of a mark that is drawn again.
fn way_on(element: &Element) -> Option<String> {
    let moment = element.get_attribute(MARK)?;
    Some(["[data-mark='", &moment, "']"].concat())
}

/// A moment on the timeline as markup: a link to it in the list, which selects it where scripts run.
fn link(mark: &Mark) -> String {
    let id = mark.id.0.to_string();
    let circle = |class: &str, radius: &str| {
        let parts = [
            "<circle class=\"timeline__",
            class,
            "\" cx=\"",
            &mark.x,
            "\" cy=\"",
            &mark.y,
            "\" r=\"",
            radius,
            "\"></circle>",
        ];
        parts.concat()
    };
    [
        "<a class=\"timeline__moment\" id=\"",
        &id_of(mark.id),
        "\" href=\"#moment-",
        &id,
        "\" data-mark=\"",
        &id,
        "\" aria-label=\"",
        &attribute(&mark.label),
        "\"><title>",
        &escaped(&mark.label),
        "</title>",
        &circle("hit", "14"),
        &circle("mark", "5"),
        "</a>",
    ]
    .concat()
}

fn id_of(moment: MomentId) -> String {
    ["mark-", &moment.0.to_string()].concat()
}

/// The moment whose mark something happened on.
fn mark_of(event: &Event) -> Option<MomentId> {
    let mark = closest(event, "[data-mark]")?;
    mark.get_attribute(MARK)?.parse().ok().map(MomentId)
}

/// Whether the table is open that was opened or closed.
fn is_open(event: &Event) -> bool {
    target(event).is_some_and(|table| table.has_attribute("open"))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_mark_is_a_link_whatever_was_typed_for_its_moment() {
        let mark = Mark {
            id: MomentId(Uuid::from_u128(7)),
            x: "1.00%".to_owned(),
            y: "2.00%".to_owned(),
            label: "\" onclick=\"alert(1)\"><b>".to_owned(),
        };
        insta::assert_snapshot!(link(&mark), @r##"<a class="timeline__moment" id="mark-00000000-0000-0000-0000-000000000007" href="#moment-00000000-0000-0000-0000-000000000007" data-mark="00000000-0000-0000-0000-000000000007" aria-label="&quot; onclick=&quot;alert(1)&quot;&gt;&lt;b&gt;"><title>" onclick="alert(1)"&gt;&lt;b&gt;</title><circle class="timeline__hit" cx="1.00%" cy="2.00%" r="14"></circle><circle class="timeline__mark" cx="1.00%" cy="2.00%" r="5"></circle></a>"##);
    }
}
