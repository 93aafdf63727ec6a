//! The part of the moderators' list that is in sight: what scrolls it, and when that changes.

use leptos::{ev, html, html::ElementExt};

use crate::{
    components::shared::{event_target::target, shortcuts::is_browser_command},
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
    scrolled: Trigger,
    moved: Trigger,
    /// Whether the list was scrolled since `scrolled` was notified.
    has_scrolled: StoredValue<bool>,
    /// Whether they are notified after the next frame.
    is_due: StoredValue<bool>,
    /// Whether the list scrolls in a box of its own, as the browser said last: asking it means laying the page out. None after
    /// the window was resized.
    is_box: StoredValue<Option<bool>>,
}

impl ListWindow {
    /// The window over this list, until the owner of the caller is cleaned up.
    pub fn over(list: NodeRef<html::Div>) -> Self {
        let window = Self {
            list,
            scrolled: Trigger::new(),
            moved: Trigger::new(),
            has_scrolled: StoredValue::default(),
            is_due: StoredValue::default(),
            is_box: StoredValue::default(),
        };
        Effect::new(move |_| {
            let resized = window_event_listener(ev::resize, move |_| {
                window.is_box.set_value(None);
                window.notify();
            });
            let scrolled = window_event_listener(ev::scroll, move |_| window.scrolls());
            // The scrolling of a box is not heard outside of it.
            let list = list
                .get()
                .map(|list| list.on(ev::scroll, move |_| window.scrolls()));
            let pressed = window_event_listener(ev::keydown, move |event| window.take_key(&event));
            on_cleanup(move || {
                resized.remove();
                scrolled.remove();
                drop(list);
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

    /// Runs now, and again after another part of the list may have come into sight: as soon as the page is laid out, before
    /// anything is drawn that follows from it.
    pub fn watch(self, run: impl Fn() + 'static) {
        Effect::new(move |_| {
            self.moved.track();
            untrack(&run);
        });
    }

    /// Runs after the list was scrolled, whatever scrolled it, in the same way.
    pub fn on_scroll(self, run: impl Fn() + 'static) {
        Effect::new(move |before: Option<()>| {
            self.scrolled.track();
            if before.is_some() {
                untrack(&run);
            }
        });
    }

    fn scrolls(self) {
        self.has_scrolled.try_set_value(true);
        self.notify();
    }

    /// Another part of the list may be in sight. What depends on that runs once for any number of calls, all of it together:
    /// what one of them changed would have the page laid out again for the next.
    pub fn notify(self) {
        if self.is_due.try_get_value() != Some(false) {
            return;
        }
        self.is_due.set_value(true);
        after_paint(move || {
            // The list may be gone by now.
            if self.is_due.try_set_value(false).is_some() {
                return;
            }
            if self.has_scrolled.get_value() {
                self.has_scrolled.set_value(false);
                self.scrolled.notify();
            }
            self.moved.notify();
        });
    }

    /// A key that scrolls goes to the list's box if no element of the page has the focus: browsers would scroll the document,
    /// which is no longer than the window then.
    fn take_key(self, event: &ev::KeyboardEvent) {
        let is_nowhere = target(event).is_some_and(|target| target.local_name() == "body");
        if is_nowhere
            && !is_browser_command(event)
            && SCROLLS.contains(&event.key().as_str())
            && matches!(self.scroller(), Scroller::Box(_))
            && let Some(list) = self.list.get_untracked()
        {
            // The browser then scrolls what has the focus. An element that can't get it is left alone.
            let _ = list.focus();
        }
    }
}
