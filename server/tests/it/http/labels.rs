//! Labels on the wire: with scripts and without, from tabs of before, and who is told of their counts.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// The newest timestamp as staff see it.
async fn newest(streamer: &TestClient, code: &str) -> Value {
    let asked = json!({ "code": code, "audience": "staff" });
    let snapshot = streamer.ask("snapshot", asked).await;
    let rows = snapshot["page"]["timestamps"].as_array().cloned();
    rows.unwrap_or_default().pop().unwrap_or_default()
}

async fn text(person: &TestClient, path: &str) -> String {
    person.get(path).await.text().await.unwrap()
}

#[tokio::test]
async fn each_label_is_a_button_that_presses_without_scripts() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let path = format!("/s/{code}");
        let page = text(&viewer, &path).await;
        for (number, word) in (1..).zip(["funny", "clutch", "fail", "scary", "wow"]) {
            let button = format!(r#"<button type="submit" name="label" value="{number}""#);
            assert!(page.contains(&button), "{number}");
            assert!(page.contains(&format!(">{word}</button>")), "{word}");
        }
        let fields = [("note", "a note"), ("name", ""), ("label", "4")];
        let (status, to) = viewer.form(&path, &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(to.contains("pressed="), "{to}");
        assert_eq!(newest(&streamer, &code).await["label"], 4);
        let mine = text(&viewer, &format!("{path}/mine")).await;
        let chip = r#"<span class="label label--purple" dir="auto">scary</span>"#;
        assert!(mine.contains(chip), "{mine}");
        // The large button, a label that nobody offers, and what is no label at all.
        for label in ["", "77", "scary", "-1"] {
            let fields = [("note", label), ("label", label)];
            let (_, to) = viewer.form(&path, &fields).await;
            assert!(to.contains("pressed="), "{to}");
            assert_eq!(newest(&streamer, &code).await["label"], Value::Null);
        }
    }
}

#[tokio::test]
async fn a_press_of_a_tab_of_before_and_one_with_an_old_label_are_recorded() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let (status, saved) = viewer.presses(&code, "of before").await;
    assert_eq!((status, &saved["label"]), (StatusCode::OK, &Value::Null));
    let mut labelled = press("labelled");
    labelled["label"] = json!(2);
    let sent = json!({ "code": code, "press": labelled });
    let (status, saved) = viewer.call("submit", &sent).await;
    assert_eq!((status, &saved["label"]), (StatusCode::OK, &json!(2)));
    let labels = json!([{ "word": "wow", "colour": "blue" }]);
    let set = json!({ "code": code, "labels": labels });
    streamer.ask("set_labels", set).await;
    // The page has not heard of it yet.
    labelled["id"] = press("")["id"].clone();
    let sent = json!({ "code": code, "press": labelled });
    let (status, saved) = viewer.call("submit", &sent).await;
    assert_eq!((status, &saved["label"]), (StatusCode::OK, &Value::Null));
}

#[tokio::test]
async fn labels_travel_with_the_session_and_their_errors_as_data() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    let cursor = viewer.cursor(&code).await;
    let mut public = viewer.watches(&code, "public", &cursor).await;
    let labels =
        json!([{ "id": 5, "word": "wow", "colour": "blue" }, { "word": "boss", "colour": "red" }]);
    let set = json!({ "code": code, "labels": labels });
    let session = streamer.ask("set_labels", set).await;
    insta::assert_snapshot!(session["labels"], @r#"[{"colour":"blue","id":5,"word":"wow"},{"colour":"red","id":6,"word":"boss"},{"colour":"yellow","id":1,"removed":true,"word":"funny"},{"colour":"green","id":2,"removed":true,"word":"clutch"},{"colour":"red","id":3,"removed":true,"word":"fail"},{"colour":"purple","id":4,"removed":true,"word":"scary"}]"#);
    let told = |frame: &Value| frame["session"]["labels"] == session["labels"];
    public.frame(told).await;
    let refused = async |labels: Value| {
        let set = json!({ "code": code, "labels": labels });
        let (status, error) = streamer.call("set_labels", &set).await;
        (status, error["cause"].clone())
    };
    let (status, same) = refused(json!([
        { "word": "Wow", "colour": "blue" },
        { "word": "WOW!", "colour": "red" },
    ]))
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(same, json!({ "rule": "same_labels", "word": "WOW!" }));
    let long = json!([{ "word": "x".repeat(21), "colour": "blue" }]);
    let (_, long) = refused(long).await;
    assert_eq!(
        long,
        json!({ "rule": "too_long", "field": "label_word", "count": 21, "most": 20 })
    );
    let seven = (0..7).map(|n| json!({ "word": format!("w{n}"), "colour": "blue" }));
    let (_, many) = refused(seven.collect()).await;
    assert_eq!(
        many,
        json!({ "rule": "too_many_labels", "count": 7, "most": 6 })
    );
}

#[tokio::test]
async fn moments_count_labels_for_those_who_see_the_list() {
    for is_staff_list in [false, true] {
        let server = TestServer::new(Kind::Sqlite).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let rules = json!({ "staff_list": is_staff_list });
        let settings = json!({ "rules": rules, "held_words": [] });
        let set = json!({ "code": code, "settings": settings });
        streamer.ask("set_settings", set).await;
        let mut pressed = Vec::new();
        for label in [1, 1, 1, 2, 2, 0] {
            let mut press = press("that jump");
            if label > 0 {
                press["label"] = json!(label);
            }
            let sent = json!({ "code": code, "press": press });
            pressed.push(server.client().ask("submit", sent).await["id"].clone());
        }
        let counts = async |person: &TestClient, audience: &str| {
            let asked = json!({ "code": code, "audience": audience });
            let snapshot = person.ask("snapshot", asked).await;
            snapshot["highlights"]["moments"][0]["labels"].clone()
        };
        let told = async |wanted: Value| {
            let told = timeout(Duration::from_secs(20), async {
                while counts(&streamer, "staff").await != wanted {
                    sleep(Duration::from_millis(50)).await;
                }
            });
            told.await.expect("the labels' counts");
        };
        let all = json!([{ "label": 1, "count": 3 }, { "label": 2, "count": 2 }]);
        told(all.clone()).await;
        let page = text(&viewer, &format!("/s/{code}")).await;
        match is_staff_list {
            false => {
                assert_eq!(counts(&viewer, "public").await, all);
                assert!(page.contains("funny <b>3</b>"));
            }
            true => {
                assert_eq!(counts(&viewer, "public").await, Value::Null);
                assert!(!page.contains("<b>"));
            }
        }
        let hide = json!({ "code": code, "ids": [pressed[0]] });
        streamer.ask("hide", hide).await;
        told(json!([{ "label": 1, "count": 2 }, { "label": 2, "count": 2 }])).await;
        let restore = json!({ "code": code, "ids": [pressed[0]] });
        streamer.ask("restore", restore).await;
        told(all).await;
    }
}

#[tokio::test]
async fn the_text_names_labels_and_the_table_keeps_its_columns() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let mut labelled = press("a note");
    labelled["label"] = json!(1);
    let sent = json!({ "code": code, "press": labelled });
    streamer.ask("submit", sent).await;
    let file = async |format: &str| text(&streamer, &format!("/s/{code}/export/{format}")).await;
    assert_eq!(file("text").await, "Segment 1 00:00:00 – [funny] a note\n");
    let csv = file("csv").await;
    let head = "segment_index,offset_hms,note,submitted_by,created_at\r\n1,00:00:00,a note,,";
    assert!(csv.starts_with(head) && !csv.contains("funny"), "{csv}");
}
