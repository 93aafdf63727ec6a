//! Effects of Leptos whose code is compiled once. Leptos compiles all that surrounds an effect again for each of them.

/// Something that runs once, and again after the signals have changed that it read the last time, until its owner is cleaned
/// up. Browser only; the server runs none.
pub(crate) struct Effect;

impl Effect {
    /// Runs this soon, and again whenever a signal changes that it reads. It is given what it returned the last time.
    pub(crate) fn new<T: 'static>(mut effect: impl FnMut(Option<T>) -> T + 'static) -> Self {
        let mut before = None;
        watch(Box::new(move || before = Some(effect(before.take()))));
        Self
    }
}

fn watch(mut run: Box<dyn FnMut()>) {
    leptos::prelude::Effect::new(move |_: Option<()>| run());
}
