//! The stream's buttons without scripts: each leads back to the desk on which it was pressed.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::{limits::started, rights::Scene};
use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

/// Where a command leads that was sent from this page.
async fn led(person: &TestClient, code: &str, from: &str, act: &str) -> String {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let headers = [kind, ("referer", from)];
    let body = format!("act={act}&segment=1");
    let path = format!("/s/{code}/control");
    let answer = person.sends(Method::POST, &path, &headers, body).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()[header::LOCATION]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_moderator_who_pauses_comes_back_to_a_page_that_they_may_see() {
    let server = TestServer::new(Kind::Sqlite).await;
    let Scene {
        code,
        streamer,
        moderator,
        ..
    } = Scene::new(&server).await;
    let settings = json!({ "rules": { "moderators_pause": true }, "held_words": [] });
    let settings = json!({ "code": code, "settings": settings });
    streamer.ask("set_settings", settings).await;
    let from = format!("{}/s/{code}/mod", server.url);
    let to = led(&moderator, &code, &from, "pause").await;
    assert_eq!(to, format!("/s/{code}/mod"));
    assert_eq!(moderator.get(&to).await.status(), StatusCode::OK);
    // What is refused leads there, too.
    let to = led(&moderator, &code, &from, "end").await;
    assert!(to.starts_with(&format!("/s/{code}/mod?refused=")), "{to}");
    assert_eq!(moderator.get(&to).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_dock_stays_a_dock_and_whoever_sends_no_referer_comes_to_the_control_panel() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let control = format!("/s/{code}/control");
    let dock = format!("{}{control}?dock", server.url);
    let to = led(&streamer, &code, &dock, "pause").await;
    assert_eq!(to, format!("{control}?dock="));
    let to = led(&streamer, &code, &dock, "start").await;
    assert!(to.starts_with(&format!("{control}?dock=&refused=")), "{to}");
    assert_eq!(led(&streamer, &code, "", "resume").await, control);
}
