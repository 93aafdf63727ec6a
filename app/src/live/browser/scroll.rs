//! What scrolls a list, how far it is scrolled, and scrolling it. Browser only.

use leptos::prelude::*;
use web_sys::Element;

/// What scrolls a list: a box of its own, or the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scroller {
    /// The whole document, under the window.
    Document,
    /// The list's own box.
    Box(Element),
}

impl Scroller {
    /// How far it is scrolled down, in pixels.
    pub fn y(&self) -> f64 {
        match self {
            Self::Document => window().scroll_y().unwrap_or(0.0),
            Self::Box(list) => f64::from(list.scroll_top()),
        }
    }

    /// How high the part in sight is, in pixels.
    pub fn height(&self) -> f64 {
        match self {
            Self::Document => {
                let height = window().inner_height().ok();
                height.and_then(|height| height.as_f64()).unwrap_or(0.0)
            }
            Self::Box(list) => f64::from(list.client_height()),
        }
    }

    /// How many pixels lie below the part in sight.
    pub fn below(&self) -> f64 {
        f64::from(self.full_height()) - self.y() - self.height()
    }

    /// Where an element stands, in pixels below the upper edge of the part in sight.
    pub fn top_of(&self, element: &Element) -> f64 {
        top_of(element) - self.edge()
    }

    /// Where an element ends, in pixels below the upper edge of the part in sight.
    pub fn bottom_of(&self, element: &Element) -> f64 {
        element.get_bounding_client_rect().bottom() - self.edge()
    }

    /// Where the upper edge of the part in sight is, in pixels below the window's.
    pub fn edge(&self) -> f64 {
        match self {
            Self::Document => 0.0,
            Self::Box(list) => top_of(list),
        }
    }

    /// Scrolls to the end.
    pub fn to_end(&self) {
        match self {
            Self::Document => {
                window().scroll_to_with_x_and_y(0.0, f64::from(self.full_height()));
            }
            Self::Box(list) => list.set_scroll_top(self.full_height()),
        }
    }

    /// How high it is in all, in pixels.
    fn full_height(&self) -> i32 {
        match self {
            Self::Document => document()
                .document_element()
                .map_or(0, |page| page.scroll_height()),
            Self::Box(list) => list.scroll_height(),
        }
    }

    /// Scrolls down by so many pixels.
    fn by(&self, pixels: f64) {
        match self {
            Self::Document => window().scroll_by_with_x_and_y(0.0, pixels),
            Self::Box(list) => list.scroll_by_with_x_and_y(0.0, pixels),
        }
    }

    /// Moves an element back to `top` after something was inserted above it, as soon as the current changes are rendered.
    /// Most browsers do so on their own when they render: only the remaining difference is corrected.
    pub fn keep_in_place(self, element: Element, top: f64, then: impl FnOnce() + 'static) {
        request_animation_frame(move || {
            request_animation_frame(move || {
                let moved = self.top_of(&element) - top;
                if element.is_connected() && moved.abs() >= 1.0 {
                    self.by(moved);
                }
                then();
            });
        });
    }
}

/// Whether a list scrolls in a box of its own at the moment. The browser is asked what it computed, so that the stylesheet alone
/// knows in which windows it does.
pub fn is_box(list: &Element) -> bool {
    let style = window().get_computed_style(list).ok().flatten();
    let overflow = style.and_then(|style| style.get_property_value("overflow-y").ok());
    matches!(overflow.as_deref(), Some("auto" | "scroll"))
}

/// Where an element stands, in pixels below the window's upper edge.
fn top_of(element: &Element) -> f64 {
    element.get_bounding_client_rect().top()
}
