//! The part of the moderators' list that is in sight: what scrolls it, and when that changes.

use leptos::{ev, html, html::ElementExt};

use crate::{
    components::shared::event_target::target,
    live::{
        browser::{
            after_paint::after_paint,
            scroll::{self, Scroller},
        },
        signals::views::*,
    },
};

/// The keys that scroll, by their names in `KeyboardEvent.key`.
const SCROLLS: [&str; 7] = [
    " ",
    "PageUp",
    "PageDown",
    "Home",
    "End",
    "ArrowUp",
    "ArrowDown",
];

/// The part of a list that is in sight.
#[derive(Clone, Copy)]
pub struct ListWindow {
    list: NodeRef<html::Div>,
    moved: Trigger,
    /// Whether the list scrolls in a box of its own, as the browser said last: asking it means laying the page out. None after
    /// the window was resized.
    is_box: StoredValue<Option<bool>>,
}

impl ListWindow {
    /// The window over this list, until the owner of the caller is cleaned up.
    pub fn over(list: NodeRef<html::Div>) -> Self {
        let window = Self {
            list,
            moved: Trigger::new(),
            is_box: StoredValue::default(),
        };
        window.on_scroll(move || window.notify());
        Effect::new(move |_| {
            let resized = window_event_listener(ev::resize, move |_| {
                window.is_box.set_value(None);
                window.notify();
            });
            let pressed = window_event_listener(ev::keydown, move |event| window.take_key(&event));
            on_cleanup(move || {
                resized.remove();
                pressed.remove();
            });
        });
        window
    }

    /// What scrolls the list at the moment.
    pub fn scroller(self) -> Scroller {
        let Some(list) = self.list.try_get_untracked().flatten() else {
            return Scroller::Document;
        };
        let known = self.is_box.try_get_value().flatten();
        let is_box = known.unwrap_or_else(|| {
            let is_box = scroll::is_box(&list);
            self.is_box.try_set_value(Some(is_box));
            is_box
        });
        match is_box {
            true => Scroller::Box(list.into()),
            false => Scroller::Document,
        }
    }

    /// Runs again whenever another part of the list is in sight. Tracked.
    pub fn track(self) {
        self.moved.track();
    }

    /// Another part of the list is in sight.
    pub fn notify(self) {
        self.moved.notify();
    }

    /// Runs after the list was scrolled, whatever scrolled it, as soon as the page is laid out.
    pub fn on_scroll(self, run: impl Fn() + Copy + 'static) {
        let waits = StoredValue::new(false);
        let run = move || {
            if waits.try_get_value() == Some(false) {
                waits.set_value(true);
                after_paint(move || {
                    if waits.try_set_value(false).is_none() {
                        run();
                    }
                });
            }
        };
        Effect::new(move |_| {
            let document = window_event_listener(ev::scroll, move |_| run());
            // The scrolling of a box is not heard outside of it.
            let list = self
                .list
                .get()
                .map(|list| list.on(ev::scroll, move |_| run()));
            on_cleanup(move || {
                document.remove();
                drop(list);
            });
        });
    }

    /// A key that scrolls goes to the list's box if no element of the page has the focus: browsers would scroll the document,
    /// which is no longer than the window then.
    fn take_key(self, event: &ev::KeyboardEvent) {
        let is_alone = !(event.ctrl_key() || event.alt_key() || event.meta_key());
        let is_nowhere = target(event).is_some_and(|target| target.local_name() == "body");
        if is_alone
            && is_nowhere
            && SCROLLS.contains(&event.key().as_str())
            && matches!(self.scroller(), Scroller::Box(_))
            && let Some(list) = self.list.get_untracked()
        {
            // The browser then scrolls what has the focus. An element that can't get it is left alone.
            let _ = list.focus();
        }
    }
}
