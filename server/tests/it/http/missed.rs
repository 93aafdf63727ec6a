//! What live pages missed while they were away: told without gap or double, or taken anew.

use std::time::Duration;

use app::domain::{change::Frames, role::Audience};
use futures::{StreamExt, future::join_all};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use server::hub::{Settings, Watching};

use super::live::has_note;
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

/// Everything that a stream tells an audience from a cursor on, up to a frame like this.
async fn told_after(
    (client, audience): (&TestClient, &str),
    code: &str,
    cursor: &str,
    is_last: impl Fn(&Value) -> bool,
) -> String {
    let mut events = client.watches(code, audience, cursor).await;
    let mut told = String::new();
    loop {
        let event = events.frame(|_| true).await;
        told += &event.data.to_string();
        if is_last(&event.data) {
            return told;
        }
    }
}

#[tokio::test]
async fn what_was_hidden_edited_or_erased_is_not_told_to_whoever_names_an_old_revision() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, watcher, late) = (server.client(), server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = watcher.cursor(&code).await;
        // Somebody watches, so that frames are built and kept.
        let mut events = watcher.watches(&code, "public", &cursor).await;
        let mut made = Vec::new();
        let notes = [
            "to be hidden",
            "to be edited",
            "to be erased",
            "to be both",
            "to stay",
        ];
        for note in notes {
            let author = server.client();
            let (_, row) = author.presses(&code, note).await;
            events.frame(has_note(note)).await;
            made.push((author, row["id"].clone()));
        }
        let hide = json!({ "code": code, "ids": [made[0].1, made[3].1] });
        streamer.ask("hide", hide).await;
        let edit = json!({ "code": code, "id": made[1].1, "note": "said otherwise" });
        streamer.ask("edit_note", edit).await;
        for author in [&made[2].0, &made[3].0] {
            author.form("/forget", &[("sure", "yes")]).await;
        }
        streamer.presses(&code, "the last").await;
        events.frame(has_note("the last")).await;

        let told = told_after((&streamer, "staff"), &code, &cursor, has_note("the last")).await;
        for gone in ["to be edited", "to be erased", "to be both"] {
            assert!(!told.contains(gone), "{gone} in {told}");
        }
        let told = told_after((&late, "public"), &code, &cursor, has_note("the last")).await;
        for gone in ["to be hidden", "to be edited", "to be erased", "to be both"] {
            assert!(!told.contains(gone), "{gone} in {told}");
        }
        for shown in ["to stay", "said otherwise"] {
            assert!(told.contains(shown), "{shown} not in {told}");
        }

        let set = json!({ "rules": { "staff_list": true }, "held_words": [] });
        let set = json!({ "code": code, "settings": set });
        streamer.ask("set_settings", set).await;
        let is_private = |frame: &Value| frame["session"]["rules"]["staff_list"] == true;
        events.frame(is_private).await;
        let told = told_after((&late, "public"), &code, &cursor, is_private).await;
        for gone in ["to stay", "said otherwise", "the last", "highlights"] {
            assert!(!told.contains(gone), "{gone} in {told}");
        }
    }
}
