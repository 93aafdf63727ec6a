//! The lead of a session: set, measured, and shown beside the stored offsets.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::random;
use tokio::time::{sleep, timeout};

use super::moments::moments;
use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

fn edit(code: &str, timing: Option<Value>) -> Value {
    let mut edit = json!({ "code": code, "title": "a", "game": "b" });
    if let Some(timing) = timing {
        edit["timing"] = timing;
    }
    edit
}

async fn text(person: &TestClient, path: &str) -> String {
    person.get(path).await.text().await.unwrap()
}

#[tokio::test]
async fn the_lead_is_told_where_it_is_not_the_usual_one_and_a_tab_of_before_leaves_it() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        let told = async || {
            let asked = json!({ "code": code, "audience": "public" });
            viewer.ask("snapshot", asked).await["session"]["timing"].clone()
        };
        assert_eq!(told().await, Value::Null);
        let slow = json!({ "lead_seconds": 40, "learns_delays": false });
        let session = streamer
            .ask("edit_session", edit(&code, Some(slow.clone())))
            .await;
        assert_eq!(session["timing"], slow);
        streamer.ask("edit_session", edit(&code, None)).await;
        assert_eq!(told().await, slow);
        let long = json!({ "lead_seconds": 121, "learns_delays": true });
        let (status, error) = streamer
            .call("edit_session", &edit(&code, Some(long)))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(error["cause"], json!({ "rule": "lead" }));
        assert_eq!(told().await, slow);
    }
}

#[tokio::test]
async fn how_late_viewers_press_is_measured_from_three_visitors_on() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let start = json!({ "act": "start", "began_minutes_ago": 5 });
        streamer.acts(&code, start).await;
        // The stream runs for 300 s: who waited 20 s pressed at 280 s.
        let presses = async |seconds_ago: u32| {
            let mut press = press("");
            press["waited_ms"] = json!(seconds_ago * 1_000);
            let sent = json!({ "code": code, "press": press });
            server.client().ask("submit", sent).await["id"].clone()
        };
        let measured = async |segment: u32| {
            let ask = json!({ "code": code, "segment": segment, "said_at": 270 });
            streamer.ask("measure_lead", ask).await
        };
        let told =
            |visitors: u32, delay: Value| json!({ "visitors": visitors, "delay_seconds": delay });
        presses(100).await;
        presses(20).await;
        presses(18).await;
        assert_eq!(measured(1).await, told(2, Value::Null));
        let slow = presses(5).await;
        assert_eq!(measured(1).await, told(3, json!(12)));
        assert_eq!(measured(2).await, told(0, Value::Null));
        let hide = json!({ "code": code, "ids": [slow] });
        streamer.ask("hide", hide).await;
        assert_eq!(measured(1).await, told(2, Value::Null));
    }
}

#[tokio::test]
async fn moments_tell_their_offset_and_where_a_clip_would_start() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    let start = json!({ "act": "start", "began_minutes_ago": 5 });
    streamer.acts(&code, start).await;
    let timing = json!({ "lead_seconds": 40, "learns_delays": true });
    streamer
        .ask("edit_session", edit(&code, Some(timing)))
        .await;
    for _ in 0..6 {
        let mut press = press("that jump");
        press["waited_ms"] = json!(60_000);
        let sent = json!({ "code": code, "press": press });
        server.client().ask("submit", sent).await;
    }
    let shows = async |start: &str| {
        let words = format!("clip from {start}");
        let shown = timeout(Duration::from_secs(20), async {
            loop {
                let page = text(&viewer, &format!("/s/{code}")).await;
                if page.contains(&words) && page.contains("00:04:00") {
                    break;
                }
                sleep(Duration::from_millis(50)).await;
            }
        });
        shown
            .await
            .unwrap_or_else(|_| panic!("no moment with {words:?}"));
    };
    shows("00:03:20").await;
    // Who says where the moment starts says where a clip does, until that is undone.
    let moment = moments(&streamer, &code, "staff", 1).await.remove(0);
    let act = random::uuid();
    let range = json!({ "edit": "set_range", "start": 190, "end": moment["end"] });
    let moved = json!({ "code": code, "id": moment["id"], "edit": range, "act": act });
    streamer.ask("edit_moment", moved).await;
    shows("00:03:10").await;
    streamer
        .ask("undo", json!({ "code": code, "act": act }))
        .await;
    shows("00:03:20").await;
    // The files tell the offsets as they are stored.
    let file = text(&streamer, &format!("/s/{code}/export/text")).await;
    assert!(
        file.contains("00:04:00") && !file.contains("00:03:20"),
        "{file}"
    );
}

#[tokio::test]
async fn every_server_shows_the_same_sharpened_moments_and_tells_nobody_of_delays() {
    let first = TestServer::new(Kind::Postgres).await;
    let second = first.beside(server::hub::Settings::default()).await;
    let streamer = first.client();
    let code = streamer.opens_session().await;
    let start = json!({ "act": "start", "began_minutes_ago": 14 });
    streamer.acts(&code, start).await;
    // The same visitors at each of four events, each of them as late as always.
    for visitor in 0..6 {
        let viewer = first.client();
        for event in 1..=4 {
            let mut press = press("");
            press["waited_ms"] = json!((event * 200 - 3 * visitor) * 1_000);
            let sent = json!({ "code": code, "press": press });
            viewer.ask("submit", sent).await;
        }
    }
    let snapshot = async |url: &str| {
        let asked = json!({ "code": code, "audience": "staff" });
        streamer.on(url).ask("snapshot", asked).await
    };
    let settled = async |url: &str, is_wanted: &dyn Fn(&Value) -> bool| {
        let told = timeout(Duration::from_secs(20), async {
            loop {
                let moments = snapshot(url).await["highlights"]["moments"].clone();
                let count = moments.as_array().map_or(0, Vec::len);
                if count == 4 && is_wanted(&moments) {
                    return moments;
                }
                sleep(Duration::from_millis(50)).await;
            }
        });
        told.await.expect("four moments")
    };
    let live = settled(&first.url, &|_| true).await;
    assert_eq!(settled(&second.url, &|_| true).await, live);
    let pause = json!({ "act": "pause", "segment": 1 });
    streamer.acts(&code, pause).await;
    let sharp = settled(&first.url, &|moments| *moments != live).await;
    assert_eq!(
        settled(&second.url, &|moments| *moments != live).await,
        sharp
    );
    let ids = |moments: &Value| {
        let moments = moments.as_array().cloned().unwrap_or_default();
        moments
            .into_iter()
            .map(|moment| moment["id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&sharp), ids(&live));
    let whole = snapshot(&first.url).await.to_string();
    assert!(
        !whole.contains("delay") && !whole.contains("visitor_id"),
        "{whole}"
    );
}
