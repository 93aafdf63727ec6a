//! The reader: it accepts what serde_json accepts, with the same result.

use std::fmt::Debug;

use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{super::parser::parse, Reader};
use crate::{
    domain::{
        access::{CreatedSession, Link, Redemption},
        change::{Frame, StreamEnd, Tick},
        moderation::{ModerationAction, Swept, Undoing},
        rules::Settings,
        snapshot::{Desk, Snapshot},
        stream_command::StreamCommand,
        timestamp::Timestamp,
    },
    live::press::{outbox::PendingPress, own_presses::Record},
    pages::viewer::Viewers,
    service::ServiceError,
};

fn read<T: DeserializeOwned>(value: &Value) -> Option<T> {
    T::deserialize(Reader::of(parse(&written(value))?)).ok()
}

/// A value as JSON, its fields backwards: a `Value` sorts them, and an error's name is written before what it is about.
fn written(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(written).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let fields = fields.iter().rev();
            let fields: Vec<_> = fields
                .map(|(name, value)| format!("{}:{}", json!(name), written(value)))
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        _ => value.to_string(),
    }
}

/// Checks that a value, and each value that is one fault away from it, is read as serde_json reads it.
fn reads_as_serde_json_does<T: DeserializeOwned + PartialEq + Debug>(whole: &Value) {
    assert!(read::<T>(whole).is_some(), "{whole}");
    for value in std::iter::once(whole.clone()).chain(hurt(whole)) {
        let expected = serde_json::from_value::<T>(value.clone()).ok();
        assert_eq!(read::<T>(&value), expected, "{value}");
    }
}

