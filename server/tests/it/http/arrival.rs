//! A crowd that comes at once: every page is there for everybody.

use std::{sync::Arc, time::Duration};

use reqwest::{Method, Response, StatusCode, header};
use serde_json::json;
use server::clock::Clock;
use tokio::task::JoinSet;

use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// How often each page is loaded.
const LOADS: usize = 1_000;
/// How many load at the same time.
const AT_ONCE: usize = 32;
/// How often something is tried before the test gives it up, and how long it waits in between: a minute at least.
const TRIES: u32 = 2_400;
const BETWEEN: Duration = Duration::from_millis(25);

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_that_a_crowd_loads_at_once_is_there_for_all_of_them() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = Arc::new(server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    for (path, status) in [
        (format!("/s/{code}"), StatusCode::OK),
        (format!("/s/{code}/control"), StatusCode::OK),
        (format!("/s/{code}/mod"), StatusCode::OK),
        ("/".to_owned(), StatusCode::OK),
        ("/privacy".to_owned(), StatusCode::OK),
        ("/nowhere".to_owned(), StatusCode::NOT_FOUND),
        ("/s/000000".to_owned(), StatusCode::NOT_FOUND),
    ] {
        let mut crowd = JoinSet::new();
        for _ in 0..AT_ONCE {
            let (somebody, path) = (streamer.clone(), path.clone());
            crowd.spawn(async move {
                for _ in 0..LOADS / AT_ONCE {
                    let page = loads(&somebody, &path).await;
                    assert_eq!(page.status(), status, "{path}");
                    let html = page.text().await.unwrap();
                    assert!(html.ends_with("</html>"), "{path}: {html}");
                }
            });
        }
        while let Some(loaded) = crowd.join_next().await {
            loaded.unwrap();
        }
    }
}

/// Loads a page as browsers do, which come again where the server has no time for them now: how much of that it has is the
/// machine's affair.
async fn loads(person: &TestClient, path: &str) -> Response {
    for _ in 0..TRIES {
        let page = person.get(path).await;
        let is_asked_again = page.headers().contains_key(header::RETRY_AFTER);
        if page.status() != StatusCode::SERVICE_UNAVAILABLE || !is_asked_again {
            return page;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    panic!("{path} was not served in {TRIES} attempts");
}

/// What is the same for everybody.
const PUBLIC: [&str; 2] = ["", "/snapshot"];

/// Loads a page again and again until it fulfils a wish: bodies are built at most as often as frames leave.
async fn loads_until(person: &TestClient, path: &str, wish: impl Fn(&str) -> bool) -> String {
    for _ in 0..200 {
        let body = loads(person, path).await.text().await.unwrap();
        if wish(&body) {
            return body;
        }
        tokio::time::sleep(BETWEEN).await;
    }
    panic!("{path} did not become what it should be within 5 s");
}

#[tokio::test]
async fn what_is_public_is_the_same_bytes_for_everybody_and_names_nobody() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let people = [server.client(), server.client(), server.client()];
        let [streamer, author, _] = &people;
        let code = streamer.opens_session().await;
        let start = json!({ "act": "start", "began_minutes_ago": 5 });
        streamer.acts(&code, start).await;
        // A minute apart: a moment of both would change the page once more.
        let mut earlier = press("the author's");
        earlier["waited_ms"] = json!(60_000);
        author
            .ask("submit", json!({ "code": code, "press": earlier }))
            .await;
        streamer.presses(&code, "the streamer's").await;
        for path in PUBLIC {
            let path = format!("/s/{code}{path}");
            loads_until(author, &path, |body| body.contains("the streamer's")).await;
            let mut bodies = Vec::new();
            for person in people.iter().chain([&server.client().without_cookie()]) {
                for query in ["", "?utm=1", "?note=x&name=y"] {
                    let answer = person.get(&format!("{path}{query}")).await;
                    assert_eq!(answer.headers()["cache-control"], "private, no-cache");
                    bodies.push((
                        answer.headers()["etag"].clone(),
                        answer.text().await.unwrap(),
                    ));
                }
            }
            assert!(bodies.iter().all(|body| *body == bodies[0]), "{path}");
            for word in [
                "\"mine\"",
                "yours",
                "\"role\"",
                "streamer\"",
                "visitor",
                "_id",
                "ctl_",
                "mod_",
            ] {
                assert!(!bodies[0].1.contains(word), "{path} says {word}");
            }
        }
    }
}

#[tokio::test]
async fn a_reload_is_answered_with_nothing_until_something_has_changed() {
    let server = TestServer::new(Kind::Sqlite).await;
    let person = server.client();
    let code = person.opens_session().await;
    person.starts(&code).await;
    for path in PUBLIC {
        let path = format!("/s/{code}{path}");
        for encoding in ["br", "gzip", "identity"] {
            let asks = async |tag: &str| {
                let headers = [("accept-encoding", encoding), ("if-none-match", tag)];
                person
                    .sends(Method::GET, &path, &headers, String::new())
                    .await
            };
            let first = asks("\"none\"").await;
            assert_eq!(first.status(), StatusCode::OK);
            let tag = first.headers()["etag"].to_str().unwrap().to_owned();
            let again = asks(&tag).await;
            assert_eq!(
                again.status(),
                StatusCode::NOT_MODIFIED,
                "{path} {encoding}"
            );
            assert!(again.bytes().await.unwrap().is_empty());
            let note = format!("{encoding} {}", path.len());
            person.presses(&code, &note).await;
            loads_until(&person, &path, |body| body.contains(&note)).await;
            assert_eq!(
                asks(&tag).await.status(),
                StatusCode::OK,
                "{path} {encoding}"
            );
        }
    }
}

