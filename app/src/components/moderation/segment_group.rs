//! The rows of one segment, under its heading.

use js_sys::Number;
use leptos::{html, prelude::*};
use web_sys::Element;

use super::{
    list_window::ListWindow, moderation_row::ModerationRow, row_interaction::RowInteraction,
};
use crate::{
    IS_SERVER,
    components::shared::live_text::live_text,
    domain::timestamp::{Place, Timestamp},
    live::{
        browser::scroll::Scroller,
        page::feed::Feed,
        signals::Effect,
        virtual_list::{
            filtered::FilteredRows,
            focus_padding,
            row_heights::{Item, Viewport},
        },
    },
    words::stream,
};

/// How many of the list's last rows are rendered before the page knows its scroll position.
const FIRST: usize = 40;

/// The rows of one segment, under its heading.
#[component]
pub fn SegmentGroup(
    /// The live session.
    feed: Feed,
    /// The segment: 1, 2, 3, ….
    index: u32,
    /// The rows that pass the filter.
    filtered: RwSignal<FilteredRows>,
    /// The part of the list that is in sight.
    window: ListWindow,
    /// What is being done with the rows.
    interaction: RowInteraction,
) -> impl IntoView {
    let segment = Memo::new(move |_| {
        let segments = feed.segments.read();
        segments
            .iter()
            .find(|segment| segment.index == index)
            .cloned()
    });
    let count = move || {
        segment
            .read()
            .as_ref()
            .map(|segment| segment.timestamp_count)
    };
    let is_open = move || {
        segment
            .read()
            .as_ref()
            .is_some_and(|segment| segment.end_time.is_none())
    };
    let times = move || segment.read().as_ref().map(stream::times);
    let rows = NodeRef::<html::Ol>::new();
    let items = use_items(feed, index, filtered, window, interaction, rows);
    let id = format!("segment-{index}");
    let heading = id.clone();
    let labels = Memo::new(move |_| feed.session.read().labels.clone());
    let lead = Memo::new(move |_| feed.session.read().timing.lead_seconds);
    view! {
        <section
            class="segment-group"
            class:segment-group--open=is_open
            aria-labelledby=heading
        >
            <h2 class="segment-group__heading" id=id>
                {stream::segment(index) + " "}
                <span class="count" translate="no" inner_html=live_text(count)></span>
                " "
                <span class="segment-group__times" inner_html=live_text(times)></span>
            </h2>
            <ol class="timestamps" node_ref=rows>
                <For each=move || items.get() key=Item::key let:item>
                    {match item {
                        Item::Gap { height, .. } => view! { <Gap height /> }.into_any(),
                        Item::Row(place) => {
                            use_row(feed, place)
                                .map(|row| {
                                    let standing = use_standing(filtered, place);
                                    view! { <ModerationRow feed row labels lead standing interaction /> }
                                })
                                .into_any()
                        }
                        Item::Spacer(_) => ().into_any(),
                    }}
                </For>
            </ol>
        </section>
    }
    .into_any()
}

/// A spacer for rows that are not rendered.
#[component]
fn Gap(height: f64) -> impl IntoView {
    let gap = NodeRef::<html::Li>::new();
    // Formatted by the browser: Rust's formatting of fractions adds 8 kB to the download.
    let in_pixels = move || {
        let number = Number::from(height).to_string_with_radix(10);
        number.map(String::from).unwrap_or_default() + "px"
    };
    // Set by script only, because the page's policy allows no inline styles in the server's markup. Markup from the server
    // gets its height here; elements created in the browser have it at once, so that the rows below don't jump.
    let at_once = (!IS_SERVER).then(in_pixels);
    Effect::new(move |_| {
        if let Some(gap) = gap.get() {
            let style = (*gap).style();
            // It can only fail for a style that can't be changed.
            let _ = style.set_property("height", &in_pixels());
        }
    });
    view! { <li node_ref=gap class="timestamps__gap" aria-hidden="true" style:height=at_once /> }
}

