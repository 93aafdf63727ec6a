//! Ten thousand requests that no page of ours makes, through the whole router: no panic, no 5xx, and every answer is one
//! that its route gives.

use std::{path::Path, sync::OnceLock};

use app::service::ServiceError;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Method, Request, StatusCode, header},
};
use chrono::DateTime;
use proptest::prelude::*;
use serde_json::{Value, json};
use server::{bodies::StaticFiles, clock::Clock, router::router, state::State, store::Store};
use tokio::runtime::Runtime;
use tower::ServiceExt;

use super::cases;
use crate::support::database::{Kind, TestDatabase};

/// The router over a session that runs, and one who may do everything in it.
struct Scene {
    runtime: Runtime,
    router: Router,
    code: String,
    _database: TestDatabase,
}

/// The cookie of the streamer.
const STREAMER: &str = "visitor=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let (router, code, _database) = runtime.block_on(async {
            let database = TestDatabase::new(Kind::Sqlite).await;
            let store = Store::open(database.url()).await.unwrap();
            let clock = Clock::manual(DateTime::from_timestamp(1_800_000_000, 0).unwrap());
            let state = State::start(store, clock, "http://127.0.0.1:3000");
            let router = router(state, StaticFiles::new(Path::new("no-site")));
            let ask = |function: &str, arguments: Value| {
                let request = Request::post(format!("/rpc/{function}"))
                    .header(header::COOKIE, STREAMER)
                    .header(header::CONTENT_TYPE, "application/json")
                    .body(Body::from(arguments.to_string()));
                let router = router.clone();
                async move {
                    let answer = router.oneshot(request.unwrap()).await.unwrap();
                    assert_eq!(answer.status(), StatusCode::OK);
                    let bytes = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
                    serde_json::from_slice::<Value>(&bytes).unwrap_or_default()
                }
            };
            let opened = ask("open_session", json!({ "title": "a", "game": "b" })).await;
            let code = opened["code"].as_str().unwrap().to_owned();
            let start = json!({ "act": "start", "began_minutes_ago": 0 });
            ask("act", json!({ "code": code, "act": start })).await;
            (router, code, database)
        });
        Scene {
            runtime,
            router,
            code,
            _database,
        }
    })
}

/// What the server functions take, with the code left open.
fn functions() -> Vec<(&'static str, Value)> {
    let id = "018f2d3a-0000-7000-8000-000000000001";
    let of = |rest: Value| {
        let mut all = json!({ "code": "CODE" });
        all.as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        all
    };
    vec![
        (
            "open_session",
            json!({ "title": "a", "game": "b", "idempotency_key": id }),
        ),
        ("own_sessions", json!({})),
        ("role", of(json!({}))),
        ("links", of(json!({}))),
        ("settings", of(json!({}))),
        ("moderations", of(json!({}))),
        ("snapshot", of(json!({ "audience": "staff" }))),
        (
            "page",
            of(
                json!({ "audience": "public", "before": { "segment_index": 1, "offset_seconds": 0, "arrival": 9 } }),
            ),
        ),
        (
            "submit",
            of(json!({ "press": { "id": id, "note": "x", "name": null, "waited_ms": 0 } })),
        ),
        (
            "edit_own",
            of(json!({ "press": { "id": id, "note": "x", "name": null } })),
        ),
        ("take_back", of(json!({ "id": id }))),
        ("own_timestamp", of(json!({ "id": id }))),
        ("hide", of(json!({ "ids": [id], "act": id }))),
        ("restore", of(json!({ "ids": [id] }))),
        ("edit_note", of(json!({ "id": id, "note": "better" }))),
        (
            "hide_filtered",
            of(
                json!({ "filter": { "text": "x", "segment": 1, "with_hidden": false }, "before": { "segment_index": 1, "offset_seconds": 0, "arrival": 9 }, "act": id }),
            ),
        ),
        (
            "announce",
            of(
                json!({ "announcement": { "tab": id, "number": 1, "editing": { "timestamp": id }, "leaves": false } }),
            ),
        ),
        ("hide_visitor", of(json!({ "id": id, "act": id }))),
        ("block", of(json!({ "id": id, "act": id }))),
        ("undo", of(json!({ "act": id }))),
        (
            "act",
            of(json!({ "act": { "act": "resume", "segment": 1, "began_minutes_ago": 3 } })),
        ),
        ("edit_session", of(json!({ "title": "c", "game": "d" }))),
        (
            "set_settings",
            of(
                json!({ "settings": { "rules": { "names_required": false }, "held_words": ["a b*"] } }),
            ),
        ),
        (
            "redeem",
            of(json!({ "key": format!("ctl_{}", "0".repeat(64)) })),
        ),
        (
            "mint_link",
            of(json!({ "label": "Anna", "idempotency_key": id })),
        ),
        ("replace_control_link", of(json!({ "idempotency_key": id }))),
        ("revoke_link", of(json!({ "id": id }))),
        ("nowhere", of(json!({}))),
    ]
}

/// Something in the place of something good.
fn oddity() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        "[\\s\\S]{0,40}".prop_map(Value::from),
        Just(json!("x".repeat(2_000))),
        Just(json!([[[[[[[[]]]]]]]])),
        Just(json!({ "act": { "act": "start" } })),
    ]
}

/// Changes one value, anywhere in the arguments.
fn change(value: &mut Value, way: &[proptest::sample::Index], by: &Value) {
    let Some((first, rest)) = way.split_first() else {
        *value = by.clone();
        return;
    };
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            let key = fields.keys().nth(first.index(fields.len())).cloned();
            let key = key.unwrap();
            if by.is_null() && rest.is_empty() {
                fields.remove(&key);
            } else {
                change(fields.get_mut(&key).unwrap(), rest, by);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = first.index(items.len());
            change(&mut items[at], rest, by);
        }
        _ => *value = by.clone(),
    }
}

