//! Limits, as they are met from outside.

use std::{num::NonZeroU32, time::Duration};

use futures::future::join_all;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use server::security::limits::Settings;
use tokio::time::sleep;

use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// Limits that are met within one test, and don't recover within it.
pub(super) fn tight() -> Settings {
    let number = |number| NonZeroU32::new(number).unwrap();
    Settings {
        limited: true,
        press_burst: number(2),
        press_seconds: number(600),
        address_presses: number(4),
        session_presses: number(100),
        address_connections: number(1_000),
        address_streams: number(9),
        address_sessions: number(2),
        address_redemptions: number(2),
        address_moderations: number(2),
        address_loads: number(12),
        address_renders: number(12),
        address_announcements: number(5),
        address_controls: number(6),
        address_exports: number(2),
        address_erasures: number(2),
        address_lookups: number(3),
    }
}

/// A server with these limits behind a trusted proxy, whose word for the address is the header.
pub(super) async fn limited() -> TestServer {
    TestServer::limited(tight(), "127.0.0.0/8").await
}

pub(super) async fn started(streamer: &TestClient) -> String {
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    code
}

#[tokio::test]
async fn one_press_too_many_gets_429_and_the_seconds_to_wait() {
    let server = limited().await;
    let code = started(&server.client()).await;
    let viewer = server.client();
    for note in ["one", "two"] {
        assert_eq!(viewer.presses(&code, note).await.0, StatusCode::OK);
    }
    let arguments = json!({ "code": code, "press": press("three") });
    let answer = viewer.posts("/rpc/submit", &arguments).await;
    assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = answer.headers()["retry-after"].to_str().unwrap().to_owned();
    assert!(
        (590..=600).contains(&wait.parse::<u32>().unwrap()),
        "{wait}"
    );
    let error = answer.text().await.unwrap();
    assert_eq!(
        error,
        format!(r#"{{"error":"too_many","detail":{{"seconds":{wait},"action":"press"}}}}"#)
    );
}

#[tokio::test]
async fn a_press_that_was_one_too_many_is_as_if_it_had_never_been() {
    let server = limited().await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let viewer = server.client();
    for note in ["one", "two", "three"] {
        viewer.presses(&code, note).await;
    }
    let snapshot = streamer
        .ask("snapshot", json!({ "code": code, "audience": "public" }))
        .await;
    assert_eq!(snapshot["session"]["timestamp_count"], 2);
}

#[tokio::test]
async fn new_visitors_of_one_client_network_share_its_limit_and_another_has_its_own() {
    let server = limited().await;
    let code = started(&server.client().at("192.0.2.1")).await;
    let mut taken = 0;
    for _ in 0..10 {
        // Whatever stands to the left anybody can write.
        let forged = format!("10.{taken}.0.1, 198.51.100.7");
        let somebody = server.client().at(&forged);
        taken += u32::from(somebody.presses(&code, "").await.0 == StatusCode::OK);
    }
    assert_eq!(taken, 4);
    let other = server.client().at("198.51.100.8");
    assert_eq!(other.presses(&code, "").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_browser_without_a_cookie_is_no_new_visitor_every_time() {
    let server = limited().await;
    let code = started(&server.client().at("192.0.2.1")).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        let stranger = server.client().without_cookie();
        statuses.push(stranger.presses(&code, "").await.0.as_u16());
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn nobody_is_believed_about_an_address_without_a_trusted_proxy() {
    let server = TestServer::limited(tight(), "203.0.113.0/24").await;
    let code = started(&server.client()).await;
    let mut taken = 0;
    for n in 0..10 {
        let somebody = server.client().at(&format!("198.51.100.{n}"));
        taken += u32::from(somebody.presses(&code, "").await.0 == StatusCode::OK);
    }
    assert_eq!(taken, 4);
}

#[tokio::test]
async fn a_plain_form_comes_back_with_the_words_and_all_that_was_typed() {
    let server = limited().await;
    let code = started(&server.client()).await;
    let viewer = server.client();
    let page = format!("/s/{code}");
    let mut back = String::new();
    for _ in 0..3 {
        let id = press("")["id"].as_str().unwrap().to_owned();
        let fields = [("id", id.as_str()), ("note", "a jump"), ("name", "Ciri")];
        (_, back) = viewer.form(&page, &fields).await;
    }
    let html = viewer.get(&back).await.text().await.unwrap();
    assert!(html.contains("Too many presses. Try again in"), "{html}");
    assert!(html.contains("value=\"a jump\"") && html.contains("value=\"Ciri\""));
}

#[tokio::test]
async fn sessions_and_redemptions_are_limited_by_client_network() {
    let server = limited().await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.opens_session().await;
    let (status, _) = server
        .client()
        .call("open_session", &json!({ "title": "a", "game": "b" }))
        .await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    let (_, back) = server
        .client()
        .form("/", &[("title", "Kept"), ("game", "b")])
        .await;
    assert!(
        back.contains("too_many") && back.contains("title=Kept"),
        "{back}"
    );

    let key = format!("mod_{}", "0".repeat(64));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        let redeem = json!({ "code": code, "key": key });
        let (status, _) = server.client().call("redeem", &redeem).await;
        statuses.push(status.as_u16());
    }
    assert_eq!(statuses, [403, 403, 429]);
}

#[tokio::test]
async fn acts_of_moderation_are_limited_by_client_network() {
    let server = limited().await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let (_, made) = streamer.presses(&code, "a jump").await;
    let mut statuses = Vec::new();
    for function in ["hide", "restore", "hide"] {
        let arguments = json!({ "code": code, "ids": [made["id"]] });
        statuses.push(streamer.call(function, &arguments).await.0.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
}

#[tokio::test]
async fn a_press_that_is_sent_again_is_no_further_one() {
    let server = limited().await;
    let code = started(&server.client()).await;
    let viewer = server.client();
    let first = json!({ "code": code, "press": press("one") });
    assert_eq!(viewer.call("submit", &first).await.0, StatusCode::OK);
    assert_eq!(viewer.presses(&code, "two").await.0, StatusCode::OK);
    for _ in 0..10 {
        assert_eq!(viewer.call("submit", &first).await.0, StatusCode::OK);
    }
    let (status, _) = viewer.presses(&code, "three").await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_press_that_the_rules_refuse_takes_nothing_from_those_that_they_take() {
    let server = limited().await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let viewer = server.client();
    for _ in 0..10 {
        let (status, error) = viewer.presses(&code, "too early").await;
        assert_eq!(status, StatusCode::CONFLICT, "{error}");
    }
    streamer.starts(&code).await;
    for note in ["one", "two"] {
        assert_eq!(viewer.presses(&code, note).await.0, StatusCode::OK);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_could_not_take_is_taken_when_it_comes_again() {
    let server = limited().await;
    let code = started(&server.client()).await;
    let viewer = server.client();
    // Another program keeps the file to itself for longer than a press waits.
    let tables = server.tables().await;
    let lock = tables.begin().await.unwrap();
    let same = "UPDATE installation SET epoch = epoch";
    lock.execute_unprepared(same).await.unwrap();
    let presses = ["one", "two"].map(|note| json!({ "code": code, "press": press(note) }));
    let sent = presses.iter().map(|press| viewer.call("submit", press));
    for (status, error) in join_all(sent).await {
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{error}");
    }
    // They may still be recorded, and count until it is known that they were not.
    let other = json!({ "code": code, "press": press("three") });
    while viewer.call("submit", &other).await.0 == StatusCode::TOO_MANY_REQUESTS {
        sleep(Duration::from_secs(1)).await;
    }
    lock.rollback().await.unwrap();
    // One of the two was given up, and the third took its place. Each is sent again as often as one likes.
    let mut statuses = Vec::new();
    for press in presses.iter().chain([&other]) {
        statuses.push(viewer.call("submit", press).await.0);
    }
    let taken = statuses.iter().filter(|status| **status == StatusCode::OK);
    assert!(taken.count() >= 2, "{statuses:?}");
}

#[tokio::test]
async fn whoever_may_not_takes_nothing_from_those_who_may() {
    let server = limited().await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let (viewer, act) = (server.client(), json!({ "act": "pause", "segment": 1 }));
    for _ in 0..8 {
        let (status, _) = viewer.acts(&code, act.clone()).await;
        assert_eq!(status, StatusCode::FORBIDDEN);
    }
    assert_eq!(streamer.acts(&code, act).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_streamers_buttons_exports_and_erasures_are_limited_by_client_network() {
    let server = limited().await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let mut taken = 1;
    for segment in 1..9 {
        for act in ["pause", "resume"] {
            let act = json!({ "act": act, "segment": segment, "began_minutes_ago": 0 });
            taken += u32::from(streamer.acts(&code, act).await.0 == StatusCode::OK);
        }
    }
    assert_eq!(taken, 6);
    for (path, most) in [("/export/text", 2), ("/export/csv", 0)] {
        let mut taken = 0;
        for _ in 0..4 {
            let export = streamer.get(&format!("/s/{code}{path}")).await;
            taken += u32::from(export.status() == StatusCode::OK);
        }
        assert_eq!(taken, most, "{path}");
    }
    let mut erased = 0;
    for _ in 0..4 {
        let (_, to) = server.client().form("/forget", &[("sure", "yes")]).await;
        erased += u32::from(to == "/privacy?forgotten=yes");
    }
    assert_eq!(erased, 2);
}

#[tokio::test]
async fn requests_for_a_format_that_there_is_none_of_count_as_exports() {
    let server = limited().await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let unknown = format!("/s/{code}/export/edl");
    for wanted in [404, 404, 429] {
        assert_eq!(streamer.get(&unknown).await.status(), wanted);
    }
}

#[tokio::test]
async fn nothing_is_hidden_by_a_filter_that_picks_nothing_or_is_too_long() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = started(&streamer).await;
    let longest = "x".repeat(100);
    for (text, wanted) in [
        (" ", StatusCode::UNPROCESSABLE_ENTITY),
        (&longest, StatusCode::OK),
        (&format!("{longest}x"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let filter = json!({ "text": text, "segment": null, "with_hidden": false });
        let act = press("")["id"].clone();
        let arguments = json!({ "code": code, "filter": filter, "before": null, "act": act });
        let (status, answer) = streamer.call("hide_filtered", &arguments).await;
        assert_eq!(status, wanted, "{answer}");
    }
}

#[tokio::test]
async fn an_edit_of_a_press_counts_as_one_more_press() {
    let server = limited().await;
    let code = started(&server.client()).await;
    let viewer = server.client();
    let (_, pressed) = viewer.presses(&code, "one").await;
    let edit = |note: &str| {
        let mut edited = press(note);
        edited["id"] = pressed["id"].clone();
        json!({ "code": code, "press": edited })
    };
    assert_eq!(
        viewer.call("edit_own", &edit("two")).await.0,
        StatusCode::OK
    );
    let (status, _) = viewer.call("edit_own", &edit("three")).await;
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn strangers_who_ask_for_the_streams_of_staff_are_stopped_and_may_watch_as_viewers() {
    let server = limited().await;
    let code = started(&server.client().at("192.0.2.1")).await;
    let stranger = server.client().at("198.51.100.7");
    let path = format!("/s/{code}/live");
    for _ in 0..12 {
        let refused = stranger.get(&format!("{path}?audience=staff")).await;
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    }
    let refused = stranger.get(&format!("{path}?audience=staff")).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(stranger.get(&path).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn one_client_network_that_loads_too_much_is_told_when_to_come_back_and_comes_back_by_itself()
{
    let server = limited().await;
    let streamer = server.client().at("192.0.2.1");
    let code = started(&streamer).await;
    for (network, path) in ["", "/snapshot", "/mine", "/live"].into_iter().enumerate() {
        let crowd = format!("198.51.100.{network}");
        let mut statuses = Vec::new();
        for _ in 0..14 {
            // As many browsers as loads, all of one network.
            let somebody = server.client().at(&crowd);
            statuses.push(somebody.get(&format!("/s/{code}{path}")).await);
        }
        for answer in &statuses[..9] {
            assert!(answer.status().is_success(), "{path} {}", answer.status());
        }
        let refused = statuses.pop().unwrap();
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
        assert!(refused.headers().contains_key("retry-after"), "{path}");
        let is_page = path.is_empty() || path == "/mine";
        assert_eq!(refused.headers().contains_key("refresh"), is_page, "{path}");
        // Another network's is not touched by it, and presses are counted for themselves.
        assert_eq!(
            streamer.get(&format!("/s/{code}{path}")).await.status(),
            StatusCode::OK
        );
        let presser = server.client().at(&crowd);
        assert_eq!(presser.presses(&code, "x").await.0, StatusCode::OK);
    }
}
