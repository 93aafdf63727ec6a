//! The service worker: what it contains, and how browsers get another one.

use std::{fs, path::Path};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use server::{bodies::StaticFiles, clock::Clock, router::router, state::State, store::Store};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::support::{
    database::{Kind, TestDatabase},
    test_server::TestServer,
};

const ADDRESS: &str = "/service-worker.js";

/// A site whose stylesheet says this, and whose bundles have this hash in their names.
fn site(style: &str, hash: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pkg")).unwrap();
    let hashes = format!("js: {hash}\nwasm: {hash}\ncss: 03\n");
    fs::write(folder.path().join("hash.txt"), hashes).unwrap();
    fs::write(folder.path().join("pkg/clips.03.css"), style).unwrap();
    folder
}

/// The router of a server with this site, and its database.
async fn serving(site: &Path, has_offline_page: bool) -> (Router, TestDatabase) {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let store = Store::open(database.url()).await.unwrap();
    let state = State::start(store, Clock::System, "https://clips.example");
    let state = state.with_offline_page(has_offline_page);
    (router(state, StaticFiles::new(site)), database)
}

async fn get(router: &Router, path: &str) -> (HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

/// The page in a worker, with its policy.
fn page_in(worker: &str) -> (String, String) {
    let constants = worker.lines().next().unwrap();
    let (_, values) = constants.split_once("] = ").unwrap();
    let values = values.strip_suffix(';').unwrap();
    let (page, policy, letters, length): (String, String, String, usize) =
        serde_json::from_str(values).unwrap();
    assert_eq!((letters.len(), length), (32, 6));
    (page, policy)
}

#[tokio::test]
async fn browsers_get_the_worker_as_a_script_that_they_look_up_anew() {
    let site = site("a { color: red }", "01");
    let (router, _database) = serving(site.path(), true).await;
    let (headers, _) = get(&router, ADDRESS).await;
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "private, no-cache"),
        (
            "content-security-policy",
            "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(!headers.contains_key("set-cookie"));
    let again = Request::get(ADDRESS).header("if-none-match", &headers["etag"]);
    let again = router.oneshot(again.body(Body::empty()).unwrap()).await;
    assert_eq!(again.unwrap().status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn the_page_in_it_runs_its_own_script_only() {
    let style = "a { color: red }";
    let site = site(style, "01");
    let (router, _database) = serving(site.path(), true).await;
    let (_, worker) = get(&router, ADDRESS).await;
    let (page, policy) = page_in(&worker);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains(style));
    let scripts: Vec<_> = page.split("<script").skip(1).collect();
    assert_eq!(scripts.len(), 2);
    for script in scripts {
        let (tag, rest) = script.split_once('>').unwrap();
        let text = rest.split("</script").next().unwrap();
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        let is_allowed = policy.contains(&format!("'sha256-{hash}'"));
        assert_eq!(tag.contains("application/json"), !is_allowed, "{tag}");
    }
    let hash = BASE64_STANDARD.encode(Sha256::digest(style));
    assert!(policy.contains(&format!("'sha256-{hash}'")), "{policy}");
    for allowed in [
        "'unsafe-inline'",
        "'unsafe-eval'",
        "'wasm-unsafe-eval'",
        "https:",
    ] {
        assert!(!policy.contains(allowed), "{policy}");
    }
    // A key belongs into no link or form of a page that knows neither session nor server.
    for element in ["<a ", "action=", "<iframe", "<img"] {
        assert!(!page.contains(element), "{element}");
    }
}

#[tokio::test]
async fn it_is_the_same_for_everybody_and_knows_no_session() {
    let server = TestServer::new(Kind::Sqlite).await;
    let nobody = server.client();
    let before = nobody.get(ADDRESS).await.text().await.unwrap();
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    streamer.presses(&code, "a note of the session").await;
    let after = streamer.get(ADDRESS).await.text().await.unwrap();
    assert!(before == after);
    assert!(!after.contains(&code) && !after.contains("a note of the session"));
}

#[tokio::test]
async fn another_build_has_another_worker_if_its_page_differs() {
    let sites = [
        site("a { color: red }", "01"),
        site("a { color: red }", "02"),
        site("a { color: blue }", "02"),
    ];
    let mut workers = Vec::new();
    for site in &sites {
        let (router, _database) = serving(site.path(), true).await;
        let (headers, worker) = get(&router, ADDRESS).await;
        workers.push((headers["etag"].clone(), worker));
    }
    // Files that the page doesn't load change nothing, and neither does the server that answers.
    assert_eq!(workers[0], workers[1]);
    assert_ne!(workers[1].0, workers[2].0);
    assert_ne!(workers[1].1, workers[2].1);
}

#[tokio::test]
async fn only_the_viewers_page_registers_it() {
    let registers = |html: &str| html.contains("serviceWorker");
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let page = |path: String| {
        let streamer = &streamer;
        async move { streamer.get(&path).await.text().await.unwrap() }
    };
    assert!(registers(&page(format!("/s/{code}")).await));
    for path in [
        "/".to_owned(),
        "/privacy".to_owned(),
        format!("/s/{code}/mod"),
        format!("/s/{code}/control"),
    ] {
        assert!(!registers(&page(path.clone()).await), "{path}");
    }
}

#[tokio::test]
async fn where_the_operator_wants_none_a_script_removes_it() {
    let site = site("", "01");
    let (router, _database) = serving(site.path(), false).await;
    let (_, script) = get(&router, ADDRESS).await;
    assert!(script.contains("registration.unregister()"), "{script}");
    assert!(!script.contains("'fetch'"), "{script}");

    let server = TestServer::without_offline_page().await;
    let viewer = server.client();
    let code = viewer.opens_session().await;
    let html = viewer
        .get(&format!("/s/{code}"))
        .await
        .text()
        .await
        .unwrap();
    assert!(!html.contains("serviceWorker"));
}
