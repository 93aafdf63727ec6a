//! What browsers are told with every answer.

use std::path::Path;

use std::collections::BTreeSet;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use server::{bodies::StaticFiles, clock::Clock, router::router, state::State, store::Store};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

use crate::support::database::{Kind, TestDatabase};

/// The router of a server that people reach here, and its database.
async fn reached_at(public_url: &str) -> (Router, TestDatabase) {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let store = Store::open(database.url()).await.unwrap();
    let state = State::start(store, Clock::System, public_url);
    (
        router(state, StaticFiles::new(Path::new("no-site"))),
        database,
    )
}

async fn get(router: &Router, path: &str) -> (HeaderMap, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (parts.headers, String::from_utf8_lossy(&body).into_owned())
}

fn policy(headers: &HeaderMap) -> &str {
    headers["content-security-policy"].to_str().unwrap()
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_only() {
    let (router, _database) = reached_at("https://clips.example").await;
    let mut policies = BTreeSet::new();
    for path in [
        "/",
        "/?code=7",
        "/privacy",
        "/s/000000",
        "/s/000000/control",
        "/s/000000/mod",
        "/s/000000/mine",
        "/nowhere",
    ] {
        let (headers, html) = get(&router, path).await;
        let policy = policy(&headers);
        assert!(!policy.contains("'unsafe-inline'"), "{policy}");
        assert!(!policy.contains("'unsafe-eval'"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("worker-src 'self';"), "{policy}");
        let scripts: Vec<_> = html.split("<script").skip(1).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            let (tag, rest) = script.split_once('>').unwrap();
            let text = rest.split("</script").next().unwrap();
            let is_data = tag.contains("application/json");
            let hash = BASE64_STANDARD.encode(Sha256::digest(text));
            let is_allowed = policy.contains(&format!("'sha256-{hash}'"));
            assert!(is_data != is_allowed, "{path}: {tag}");
        }
        assert!(!html.contains(" style=\""), "{path}");
        assert!(!html.contains("nonce"), "{path}");
        policies.insert(policy.to_owned());
    }
    assert_eq!(policies.len(), 1, "every page has the same policy");
}

#[tokio::test]
async fn every_answer_keeps_to_itself() {
    let (router, _database) = reached_at("https://clips.example").await;
    for path in [
        "/",
        "/health",
        "/s/000000",
        "/s/000000/export/csv",
        "/pkg/x",
        "/rpc/role",
    ] {
        let (headers, _) = get(&router, path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", "max-age=31536000"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        assert!(
            policy(&headers).contains("frame-ancestors 'none'"),
            "{path}"
        );
        let is_of_session = path.starts_with("/s/");
        assert_eq!(
            headers.contains_key("x-robots-tag"),
            is_of_session,
            "{path}"
        );
        if is_of_session {
            assert_eq!(headers["cache-control"], "no-store", "{path}");
        }
    }
}

#[tokio::test]
async fn a_server_without_https_does_not_ask_for_it() {
    let (router, _database) = reached_at("http://127.0.0.1:3000").await;
    let (headers, _) = get(&router, "/").await;
    assert!(!headers.contains_key("strict-transport-security"));
}

#[tokio::test]
async fn a_server_without_encryption_says_so_on_every_page() {
    for (url, is_said) in [
        ("http://192.168.1.20:3000", true),
        ("http://127.0.0.1:3000", false),
        ("https://clips.example", false),
    ] {
        let (router, _database) = reached_at(url).await;
        for path in ["/", "/s/000000"] {
            let (_, html) = get(&router, path).await;
            assert_eq!(html.contains("data-plain-http"), is_said, "{url}{path}");
        }
    }
}
