//! The live stream: what was missed, what is hidden, and how it ends.

use std::time::Duration;

use app::domain::{change::Frames, role::Audience};
use futures::{StreamExt, future::join_all};
use reqwest::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::hub::{Settings, Watching};

use crate::support::{
    clients::{Event, TestClient},
    database::Kind,
    test_server::TestServer,
};

fn notes(event: &Event) -> Vec<&str> {
    let rows = event.data["timestamps"].as_array();
    rows.into_iter()
        .flatten()
        .filter_map(|row| row["note"].as_str())
        .collect()
}

fn has_note(note: &str) -> impl Fn(&Value) -> bool {
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
async fn a_page_that_was_away_gets_what_it_missed_without_gap_or_double() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let cursor = streamer.cursor(&code).await;
    let mut events = streamer.watches(&code, "staff", &cursor).await;
    streamer.presses(&code, "0").await;
    let last = events.frame(has_note("0")).await.id;
    drop(events);
    for i in 1..20 {
        streamer.presses(&code, &i.to_string()).await;
    }

    let address = format!("/s/{code}/live?audience=staff&after={cursor}");
    let header_wins = streamer.get_after(&address, &last).await;
    let query = streamer
        .get(&format!("/s/{code}/live?audience=staff&after={last}"))
        .await;
    for response in [header_wins, query] {
        let mut events = crate::support::clients::Events::of(response);
        let mut read: Vec<String> = Vec::new();
        while read.last().is_none_or(|note| note != "19") {
            let event = events.frame(|_| true).await;
            read.extend(notes(&event).into_iter().map(str::to_owned));
        }
        let all: Vec<_> = (1..20).map(|i| i.to_string()).collect();
        assert_eq!(read, all);
    }
}

#[tokio::test]
async fn a_cursor_of_another_history_is_told_to_take_a_snapshot() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let mut events = streamer
        .watches(&code, "public", "0123456789abcdef.0")
        .await;
    assert_eq!(events.next().await.unwrap().name, "snapshot");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn pages_take_everything_anew_from_a_database_that_was_set_back() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let beside = match kind {
            Kind::Postgres => Some(server.beside(Settings::default()).await),
            Kind::Sqlite => None,
        };
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        viewer.presses(&code, "before").await;
        let before = viewer.cursor(&code).await;
        let mut events = viewer.watches(&code, "public", &before).await;
        for note in ["lost", "lost too"] {
            viewer.presses(&code, note).await;
            events.frame(has_note(note)).await;
        }

        // As after a failover to a copy that had not heard of these.
        let tables = server.tables().await;
        let back = "DELETE FROM timestamp WHERE note LIKE 'lost%'; \
                    UPDATE segment SET timestamp_count = 1, revision = 2; \
                    UPDATE session SET timestamp_count = 1, revision = 3";
        tables.execute_unprepared(back).await.unwrap();

        let last = loop {
            let event = events.next().await.unwrap();
            if event.name == "goodbye" {
                break event;
            }
        };
        assert_eq!(last.data, "restart");
        let known = before.split('.').next().unwrap();
        let mut again = viewer.watches(&code, "public", &before).await;
        assert_eq!(again.next().await.unwrap().name, "snapshot");
        let anew = viewer.cursor(&code).await;
        assert!(!anew.starts_with(known), "{anew} after {before}");
        // A server beside it that noticed nothing takes over the same history.
        if let Some(beside) = &beside {
            let epoch = anew.split('.').next().unwrap();
            let elsewhere = viewer.on(&beside.url);
            while !elsewhere.cursor(&code).await.starts_with(epoch) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let mut events = viewer.watches(&code, "public", &anew).await;
        viewer.presses(&code, "after").await;
        let frame = events.frame(has_note("after")).await;
        assert_eq!(frame.data["session"]["timestamp_count"], 2);
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
async fn what_the_ring_holds_is_read_again_without_the_database() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let cursor = streamer.cursor(&code).await;
    let mut events = streamer.watches(&code, "public", &cursor).await;
    for note in ["one", "two"] {
        streamer.presses(&code, note).await;
        events.frame(has_note(note)).await;
    }
    let session = server
        .store
        .resolve_code(&code.parse().unwrap())
        .await
        .unwrap();
    server.store.clone().close().await;
    let watching = Watching {
        audience: Audience::Public,
        frames: Frames::Lean,
    };
    let missed = server
        .hub
        .subscribe(session.unwrap(), watching, cursor.parse().ok())
        .await
        .unwrap();
    let missed: Vec<_> = missed.take(3).collect().await;
    let missed = missed.iter().map(|bytes| String::from_utf8_lossy(bytes));
    let missed: Vec<_> = missed.collect();
    assert!(
        missed[1].contains("one") && missed[2].contains("two"),
        "{missed:?}"
    );
}

#[tokio::test]
async fn what_the_ring_does_not_hold_is_read_from_the_database() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let cursor = streamer.cursor(&code).await;
        streamer.starts(&code).await;
        streamer.presses(&code, "missed").await;
        // The ring begins with what the first page has not seen: nothing.
        let now = streamer.cursor(&code).await;
        let mut first = streamer.watches(&code, "public", &now).await;
        assert_eq!(first.next().await.unwrap().name, "tick");
        let mut late = streamer.watches(&code, "public", &cursor).await;
        late.frame(has_note("missed")).await;
        streamer.presses(&code, "next").await;
        for events in [&mut first, &mut late] {
            events.frame(has_note("next")).await;
        }
    }
}

#[tokio::test]
async fn a_cursor_too_far_behind_is_told_to_take_a_snapshot() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let cursor = streamer.cursor(&code).await;
    let epoch = cursor.split_once('.').unwrap().0;
    let many = "UPDATE session SET revision = 6000";
    let tables = server.tables().await;
    tables.execute_unprepared(many).await.unwrap();
    for (revision, first) in [(999, "snapshot"), (1_000, "tick")] {
        let cursor = format!("{epoch}.{revision}");
        let mut events = streamer.watches(&code, "public", &cursor).await;
        assert_eq!(events.next().await.unwrap().name, first, "{revision}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_pages_that_come_back_at_once_take_no_snapshot() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = streamer.cursor(&code).await;
        for number in 0..30 {
            streamer.presses(&code, &number.to_string()).await;
        }
        // Nobody watched: there is no ring yet, as after a restart.
        let pages = (0..200).map(|_| async {
            let mut events = server.client().watches(&code, "public", &cursor).await;
            let mut read = Vec::new();
            while read.last().is_none_or(|note| note != "29") {
                let event = events.next().await.unwrap();
                assert_ne!(event.name, "snapshot");
                read.extend(notes(&event).into_iter().map(str::to_owned));
            }
            read
        });
        let all: Vec<_> = (0..30).map(|number| number.to_string()).collect();
        for read in join_all(pages).await {
            assert_eq!(read, all);
        }
    }
}

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
