//! Tells when the size of an element has changed. Browser only.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, ResizeObserver};

/// Watches the size of an element until it is dropped.
pub struct SizeWatch {
    observer: ResizeObserver,
    /// What the observer calls.
    _told: Closure<dyn FnMut()>,
}

impl SizeWatch {
    /// Runs `told` now and whenever the size has changed: after the browser has laid the page out and before it paints it, so
    /// that positions can be read without laying it out once more. `None` in a browser that has no such observer.
    pub fn over(element: &Element, told: impl FnMut() + 'static) -> Option<Self> {
        let told = Closure::new(told);
        let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok()?;
        observer.observe(element);
        Some(Self {
            observer,
            _told: told,
        })
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
