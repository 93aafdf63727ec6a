//! A modal dialog that opens and closes with the state that it is about.

use leptos::html;

use crate::live::signals::views::*;

/// A modal dialog that is shown while `is_open`, which is tracked. `on_open` prepares it each time, before it is shown. Whoever
/// uses it resets the state on the event `close`: the Escape key closes a dialog too.
pub fn use_modal(
    is_open: impl Fn() -> bool + 'static,
    on_open: impl Fn() + 'static,
) -> NodeRef<html::Dialog> {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let is_open = is_open();
        let Some(dialog) = dialog.get() else { return };
        if !is_open {
            dialog.close();
        } else if !dialog.open() {
            on_open();
            // A dialog that can't be shown leaves things as they are.
            let _ = dialog.show_modal();
        }
    });
    dialog
}
