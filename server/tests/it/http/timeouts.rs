//! How long is waited: for a body, and for a database that says nothing.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{clients::press, database::Kind, test_server::TestServer};

/// Sends a request and nothing more; answers all that comes back until the connection is closed.
async fn answer_to(server: &TestServer, request: &str) -> String {
    let address = server.url.trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_body_that_does_not_come_is_told_so_and_the_connection_closed() {
    let server = TestServer::new(Kind::Sqlite).await;
    let head = "POST /rpc/submit HTTP/1.1\r\nhost: clips\r\ncontent-type: application/json\r\n";
    let answer = answer_to(&server, &format!("{head}content-length: 99\r\n\r\n{{")).await;
    assert!(
        answer.starts_with("HTTP/1.1 408") && answer.contains("took too long to arrive"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_without_a_length_is_bounded_too() {
    let server = TestServer::new(Kind::Sqlite).await;
    let head = "POST /rpc/submit HTTP/1.1\r\nhost: clips\r\ntransfer-encoding: chunked\r\n";
    let chunk = format!("2400\r\n{}\r\n", " ".repeat(0x2400));
    let answer = answer_to(&server, &format!("{head}\r\n{chunk}")).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_says_nothing_is_told_and_the_same_press_is_taken_afterwards() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let person = server.client();
        let code = person.opens_session().await;
        person.starts(&code).await;
        let tables = server.tables().await;
        let holding = tables.begin().await.unwrap();
        let lock = match kind {
            Kind::Sqlite => "UPDATE session SET title = title",
            Kind::Postgres => "LOCK TABLE session",
        };
        holding.execute_unprepared(lock).await.unwrap();

        let arguments = json!({ "code": code, "press": press("waits") });
        let (status, answer) = person.call("submit", &arguments).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{kind:?} {answer}");
        assert_eq!(
            answer,
            json!({ "error": "busy", "detail": { "seconds": 2 } })
        );

        holding.rollback().await.unwrap();
        let (status, answer) = person.call("submit", &arguments).await;
        assert_eq!(status, StatusCode::OK, "{kind:?} {answer}");
        let snapshot = json!({ "code": code, "audience": "public" });
        let snapshot = person.ask("snapshot", snapshot).await;
        assert_eq!(snapshot["session"]["timestamp_count"], 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_that_is_sent_again_after_a_late_answer_does_its_work_once() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let person = server.client();
        let code = person.opens_session().await;
        person.starts(&code).await;
        let session = format!("/s/{code}");
        let press = [("note", "a jump"), ("name", "Ciri")];
        let open = [("title", "Act 2"), ("game", "Chess")];
        let tables = server.tables().await;
        let holding = tables.begin().await.unwrap();
        let lock = match kind {
            Kind::Sqlite => "UPDATE session SET title = title",
            Kind::Postgres => "LOCK TABLE session",
        };
        holding.execute_unprepared(lock).await.unwrap();

        let (pressed, opened) =
            tokio::join!(person.form(&session, &press), person.form("/", &open));
        for ((status, to), back) in [
            (pressed, ["note=a+jump", "name=Ciri"]),
            (opened, ["title=Act+2", "game=Chess"]),
        ] {
            assert_eq!(status, StatusCode::SEE_OTHER, "{kind:?}");
            assert!(to.contains("busy"), "{kind:?} {to}");
            assert!(back.iter().all(|typed| to.contains(typed)), "{to}");
        }
        holding.rollback().await.unwrap();

        let (_, to) = person.form(&session, &press).await;
        assert!(to.contains("?pressed="), "{kind:?} {to}");
        let (_, to) = person.form("/", &open).await;
        assert!(to.contains("#ctl_"), "{kind:?} {to}");
        let snapshot = json!({ "code": code, "audience": "public" });
        let snapshot = person.ask("snapshot", snapshot).await;
        assert_eq!(snapshot["session"]["timestamp_count"], 1, "{kind:?}");
        let own = person.ask("own_sessions", json!({})).await;
        assert_eq!(own.as_array().unwrap().len(), 2, "{kind:?}");
    }
}
