//! What travels is a promise: open tabs outlive a deployment.

use app::service::ServiceError;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{clients::press, database::Kind, test_server::TestServer};

#[tokio::test]
async fn the_json_of_a_snapshot_and_a_frame_stays_as_it_is() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let before = streamer.cursor(&code).await;
    streamer.starts(&code).await;
    let mut press = press("a note");
    press["name"] = json!("Ciri");
    press["label"] = json!(1);
    streamer
        .ask("submit", json!({ "code": code, "press": press }))
        .await;

    let snapshot = streamer
        .ask("snapshot", json!({ "code": code, "audience": "staff" }))
        .await;
    let mut events = streamer.watches(&code, "public", &before).await;
    let frame = events.frame(|frame| frame["timestamps"].is_array()).await;
    let told = serde_json::to_string_pretty(&json!({ "snapshot": snapshot, "frame": frame.data }))
        .unwrap();
    let told = told
        .replace(&code, "CODE")
        .replace(press["id"].as_str().unwrap(), "ID")
        .replace(snapshot["cursor"].as_str().unwrap(), "CURSOR")
        .replace(&server.url, "URL");
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn a_snapshot_of_no_session_says_so_as_data() {
    let server = TestServer::new(Kind::Sqlite).await;
    let answer = server.client().get("/s/000000/snapshot").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let said: ServiceError = answer.json().await.unwrap();
    assert_eq!(said, ServiceError::NotFound);
}

#[tokio::test]
async fn errors_travel_with_their_status_and_as_data() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let mut told = String::new();
    for (status, answer) in [
        streamer.presses(&code, "early").await,
        streamer.presses("000000", "nowhere").await,
        streamer.presses(&code, &"x".repeat(101)).await,
        server
            .client()
            .acts(&code, json!({ "act": "pause", "segment": 0 }))
            .await,
        streamer
            .acts(&code, json!({ "act": "pause", "segment": 0 }))
            .await,
    ] {
        told.push_str(&format!("{status} {answer}\n"));
    }
    insta::assert_snapshot!(told);
}
