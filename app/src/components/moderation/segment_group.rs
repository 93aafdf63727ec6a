//! The rows of one segment, under its heading.

use leptos::html;
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    drawn_rows::{Drawn, DrawnRows, markup},
    following::Following,
    list_window::ListWindow,
    moderation_row::{Around, EDITOR, Row},
    note_drafts::NoteDrafts,
    row_actions::way_to,
    row_editor::RowEditor,
    row_interaction::RowInteraction,
};
use crate::{
    components::shared::{event_target::row_at, focus::keeping_focus, live_text::live_text},
    domain::timestamp::{Place, TimestampId},
    live::{
        browser::{scroll::Scroller, size_watch::SizeWatch},
        page::feed::Feed,
        signals::views::*,
        virtual_list::{
            filtered::FilteredRows,
            row_heights::{Anchor, Item, Viewport},
        },
    },
    words::stream,
};

/// What is drawn of a segment in its list, whatever else somebody puts in between.
const ITEMS: &str = ":scope > :is([data-id], .timestamps__gap)";
/// How many of the list's last rows are rendered before the page knows its scroll position.
const FIRST: usize = 40;

/// The rows of one segment, under its heading.
#[component]
pub fn SegmentGroup(
    /// The live session.
    feed: Feed,
    /// The segment: 1, 2, 3, ….
    index: u32,
    /// The rows that match the filter, and the one that is edited.
    filtered: RwSignal<FilteredRows>,
    /// The part of the list that is in sight.
    window: ListWindow,
    /// Whether the list follows its newest row.
    following: Following,
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
    let list = NodeRef::<html::Ol>::new();
    let group = Group {
        feed,
        index,
        filtered,
        window,
        following,
        interaction,
        list,
    };
    let items = group.use_items();
    let initial = untrack(|| markup(&group.drawn(&items.read()), |id| group.is_ticked(id)));
    group.use_rows(items);
    let id = format!("segment-{index}");
    let heading = id.clone();
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
            <ol class="timestamps" node_ref=list inner_html=initial></ol>
        </section>
    }
    .into_any()
}

/// What the rows of a segment depend on.
#[derive(Clone, Copy)]
struct Group {
    feed: Feed,
    index: u32,
    filtered: RwSignal<FilteredRows>,
    window: ListWindow,
    following: Following,
    interaction: RowInteraction,
    list: NodeRef<html::Ol>,
}

impl Group {
    /// Which rows are drawn: those in sight or near it, and those that the reader is interacting with.
    fn use_items(self) -> Memo<Vec<Item>> {
        let Self {
            feed,
            index,
            filtered,
            interaction,
            ..
        } = self;
        let viewport = RwSignal::new(None::<Viewport>);
        let items = Memo::new(move |_| {
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
            group.items(drawn, &pinned)
        });
        self.window.watch(move || self.see(viewport, items));
        Effect::new(move |_| {
            let list = self.list.get()?;
            SizeWatch::over(&list, move || {
                self.following.keep_up();
                self.window.notify();
            })
        });
        items
    }

    /// Measures what is drawn: the heights and positions of the rows.
    fn see(self, viewport: RwSignal<Option<Viewport>>, items: Memo<Vec<Item>>) {
        if self.interaction.placing.try_get_value() != Some(false) {
            return;
        }
        let (Some(list), Some(items)) = (
            self.list.try_get_untracked().flatten(),
            items.try_get_untracked(),
        ) else {
            return;
        };
        let scroller = self.window.scroller();
        let (mut seen, heights) = measure(&scroller, &list, &items);
        if self.following.is_on() {
            seen.anchor = Some(Anchor::End(scroller.bottom_of(&list)));
        }
        self.filtered
            .maybe_update(|filtered| filtered.measure(heights));
        if viewport.get_untracked() != Some(seen) {
            viewport.set(Some(seen));
        }
    }

