//! A backup that is restored after more was done: pages that were open start over, and what is sent again is done again.

use serde_json::json;
use server::{random, store::new_epoch};

use super::live::has_note;
use crate::support::{
    clients::{Events, press},
    database::Kind,
    test_server::TestServer,
};

/// The name of the last event before a stream ends.
async fn last_of(stream: &mut Events) -> String {
    let mut last = String::new();
    while let Some(event) = stream.next().await {
        last = event.name;
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_were_open_start_over_from_a_restored_backup_and_what_is_sent_again_is_recorded()
{
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        viewer.presses(&code, "before").await;

        let backup = server.restored_database().await;

        let cursor = viewer.cursor(&code).await;
        let people = [(&viewer, "public"), (&streamer, "staff")];
        let mut pages = Vec::new();
        for (person, audience) in people {
            pages.push(person.watches(&code, audience, &cursor).await);
        }
        let lost = json!({ "code": code, "press": press("lost") });
        let pressed = viewer.ask("submit", lost.clone()).await;
        let block = json!({ "code": code, "id": pressed["id"], "act": random::uuid() });
        streamer.ask("block", block.clone()).await;
        let label = json!({ "code": code, "label": "Anna", "idempotency_key": random::uuid() });
        let link = streamer.ask("mint_link", label.clone()).await;
        for page in &mut pages {
            page.frame(has_note("lost")).await;
        }
        let ahead = viewer.cursor(&code).await;
        server.stop().await;
        for page in &mut pages {
            assert_eq!(last_of(page).await, "goodbye");
        }

        if kind == Kind::Postgres {
            new_epoch(backup.url()).await.unwrap();
        }
        let server = TestServer::on(backup).await;
        let (streamer, viewer) = (streamer.on(&server.url), viewer.on(&server.url));
        for known in [&cursor, &ahead] {
            for (person, audience) in [(&viewer, "public"), (&streamer, "staff")] {
                let mut page = person.watches(&code, audience, known).await;
                assert_eq!(page.next().await.unwrap().name, "snapshot", "{kind:?}");
            }
        }
        let snapshot = json!({ "code": code, "audience": "staff" });
        let shown = streamer.ask("snapshot", snapshot).await;
        let has = |note: &str| has_note(note)(&shown["page"]);
        assert_eq!(["before", "lost"].map(has), [true, false], "{shown}");

        let anew = shown["cursor"].as_str().unwrap();
        let mut page = streamer.watches(&code, "staff", anew).await;
        let again = viewer.ask("submit", lost.clone()).await;
        assert_eq!(again["id"], pressed["id"]);
        let frame = page.frame(has_note("lost")).await;
        assert_eq!(frame.data["session"]["timestamp_count"], 2);
        assert_eq!(viewer.ask("submit", lost).await, again);
        // What is derived from the request and from who asks is what it was.
        assert_eq!(streamer.ask("mint_link", label).await["key"], link["key"]);
        streamer.ask("block", block).await;
        let log = streamer.ask("moderations", json!({ "code": code })).await;
        assert_eq!(log.as_array().unwrap().len(), 1, "{log}");
    }
}
