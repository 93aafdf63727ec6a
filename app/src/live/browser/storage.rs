//! What a browser keeps across reloads: unacknowledged presses and its own acknowledged ones, one entry each so that two
//! tabs don't overwrite each other, and the viewer's name. Browser only. If storage is disabled or full, nothing is kept,
//! and nothing fails.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Serialize, de::DeserializeOwned};
use web_sys::Storage;

use super::pressed_cookie;
use crate::{
    domain::{code::Code, role::Role, timestamp::TimestampId},
    json,
    live::press::{
        outbox::PendingPress,
        own_joins::{self, JoinRecord},
        own_presses::{KEPT_FOR, Record},
    },
};

/// The key of the viewer's name.
pub(crate) const NAME: &str = "name";

/// The key of the choice that single letters are no shortcuts.
const NO_LETTERS: &str = "no-letter-shortcuts";

/// The prefix of the keys of own presses, of any session.
pub(crate) const OWN: &str = "own.";

/// The prefix of the keys of moments that were joined, of any session.
const JOINED: &str = "joined.";

/// The prefix of the keys of unacknowledged presses.
pub(crate) const PRESS: &str = "press.";

/// The prefix of the keys of what is typed and not sent.
pub(crate) const TYPED: &str = "typed.";

/// The key of how many milliseconds this device's clock is ahead of the server's, by which presses are stored.
pub(crate) const AHEAD: &str = "clock-ahead";

/// Written and removed when this browser is erased, which notifies other tabs if nothing else does. In the tab's storage it
/// stays: see `take_outlived`.
pub(crate) const FORGOTTEN: &str = "forgotten";

/// The presses of this session that were not acknowledged when the page was left.
pub(crate) fn presses(code: &Code) -> Vec<PendingPress> {
    all(&press_prefix(code))
}

/// Keeps a press until it is removed.
pub(crate) fn keep(code: &Code, press: &PendingPress) {
    let key = key(code, press.id);
    if !set(&key, press) {
        // It is full. Own presses can be fetched from the server again; this one can't.
        codes().iter().for_each(pressed_cookie::set_missing);
        remove_all(OWN);
        // If there is still no room, the press is in memory only.
        set(&key, press);
    }
}

/// Keeps by how much this device's clock is ahead of the server's, for a page that can't ask the server.
pub(crate) fn keep_ahead(ahead: TimeDelta) {
    set(AHEAD, &ahead.num_milliseconds());
}

/// Removes a press.
pub(crate) fn remove_press(code: &Code, id: TimestampId) {
    remove(&key(code, id));
}

/// Whether this press is stored under this key.
pub(crate) fn is_of_press(code: &Code, id: TimestampId, of: &str) -> bool {
    key(code, id) == of
}

/// This browser's own presses in this session.
pub(crate) fn own(code: &Code) -> Vec<Record> {
    all(&own_prefix(code))
}

/// Keeps one of this browser's own presses. If there is no room, the next page of the session asks the server for it.
pub(crate) fn keep_own(code: &Code, record: &Record) {
    if !set(&own_key(code, record.timestamp.id), record) {
        pressed_cookie::set_missing(code);
    }
}

/// Removes one of this browser's own presses.
pub(crate) fn remove_own(code: &Code, id: TimestampId) {
    remove(&own_key(code, id));
}

/// The moments of this session that this browser joined.
pub(crate) fn joins(code: &Code) -> Vec<JoinRecord> {
    let joins = storage().and_then(|storage| read(&storage, &joined_key(code)));
    joins.unwrap_or_default()
}

/// Keeps them.
pub(crate) fn keep_joins(code: &Code, joins: &[JoinRecord]) {
    set(&joined_key(code), &joins);
}

/// Whether moments of this session are kept under this key.
pub(crate) fn is_of_joins(code: &Code, key: &str) -> bool {
    key == joined_key(code)
}