/// All values that differ from this one in one place: something is missing, additional, or of another kind.
fn hurt(value: &Value) -> Vec<Value> {
    let others = [
        json!(null),
        json!(true),
        json!("other"),
        json!(7),
        json!(-1),
        json!(1.5),
        json!({}),
    ];
    let mut hurt = others.to_vec();
    match value {
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                hurt.extend(self::hurt(item).into_iter().map(|item| {
                    let mut items = items.clone();
                    items[at] = item;
                    Value::Array(items)
                }));
            }
        }
        Value::Object(fields) => {
            let with = |name: &str, field: Value| {
                let mut fields = fields.clone();
                fields.insert(name.to_owned(), field);
                Value::Object(fields)
            };
            hurt.push(with("a field of the next build", json!([1, "two"])));
            for (name, field) in fields {
                let mut fewer = fields.clone();
                fewer.remove(name);
                hurt.push(Value::Object(fewer));
                hurt.extend(self::hurt(field).into_iter().map(|field| with(name, field)));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    hurt
}

const ID: &str = "01932d3c-5a00-7000-8000-000000000001";
const TIME: &str = "2026-11-27T20:00:00.123Z";

fn timestamp() -> Value {
    json!({
        "id": ID, "segment_index": 1, "offset_seconds": 7, "note": "a note", "submitted_by": null,
        "created_at": TIME, "arrival": 3, "revision": 4, "hidden": true
    })
}

fn session() -> Value {
    json!({
        "code": "ABC234", "title": "A title", "game": "A game", "timestamp_count": 1,
        "status": { "is": "active", "segment": 1, "start_time": TIME },
        "rules": { "names_required": true }
    })
}

fn snapshot() -> Value {
    json!({
        "cursor": "00000000000000ff.4", "audience": "public", "session": session(),
        "segments": [{ "index": 1, "start_time": TIME, "end_time": null, "timestamp_count": 1 }],
        "page": { "timestamps": [timestamp()], "more": false }
    })
}

fn link() -> Value {
    json!({
        "id": ID, "kind": "moderator", "label": "Anna", "created_at": TIME, "last_used_at": null,
        "revoked_at": TIME, "uses": { "browsers": 1, "redeemed_at": [TIME] }
    })
}

#[test]
fn whatever_travels_is_read_as_serde_json_reads_it_hurt_or_not() {
    reads_as_serde_json_does::<Timestamp>(&timestamp());
    reads_as_serde_json_does::<Snapshot>(&snapshot());
    reads_as_serde_json_does::<Viewers>(&json!({
        "snapshot": snapshot(), "own": [timestamp()],
        "answer": { "saved": null, "refused": null, "note": "", "name": "Ciri" }
    }));
    reads_as_serde_json_does::<Desk>(&json!({
        "role": "streamer", "public_url": "https://clips.example", "snapshot": snapshot()
    }));
    reads_as_serde_json_does::<Frame>(&json!({
        "revision": 4, "session": session(), "segments": [], "timestamps": [timestamp()],
        "removed": [ID], "erased": [ID]
    }));
    reads_as_serde_json_does::<Frame>(&json!({
        "revision": 4,
        "session": {
            "code": "ABC234", "title": "A title", "game": "A game", "timestamp_count": 0,
            "status": { "is": "paused", "last": { "index": 2, "end_time": TIME } }
        }
    }));
    reads_as_serde_json_does::<Tick>(&json!({ "now": TIME }));
    reads_as_serde_json_does::<StreamEnd>(&json!("rights_changed"));
    reads_as_serde_json_does::<Undoing>(&json!("goes_on"));
    reads_as_serde_json_does::<Link>(&link());
    reads_as_serde_json_does::<Vec<Link>>(&json!([link(), link()]));
    reads_as_serde_json_does::<CreatedSession>(&json!({
        "code": "ABC234", "control_key": format!("ctl_{:064x}", 7)
    }));
    reads_as_serde_json_does::<Redemption>(&json!({ "role": "moderator", "first_use": true }));
    reads_as_serde_json_does::<Settings>(&json!({
        "rules": { "names_required": true }, "held_words": ["spoil*"]
    }));
    reads_as_serde_json_does::<Swept>(&json!({
        "hidden": 1, "before": { "segment_index": 1, "offset_seconds": 7, "arrival": 3 }
    }));
    reads_as_serde_json_does::<ModerationAction>(&json!({
        "id": ID, "deed": "edit_note", "by": "Anna", "at": TIME, "timestamps": 1,
        "about": { "segment_index": 1, "offset_seconds": 7, "note": null, "name": "Ciri" },
        "edit": { "before": "one", "after": null }, "undone": { "by": "Anna", "at": TIME }
    }));
    reads_as_serde_json_does::<StreamCommand>(&json!({
        "act": "resume", "segment": 1, "began_minutes_ago": 2
    }));
    reads_as_serde_json_does::<PendingPress>(&json!({
        "id": ID, "note": "a note", "name": null, "pressed_at": TIME, "is_provisional": true
    }));
    reads_as_serde_json_does::<Record>(&json!({
        "cursor": "00000000000000ff.4", "timestamp": timestamp()
    }));
    reads_as_serde_json_does::<()>(&json!(null));
}

#[test]
fn errors_are_read_as_they_were_told() {
    for error in [
        json!({ "error": "staff" }),
        json!({ "error": "forbidden", "detail": "control" }),
        json!({ "error": "press", "detail": "paused" }),
        json!({ "error": "act", "detail": { "why": "stale", "shown": 1, "latest": 2 } }),
        json!({ "error": "edited", "detail": { "note": "a note" } }),
        json!({ "error": "busy", "detail": { "seconds": 2 } }),
        json!({
            "error": "invalid", "detail": "the note is empty",
            "cause": { "rule": "empty", "field": "note" }
        }),
    ] {
        let told = read::<ServiceError>(&error).expect("an error");
        assert_eq!(serde_json::to_value(told).expect("JSON"), error);
        for hurt in hurt(&error) {
            // Read or not, nothing panics, and no error becomes another one.
            let told = read::<ServiceError>(&hurt);
            assert!(told.is_none_or(
                |told| hurt["error"] == serde_json::to_value(told).expect("JSON")["error"]
            ));
        }
    }
}

/// What JSON can say to a type of ours.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Unit,
    Newtype(u8),
    Tuple(i64, String),
    Struct { one: i64, two: Option<bool> },
}

fn kinds() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!("unit")),
        any::<u8>().prop_map(|n| json!({ "newtype": n })),
        (-1_000_000_i64..1_000_000, ".*").prop_map(|(n, text)| json!({ "tuple": [n, text] })),
        any::<(i64, Option<bool>)>()
            .prop_map(|(one, two)| json!({ "struct": { "one": one, "two": two } })),
    ]
}

proptest! {
    #[test]
    fn every_kind_of_variant_is_read_as_serde_json_reads_it_hurt_or_not(kind in kinds()) {
        reads_as_serde_json_does::<Kind>(&kind);
    }
}
