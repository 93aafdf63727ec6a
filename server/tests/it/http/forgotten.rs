//! Who was forgotten: their other tabs lose what they had, and nothing more is written in their name.

use std::time::Duration;

use entity::timestamp;
use futures::future::join3;
use reqwest::{Method, StatusCode, header};
use sea_orm::{ConnectionTrait, EntityTrait, TransactionTrait};
use serde_json::json;
use tokio::time::sleep;

use crate::support::{
    clients::{Answer, TestClient, press},
    database::Kind,
    dump::dump,
    test_server::TestServer,
};

/// The answer to a visitor who does this and is forgotten at the same time: both wait for their session, the forgetting first.
pub(super) async fn is_forgotten_before(
    server: &TestServer,
    visitor: &TestClient,
    act: impl Future<Output = Answer>,
) -> Answer {
    let tables = server.tables().await;
    let lock = tables.begin().await.unwrap();
    let same = "UPDATE session SET blocks = blocks";
    lock.execute_unprepared(same).await.unwrap();
    let forgotten = visitor.form("/forget", &[("sure", "yes")]);
    let acted = async {
        sleep(Duration::from_millis(200)).await;
        act.await
    };
    let let_go = async {
        // Less than what a page waits for, and time enough for both to come to the lock.
        sleep(Duration::from_millis(1_200)).await;
        lock.rollback().await.unwrap();
    };
    let ((_, to), answer, ()) = join3(forgotten, acted, let_go).await;
    assert_eq!(to, "/privacy?forgotten=yes");
    answer
}

#[tokio::test]
async fn a_desk_of_somebody_who_is_forgotten_in_another_tab_is_live_no_more() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, moderator, viewer) = (server.client(), server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.makes_moderator(&code, &moderator).await;
        let cursor = moderator.cursor(&code).await;
        let mut staff = moderator.watches(&code, "staff", &cursor).await;
        let mut public = viewer.watches(&code, "public", &cursor).await;
        for events in [&mut staff, &mut public] {
            assert_eq!(events.next().await.unwrap().name, "tick");
        }

        let (_, to) = moderator.form("/forget", &[("sure", "yes")]).await;
        assert_eq!(to, "/privacy?forgotten=yes");

        let goodbye = staff.next().await.unwrap();
        assert_eq!(goodbye.data, json!("rights_changed"));
        let again = moderator
            .get(&format!("/s/{code}/live?audience=staff&after={cursor}"))
            .await;
        assert_eq!(again.status(), StatusCode::FORBIDDEN);
        // Viewers watch on.
        streamer.starts(&code).await;
        let frame = public.frame(|frame| frame["segments"].is_array()).await;
        assert_eq!(frame.data["segments"][0]["index"], json!(1));
    }
}

#[tokio::test]
async fn a_browser_that_still_sends_the_cookie_of_somebody_who_was_forgotten_is_somebody_else() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        viewer.presses(&code, "before").await;
        let tables = server.tables().await;
        let rows = timestamp::Entity::find().all(&tables).await.unwrap();
        let visitor = rows[0].visitor_id.simple().to_string();
        let forget = async || viewer.form("/forget", &[("sure", "yes")]).await.1;
        assert_eq!(forget().await, "/privacy?forgotten=yes");

        let after = json!({ "code": code, "press": press("after") });
        let headers = [("content-type", "application/json")];
        let pressed = viewer
            .sends(Method::POST, "/rpc/submit", &headers, after.to_string())
            .await;
        assert_eq!(pressed.status(), StatusCode::OK);
        let mut cookies = pressed.headers().get_all(header::SET_COOKIE).iter();
        assert!(cookies.any(|cookie| cookie.to_str().unwrap().starts_with("visitor=")));
        assert_eq!(viewer.ask("mine", json!({ "code": code })).await, json!([]));
        let dump = dump(&tables).await;
        let mut rows = dump.values().flatten();
        let names = |row: &String| row.replace('-', "").to_lowercase().contains(&visitor);
        assert!(!rows.any(names));
        // Whoever asks twice gets the same answer.
        assert_eq!(forget().await, "/privacy?forgotten=yes");
    }
}
