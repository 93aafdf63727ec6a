//! What is asked once more because no answer came is done once.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use server::{random, security::limits::Action};

use super::limits::{limited, started};
use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// Makes a call while the database says nothing, and the same once more when it speaks again; answers what came of that.
async fn called_twice(
    server: &TestServer,
    person: &TestClient,
    function: &str,
    arguments: &Value,
) -> Value {
    let tables = server.tables().await;
    let holding = tables.begin().await.unwrap();
    // Reads go on: who asks must be known before anything is written.
    let lock = "UPDATE session SET title = title";
    holding.execute_unprepared(lock).await.unwrap();
    let (status, _) = person.call(function, arguments).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{function}");
    holding.rollback().await.unwrap();
    person.ask(function, arguments.clone()).await
}

/// How many of a session's links are alive.
async fn living_links(person: &TestClient, code: &str) -> usize {
    let links = person.ask("links", json!({ "code": code })).await;
    let links = links.as_array().unwrap().iter();
    links.filter(|link| link["revoked_at"].is_null()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_made_behind_a_503_is_the_one_that_the_retry_gets() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let mint = json!({ "code": code, "label": "Anna", "idempotency_key": random::uuid() });
        let minted = called_twice(&server, &streamer, "mint_link", &mint).await;
        assert_eq!(streamer.ask("mint_link", mint).await, minted);
        assert_eq!(living_links(&streamer, &code).await, 2, "{kind:?}");

        let replace = json!({ "code": code, "idempotency_key": random::uuid() });
        let replaced = called_twice(&server, &streamer, "replace_control_link", &replace).await;
        let again = streamer.ask("replace_control_link", replace).await;
        assert_eq!(again["key"], replaced["key"]);
        assert_eq!(living_links(&streamer, &code).await, 2, "{kind:?}");
        for key in [&minted["key"], &replaced["key"]] {
            let redeem = json!({ "code": code, "key": key });
            server.client().ask("redeem", redeem).await;
        }
    }
}

#[tokio::test]
async fn a_session_that_is_opened_once_more_with_the_same_key_is_the_same() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let key = random::uuid();
    let open = |title: &str| json!({ "title": title, "game": "b", "idempotency_key": key });
    let opened = streamer.ask("open_session", open("a")).await;
    assert_eq!(streamer.ask("open_session", open("a")).await, opened);

    // Another title is another wish, and another browser somebody else.
    let renamed = streamer.ask("open_session", open("c")).await;
    let stranger = server.client().ask("open_session", open("a")).await;
    for other in [renamed, stranger] {
        assert_ne!(other["code"], opened["code"]);
        assert_ne!(other["control_key"], opened["control_key"]);
    }
    let own = streamer.ask("own_sessions", json!({})).await;
    assert_eq!(own.as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_opened_behind_a_503_is_the_one_that_the_retry_gets() {
    // On Postgres nothing that this test can lock holds back a new row.
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    streamer.opens_session().await;
    let open = json!({ "title": "a", "game": "b", "idempotency_key": random::uuid() });
    let opened = called_twice(&server, &streamer, "open_session", &open).await;
    assert_eq!(streamer.ask("open_session", open).await, opened);
    let own = streamer.ask("own_sessions", json!({})).await;
    assert_eq!(own.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn without_a_key_every_call_is_another_one() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    assert_ne!(streamer.opens_session().await, code);
    let mint = json!({ "code": code, "label": "Anna" });
    let first = streamer.ask("mint_link", mint.clone()).await;
    assert_ne!(streamer.ask("mint_link", mint).await["key"], first["key"]);
}

#[tokio::test]
async fn what_is_asked_for_again_because_its_answer_was_lost_is_no_further_session_and_no_press() {
    let server = limited().await;
    let streamer = server.client();
    let open = json!({ "title": "a", "game": "b", "idempotency_key": random::uuid() });
    let opened = streamer.ask("open_session", open.clone()).await;
    for _ in 0..5 {
        assert_eq!(streamer.ask("open_session", open.clone()).await, opened);
    }
    // The second of two that the network may open.
    let code = started(&streamer).await;
    let viewer = server.client();
    let saved = json!({ "code": code, "press": press("one") });
    viewer.ask("submit", saved.clone()).await;
    // As if the answer to an edit that saved just this had been lost.
    for _ in 0..5 {
        assert_eq!(viewer.call("edit_own", &saved).await.0, StatusCode::OK);
    }
    // Of two presses, one is left.
    let mut statuses = Vec::new();
    for note in ["two", "three"] {
        statuses.push(viewer.presses(&code, note).await.0.as_u16());
    }
    assert_eq!(statuses, [200, 429]);
}

#[tokio::test]
async fn what_the_streamer_made_already_and_asks_for_again_is_not_counted_again() {
    let server = limited().await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    for made in ["mint_link", "replace_control_link", "open_rehearsal"] {
        let arguments = json!({ "code": code, "label": "Anna", "idempotency_key": random::uuid() });
        let before = server.limits.charged(Action::Control);
        for _ in 0..5 {
            streamer.ask(made, arguments.clone()).await;
        }
        let counted = server.limits.charged(Action::Control) - before;
        assert_eq!(counted, 1, "{made}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rehearsal_that_was_opened_behind_a_503_is_told_to_the_retry_and_can_be_ended() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let open = json!({ "code": code, "idempotency_key": random::uuid() });
        let opened = called_twice(&server, &streamer, "open_rehearsal", &open).await;
        assert_eq!(streamer.ask("open_rehearsal", open).await, opened);
        let end = json!({ "code": opened["code"] });
        streamer.ask("end_rehearsal", end.clone()).await;
        let (status, _) = streamer.call("end_rehearsal", &end).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{kind:?}");
    }
}
