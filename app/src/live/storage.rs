//! What a browser keeps over a reload: unacknowledged presses, one entry each so that two tabs don't overwrite each
//! other, and the viewer's name. Browser only. Where storage is forbidden nothing is kept, and nothing fails.

use web_sys::Storage;

use super::outbox::Unsent;
use crate::domain::{code::Code, timestamp::TimestampId};

const NAME: &str = "name";

/// The presses of this session that were not acknowledged when the page was left.
pub(super) fn presses(code: &Code) -> Vec<Unsent> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let prefix = prefix(code);
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    keys.filter(|key| key.starts_with(&prefix))
        .filter_map(|key| storage.get_item(&key).ok().flatten())
        .filter_map(|json| serde_json::from_str(&json).ok())
        .collect()
}

/// Keeps a press until it is forgotten.
pub(super) fn keep(code: &Code, press: &Unsent) {
    if let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(press)) {
        let _ = storage.set_item(&key(code, press.id), &json);
    }
}

/// Forgets a press.
pub(super) fn forget(code: &Code, id: TimestampId) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(code, id));
    }
}

/// Whether the control link of this session was taken out of the address and its holder has not said that they saved it.
pub(super) fn is_unsaved(code: &Code) -> bool {
    storage().is_some_and(|storage| {
        storage
            .get_item(&unsaved(code))
            .is_ok_and(|mark| mark.is_some())
    })
}

/// Marks the control link of this session as unsaved, or as saved. The link itself is never kept here.
pub(super) fn set_unsaved(code: &Code, is_unsaved: bool) {
    if let Some(storage) = storage() {
        let _ = if is_unsaved {
            storage.set_item(&unsaved(code), "")
        } else {
            storage.remove_item(&unsaved(code))
        };
    }
}

/// The name that the viewer gave last.
pub fn name() -> Option<String> {
    storage()?.get_item(NAME).ok()?
}

/// Remembers the viewer's name.
pub fn remember_name(name: &str) {
    if let Some(storage) = storage() {
        let _ = storage.set_item(NAME, name);
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn unsaved(code: &Code) -> String {
    format!("unsaved.{code}")
}

fn prefix(code: &Code) -> String {
    format!("press.{code}.")
}

fn key(code: &Code, id: TimestampId) -> String {
    format!("{}{}", prefix(code), id.0)
}