    /// Draws the rows again whenever something of them has changed.
    fn use_rows(self, items: Memo<Vec<Item>>) {
        let owner = Owner::current();
        Effect::new(move |before: Option<(DrawnRows, Option<RowEditor>)>| {
            let (mut rows, editor) = before.unwrap_or_default();
            let drawn = self.drawn(&items.read());
            let editing = self.interaction.editing.get();
            let Some(list) = self.list.get() else {
                return (rows, editor);
            };
            let mut gone = Vec::new();
            // A row that passes no longer leaves the focus to the next one.
            keeping_focus(next_row, || {
                gone = rows.draw(&list, drawn, |id| self.is_ticked(id));
            });
            for id in gone {
                self.interaction.remove(id);
            }
            let edited = editing.and_then(|id| Some((id, rows.element(id)?)));
            let editor = editor.filter(|editor| edited.is_some_and(|(id, _)| editor.is_of(id)));
            let editor = editor.or_else(|| {
                let (id, row) = edited?;
                RowEditor::open(owner.as_ref()?, self.feed, self.interaction, id, row)
            });
            (rows, editor)
        });
    }

    /// These items as they stand now. Tracked.
    fn drawn(self, items: &[Item]) -> Vec<Drawn> {
        let (list, filtered, session) = (
            self.feed.list.read(),
            self.filtered.read(),
            self.feed.session.read(),
        );
        // Read once: dozens of rows are drawn.
        let (failed, editors) = (
            self.interaction.failed.read(),
            self.interaction.presence.editors.read(),
        );
        let unsaved = self.interaction.drafts.with_value(NoteDrafts::rows);
        let around = Around {
            labels: &session.labels,
            lead: session.timing.lead_seconds,
            editing: self.interaction.editing.get(),
            failed: &failed,
            unsaved: &unsaved,
            editors: &editors,
        };
        let group = filtered.group(self.index);
        let row = |place: Place| {
            let rank = group.map_or(0, |group| group.rank(place));
            let standing = (rank + 1, group.map_or(1, |group| group.len()));
            Some(Row::new(list.get(place)?, standing, &around))
        };
        let items = items.iter().filter_map(|item| match item {
            Item::Gap(height) => Some(Drawn::Gap(*height)),
            Item::Row(place) => row(*place).map(Drawn::Row),
        });
        items.collect()
    }

    fn is_ticked(self, id: TimestampId) -> bool {
        self.interaction.ticked.read_untracked().contains(&id)
    }
}

/// The selector of the row after the one that has the focus, or before it if it is the last one. Whoever is typing into a row
/// goes on in the list: the letters that follow would act on another row.
fn next_row(focused: &Element) -> Option<String> {
    let row = focused.closest(".timestamp--watched").ok()??;
    if let Ok(Some(_)) = focused.closest(EDITOR) {
        return Some(way_to(None));
    }
    let next = row.next_element_sibling();
    let next = next.or_else(|| row.previous_element_sibling());
    Some(way_to(next.and_then(|row| row_at(&row))))
}

/// How what is in sight stands over a segment's rows, and how high each of them is.
fn measure(scroller: &Scroller, list: &Element, items: &[Item]) -> (Viewport, Vec<(Place, f64)>) {
    let edge = scroller.edge();
    let mut viewport = Viewport {
        top: scroller.top_of(list),
        anchor: None,
        height: scroller.height(),
    };
    let mut heights = Vec::new();
    let Ok(drawn) = list.query_selector_all(ITEMS) else {
        return (viewport, heights);
    };
    // While rendering changes, there is nothing to measure.
    let is_drawn = usize::try_from(drawn.length()) == Ok(items.len());
    for (at, item) in (0..).zip(items.iter().filter(|_| is_drawn)) {
        if let Item::Row(place) = item
            && let Some(element) = drawn.item(at)
        {
            let element: Element = element.unchecked_into();
            let at = element.get_bounding_client_rect();
            heights.push((*place, at.height()));
            if viewport.anchor.is_none() && at.bottom() > edge {
                viewport.anchor = Some(Anchor::Row(*place, at.top() - edge));
            }
        }
    }
    (viewport, heights)
}
