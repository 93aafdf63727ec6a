//! The process: health, limits, and the one line that says why it can't start.

use std::process::Command;

use app::words::refusals;
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{
    database::Kind,
    server_process::{site, site_of},
    test_server::TestServer,
};

#[tokio::test]
async fn health_and_readiness_answer_on_both_databases() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let person = server.client();
        assert_eq!(person.get("/health").await.text().await.unwrap(), "ok");
        assert_eq!(person.get("/ready").await.text().await.unwrap(), "ready");
    }
}

#[tokio::test]
async fn a_body_over_8_kib_is_refused() {
    let server = TestServer::new(Kind::Sqlite).await;
    let long = "x".repeat(9 * 1024);
    for path in ["/", "/rpc/open_session"] {
        let answer = server.client().posts(path, &json!({ "title": long })).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        let words = answer.text().await.unwrap();
        assert_eq!(words, refusals::TOO_LONG, "{path}");
    }
}

#[tokio::test]
async fn the_longest_list_of_filtered_words_can_be_saved_and_changed() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    // Letters of four bytes.
    let words = (0..200).map(|n| format!("{}{n:03}", "𐐨".repeat(37)));
    let words: Vec<_> = words.collect();
    let settings = |moderators_pause: bool| {
        let rules = json!({ "moderators_pause": moderators_pause });
        json!({ "rules": rules, "held_words": words })
    };
    let set = json!({ "code": code, "settings": settings(false) });
    streamer.ask("set_settings", set).await;
    let began = streamer.ask("settings", json!({ "code": code })).await;
    let set = json!({ "code": code, "settings": settings(true), "began": began });
    streamer.ask("set_settings", set).await;
    let settings = streamer.ask("settings", json!({ "code": code })).await;
    assert_eq!(settings["rules"]["moderators_pause"], true);
    assert_eq!(settings["held_words"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn an_unknown_address_is_a_page_with_status_404() {
    let server = TestServer::new(Kind::Sqlite).await;
    let no_session = "No session has this code";
    for (path, words) in [
        ("/nowhere", "There is no page at this address"),
        ("/s/000000", no_session),
        ("/s/nowhere", no_session),
        ("/s/000000/control", no_session),
    ] {
        let answer = server.client().get(path).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
        assert!(answer.text().await.unwrap().contains(words), "{path}");
    }
}

#[test]
fn what_can_not_be_used_is_said_in_one_line_with_exit_code_1() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no.sqlite");
    std::fs::write(
        &file,
        "this is no database, and long enough to be told from an empty one".repeat(20),
    )
    .unwrap();
    let unreadable = format!("sqlite://{}", file.display());
    let site = site();
    let without_pages = folder.path().display().to_string();
    // As a copy that was broken off leaves it: documents name what is not there.
    let half = site_of("js: 01\nwasm: 02\ncss: 03\n");
    let half = half.path().to_str().unwrap();
    for (arguments, words) in [
        (vec!["--no-such-flag"], "--no-such-flag"),
        (vec!["--public-url", "clips.example"], "http"),
        (
            vec!["--public-url", "http://clips.example"],
            "--allow-plain-http",
        ),
        (vec!["--public-url", "https://clips.example/clips"], "path"),
        (vec!["--max-connections", "0"], "--max-connections"),
        (vec!["--site", &without_pages], "--site"),
        (vec!["--site", "no-such-folder"], "make build"),
        (
            vec!["--site", half, "--database-url", "mysql://x"],
            "/pkg/clips.03.css",
        ),
        (
            vec![
                "--public-url",
                "http://0.0.0.0:3000",
                "--database-url",
                "mysql://x",
            ],
            "that of no machine",
        ),
        (
            vec![
                "--listen",
                "0.0.0.0:0",
                "--allow-plain-http",
                "--database-url",
                "mysql://x",
            ],
            "--public-url",
        ),
        (vec!["--listen", &taken], "--listen"),
        (
            vec!["--listen", "127.0.0.1:0", "--metrics-listen", &taken],
            "--metrics-listen",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--database-url", &unreadable],
            "no.sqlite",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--database-url", "mysql://x"],
            "sqlite://",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(&arguments)
            .env("SITE", site.path())
            .env("RUST_LOG", "off")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains(words), "{said}");
    }
}
