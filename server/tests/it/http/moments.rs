//! Moments on the wire: who is told of them, and who isn't.

use std::time::{Duration, Instant};

use futures::future::join_all;
use reqwest::{StatusCode, header::ETAG};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use server::hub::Settings;
use tokio::time::{sleep, timeout};

use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

/// How many visitors make a moment in a small audience, and some more.
pub(super) const CROWD: usize = 6;

/// A crowd presses at the same time; answers the ids of what it pressed.
pub(super) async fn crowd_presses(server: &TestServer, code: &str, note: &str) -> Vec<Value> {
    let mut ids = Vec::new();
    for _ in 0..CROWD {
        let (status, pressed) = server.client().presses(code, note).await;
        assert_eq!(status, StatusCode::OK, "{pressed}");
        ids.push(pressed["id"].clone());
    }
    ids
}

/// The moments of a snapshot, as soon as there are so many.
pub(super) async fn moments(
    person: &TestClient,
    code: &str,
    audience: &str,
    count: usize,
) -> Vec<Value> {
    let told = timeout(Duration::from_secs(20), async {
        loop {
            let asked = json!({ "code": code, "audience": audience });
            let snapshot = person.ask("snapshot", asked).await;
            let moments = snapshot["highlights"]["moments"].as_array().cloned();
            let moments = moments.unwrap_or_default();
            if moments.len() == count {
                return moments;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    told.await.expect("as many moments as that")
}

fn tells_moment(frame: &Value) -> bool {
    frame["highlights"]["moments"].is_array()
}

#[tokio::test]
async fn what_a_crowd_marks_is_a_moment_on_every_page_until_it_is_hidden() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = viewer.cursor(&code).await;
        let mut public = viewer.watches(&code, "public", &cursor).await;
        let mut staff = streamer.watches(&code, "staff", &cursor).await;
        let ids = crowd_presses(&server, &code, "that jump").await;
        for events in [&mut public, &mut staff] {
            let frame = events.frame(tells_moment).await;
            let moment = &frame.data["highlights"]["moments"][0];
            assert_eq!(moment["segment_index"], 1);
            assert_eq!(moment["notes"][0]["note"], "that jump");
        }
        for (person, audience) in [(&viewer, "public"), (&streamer, "staff")] {
            let told = moments(person, &code, audience, 1).await;
            assert_eq!(told[0]["visitors"], CROWD);
        }
        let page = viewer
            .get(&format!("/s/{code}"))
            .await
            .text()
            .await
            .unwrap();
        assert!(page.contains("What did I miss?") && page.contains("that jump"));

        streamer
            .ask("hide", json!({ "code": code, "ids": ids }))
            .await;
        for events in [&mut public, &mut staff] {
            events
                .frame(|frame| frame["highlights"]["faded"].is_array())
                .await;
        }
        moments(&viewer, &code, "public", 0).await;
    }
}

#[tokio::test]
async fn where_only_moderators_see_the_list_nothing_public_tells_of_moments() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let rules =
            json!({ "names_required": false, "staff_list": true, "moderators_pause": false });
        let settings = json!({ "rules": rules, "held_words": [] });
        streamer
            .ask(
                "set_settings",
                json!({ "code": code, "settings": settings }),
            )
            .await;
        let cursor = viewer.cursor(&code).await;
        let mut public = viewer.watches(&code, "public", &cursor).await;
        crowd_presses(&server, &code, "that jump").await;
        moments(&streamer, &code, "staff", 1).await;
        // Whatever else there is to be told afterwards: what came before it told nothing.
        let renamed = json!({ "code": code, "title": "Blood and Wine", "game": "The Witcher 3" });
        streamer.ask("edit_session", renamed).await;
        let last = |frame: &Value| {
            assert_eq!(frame["highlights"], Value::Null, "{frame}");
            frame["session"]["title"] == "Blood and Wine"
        };
        public.frame(last).await;
        moments(&viewer, &code, "public", 0).await;
        let asked = json!({ "code": code, "audience": "public" });
        let snapshot = viewer.ask("snapshot", asked).await;
        assert_eq!(snapshot["highlights"], Value::Null);
        for path in ["", "/snapshot", "/heat.svg", "/mine"] {
            let answer = viewer.get(&format!("/s/{code}{path}")).await;
            let body = answer.text().await.unwrap();
            assert!(
                !body.contains("<path") && !body.contains("that jump"),
                "{path}: {body}"
            );
        }
    }
}

#[tokio::test]
async fn the_timeline_is_a_picture_that_any_page_may_show() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, stranger) = (server.client(), server.client().without_cookie());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    crowd_presses(&server, &code, "that jump").await;
    let picture = stranger.get(&format!("/s/{code}/heat.svg")).await;
    assert_eq!(picture.status(), StatusCode::OK);
    let header = |name: &str| {
        let value = picture.headers().get(name);
        value.map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    assert_eq!(header("content-type"), "image/svg+xml");
    assert_eq!(header("cross-origin-resource-policy"), "cross-origin");
    assert_eq!(header("cache-control"), "public, max-age=5");
    assert_eq!(header("set-cookie"), "");
    let policy = header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    let picture = picture.text().await.unwrap();
    assert!(picture.contains("<path"), "{picture}");
    // Nobody's words stand in what others show on their pages.
    assert!(!picture.contains("that jump"), "{picture}");
    let missing = stranger.get("/s/000000/heat.svg").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_server_over_one_database_shows_the_same_moments() {
    let first = TestServer::with(Kind::Postgres, Settings::default()).await;
    let second = first.beside(Settings::default()).await;
    let streamer = first.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    crowd_presses(&first, &code, "that jump").await;
    let here = moments(&streamer, &code, "staff", 1).await;
    let there = moments(&streamer.on(&second.url), &code, "staff", 1).await;
    assert_eq!(here, there);
    // Whoever goes on has the same ones.
    first.stop().await;
    let third = second.beside(Settings::default()).await;
    let after = moments(&streamer.on(&third.url), &code, "staff", 1).await;
    assert_eq!(after, here);
}

#[tokio::test]
async fn the_first_page_of_a_session_that_nobody_watched_tells_of_its_moments() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        crowd_presses(&server, &code, "that jump").await;
        let page = server.client().get(&format!("/s/{code}")).await;
        let page = page.text().await.unwrap();
        assert!(page.contains("id=\"moment-"), "{page}");
        moments(&streamer, &code, "staff", 1).await;
    }
}

