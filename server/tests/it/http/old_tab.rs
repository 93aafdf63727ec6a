//! A page that was loaded before a deployment presses, waits and comes back, by exactly the requests that its browser sent.

use app::service::ServiceError;
use chrono::TimeDelta;
use reqwest::{Client, Method, Response, StatusCode};
use serde_json::{Value, json};
use server::routes::rpc;

use super::rights::{Scene, functions};
use crate::support::{
    clients::{Event, Events, TestClient},
    database::Kind,
    test_server::TestServer,
};

/// What Chromium sent for pages of the last build whose server functions lay below `/api/`, recorded between it and that
/// build's server: each request after a line `### NAME`, its head and its body as they were. What another server chooses
/// otherwise stands in braces.
const RECORDED: &str = include_str!("old_tab.http");

/// The tabs of three people with such pages: their cookies are in the requests.
struct OldTabs {
    client: Client,
    url: String,
    /// What stands for the names in braces.
    chosen: Vec<(&'static str, String)>,
}

impl OldTabs {
    fn new(url: &str) -> Self {
        let host = url.trim_start_matches("http://").to_owned();
        Self {
            client: Client::new(),
            url: url.into(),
            chosen: vec![("{host}", host)],
        }
    }

    /// From now on this stands for that name.
    fn choose(&mut self, name: &'static str, chosen: &Value) {
        self.chosen.retain(|(known, _)| *known != name);
        let chosen = chosen.as_str().unwrap().to_owned();
        self.chosen.push((name, chosen));
    }

    /// Sends the request of this name.
    async fn send(&self, name: &str) -> Response {
        let mut requests = RECORDED.split("### ").skip(1);
        let request = requests.find_map(|request| request.strip_prefix(name)?.strip_prefix('\n'));
        let request = request.unwrap_or_else(|| panic!("{name} was not recorded"));
        let filled =
            |request: String, (name, chosen): &(&str, String)| request.replace(name, chosen);
        let request = self.chosen.iter().fold(request.to_owned(), filled);
        let (head, body) = request.split_once("\n\n").unwrap();
        let (line, headers) = head.split_once('\n').unwrap();
        let [method, path, "HTTP/1.1"] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut sent = self.client.request(method, format!("{}{path}", self.url));
        for header in headers.lines() {
            let (name, value) = header.split_once(": ").unwrap();
            // The connection's own business; whose length it is, is seen by the body.
            if !["Host", "Connection"].contains(&name) {
                sent = sent.header(name, value);
            }
        }
        // The line that ends the body in the file is not part of it.
        let body = body.strip_suffix('\n').unwrap().to_owned();
        sent.body(body).send().await.unwrap()
    }

    /// Sends the request of this name, which is answered with JSON and is no error.
    async fn ask(&self, name: &str) -> Value {
        let answer = self.send(name).await;
        assert_eq!(answer.status(), StatusCode::OK, "{name}");
        assert_eq!(answer.headers()["content-type"], "application/json");
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }

    /// Opens the stream of this name.
    async fn watch(&self, name: &str) -> Events {
        Events::of(self.send(name).await)
    }
}

/// The notes of the timestamps in a list.
fn notes(rows: &Value) -> Vec<&str> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["note"].as_str().unwrap_or_default())
        .collect()
}

