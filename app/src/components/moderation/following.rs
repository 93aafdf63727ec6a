//! Follows the newest row of the moderators' list, unless the reader has scrolled away or is doing something with a row.

use super::{list_window::ListWindow, row_interaction::RowInteraction};
use crate::live::{
    browser::scroll::Scroller,
    page::feed::Feed,
    signals::views::*,
    virtual_list::{filtered::FilteredRows, scroll_follow::ScrollFollow},
};

/// Follows the newest row.
#[derive(Clone, Copy)]
pub struct Following {
    feed: Feed,
    window: ListWindow,
    follow: RwSignal<ScrollFollow>,
    /// Whether the list scrolled in a box of its own when it was last looked at.
    was_box: StoredValue<Option<bool>>,
}

impl Following {
    /// Follows until the owner of the caller is cleaned up.
    pub(super) fn new(
        feed: Feed,
        filtered: RwSignal<FilteredRows>,
        window: ListWindow,
        interaction: RowInteraction,
    ) -> Self {
        let newest = feed.list.read_untracked().newest();
        let following = Self {
            feed,
            window,
            follow: RwSignal::new(ScrollFollow::new(newest)),
            was_box: StoredValue::default(),
        };
        window.on_scroll(move || following.look());
        Effect::new(move |_| {
            drop(filtered.read());
            let held = [
                interaction.editing,
                interaction.pointing,
                interaction.reading,
            ];
            let is_held = held.iter().any(|row| row.read().is_some());
            let did_follow = following.is_on();
            following.change(|follow| follow.hold(is_held));
            if following.is_on() && !did_follow {
                following.to_end();
            }
        });
        following
    }

    /// Whether the list follows its newest row at the moment.
    pub(super) fn is_on(self) -> bool {
        self.follow.try_with_untracked(ScrollFollow::follows) == Some(true)
    }

    /// Whether the list follows its newest row. Tracked.
    pub(super) fn follows(self) -> bool {
        self.follow.read().follows()
    }

    /// How many rows arrived that the reader has not seen. Tracked.
    pub(super) fn unseen(self, filtered: &FilteredRows) -> usize {
        filtered.arrived_after(self.follow.read().seen())
    }

    /// The reader jumps to the newest row.
    pub(super) fn jump(self) {
        self.change(ScrollFollow::jump);
        self.to_end();
    }

    /// The list has grown or shrunk, and is laid out: scrolls to its end if it follows that.
    pub(super) fn keep_up(self) {
        // A reader may have scrolled since it was looked at last.
        self.look();
        if self.is_on() {
            self.window.scroller().to_end();
            self.look();
        }
    }

    /// Sees how far the list is scrolled.
    fn look(self) {
        let scroller = self.window.scroller();
        let is_box = matches!(scroller, Scroller::Box(_));
        let was_box = self.was_box.get_value().unwrap_or(is_box);
        self.was_box.set_value(Some(is_box));
        self.change(|follow| match is_box == was_box {
            true => follow.scrolled(scroller.y(), scroller.below()),
            false => follow.scrolls_elsewhere(scroller.y()),
        });
        if is_box != was_box {
            self.to_end();
        }
    }

    /// Changes what is known, and counts what is there as seen if it is followed.
    fn change(self, change: impl FnOnce(&mut ScrollFollow)) {
        let Some(before) = self.follow.try_get_untracked() else {
            return;
        };
        let mut follow = before.clone();
        change(&mut follow);
        follow.arrived(self.feed.list.read_untracked().newest());
        if follow != before {
            self.follow.set(follow);
        }
    }

    /// Scrolls to the end as soon as the current changes are drawn, unless the reader has scrolled away by then.
    fn to_end(self) {
        request_animation_frame(move || {
            if self.is_on() {
                self.window.scroller().to_end();
            }
        });
    }
}
