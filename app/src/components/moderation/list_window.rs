//! The part of the moderators' list that is in sight: what scrolls it, and when that changes.

use leptos::{ev, html, html::ElementExt, prelude::*};

use crate::{
    components::shared::event_target::target,
    live::{browser::scroll::Scroller, signals::Effect},
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
}

impl ListWindow {
    /// The window over this list, until the owner of the caller is cleaned up.
    pub fn over(list: NodeRef<html::Div>) -> Self {
        let window = Self {
            list,
            moved: Trigger::new(),
        };
        window.on_scroll(move || window.notify());
        Effect::new(move |_| {
            let resized = window_event_listener(ev::resize, move |_| window.notify());
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
        let list = self.list.try_get_untracked().flatten();
        list.map_or(Scroller::Document, |list| Scroller::of(&list))
    }

    /// Runs again whenever another part of the list is in sight. Tracked.
    pub fn track(self) {
        self.moved.track();
    }

    /// Another part of the list is in sight.
    pub fn notify(self) {
        self.moved.notify();
    }

    /// Runs whenever the list was scrolled, whatever scrolls it.
    pub fn on_scroll(self, run: impl Fn() + Copy + 'static) {
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