/// The next frame that brings a timestamp, and its notes.
async fn next_notes(events: &mut Events) -> (Event, Vec<String>) {
    let brings = |frame: &Value| {
        frame["timestamps"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
    };
    let frame = events.frame(brings).await;
    let notes = notes(&frame.data["timestamps"]);
    let notes = notes.into_iter().map(str::to_owned).collect();
    (frame, notes)
}

/// A server with a session that is open in old tabs and has begun.
async fn begun() -> (TestServer, OldTabs) {
    let server = TestServer::new(Kind::Sqlite).await;
    let mut tabs = OldTabs::new(&server.url);
    let opened = tabs.ask("open_session").await;
    tabs.choose("{code}", &opened["code"]);
    tabs.choose("{key}", &opened["control_key"]);
    assert_eq!(tabs.ask("redeem").await["role"], "streamer");
    assert_eq!(tabs.ask("links").await.as_array().unwrap().len(), 1);
    let code = opened["code"].as_str().unwrap();
    tabs.choose("{after}", &json!(server.client().cursor(code).await));
    assert_eq!(tabs.ask("act").await["status"]["is"], "active");
    server.clock.advance(TimeDelta::seconds(60));
    (server, tabs)
}

#[tokio::test]
async fn a_tab_of_before_the_deployment_loses_no_press() {
    let (server, mut tabs) = begun().await;
    let (mut staff, mut public) = (tabs.watch("staff stream").await, tabs.watch("stream").await);

    // It presses.
    let first = tabs.ask("submit").await;
    assert_eq!(first["note"], "first – “ćwir”");
    assert_eq!(first["offset_seconds"], 60);
    for events in [&mut staff, &mut public] {
        assert_eq!(next_notes(events).await.1, ["first – “ćwir”"]);
    }

    // An answer is lost on the way, and its retry gets the first one.
    let lost = tabs.ask("submit without an answer").await;
    let (newest, _) = next_notes(&mut public).await;
    server.clock.advance(TimeDelta::seconds(5));
    assert_eq!(tabs.ask("submit again").await, lost);
    drop((staff, public));

    // It is away while somebody presses, and its press has waited when it comes back.
    server.clock.advance(TimeDelta::seconds(20));
    let waited = tabs.ask("submit after a wait").await;
    assert_eq!(
        waited["offset_seconds"],
        60 + 5 + 20 - 8,
        "7.4 s before it came"
    );
    tabs.choose("{after}", &json!(newest.id));
    let mut resumed = tabs.watch("stream after a wait").await;
    let (missed, notes_missed) = next_notes(&mut resumed).await;
    assert_eq!(notes_missed, ["waits"], "what it missed, and nothing twice");

    // The browser opens a stream again at the address of before, and says what it heard last.
    drop(resumed);
    tabs.choose("{last}", &json!(missed.id));
    let mut resumed = tabs.watch("stream that the browser opens again").await;
    // What a page kept over a reload it sends when it knows the time.
    let now = tabs.ask("now").await;
    assert_eq!(now["now"], json!(server.clock.now()));
    let kept = tabs.ask("submit after a reload").await;
    assert_eq!(next_notes(&mut resumed).await.1, ["kept over a reload"]);

    // Its own are its own.
    let mine = tabs.ask("mine").await;
    assert_eq!(mine, json!([first, lost, waited, kept]));
    let public = tabs.send("public snapshot").await;
    assert_eq!(public.status(), StatusCode::OK);
}

#[tokio::test]
async fn tabs_of_staff_of_before_the_deployment_go_on_working() {
    let (_server, mut tabs) = begun().await;
    let pressed = tabs.ask("submit").await;
    let minted = tabs.ask("mint_link").await;
    assert_eq!(
        tabs.ask("mint_link").await,
        minted,
        "a retry makes no second link"
    );
    tabs.choose("{key}", &minted["key"]);
    assert_eq!(tabs.ask("redeem by a moderator").await["role"], "moderator");
    assert_eq!(tabs.ask("role").await, "moderator");
    let desk = tabs.ask("desk").await;
    assert_eq!(
        notes(&desk["snapshot"]["page"]["timestamps"]),
        ["first – “ćwir”"]
    );
    assert!(tabs.ask("page").await["timestamps"].is_array());
    tabs.choose("{timestamp}", &pressed["id"]);
    tabs.ask("hide").await;
    let snapshot = tabs.ask("snapshot").await;
    assert_eq!(snapshot["page"]["timestamps"][0]["hidden"], true);
    assert_eq!(tabs.ask("act once more").await["status"]["is"], "paused");
}

#[tokio::test]
async fn every_function_is_the_same_at_its_old_address() {
    let server = TestServer::new(Kind::Sqlite).await;
    let known = functions();
    for function in rpc::UNDER_API {
        assert!(known.iter().any(|known| known == function), "{function}");
        let mut answers = Vec::new();
        for prefix in ["rpc", "api"] {
            let scene = Scene::new(&server).await;
            let arguments = scene.arguments(function);
            let path = format!("/{prefix}/{function}");
            let answer = scene.streamer.posts(&path, &arguments).await;
            let kind = answer.headers().get("content-type").cloned();
            answers.push((answer.status(), kind));
        }
        assert_eq!(answers[0], answers[1], "{function}");
    }
}

/// What a program sends, which says nothing of itself, and what another site's page makes a browser send.
const ASKING: [&[(&str, &str)]; 2] = [
    &[],
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://other.example"),
    ],
];

#[tokio::test]
async fn the_rest_below_api_is_free_and_says_so_to_programs() {
    let server = TestServer::new(Kind::Sqlite).await;
    let paths = [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/",
        "/api/v1/sessions/7KQ2MX?x=y",
        "/api/v1/submit",
        "/api/unknown",
    ];
    for path in paths {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            for headers in ASKING {
                let program = TestClient::new(&server.url).without_cookie();
                let body = "{}".to_owned();
                let answer = program.sends(method.clone(), path, headers, body).await;
                assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{method} {path}");
                assert!(!answer.headers().contains_key("set-cookie"), "{path}");
                let told: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
                assert_eq!(told["error"], "not_found");
                assert_eq!(told["message"], "This server has no API at this address.");
            }
        }
    }
}

#[tokio::test]
async fn a_page_that_calls_a_function_of_another_build_is_told_to_reload_and_keeps_its_press() {
    let server = TestServer::new(Kind::Sqlite).await;
    let tab = server.client();
    for function in ["nothing", "submit2", "submit/", "v2/submit", "%20"] {
        let answer = tab.posts(&format!("/rpc/{function}"), &json!({})).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{function}");
        let words = answer.text().await.unwrap();
        assert!(words.contains("Reload the page"), "{function}: {words}");
        // A body that it can't read, it takes for no answer.
        let error: Result<ServiceError, _> = serde_json::from_str(&words);
        assert!(error.is_err(), "{function}: {words}");
    }
}
