//! How far a page is scrolled, and moving it. Browser only.

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

/// Shows the end of the page, as soon as what was changed in it is drawn.
/// `is_wanted` is asked at that moment: whoever has scrolled away meanwhile is not thrown back.
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

/// Puts an element back to where it stood before something was added above it. Most browsers do so by themselves, while
/// they draw: only what is left after that is made up for.
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
