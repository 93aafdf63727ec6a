//! Own presses on the wire: who may change them, for how long, and who hears of it.

use app::{domain::press::PressRefused, service::ServiceError, words::errors};
use chrono::TimeDelta;
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// The arguments that give a press another note.
fn edited(code: &str, pressed: &Value, note: &str) -> Value {
    let mut press = press(note);
    press["id"] = pressed["id"].clone();
    json!({ "code": code, "press": press })
}

async fn notes(person: &TestClient, code: &str, audience: &str) -> Vec<Value> {
    let asked = json!({ "code": code, "audience": audience });
    let snapshot = person.ask("snapshot", asked).await;
    let rows = snapshot["page"]["timestamps"].as_array().unwrap();
    rows.iter().map(|row| row["note"].clone()).collect()
}

#[tokio::test]
async fn an_author_edits_and_takes_back_a_press_and_open_pages_follow() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, author) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = author.cursor(&code).await;
        let mut public = streamer.watches(&code, "public", &cursor).await;
        let (_, pressed) = author.presses(&code, "before").await;
        let after = author
            .ask("edit_own", edited(&code, &pressed, "after"))
            .await;
        assert_eq!(
            (&after["id"], &after["note"]),
            (&pressed["id"], &json!("after"))
        );
        let tells = |frame: &Value| frame["timestamps"][0]["note"] == json!("after");
        let frame = public.frame(tells).await;
        assert_eq!(frame.data["timestamps"][0]["revision"], after["revision"]);

        let gone = json!({ "code": code, "id": pressed["id"] });
        author.ask("take_back", gone.clone()).await;
        let frame = public.frame(|frame| frame["erased"].is_array()).await;
        assert_eq!(frame.data["erased"], json!([pressed["id"]]));
        for audience in ["public", "staff"] {
            assert!(notes(&streamer, &code, audience).await.is_empty());
        }
        let mine = author.ask("mine", json!({ "code": code })).await;
        assert_eq!(mine, json!([]));
        let (status, _) = author.call("take_back", &gone).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_press_of_somebody_else_or_an_old_one_is_not_changed_and_the_answer_says_why() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, author, moderator) = (server.client(), server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.makes_moderator(&code, &moderator).await;
    streamer.starts(&code).await;
    let (_, pressed) = author.presses(&code, "mine").await;
    let calls = [
        ("edit_own", edited(&code, &pressed, "theirs")),
        ("take_back", json!({ "code": code, "id": pressed["id"] })),
    ];
    for (function, arguments) in &calls {
        for person in [&server.client(), &moderator, &streamer] {
            let (status, answer) = person.call(function, arguments).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{function}: {answer}");
        }
    }
    server.clock.advance(TimeDelta::minutes(3));
    for (function, arguments) in &calls {
        let (status, answer) = author.call(function, arguments).await;
        assert_eq!(status, StatusCode::CONFLICT, "{function}");
        let refused = json!({ "error": "press", "detail": "too_late_to_change" });
        assert_eq!(answer, refused, "{function}");
    }
    let refused = ServiceError::Press(PressRefused::TooLateToChange);
    assert!(errors::error(&refused).contains("two minutes"));
    assert_eq!(notes(&streamer, &code, "public").await, [json!("mine")]);
}
