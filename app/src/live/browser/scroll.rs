//! The scroll position of a page, and scrolling it. Browser only.

use leptos::prelude::*;

/// How far down the page stands, in pixels.
pub fn y() -> f64 {
    window().scroll_y().unwrap_or(0.0)
}

/// How high the window is, in pixels.
pub fn window_height() -> f64 {
    let height = window().inner_height().ok();
    height.and_then(|height| height.as_f64()).unwrap_or(0.0)
}

/// How many pixels of the page lie below the window.
pub fn below() -> f64 {
    let page_height = document()
        .document_element()
        .map_or(0.0, |page| f64::from(page.scroll_height()));
    page_height - y() - window_height()
}

/// Scrolls to the end of the page once the current changes are rendered. `is_wanted` is asked at that moment, so as not to
/// scroll back a reader who has scrolled away.
pub fn to_end(is_wanted: impl Fn() -> bool + 'static) {
    request_animation_frame(move || {
        if !is_wanted() {
            return;
        }
        let height = document()
            .document_element()
            .map_or(0, |page| page.scroll_height());
        window().scroll_to_with_x_and_y(0.0, f64::from(height));
    });
}

/// Where an element stands, in pixels below the window's upper edge.
pub fn top_of(element: &web_sys::Element) -> f64 {
    element.get_bounding_client_rect().top()
}

/// Moves an element back to its position after something was inserted above it. Most browsers do so on their own when they
/// render: only the remaining difference is corrected.
pub fn keep_in_place(element: web_sys::Element, top: f64, then: impl FnOnce() + 'static) {
    request_animation_frame(move || {
        request_animation_frame(move || {
            let moved = top_of(&element) - top;
            if element.is_connected() && moved.abs() >= 1.0 {
                window().scroll_by_with_x_and_y(0.0, moved);
            }
            then();
        });
    });
}