/// Removes the presses of any session, and the moments that were joined, that are older than they are kept, and what can't be
/// read. The unacknowledged ones of `code` are left to its page, which tells their age by the server's clock.
pub(crate) fn purge(code: &Code, now: DateTime<Utc>) {
    let Some(storage) = storage() else {
        return;
    };
    let of_here = press_prefix(code);
    for key in keys(&storage, PRESS) {
        let is_over = || {
            let press: Option<PendingPress> = read(&storage, &key);
            press.is_none_or(|press| now - press.pressed_at > KEPT_FOR)
        };
        if !key.starts_with(&of_here) && is_over() {
            let _ = storage.remove_item(&key);
        }
    }
    for key in keys(&storage, OWN) {
        let record: Option<Record> = read(&storage, &key);
        if record.is_none_or(|record| record.is_over(now)) {
            let _ = storage.remove_item(&key);
        }
    }
    for key in keys(&storage, JOINED) {
        let joins: Vec<JoinRecord> = read(&storage, &key).unwrap_or_default();
        if own_joins::are_over(&joins, now) {
            let _ = storage.remove_item(&key);
        }
    }
}

/// The own press that another tab stored under this key, if it belongs to this session.
pub(crate) fn own_of_another_tab(code: &Code, key: &str, json: &str) -> Option<Record> {
    key.starts_with(&own_prefix(code))
        .then(|| json::read(json))
        .flatten()
}

/// The sessions that something is kept of.
pub(crate) fn codes() -> Vec<Code> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let mut codes: Vec<Code> = [OWN, PRESS]
        .iter()
        .flat_map(|prefix| {
            let keys = keys(&storage, prefix).into_iter();
            keys.filter_map(|key| key.split('.').nth(1)?.parse().ok())
        })
        .collect();
    codes.sort_by_key(ToString::to_string);
    codes.dedup();
    codes
}

/// Erases everything, and notifies the other tabs.
pub(crate) fn erase_all() {
    if let Some(storage) = storage() {
        let _ = storage.clear();
        // Clearing what is empty already tells nobody.
        let _ = storage.set_item(FORGOTTEN, "");
        let _ = storage.remove_item(FORGOTTEN);
    }
    remove_typed();
}

/// Removes what is typed in this tab and not sent, and marks the tab as erased.
pub(crate) fn remove_typed() {
    if let Some(storage) = tab_storage() {
        let _ = storage.clear();
        let _ = storage.set_item(FORGOTTEN, "");
    }
}

/// Whether a change of the storage in another tab means that this browser was erased. `key` is `None` if everything was
/// cleared.
pub(crate) fn is_erasure(key: Option<&str>, value: Option<&str>) -> bool {
    match key {
        None => true,
        Some(key) => key == FORGOTTEN && value.is_some(),
    }
}

/// Whether the control link of this session was removed from the address and its holder has not confirmed that they saved
/// it.
pub(crate) fn is_unsaved(code: &Code) -> bool {
    storage().is_some_and(|storage| {
        storage
            .get_item(&unsaved(code))
            .is_ok_and(|mark| mark.is_some())
    })
}

