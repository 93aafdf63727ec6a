//! Which keystrokes mean something to a page, for all of its shortcuts.

use leptos::ev::KeyboardEvent;

use super::event_target::closest;

/// The key code of every keystroke that an input method takes for itself; one engine ends the composition before it tells
/// of the key that ended it (UI Events, 7.3.1).
const TAKEN_BY_INPUT_METHOD: u32 = 229;

/// Whether this key was pressed by itself: with no other, for the first time, and not to compose a character. A letter is the
/// same with the caps lock on, and on a keyboard of another alphabet it is the key at its place.
pub(crate) fn is_alone(event: &KeyboardEvent, key: &str) -> bool {
    let is_it = event.key().eq_ignore_ascii_case(key)
        || (!event.key().is_ascii() && event.code() == format!("Key{}", key.to_ascii_uppercase()));
    let has_modifier = event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key();
    is_it && !has_modifier && !event.repeat() && !is_composing(event)
}

/// Whether this key is held down, and comes again by itself.
pub(crate) fn is_held(event: &KeyboardEvent, key: &str) -> bool {
    event.key() == key && event.repeat()
}

/// Whether a keystroke happens within an element that this selector finds.
pub(crate) fn is_within(event: &KeyboardEvent, selector: &str) -> bool {
    closest(event, selector).is_some()
}

fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == TAKEN_BY_INPUT_METHOD
}