#[tokio::test]
async fn a_page_without_a_live_stream_has_the_moments_of_the_rows_that_it_shows() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        for count in 1..4 {
            crowd_presses(&server, &code, "the boss falls").await;
            // Pages and pictures may be as old as a frame is.
            sleep(Duration::from_millis(300)).await;
            let page = server.client().get(&format!("/s/{code}")).await;
            let page = page.text().await.unwrap();
            let marked = page.matches("<li class=\"moment\"").count();
            assert_eq!(marked, count, "{kind:?}");
            let heat = server.client().get(&format!("/s/{code}/heat.svg")).await;
            let heat = heat.text().await.unwrap();
            assert_eq!(heat.matches("<circle").count(), count, "{kind:?}: {heat}");
            server.clock.advance(chrono::TimeDelta::seconds(120));
        }
    }
}

/// Reading a session from its first press may take many seconds. Here a lock takes as long.
#[tokio::test]
async fn pages_that_can_not_wait_for_moments_come_without_and_say_so_until_they_are_known() {
    let first = TestServer::new(Kind::Postgres).await;
    let streamer = first.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    crowd_presses(&first, &code, "that jump").await;
    let known = moments(&streamer, &code, "staff", 1).await;
    let restarted = first.beside(Settings::default()).await;
    let (streamer, viewer) = (streamer.on(&restarted.url), restarted.client());

    let tables = first.tables().await;
    let reading = tables.begin().await.unwrap();
    let lock = "LOCK TABLE moment IN ACCESS EXCLUSIVE MODE";
    reading.execute_unprepared(lock).await.unwrap();
    let ask = async |person: &TestClient, audience: &str| {
        let asked = json!({ "code": code, "audience": audience });
        person.ask("snapshot", asked).await
    };
    let page = async |person: &TestClient, path: &str| {
        let answer = person.get(&format!("/s/{code}{path}")).await;
        (answer.status(), answer.text().await.unwrap())
    };
    let pending = json!({ "pending": true });
    let began = Instant::now();
    let (public, staff, viewers, picture, moderators) = tokio::join!(
        ask(&viewer, "public"),
        ask(&streamer, "staff"),
        join_all((0..24).map(|_| page(&viewer, ""))),
        page(&viewer, "/heat.svg"),
        page(&streamer, "/mod"),
    );
    let took = began.elapsed();
    for (status, body) in viewers.iter().chain([&picture, &moderators]) {
        assert_eq!(*status, StatusCode::OK, "{body}");
    }
    assert!(
        took < Duration::from_secs(10),
        "each waited for the others: {took:?}"
    );
    assert!(viewers[0].1.contains("that jump") && moderators.1.contains("that jump"));
    let watch = async |person: &TestClient, audience: &str, snapshot: &Value| {
        assert_eq!(snapshot["highlights"], pending);
        assert_eq!(snapshot["session"]["timestamp_count"], CROWD);
        let cursor = snapshot["cursor"].as_str().unwrap();
        person.watches(&code, audience, cursor).await
    };
    let mut public = watch(&viewer, "public", &public).await;
    let mut staff = watch(&streamer, "staff", &staff).await;
    // What happens meanwhile is told all the same.
    let (status, pressed) = viewer.presses(&code, "who is that").await;
    assert_eq!(status, StatusCode::OK, "{pressed}");
    for events in [&mut public, &mut staff] {
        let pressed = |frame: &Value| frame["timestamps"].to_string().contains("who");
        let frame = timeout(Duration::from_secs(20), events.frame(pressed)).await;
        let frame = frame.expect("a frame with the press");
        assert_eq!(frame.data["highlights"], pending);
    }
    let unchanged = viewer.get(&format!("/s/{code}/snapshot")).await;
    let version = unchanged.headers()[ETAG].clone();
    reading.rollback().await.unwrap();

    for (person, audience) in [(&viewer, "public"), (&streamer, "staff")] {
        let told = moments(person, &code, audience, 1).await;
        assert_eq!(told[0]["id"], known[0]["id"]);
    }
    // Nothing else has changed, and a browser that kept the other answer gets this one as soon as frames are due.
    let another = timeout(Duration::from_secs(5), async {
        loop {
            let whole = viewer.get(&format!("/s/{code}/snapshot")).await;
            if whole.headers()[ETAG] != version {
                return whole.json::<Value>().await.unwrap();
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    let whole = another.await.expect("another answer");
    assert_eq!(whole["highlights"]["moments"][0]["id"], known[0]["id"]);
    let (status, page) = page(&viewer, "").await;
    assert!(status == StatusCode::OK && page.contains("What did I miss?"));
}
