//! What pages of other sites can make a browser send: nothing of it does anything.

use std::path::Path;

use axum::{
    body::{Body, to_bytes},
    http::Request,
};
use reqwest::{Method, StatusCode, header};
use serde_json::json;
use server::{bodies::StaticFiles, clock::Clock, router::router, state::State, store::Store};
use tower::ServiceExt;

use super::rights::{Scene, functions};
use crate::support::{
    clients::press,
    database::{Kind, TestDatabase},
    dump::{Dump, dump},
    test_server::TestServer,
};

/// What a browser says of a request that another site's page makes; older ones say less.
const FOREIGN: [&[(&str, &str)]; 4] = [
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ],
    &[
        ("sec-fetch-site", "same-site"),
        ("origin", "https://other.clips.example"),
    ],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
];

/// What a foreign page may say about itself where the request itself is lawful.
const REFERER: (&str, &str) = ("referer", "https://evil.example/?next=//evil.example");

/// The routes of the router's one page whose line says this, with the code of a session.
fn routes(said: &str, code: &str) -> Vec<String> {
    let lines = include_str!("../../../src/router.rs").lines();
    let routes: Vec<_> = lines
        .filter(|line| line.contains(".route(\"") && line.contains(said))
        .filter_map(|line| line.split('"').nth(1))
        .filter(|route| !route.contains("{*"))
        .map(|route| route.replace("{code}", code).replace("{format}", "text"))
        .collect();
    assert!(routes.len() >= 3, "{routes:?}");
    routes
}

/// A plain form with every field that any of ours has.
fn every_field() -> Vec<(&'static str, String)> {
    let id = press("")["id"].as_str().unwrap().to_owned();
    let fields = [
        ("title", "Forged"),
        ("game", "Forged"),
        ("note", "Forged"),
        ("name", "Forged"),
        ("act", "pause"),
        ("segment", "1"),
        ("key", "mod_"),
    ];
    let mut fields = fields
        .map(|(name, value)| (name, value.to_owned()))
        .to_vec();
    fields.push(("id", id));
    fields
}

/// All that is stored, but for when links were last used: looking at a page with one counts as that.
async fn stored(server: &TestServer) -> Dump {
    let mut all = dump(&server.tables().await).await;
    all.remove("access_key");
    all
}

#[tokio::test]
async fn no_foreign_page_can_call_a_server_function() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let before = stored(&server).await;
    for function in functions() {
        let (path, arguments) = (format!("/rpc/{function}"), scene.arguments(&function));
        for said in FOREIGN {
            // A page of another site can send text without asking first, but not JSON; neither may pass.
            for kind in ["application/json", "text/plain"] {
                let headers = [said, &[("content-type", kind)]].concat();
                let body = arguments.to_string();
                let answer = scene.streamer.sends(Method::POST, &path, &headers, body);
                let status = answer.await.status();
                assert_eq!(status, StatusCode::FORBIDDEN, "{function} {headers:?}");
            }
        }
    }
    assert_eq!(stored(&server).await, before);
}

#[tokio::test]
async fn no_foreign_page_can_submit_a_form() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let before = stored(&server).await;
    let form = serde_urlencoded::to_string(every_field()).unwrap();
    for path in routes("post(", &scene.code) {
        for said in FOREIGN {
            let kind = ("content-type", "application/x-www-form-urlencoded");
            let headers = [said, &[kind]].concat();
            let answer = scene
                .streamer
                .sends(Method::POST, &path, &headers, form.clone());
            let status = answer.await.status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{path} {headers:?}");
        }
    }
    assert_eq!(stored(&server).await, before);
}

#[tokio::test]
async fn no_foreign_page_can_open_a_live_stream() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let live = format!("/s/{}/live", scene.code);
    for audience in ["public", "staff"] {
        let path = format!("{live}?audience={audience}");
        for said in FOREIGN {
            let answer = scene
                .streamer
                .sends(Method::GET, &path, said, String::new());
            let status = answer.await.status();
            assert_eq!(status, StatusCode::FORBIDDEN, "{audience} {said:?}");
        }
        let ours = [("origin", server.url.as_str())];
        let answer = scene
            .streamer
            .sends(Method::GET, &path, &ours, String::new());
        assert_eq!(answer.await.status(), StatusCode::OK, "{audience}");
    }
}

/// What a router that people reach at this address answers to a press-like call, where a proxy says this of `Host`.
async fn answered(public_url: &str, host: &str, origin: &str) -> (StatusCode, String) {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let store = Store::open(database.url()).await.unwrap();
    let state = State::start(store, Clock::System, public_url);
    let request = Request::post("/rpc/now")
        .header("host", host)
        .header("origin", origin)
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    let router = router(state, StaticFiles::new(Path::new("no-site")));
    let answer = router.oneshot(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn the_public_address_is_ours_whatever_a_proxy_makes_of_the_host() {
    for (public_url, host, origin) in [
        ("https://clips.example", "127.0.0.1:3000", None),
        ("https://clips.example:8443", "clips.example", None),
        ("http://clips.example:8080", "clips.example", None),
        (
            "https://Clips.example:443",
            "127.0.0.1:3000",
            Some("https://clips.example"),
        ),
    ] {
        let origin = origin.unwrap_or(public_url);
        let (status, _) = answered(public_url, host, origin).await;
        assert_eq!(status, StatusCode::OK, "{public_url} as {host}");
        // Its other ports and schemes are somebody else's.
        for other in ["https://clips.example:1", "http://clips.example:1"] {
            let (status, said) = answered(public_url, host, other).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{public_url}, {other}");
            assert_eq!(said, r#"{"error":"other_site"}"#);
        }
    }
}

#[tokio::test]
async fn no_answer_leads_to_where_the_referer_says() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let form = serde_urlencoded::to_string(every_field()).unwrap();
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [REFERER, kind, ("accept", "text/html")];
    let mut led = 0;
    let functions = functions()
        .into_iter()
        .map(|function| format!("/rpc/{function}"));
    for path in routes("post(", &scene.code).into_iter().chain(functions) {
        let answer = scene
            .viewer
            .sends(Method::POST, &path, &headers, form.clone())
            .await;
        let Some(to) = answer.headers().get(header::LOCATION) else {
            continue;
        };
        led += 1;
        let to = to.to_str().unwrap();
        assert!(to.starts_with('/') && !to.starts_with("//"), "{path}: {to}");
        assert!(!to.contains("evil"), "{path}: {to}");
    }
    assert!(led >= 3, "{led}");
}

#[tokio::test]
async fn looking_changes_nothing() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let code = &scene.code;
    let mut paths = routes("get(", code);
    for page in ["", "/control", "/mod", "/export/csv", "/nowhere"] {
        paths.push(format!("/s/{code}{page}"));
    }
    paths.extend(["/", "/privacy"].map(String::from));
    // What forms send, where another site's page can send it: in the address.
    let forged = serde_urlencoded::to_string(every_field()).unwrap();
    let before = stored(&server).await;
    for (name, person) in scene.people() {
        for path in &paths {
            for method in [Method::GET, Method::HEAD] {
                let asked = format!("{path}?{forged}");
                let answer = person.sends(method, &asked, &[], String::new()).await;
                assert!(!answer.status().is_server_error(), "{name} {path}");
            }
        }
        for function in functions() {
            let arguments = json!(scene.arguments(&function)).to_string();
            let asked = format!("/rpc/{function}?{forged}");
            let answer = person.sends(Method::GET, &asked, &[], arguments).await;
            let status = answer.status();
            assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{function}");
        }
    }
    assert_eq!(stored(&server).await, before);
}
