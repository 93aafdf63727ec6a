//! "Me too" that is refused: when, and in which words.

use std::num::NonZeroU32;

use app::words::errors;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::{random, security::limits::Settings};

use super::{joins::Scene, moments::CROWD};
use crate::support::{database::Kind, test_server::TestServer};

#[tokio::test]
async fn a_refusal_is_told_beside_the_moments_in_words() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server, 1).await;
    let path = format!("/s/{}/join", scene.code);
    let nothing = random::uuid().to_string();
    let (_, to) = scene.viewer.form(&path, &[("moment", &nothing)]).await;
    assert!(
        to.contains("?join_refused=") && to.ends_with("#best-moments"),
        "{to}"
    );
    let page = scene.viewer.get(&to).await.text().await.unwrap();
    assert!(page.contains("This moment no longer exists."), "{page}");

    let pause = json!({ "act": "pause", "segment": 1 });
    scene.streamer.acts(&scene.code, pause).await;
    let to = scene.submits(&scene.viewer, 0).await;
    let page = scene.viewer.get(&to).await.text().await.unwrap();
    assert!(page.contains("only while the stream is live"), "{page}");
    assert!(
        !page.contains("Me too</button>"),
        "there is nothing to join now"
    );
    let (status, answer) = scene.viewer.call("join_moment", &scene.joining(0)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(answer, json!({ "error": "press", "detail": "paused" }));
    // Words that somebody wrote into an address are shown to nobody.
    let forged = format!("/s/{}?join_refused=Send+your+key", scene.code);
    let page = scene.viewer.get(&forged).await.text().await.unwrap();
    assert!(!page.contains("Send your key"));
}

#[tokio::test]
async fn what_a_join_is_refused_with_has_words() {
    let server = TestServer::new(Kind::Sqlite).await;
    let viewer = server.client();
    let (status, answer) = viewer
        .call(
            "join_moment",
            &json!({ "code": "000000", "id": random::uuid() }),
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let error = serde_json::from_value(answer).unwrap();
    assert!(errors::error(&error).contains("No session has this code"));
}

#[tokio::test]
async fn where_only_moderators_see_the_list_there_is_nothing_to_join() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server, 1).await;
    let settings = json!({ "rules": { "staff_list": true }, "held_words": [] });
    let settings = json!({ "code": scene.code, "settings": settings });
    scene.streamer.ask("set_settings", settings).await;
    let unknown = json!({ "code": scene.code, "id": random::uuid() });
    for person in [&scene.viewer, &scene.streamer] {
        for arguments in [&scene.joining(0), &unknown] {
            let (status, answer) = person.call("join_moment", arguments).await;
            assert_eq!(status, StatusCode::NOT_FOUND);
            assert_eq!(answer["error"], "no_moment");
        }
    }
    let page = scene.page(&scene.viewer, "").await;
    assert!(
        !page.contains("Me too") && !page.contains(scene.id(0)),
        "{page}"
    );
}

#[tokio::test]
async fn a_page_of_another_site_joins_nothing() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server, 1).await;
    let headers = [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = format!("moment={}", scene.id(0));
    let path = format!("/s/{}/join", scene.code);
    let forged = scene
        .viewer
        .sends(Method::POST, &path, &headers, body)
        .await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    assert_eq!(scene.visitors(&scene.viewer).await, [CROWD as u64]);
}

#[tokio::test]
async fn joins_have_a_limit_of_their_own_and_one_that_is_repeated_counts_once() {
    let number = |number| NonZeroU32::new(number).unwrap();
    let wide = number(10_000);
    let settings = Settings {
        limited: true,
        press_burst: number(2),
        press_seconds: number(600),
        address_presses: wide,
        session_presses: wide,
        address_streams: wide,
        address_connections: wide,
        address_sessions: wide,
        address_redemptions: wide,
        address_moderations: wide,
        address_announcements: wide,
        address_controls: wide,
        address_exports: wide,
        address_erasures: wide,
        address_lookups: wide,
        address_loads: wide,
        address_renders: wide,
    };
    let server = TestServer::limited(settings, "127.0.0.0/8").await;
    let scene = Scene::new(&server, 3).await;
    for at in [0, 0, 0, 1] {
        scene.viewer.ask("join_moment", scene.joining(at)).await;
    }
    let answer = scene
        .viewer
        .posts("/rpc/join_moment", &scene.joining(2))
        .await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    assert!(answer.headers().contains_key("retry-after"));
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["detail"]["action"], "join");
    let to = scene.submits(&scene.viewer, 2).await;
    let page = scene.viewer.get(&to).await.text().await.unwrap();
    assert!(
        page.contains("Too many moments were joined at once."),
        "{page}"
    );
    for note in ["they", "can press"] {
        let (status, _) = scene.viewer.presses(&scene.code, note).await;
        assert_eq!(status, StatusCode::OK);
    }
    // Guesses are not given back.
    let guesser = server.client();
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let guess = json!({ "code": scene.code, "id": random::uuid() });
        statuses.push(guesser.call("join_moment", &guess).await.0.as_u16());
    }
    assert_eq!(statuses, [404, 404, 429]);
}