/// A call of a server function with something wrong in it.
fn call() -> impl Strategy<Value = (String, Vec<u8>)> {
    let way = proptest::collection::vec(any::<proptest::sample::Index>(), 0..4);
    let changed = (proptest::sample::select(functions()), way, oddity()).prop_map(
        |((function, mut arguments), way, by)| {
            change(&mut arguments, &way, &by);
            (function, arguments.to_string().into_bytes())
        },
    );
    let broken = (
        changed,
        proptest::option::weighted(0.3, (any::<proptest::sample::Index>(), any::<u8>())),
    );
    broken.prop_map(|((function, mut body), damage)| {
        if let Some((at, byte)) = damage {
            let at = at.index(body.len().max(1));
            body.truncate(at);
            body.push(byte);
        }
        (format!("/rpc/{function}"), body)
    })
}

/// A request for any other route, with anything in its path and query.
fn walk() -> impl Strategy<Value = (String, Vec<u8>)> {
    let piece = prop_oneof![
        Just("CODE".to_owned()),
        Just("control".to_owned()),
        Just("mod".to_owned()),
        Just("live".to_owned()),
        Just("export".to_owned()),
        Just("csv".to_owned()),
        Just("..".to_owned()),
        Just("%2e%2e".to_owned()),
        Just("%00".to_owned()),
        Just("%ff%fe".to_owned()),
        Just("pkg".to_owned()),
        "[a-zA-Z0-9%._~-]{0,12}",
    ];
    let path = proptest::collection::vec(piece, 0..5).prop_map(|pieces| {
        let path = pieces.join("/");
        match path.starts_with("pkg") || path.is_empty() {
            true => format!("/{path}"),
            false => format!("/s/{path}"),
        }
    });
    let query = proptest::option::of(prop_oneof![
        Just("after=1.1".to_owned()),
        Just("audience=staff&after=x".to_owned()),
        Just("pressed=018f2d3a-0000-7000-8000-000000000001".to_owned()),
        Just("refused=%7B%22error%22%3A%22invalid%22%7D".to_owned()),
        "[a-z]{1,8}=[a-zA-Z0-9%+&=]{0,40}",
    ]);
    let body = prop_oneof![
        Just(Vec::new()),
        Just(b"note=x&name=y&id=018f2d3a-0000-7000-8000-000000000001".to_vec()),
        Just(b"act=pause&segment=1&began_minutes_ago=a".to_vec()),
        Just(b"title=%ff&game=%00".to_vec()),
        Just(vec![b'x'; 9_000]),
        proptest::collection::vec(any::<u8>(), 0..200),
    ];
    (path, query, body).prop_map(|(path, query, body)| match query {
        Some(query) => (format!("{path}?{query}"), body),
        None => (path, body),
    })
}

/// What each kind of route may answer; what it means stands in the documentation of `ServiceError` and of the layers.
fn is_documented(method: &Method, path: &str, status: StatusCode) -> bool {
    // 400 a query or path that can't be read, 403 role, 404, 405 method, 409 conflict, 413 too long, 415 and 422 a body that
    // can't be read, 429 too many.
    let of_functions = [200, 400, 403, 404, 405, 409, 413, 415, 422, 429];
    let of_pages = [
        200, 303, 304, 307, 308, 400, 403, 404, 405, 413, 415, 422, 429,
    ];
    let allowed: &[u16] = match path.starts_with("/rpc/") {
        true => &of_functions,
        false => &of_pages,
    };
    let _ = method;
    allowed.contains(&status.as_u16())
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn whatever_is_sent_gets_a_documented_answer(
        (path, body) in prop_oneof![call(), walk()],
        method in proptest::sample::select(vec!["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY"]),
        content_type in proptest::sample::select(vec![
            "application/json", "application/json", "application/json", "application/x-www-form-urlencoded",
            "text/plain", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "",
        ]),
        header in proptest::option::of((
            proptest::sample::select(vec!["last-event-id", "cookie", "accept", "accept-encoding", "referer", "range", "if-modified-since", "sec-fetch-site", "content-encoding", "x-forwarded-for"]),
            "[ -~]{0,80}",
        )),
        is_streamer in any::<bool>(),
    ) {
        let scene = scene();
        let path = path.replace("CODE", &scene.code);
        let body = String::from_utf8_lossy(&body).replace("CODE", &scene.code).into_bytes();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = Request::builder().method(method.clone()).uri(&path);
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if is_streamer {
            request = request.header(header::COOKIE, STREAMER);
        }
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        // A path that is no URI never reaches a server.
        let Ok(request) = request.body(Body::from(body)) else { return Ok(()) };
        let answer = scene.runtime.block_on(async {
            let answer = scene.router.clone().oneshot(request).await.unwrap();
            let (parts, body) = answer.into_parts();
            // A live stream never ends by itself.
            let is_stream = parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
            let body = match is_stream {
                true => None,
                false => Some(to_bytes(body, 4_000_000).await.unwrap()),
            };
            (parts, body)
        });
        let (parts, body) = answer;
        prop_assert!(
            is_documented(&method, &path, parts.status),
            "{} {} got {}: {:?}", method, path, parts.status, body,
        );
        // A server function says what is wrong in the type that its page reads.
        if path.starts_with("/rpc/") && method == Method::POST && parts.status == StatusCode::UNPROCESSABLE_ENTITY {
            let told = serde_json::from_slice::<ServiceError>(&body.unwrap_or_default());
            prop_assert!(told.is_ok(), "{told:?}");
        }
    }
}