#[tokio::test]
async fn the_first_page_and_the_404_are_the_same_for_all_who_have_no_cookie() {
    let server = TestServer::new(Kind::Sqlite).await;
    let [one, other] = [(); 2].map(|()| server.client().without_cookie());
    for path in ["/", "/privacy", "/nowhere", "/s/000000", "/s/nowhere"] {
        let (a, b) = (one.get(path).await, other.get(&format!("{path}?x=1")).await);
        for answer in [&a, &b] {
            assert!(answer.headers().contains_key("set-cookie"), "{path}");
        }
        let [a, b] = [a.text().await.unwrap(), b.text().await.unwrap()];
        assert_eq!(a, b, "{path}");
        assert!(
            a.starts_with("<!DOCTYPE html>") && a.ends_with("</html>"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_hidden_press_stays_on_its_authors_page_alone_and_an_erased_one_on_nobodys() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, author, other) = (server.client(), server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let (_, rude) = author.presses(&code, "a rude one").await;
        author.presses(&code, "a kind one").await;
        let hide = json!({ "code": code, "ids": [rude["id"]] });
        streamer.ask("hide", hide).await;

        let public = format!("/s/{code}");
        let has_gone = |body: &str| body.contains("a kind one") && !body.contains("a rude one");
        for person in [&author, &other] {
            loads_until(person, &public, has_gone).await;
        }
        let private = [
            format!("{public}/mine"),
            format!("{public}?pressed={}", rude["id"].as_str().unwrap()),
            format!("{public}?refused=x"),
        ];
        for path in &private {
            let page = author.get(path).await;
            assert_eq!(page.headers()["cache-control"], "private, no-store");
            assert!(page.text().await.unwrap().contains("a rude one"), "{path}");
            let page = other.get(path).await.text().await.unwrap();
            assert!(has_gone(&page), "{path}");
        }

        author.form("/forget", &[("sure", "yes")]).await;
        loads_until(&other, &public, |body| !body.contains("a kind one")).await;
        for path in &private {
            for person in [&author, &other] {
                let page = person.get(path).await.text().await.unwrap();
                assert!(
                    !page.contains("a kind one") && !page.contains("a rude one"),
                    "{path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_page_of_a_deleted_session_is_gone_for_everybody_soon() {
    let server = TestServer::new(Kind::Sqlite).await;
    let person = server.client();
    let code = person.opens_session().await;
    let path = format!("/s/{code}");
    assert_eq!(person.get(&path).await.status(), StatusCode::OK);
    let session = server
        .store
        .resolve_code(&code.parse().unwrap())
        .await
        .unwrap();
    let deleted = server
        .store
        .delete_session(&Clock::System, session.unwrap());
    deleted.await.unwrap();
    loads_until(&person, &path, |body| body.contains("Nothing here")).await;
    assert_eq!(person.get(&path).await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn every_page_gives_a_browser_without_a_cookie_exactly_one() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let stranger = server.client().without_cookie();
    for path in [
        "/",
        "/?code=7",
        "/privacy",
        "/privacy?forgotten=yes",
        "/nowhere",
    ] {
        let cookies = stranger
            .get(path)
            .await
            .headers()
            .get_all("set-cookie")
            .iter()
            .count();
        assert_eq!(cookies, 1, "{path}");
    }
    for path in ["", "?refused=x", "/mine", "/control", "/mod"] {
        let page = stranger.get(&format!("/s/{code}{path}")).await;
        let cookies = page.headers().get_all("set-cookie").iter().count();
        assert_eq!(cookies, 1, "{path}");
    }
    for path in ["", "?refused=x"] {
        let page = streamer.get(&format!("/s/{code}{path}")).await;
        assert!(!page.headers().contains_key("set-cookie"), "{path}");
    }
}

#[tokio::test]
async fn what_chats_show_of_a_link_names_the_session_and_stands_still() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let stranger = server.client();
    let preview = |html: &str| {
        let tags = html.split("<meta").filter(|tag| tag.contains("og:"));
        tags.map(|tag| tag.split('>').next().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    let before = stranger.get(&format!("/s/{code}")).await;
    let before = preview(&before.text().await.unwrap());
    let title = "content=\"Witcher 3 – Act 1 Finale · Clips\"";
    assert!(
        before
            .iter()
            .any(|tag| tag.contains("og:title") && tag.contains(title)),
        "{before:?}"
    );
    assert_eq!(before.len(), 4, "{before:?}");

    streamer.presses(&code, "seen").await;
    let html = loads_until(&stranger, &format!("/s/{code}"), |html| {
        html.contains("00:00:0")
    })
    .await;
    assert_eq!(preview(&html), before);
    // What is behind a code that leads nowhere is told as such.
    let nowhere = stranger.get("/s/000000").await.text().await.unwrap();
    assert!(!preview(&nowhere).iter().any(|tag| tag.contains("Witcher")));
}
