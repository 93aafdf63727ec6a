//! The older rows of the moderators' list: loads them when the reader comes near, without moving what they read.

use leptos::html;
use web_sys::Element;

use super::{list_window::ListWindow, row_interaction::RowInteraction};
use crate::{
    api,
    components::shared::server_call::{ServerCall, use_server_call},
    domain::time_range::TimeRange,
    live::{browser::after_paint::after_paint, page::feed::Feed, signals::views::*},
};

/// Older rows are loaded when their place is this close to the top of what is in sight, in pixels.
const NEAR: f64 = -300.0;

/// At most this many pages are loaded automatically for a range of time.
const MOST_PAGES: u32 = 25;

/// Loads older rows.
#[derive(Clone, Copy)]
pub(super) struct OlderRows {
    feed: Feed,
    /// The range of time whose rows are shown; none if all are.
    range: Signal<Option<TimeRange>>,
    /// The call that loads them.
    pub(super) call: ServerCall,
    /// Whether any are left to load.
    pub(super) are_left: Memo<bool>,
}

/// Loads older rows when the reader comes near their place, and keeps the visible rows in position. Those of a range of time
/// are loaded automatically.
pub(super) fn use_older_rows(
    feed: Feed,
    range: Signal<Option<TimeRange>>,
    list: NodeRef<html::Div>,
    window: ListWindow,
    interaction: RowInteraction,
) -> OlderRows {
    let older = OlderRows {
        feed,
        range,
        call: use_server_call(),
        are_left: Memo::new(move |_| feed.list.read().next_of(range.get()).is_some()),
    };
    older.call.forgets_absence(feed);
    // An effect, since only the browser has elements to hold: the server drops what it made on any of its threads.
    Effect::new(move |_| older.follow(list, window, interaction));
    older.use_range();
    older
}

impl OlderRows {
    /// Loads the page before the first row, unless one is on its way.
    pub(super) fn load(self) {
        let Self {
            feed, range, call, ..
        } = self;
        let Some(asked) = feed.list.read_untracked().next_of(range.get_untracked()) else {
            return;
        };
        let page = api::sessions::page(feed.code(), feed.audience, asked.before);
        call.start(page, move |page| {
            // The reader may look elsewhere by now. One request at a time: what they look at is asked for next.
            let wanted = range.try_get_untracked().flatten();
            let is_wanted = || feed.list.read_untracked().next_of(wanted) == Some(asked);
            if !asked.is_detached() || is_wanted() {
                feed.take_page(asked, page);
            }
        });
    }

    /// Loads rows until those of the range are there. If it is very long, the rest is loaded on demand.
    fn use_range(self) {
        let Self {
            feed, range, call, ..
        } = self;
        let loaded = StoredValue::new(0_u32);
        Effect::new(move |before: Option<Option<TimeRange>>| {
            let range = range.get();
            if before.flatten() != range {
                loaded.set_value(0);
                call.error.set(None);
                feed.narrow(range);
            }
            let is_missing = range.is_some() && self.are_left.get();
            // A page that could not be loaded is not asked for again by itself, unless the server was away and is back.
            let can_load = !call.is_busy() && call.error.read().is_none();
            if is_missing && can_load && loaded.get_value() < MOST_PAGES {
                loaded.update_value(|pages| *pages += 1);
                self.load();
            }
            range
        });
    }

    fn follow(self, list: NodeRef<html::Div>, window: ListWindow, interaction: RowInteraction) {
        let anchor = StoredValue::new_local(None::<(Element, f64)>);
        let find = move |selector: &str| {
            let list = list.get_untracked()?;
            list.query_selector(selector).ok().flatten()
        };
        let remember = move || {
            let scroller = window.scroller();
            let mut row = find(".timestamp");
            while let Some(passed) = row.take_if(|row| scroller.top_of(row) < 0.0) {
                row = passed.next_element_sibling();
            }
            let first = row.map(|row| {
                let top = scroller.top_of(&row);
                (row, top)
            });
            anchor.set_value(first);
        };
        // Rendering follows the scrolling a little later.
        let remember_soon = move || {
            after_paint(move || {
                if self.call.is_busy_untracked() {
                    remember();
                }
            });
        };
        let y = StoredValue::new(window.scroller().y());
        window.on_scroll(move || {
            let scroller = window.scroller();
            // At the very top, any scroll counts. There is nothing further up, and if the page moves the reader back down
            // and they jump up again at once, the observed position is the same as before.
            let is_upwards = scroller.y() < y.get_value() || scroller.y() <= 0.0;
            y.set_value(scroller.y());
            let is_near =
                || find("[data-older]").is_some_and(|older| scroller.top_of(&older) > NEAR);
            // The list may only have scrolled because the rows of a range came in place of others.
            let has_failed = || {
                self.range.get_untracked().is_some() && self.call.error.read_untracked().is_some()
            };
            if self.call.is_busy_untracked() {
                remember();
                remember_soon();
            } else if is_upwards && is_near() && !has_failed() {
                self.load();
            }
        });
        Effect::new(move |was_loading: Option<bool>| {
            let is_loading = self.call.is_busy();
            if is_loading {
                // The rows of a range come in place of others, and are not laid out yet.
                if self.range.get_untracked().is_none() {
                    remember();
                }
                remember_soon();
            } else if was_loading == Some(true)
                && let Some(Some((row, top))) = anchor.try_update_value(Option::take)
            {
                interaction.placing.set_value(true);
                window.scroller().keep_in_place(row, top, move || {
                    interaction
                        .placing
                        .try_update_value(|placing| *placing = false);
                    window.notify();
                });
            }
            is_loading
        });
    }
}
