//! The older rows of the moderators' list: loads them when the reader comes near, without moving what they read.

use leptos::{html, prelude::*};
use web_sys::Element;

use super::{list_window::ListWindow, row_interaction::RowInteraction};
use crate::{
    api,
    components::shared::server_call::{ServerCall, use_server_call},
    live::{page::feed::Feed, signals::Effect},
};

/// Older rows are loaded when their place is this close to the top of what is in sight, in pixels.
const NEAR: f64 = -300.0;

/// Loads older rows.
#[derive(Clone, Copy)]
pub(super) struct OlderRows {
    feed: Feed,
    /// The call that loads them.
    pub(super) call: ServerCall,
}

/// Loads older rows when the reader comes near their place, and keeps the visible rows in position.
pub(super) fn use_older_rows(
    feed: Feed,
    list: NodeRef<html::Div>,
    window: ListWindow,
    interaction: RowInteraction,
) -> OlderRows {
    let older = OlderRows {
        feed,
        call: use_server_call(),
    };
    // An effect, since only the browser has elements to hold: the server drops what it made on any of its threads.
    Effect::new(move |_| older.follow(list, window, interaction));
    older
}

impl OlderRows {
    /// Loads the page of the list before the first one, unless one is on its way.
    pub(super) fn load(self) {
        let Self { feed, call } = self;
        let Some(asked) = feed.list.read_untracked().next_older() else {
            return;
        };
        let page = api::sessions::page(feed.code(), feed.audience, asked.before);
        call.start(page, move |page| feed.take_page.run((asked, page)));
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
        let remember = move || {
            remember();
            request_animation_frame(move || {
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
            if self.call.is_busy_untracked() {
                remember();
            } else if is_upwards && is_near() {
                self.load();
            }
        });
        Effect::new(move |was_loading: Option<bool>| {
            let is_loading = self.call.is_busy();
            if is_loading {
                remember();
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