/// The current row at a place; `None` if it disappeared before it was rendered. A row that disappears later keeps its last
/// state until it is removed.
fn use_row(feed: Feed, place: Place) -> Option<Memo<Timestamp>> {
    let first = feed.list.read_untracked().get(place).cloned()?;
    Some(Memo::new(move |before: Option<&Timestamp>| {
        let now = feed.list.read().get(place).cloned();
        now.or_else(|| before.cloned())
            .unwrap_or_else(|| first.clone())
    }))
}

/// How many rows of the segment there are up to the one at this place, and in all.
fn use_standing(filtered: RwSignal<FilteredRows>, place: Place) -> Memo<(usize, usize)> {
    Memo::new(move |_| {
        let filtered = filtered.read();
        let group = filtered.group(place.segment_index);
        group.map_or((1, 1), |group| (group.rank(place) + 1, group.len()))
    })
}

/// What is rendered of a segment's rows: those in sight or near it, and those that the reader is interacting with.
fn use_items(
    feed: Feed,
    index: u32,
    filtered: RwSignal<FilteredRows>,
    window: ListWindow,
    interaction: RowInteraction,
    rows: NodeRef<html::Ol>,
) -> Memo<Vec<Item>> {
    let viewport = RwSignal::new(None::<Viewport>);
    let items = Memo::new(move |before: Option<&Vec<Item>>| {
        let filtered = filtered.read();
        let Some(group) = filtered.group(index) else {
            return Vec::new();
        };
        let drawn = match viewport.get() {
            Some(viewport) => group.window(viewport),
            None => group.len() - filtered.among_last(index, FIRST)..group.len(),
        };
        // The row being edited keeps its place even while another window has the focus.
        let held = [
            interaction.focused.get(),
            interaction.editing.get(),
            interaction.leaving.get(),
        ];
        let place = |id| feed.list.read_untracked().place(id);
        let pinned: Vec<_> = held.into_iter().flatten().filter_map(place).collect();
        let before = before.map_or(&[][..], Vec::as_slice);
        focus_padding::pad(
            before,
            &group.items(drawn, &pinned),
            pinned.first().copied(),
        )
    });
    // Measures what is rendered: the heights and positions of the rows.
    let see = move || {
        if interaction.placing.try_get_value() != Some(false) {
            return;
        }
        let (Some(rows), Some(items)) = (
            rows.try_get_untracked().flatten(),
            items.try_get_untracked(),
        ) else {
            return;
        };
        let (seen, heights) = measure_viewport(&window.scroller(), &rows, &items);
        filtered.maybe_update(|filtered| filtered.measure(heights));
        if viewport.get_untracked() != Some(seen) {
            viewport.set(Some(seen));
        }
    };
    Effect::new(move |_| {
        window.track();
        see();
    });
    Effect::new(move |_| {
        items.track();
        request_animation_frame(see);
    });
    items
}

/// How what is in sight stands over these rows, and how high each of them is.
fn measure_viewport(
    scroller: &Scroller,
    rows: &Element,
    items: &[Item],
) -> (Viewport, Vec<(Place, f64)>) {
    let edge = scroller.edge();
    let mut viewport = Viewport {
        top: scroller.top_of(rows),
        anchor: None,
        height: scroller.height(),
    };
    let mut heights = Vec::new();
    // While rendering changes, there is nothing to measure.
    let items = || items.iter().filter(|item| !matches!(item, Item::Spacer(_)));
    let is_drawn = usize::try_from(rows.child_element_count()) == Ok(items().count());
    let mut next = rows.first_element_child().filter(|_| is_drawn);
    for item in items() {
        let Some(element) = next else { break };
        if let Item::Row(place) = item {
            let at = element.get_bounding_client_rect();
            heights.push((*place, at.height()));
            if viewport.anchor.is_none() && at.bottom() > edge {
                viewport.anchor = Some((*place, at.top() - edge));
            }
        }
        next = element.next_element_sibling();
    }
    (viewport, heights)
}
