//! Several servers over one Postgres database: what is done on one is seen on the others.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde_json::json;
use server::hub::Settings;
use tokio::time::{sleep, timeout};

use crate::support::{
    clients::{Events, TestClient},
    database::Kind,
    test_server::TestServer,
};

/// Three servers that hear of each other as this says.
async fn three(live: Settings) -> [TestServer; 3] {
    let first = TestServer::with(Kind::Postgres, live).await;
    let (second, third) = (first.beside(live).await, first.beside(live).await);
    let servers = [first, second, third];
    let heard = timeout(Duration::from_secs(60), async {
        for server in &servers {
            while server.hub.is_listening() != live.listen_notify {
                sleep(Duration::from_millis(20)).await;
            }
        }
    });
    heard.await.expect("servers listen as they should");
    servers
}

/// Notifications alone: by itself no pump looks before the test is over.
fn without_polling() -> Settings {
    Settings {
        poll: Duration::from_secs(600),
        ..Settings::default()
    }
}

/// As where a pooler doesn't pass LISTEN on.
fn without_notifications() -> Settings {
    Settings {
        listen_notify: false,
        ..Settings::default()
    }
}

/// The same browser, on another server.
async fn watches(person: &TestClient, code: &str, audience: &str) -> Events {
    let cursor = person.cursor(code).await;
    let mut events = person.watches(code, audience, &cursor).await;
    assert_eq!(events.next().await.unwrap().name, "tick");
    events
}

/// The connections to this database that listen.
async fn listening(tables: &DatabaseConnection) -> Vec<i32> {
    let sql = "SELECT pid FROM pg_stat_activity \
               WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    let sql = Statement::from_string(DbBackend::Postgres, sql);
    let rows = tables.query_all_raw(sql).await.unwrap();
    rows.iter()
        .map(|row| row.try_get("", "pid").unwrap())
        .collect()
}

async fn a_press_on_each_is_seen_on_all(servers: [TestServer; 3]) {
    let streamer = servers[0].client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let mut pages = Vec::new();
    for server in &servers {
        pages.push(watches(&server.client(), &code, "public").await);
    }
    for server in &servers {
        let (_, made) = server.client().presses(&code, "seen").await;
        for page in &mut pages {
            let is_there = |row: &serde_json::Value| row["id"] == made["id"];
            page.frame(|frame| {
                let rows = frame["timestamps"].as_array();
                rows.into_iter().flatten().any(is_there)
            })
            .await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_on_one_server_is_listening_to_the_others() {
    a_press_on_each_is_seen_on_all(three(without_polling()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_notifications_a_press_on_one_server_is_found_by_the_others() {
    a_press_on_each_is_seen_on_all(three(without_notifications()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn notifications_are_heard_again_after_their_connections_were_cut() {
    let servers = three(without_polling()).await;
    let tables = servers[0].tables().await;
    let before = listening(&tables).await;
    assert_eq!(before.len(), 3);
    for pid in &before {
        let cut = format!("SELECT pg_terminate_backend({pid})");
        tables.execute_unprepared(&cut).await.unwrap();
    }
    let others = timeout(Duration::from_secs(60), async {
        let is_new = |pid: &i32| !before.contains(pid);
        while listening(&tables)
            .await
            .iter()
            .filter(|pid| is_new(pid))
            .count()
            < 3
        {
            sleep(Duration::from_millis(20)).await;
        }
    });
    others.await.expect("each server listens again");
    a_press_on_each_is_seen_on_all(servers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_on_one_server_loses_their_streams_on_every_server() {
    for live in [without_polling(), without_notifications()] {
        let [first, second, _] = three(live).await;
        let (streamer, moderator) = (first.client(), first.client());
        let code = streamer.opens_session().await;
        streamer.makes_moderator(&code, &moderator).await;
        let mut staff = watches(&moderator.on(&second.url), &code, "staff").await;
        moderator.form("/forget", &[("sure", "yes")]).await;
        assert_eq!(staff.next().await.unwrap().data, json!("rights_changed"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_link_and_a_rehearsal_that_ends_close_the_streams_of_every_server() {
    for live in [without_polling(), without_notifications()] {
        let [first, second, third] = three(live).await;
        let (streamer, moderator) = (first.client(), first.client());
        let code = streamer.opens_session().await;
        let link = streamer.makes_moderator(&code, &moderator).await;
        let mut staff = watches(&moderator.on(&second.url), &code, "staff").await;
        let revoked = json!({ "code": code, "id": link });
        streamer.ask("revoke_link", revoked).await;
        assert_eq!(staff.next().await.unwrap().data, json!("rights_changed"));

        let rehearsal = streamer
            .ask("open_rehearsal", json!({ "code": code }))
            .await;
        let rehearsal = rehearsal["code"].as_str().unwrap();
        let mut public = watches(&third.client(), rehearsal, "public").await;
        let mut staff = watches(&streamer.on(&second.url), rehearsal, "staff").await;
        streamer
            .ask("end_rehearsal", json!({ "code": rehearsal }))
            .await;
        for events in [&mut public, &mut staff] {
            assert_eq!(events.next().await.unwrap().data, json!("gone"));
        }
    }
}
