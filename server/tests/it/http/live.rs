//! The live stream: what it tells to whom, and how it ends.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::hub::Settings;

use crate::support::{database::Kind, test_server::TestServer};

pub(super) fn has_note(note: &str) -> impl Fn(&Value) -> bool {
    move |frame| {
        let rows = frame["timestamps"].as_array();
        rows.into_iter().flatten().any(|row| row["note"] == note)
    }
}

#[tokio::test]
async fn a_press_reaches_every_open_page_on_both_databases() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        let cursor = viewer.cursor(&code).await;
        let mut public = viewer.watches(&code, "public", &cursor).await;
        let mut staff = streamer.watches(&code, "staff", &cursor).await;
        assert_eq!(public.next().await.unwrap().name, "tick");
        streamer.starts(&code).await;
        viewer.presses(&code, "first").await;
        for events in [&mut public, &mut staff] {
            let frame = events.frame(has_note("first")).await;
            assert_eq!(frame.data["session"]["timestamp_count"], 1);
            assert_eq!(frame.data["session"]["status"]["is"], "active");
        }
    }
}

#[tokio::test]
async fn lean_frames_carry_the_session_only_where_it_changed_itself() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = viewer.cursor(&code).await;
        let watches = async |audience: &str| {
            let path = format!("/s/{code}/live?audience={audience}&frames=lean&after={cursor}");
            crate::support::clients::Events::of(streamer.get(&path).await)
        };
        let mut streams = [watches("public").await, watches("staff").await];
        viewer.presses(&code, "first").await;
        for events in &mut streams {
            // The first frame of a channel: who joined before knows nothing yet.
            events.frame(has_note("first")).await;
        }
        viewer.presses(&code, "second").await;
        for events in &mut streams {
            let frame = events.frame(has_note("second")).await.data;
            assert_eq!(frame["session"], Value::Null);
            assert_eq!(frame["segments"][0]["timestamp_count"], 2);
        }
        let renamed = json!({ "code": code, "title": "Blood and Wine", "game": "The Witcher 3" });
        streamer.ask("edit_session", renamed).await;
        for events in &mut streams {
            let has_session = |frame: &Value| frame["session"] != Value::Null;
            let frame = events.frame(has_session).await.data;
            assert_eq!(frame["session"]["title"], "Blood and Wine");
            assert_eq!(frame["session"]["timestamp_count"], 2);
        }
    }
}

#[tokio::test]
async fn hiding_takes_a_row_off_public_pages_and_marks_it_for_staff() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer, other) = (server.client(), server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let (_, made) = viewer.presses(&code, "rude").await;
    let cursor = viewer.cursor(&code).await;
    let mut public = viewer.watches(&code, "public", &cursor).await;
    let mut staff = streamer.watches(&code, "staff", &cursor).await;

    streamer
        .ask("hide", json!({ "code": code, "ids": [made["id"]] }))
        .await;

    let frame = public.frame(|frame| frame["removed"].is_array()).await;
    assert_eq!(frame.data["removed"], json!([made["id"]]));
    assert!(!frame.data.to_string().contains("rude"));
    let frame = staff.frame(has_note("rude")).await;
    assert_eq!(frame.data["timestamps"][0]["hidden"], true);
    // No public snapshot has it any more, its author's neither; what they ask for their own still has, and bears no mark.
    let mut told = Vec::new();
    for person in [&viewer, &other] {
        let snapshot = json!({ "code": code, "audience": "public" });
        told.push(person.ask("snapshot", snapshot).await);
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0]["page"]["timestamps"], json!([]));
    for (person, rows) in [(&viewer, 1), (&other, 0)] {
        let own = person.ask("mine", json!({ "code": code })).await;
        assert_eq!(own.as_array().unwrap().len(), rows);
        assert!(!own.to_string().contains("hidden"), "{own}");
    }
}

#[tokio::test]
async fn what_was_erased_is_told_apart_from_what_was_hidden_to_everybody() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let (_, made) = viewer.presses(&code, "mine").await;
    let cursor = viewer.cursor(&code).await;
    let mut public = viewer.watches(&code, "public", &cursor).await;
    let mut staff = streamer.watches(&code, "staff", &cursor).await;

    viewer.form("/forget", &[("sure", "yes")]).await;

    for events in [&mut public, &mut staff] {
        let frame = events.frame(|frame| frame["erased"].is_array()).await;
        assert_eq!(frame.data["erased"], json!([made["id"]]));
        assert!(frame.data["removed"].is_null(), "{}", frame.data);
        assert!(!frame.data.to_string().contains("mine"));
    }
}

#[tokio::test]
async fn a_revoked_link_ends_the_streams_that_were_opened_with_it_and_no_viewers() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, moderator) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    let link = streamer.makes_moderator(&code, &moderator).await;
    let cursor = moderator.cursor(&code).await;
    let mut staff = moderator.watches(&code, "staff", &cursor).await;
    assert_eq!(staff.next().await.unwrap().name, "tick");
    let mut public = streamer.watches(&code, "public", &cursor).await;
    assert_eq!(public.next().await.unwrap().name, "tick");

    streamer
        .ask("revoke_link", json!({ "code": code, "id": link }))
        .await;

    let goodbye = staff.next().await.unwrap();
    assert_eq!(
        (goodbye.name.as_str(), goodbye.data),
        ("goodbye", json!("rights_changed"))
    );
    let again = moderator
        .get(&format!("/s/{code}/live?audience=staff&after={cursor}"))
        .await;
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
    streamer.starts(&code).await;
    let frame = public.next().await.unwrap();
    assert_eq!(frame.data["segments"][0]["index"], json!(1));
}

#[tokio::test]
async fn stopping_says_goodbye_to_live_pages_and_does_not_wait_for_them() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let cursor = streamer.cursor(&code).await;
    let mut events = streamer.watches(&code, "public", &cursor).await;
    assert_eq!(events.next().await.unwrap().name, "tick");
    let stopping = tokio::spawn(server.stop());
    assert_eq!(events.next().await.unwrap().data, json!("restart"));
    assert!(events.next().await.is_none());
    drop(events);
    tokio::time::timeout(Duration::from_secs(10), stopping)
        .await
        .expect("stopped within 10 s")
        .unwrap();
}

#[tokio::test]
async fn a_session_that_nobody_watches_any_more_costs_nothing() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let cursor = streamer.cursor(&code).await;
    let mut one = streamer.watches(&code, "public", &cursor).await;
    let mut other = streamer.watches(&code, "staff", &cursor).await;
    for events in [&mut one, &mut other] {
        assert_eq!(events.next().await.unwrap().name, "tick");
    }
    assert_eq!(server.hub.watched(), 1);
    drop((one, other));
    tokio::time::timeout(Duration::from_secs(20), async {
        while server.hub.watched() > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("the pump ended");
}

#[tokio::test]
async fn a_quiet_page_hears_the_clock_now_and_then() {
    let quick = Settings {
        heartbeat: Duration::from_millis(300),
        ..Settings::default()
    };
    let server = TestServer::with(Kind::Sqlite, quick).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let cursor = streamer.cursor(&code).await;
    let mut pages = Vec::new();
    for audience in ["public", "staff"] {
        pages.push(streamer.watches(&code, audience, &cursor).await);
    }
    for page in &mut pages {
        for _ in 0..3 {
            assert_eq!(page.next().await.unwrap().name, "tick");
        }
    }
}
