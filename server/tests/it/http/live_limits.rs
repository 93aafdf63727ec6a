//! How many live pages may be open, and what one too many is told.

use std::time::Duration;

use reqwest::StatusCode;
use server::hub::Settings;

use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

#[tokio::test]
async fn new_visitors_of_one_client_network_share_its_live_pages() {
    let live = Settings {
        network_streams: 2,
        ..Settings::default()
    };
    let server = TestServer::with(Kind::Sqlite, live).await;
    let code = server.client().opens_session().await;
    let cursor = server.client().cursor(&code).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut events = server.client().watches(&code, "public", &cursor).await;
        assert_eq!(events.next().await.unwrap().name, "tick");
        open.push(events);
    }
    let path = format!("/s/{code}/live?audience=public&after={cursor}");
    let refused = server.client().get(&path).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let said = refused.text().await.unwrap();
    assert!(said.contains("in your network"), "{said}");
}

#[tokio::test]
async fn a_live_page_too_many_is_told_when_to_come_back() {
    let server = TestServer::with(
        Kind::Sqlite,
        Settings {
            streams: 3,
            session_streams: 2,
            visitor_streams: 1,
            ..Settings::default()
        },
    )
    .await;
    let [anna, bert, carl, dora] = [(); 4].map(|()| server.client());
    let (one, other) = (anna.opens_session().await, anna.opens_session().await);
    let live = |code: &str| format!("/s/{code}/live?audience=public&after=0123456789abcdef.0");
    let watched = async |person: &TestClient, code: &str| {
        let cursor = person.cursor(code).await;
        let mut events = person.watches(code, "public", &cursor).await;
        assert_eq!(events.next().await.unwrap().name, "tick");
        events
    };
    let refused = async |person: &TestClient, code: &str, status: StatusCode, words: &str| {
        let answer = person.get(&live(code)).await;
        assert_eq!(answer.status(), status);
        let seconds = answer.headers()["retry-after"].to_str().unwrap().to_owned();
        let said = answer.text().await.unwrap();
        assert!(said.contains(words) && said.contains(&seconds), "{said}");
    };
    let first = watched(&anna, &one).await;
    refused(&anna, &other, StatusCode::TOO_MANY_REQUESTS, "This browser").await;
    let _second = watched(&bert, &one).await;
    refused(&carl, &one, StatusCode::SERVICE_UNAVAILABLE, "this session").await;
    let _third = watched(&carl, &other).await;
    refused(&dora, &other, StatusCode::SERVICE_UNAVAILABLE, "The server").await;

    drop(first);
    tokio::time::timeout(Duration::from_secs(20), async {
        while anna.get(&live(&other)).await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the place is free again");
}
