//! Which keystrokes count as shortcuts, for all shortcuts of a page, and which keystrokes and clicks are left to the browser.

use leptos::ev::{KeyboardEvent, MouseEvent};

use super::event_target::closest;

/// The key code of every keystroke that an input method handles itself; one engine ends the composition before it reports
/// the key that ended it (UI Events, 7.3.1).
const TAKEN_BY_INPUT_METHOD: u32 = 229;

/// Whether this key was pressed alone: without modifiers, not as a repeat, and not to compose a character. A letter is
/// recognised with caps lock on, and on keyboards of other alphabets by its position.
pub(crate) fn is_alone(event: &KeyboardEvent, key: &str) -> bool {
    is_key(event, key) && !event.repeat()
}

/// The same, also while the key is held down and repeats.
pub(crate) fn is_key(event: &KeyboardEvent, key: &str) -> bool {
    let is_it = event.key().eq_ignore_ascii_case(key)
        || (!event.key().is_ascii() && event.code() == format!("Key{}", key.to_ascii_uppercase()));
    is_it && !event.shift_key() && !is_browser_command(event) && !is_composing(event)
}

/// Whether this character was typed, with whichever key makes it on the keyboard: some need Shift for it.
pub(crate) fn is_character(event: &KeyboardEvent, character: &str) -> bool {
    let is_it = event.key() == character && !event.repeat();
    is_it && !is_browser_command(event) && !is_composing(event)
}

/// Whether a key is held that makes this keystroke a command to the browser or the system.
pub(crate) fn is_browser_command(event: &KeyboardEvent) -> bool {
    event.ctrl_key() || event.alt_key() || event.meta_key()
}

/// Whether a key is held that makes the browser open a link elsewhere, or download it.
pub(crate) fn opens_elsewhere(click: &MouseEvent) -> bool {
    click.ctrl_key() || click.alt_key() || click.meta_key() || click.shift_key()
}

/// Whether a keystroke belongs to a field that takes text, or to a dialog.
pub(crate) fn is_typed(event: &KeyboardEvent) -> bool {
    const TAKERS: &str = "input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog, [contenteditable]";
    is_within(event, TAKERS)
}

/// Whether this key is held down and repeats.
pub(crate) fn is_held(event: &KeyboardEvent, key: &str) -> bool {
    event.key() == key && event.repeat()
}

/// Whether a keystroke happens within an element that matches this selector.
pub(crate) fn is_within(event: &KeyboardEvent, selector: &str) -> bool {
    closest(event, selector).is_some()
}

fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == TAKEN_BY_INPUT_METHOD
}