/// Marks the control link of this session as unsaved, or as saved. The link itself is never kept here.
pub(crate) fn set_unsaved(code: &Code, is_unsaved: bool) {
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

/// Whether single letters are shortcuts: unless somebody switched that off in this browser.
pub(crate) fn has_letter_shortcuts() -> bool {
    let off = storage().and_then(|storage| storage.get_item(NO_LETTERS).ok()?);
    off.is_none()
}

/// Remembers whether single letters are shortcuts.
pub(crate) fn set_letter_shortcuts(is_on: bool) {
    if let Some(storage) = storage() {
        let _ = match is_on {
            true => storage.remove_item(NO_LETTERS),
            false => storage.set_item(NO_LETTERS, ""),
        };
    }
}

/// What was chosen on this browser's desks, by the name of the choice.
pub(crate) fn choice(name: &str) -> Option<String> {
    storage()?.get_item(&choice_key(name)).ok()?
}

/// Remembers a choice for this browser's desks.
pub(crate) fn set_choice(name: &str, choice: &str) {
    if let Some(storage) = storage() {
        // Storage that is full forgets the choice, and nothing else.
        let _ = storage.set_item(&choice_key(name), choice);
    }
}

fn choice_key(name: &str) -> String {
    ["desk.", name].concat()
}

/// Whether anything can be stored: some browsers give a page no storage, or none of any size.
pub fn keeps() -> bool {
    const PROBE: &str = "probe";
    let kept = storage().is_some_and(|storage| storage.set_item(PROBE, "").is_ok());
    remove(PROBE);
    kept
}

/// What is typed into a field and not sent yet: kept in this tab over a reload. Empty if it was cleared.
pub fn typed(code: &Code, field: &str) -> Option<String> {
    tab_storage()?.get_item(&typed_key(code, field)).ok()?
}

/// Whether what the browser puts into a field may be from before this tab was erased: nothing was kept of it since. From then
/// on it isn't.
pub(crate) fn take_outlived(code: &Code, field: &str) -> bool {
    let Some(storage) = tab_storage() else {
        return false;
    };
    let key = typed_key(code, field);
    let has = |key: &str| matches!(storage.get_item(key), Ok(Some(_)));
    has(FORGOTTEN) && !has(&key) && storage.set_item(&key, "").is_ok()
}

/// Keeps what is typed into a field.
pub fn keep_typed(code: &Code, field: &str, text: &str) {
    if let Some(storage) = tab_storage() {
        let _ = storage.set_item(&typed_key(code, field), text);
    }
}

/// The role of this browser in a session when it last saw one of its staff pages; a viewer if it never did. Only links
/// depend on it: rights are decided by the server, and the viewers' page is the same for everybody.
pub fn role(code: &Code) -> Role {
    let kept = storage().and_then(|storage| read(&storage, &role_key(code)));
    kept.unwrap_or(Role::Viewer)
}

/// Remembers the role of this browser in a session.
pub(crate) fn remember_role(code: &Code, role: Role) {
    match role {
        Role::Viewer => remove(&role_key(code)),
        Role::Moderator | Role::Streamer => {
            set(&role_key(code), &role);
        }
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// What ends with this tab.
fn tab_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// The keys that begin so.
fn keys(storage: &Storage, prefix: &str) -> Vec<String> {
    let keys = (0..storage.length().unwrap_or(0)).filter_map(|at| storage.key(at).ok().flatten());
    keys.filter(|key| key.starts_with(prefix)).collect()
}

fn read<T: DeserializeOwned>(storage: &Storage, key: &str) -> Option<T> {
    let json = storage.get_item(key).ok()??;
    json::read(&json)
}

/// All that is kept under keys that begin so, and can be read.
fn all<T: DeserializeOwned>(prefix: &str) -> Vec<T> {
    let Some(storage) = storage() else {
        return Vec::new();
    };
    let keys = keys(&storage, prefix).into_iter();
    keys.filter_map(|key| read(&storage, &key)).collect()
}

/// Stores a value. Returns false if the storage is full; where there is none, there is nothing to make room in.
fn set(key: &str, value: &impl Serialize) -> bool {
    storage().is_none_or(|storage| storage.set_item(key, &json::write(value)).is_ok())
}

fn remove(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

fn remove_all(prefix: &str) {
    if let Some(storage) = storage() {
        for key in keys(&storage, prefix) {
            let _ = storage.remove_item(&key);
        }
    }
}

fn role_key(code: &Code) -> String {
    format!("role.{code}")
}

fn typed_key(code: &Code, field: &str) -> String {
    format!("{TYPED}{code}.{field}")
}

fn unsaved(code: &Code) -> String {
    format!("unsaved.{code}")
}

fn press_prefix(code: &Code) -> String {
    format!("{PRESS}{code}.")
}

fn key(code: &Code, id: TimestampId) -> String {
    format!("{}{}", press_prefix(code), id.0)
}

fn joined_key(code: &Code) -> String {
    [JOINED, &code.to_string()].concat()
}

fn own_prefix(code: &Code) -> String {
    format!("{OWN}{code}.")
}

fn own_key(code: &Code, id: TimestampId) -> String {
    format!("{}{}", own_prefix(code), id.0)
}
