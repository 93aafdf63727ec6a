//! Forms without scripts: each ends on the page that tells the result.

use std::time::Duration;

use entity::timestamp;
use futures::future::join;
use reqwest::{Method, StatusCode};
use sea_orm::EntityTrait;
use serde_json::json;
use tokio::time::sleep;

use super::forgotten::is_forgotten_before;
use crate::support::{clients::press, database::Kind, test_server::TestServer};

#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_is_under_way_while_its_visitor_is_forgotten_goes_too() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        viewer.presses(&code, "before").await;
        let presses = viewer.presses(&code, "meanwhile");
        let (status, _) = is_forgotten_before(&server, &viewer, presses).await;
        assert_eq!(status, StatusCode::OK);
        let own = viewer.ask("mine", json!({ "code": code })).await;
        assert_eq!(own, json!([]));
        let tables = server.tables().await;
        let notes = timestamp::Entity::find().all(&tables).await.unwrap();
        assert_eq!(notes.len(), 2);
        assert!(notes.iter().all(|row| row.note.is_none()), "{notes:?}");
    }
}

#[tokio::test]
async fn whoever_comes_back_keeps_the_cookie_for_another_400_days() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let url = |path: &str| format!("/s/{code}{path}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let posts = [
        (url(""), "note=x"),
        (url("/control"), "do=start"),
        ("/rpc/now".to_owned(), ""),
        // A refusal is an answer too.
        ("/".to_owned(), "title="),
    ];
    let looks = ["/".to_owned(), url("/control"), url("/mod")];
    let mut answers = Vec::new();
    for path in looks {
        answers.push((streamer.get(&path).await, path));
    }
    for (path, body) in posts {
        let sent = streamer.sends(Method::POST, &path, &form, body.into());
        answers.push((sent.await, path));
    }
    for (answer, path) in answers {
        let set = cookies(&answer);
        let own = format!("{}; ", streamer.cookie());
        let renewed: Vec<_> = set.iter().filter(|set| set.starts_with(&own)).collect();
        let [renewed] = renewed.as_slice() else {
            panic!("{path}: {set:?}");
        };
        assert!(renewed.contains("Max-Age=34560000"), "{renewed}");
    }
    // What is the same for everybody is so for them too, and whoever asks to be forgotten keeps nothing.
    assert!(cookies(&streamer.get(&url("")).await).is_empty());
    let forgotten = streamer.sends(Method::POST, "/forget", &form, "sure=yes".into());
    let visitors: Vec<_> = cookies(&forgotten.await)
        .into_iter()
        .filter(|set| set.starts_with("visitor="))
        .collect();
    let [removed] = visitors.as_slice() else {
        panic!("{visitors:?}");
    };
    assert!(removed.starts_with("visitor=; "), "{removed}");
    // What another tab asked for may be answered after that, to somebody else.
    let late = streamer.sends(Method::POST, "/rpc/now", &form, String::new());
    let others = cookies(&late.await);
    let is_own = |set: &String| set.starts_with(streamer.cookie());
    assert!(!others.iter().any(is_own), "{others:?}");
}

#[tokio::test]
async fn a_session_is_opened_pressed_in_and_steered_without_scripts() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let (status, panel) = streamer
        .form("/", &[("title", "Act 1"), ("game", "Witcher")])
        .await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let (panel, key) = panel.split_once('#').unwrap();
    assert!(key.starts_with("ctl_"));
    let code = panel.split('/').nth(2).unwrap();
    // The browser that opened it is in control at once; the key is for other ones.
    assert_eq!(streamer.get(panel).await.status(), StatusCode::OK);
    assert_eq!(viewer.get(panel).await.status(), StatusCode::FORBIDDEN);

    let id = press("")["id"].as_str().unwrap().to_owned();
    let fields = [("id", id.as_str()), ("note", "too early"), ("name", "Ciri")];
    let (_, refused) = viewer.form(&format!("/s/{code}"), &fields).await;
    assert!(
        refused.contains("refused=") && refused.contains("note=too+early"),
        "{refused}"
    );
    let page = viewer.get(&refused).await.text().await.unwrap();
    assert!(page.contains("The stream has not started yet") && page.contains("too early"));

    let start = [
        ("act", "start"),
        ("segment", "0"),
        ("began_minutes_ago", ""),
    ];
    assert_eq!(
        streamer.form(panel, &start).await,
        (StatusCode::SEE_OTHER, panel.to_owned())
    );
    let (_, saved) = viewer.form(&format!("/s/{code}"), &fields).await;
    assert_eq!(saved, format!("/s/{code}?pressed={id}"));
    assert!(
        viewer
            .get(&saved)
            .await
            .text()
            .await
            .unwrap()
            .contains("00:00:00")
    );
    // A second click sends the same form: still one press.
    viewer.form(&format!("/s/{code}"), &fields).await;
    let snapshot = viewer
        .ask("snapshot", json!({ "code": code, "audience": "public" }))
        .await;
    assert_eq!(snapshot["session"]["timestamp_count"], 1);
}

#[tokio::test]
async fn a_double_click_on_the_plain_form_opens_one_session() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let open = async |title: &str| {
        let (status, to) = streamer.form("/", &[("title", title), ("game", "b")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        to
    };
    let (first, again) = join(open("Act 1"), open("Act 1")).await;
    assert!(first.contains("#ctl_"), "{first}");
    assert_eq!(again, first, "with the same link");
    let own = async || streamer.ask("own_sessions", json!({})).await;
    assert_eq!(own().await.as_array().unwrap().len(), 1);

    assert_ne!(open("Act 2").await, first, "another title");
    sleep(Duration::from_millis(600)).await;
    assert_ne!(open("Act 1").await, first, "a second one, meant");
    assert_eq!(own().await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn plain_forms_delete_a_session_restore_it_and_open_one_like_it() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, other) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    let settings = json!({ "rules": { "staff_list": true }, "held_words": ["spoiler"] });
    let settings = json!({ "code": code, "settings": settings });
    streamer.ask("set_settings", settings).await;
    let (trash, restore) = (format!("/s/{code}/trash"), format!("/s/{code}/restore"));

    let (status, to) = other.form(&trash, &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(to.contains("own_refused=") && to.ends_with("#own"), "{to}");
    let page = other.get(&to).await.text().await.unwrap();
    assert!(page.contains("Only the streamer"), "{page}");

    assert_eq!(streamer.form(&trash, &[]).await.1, "/#own");
    let gone = other.get(&format!("/s/{code}")).await.status();
    assert_eq!(gone, StatusCode::NOT_FOUND);
    let page = streamer.get("/").await.text().await.unwrap();
    assert!(page.contains("It can be restored until"), "{page}");
    let (_, to) = other.form(&restore, &[]).await;
    assert!(to.contains("not_found"), "{to}");
    assert_eq!(streamer.form(&restore, &[]).await.1, "/#own");
    let back = other.get(&format!("/s/{code}")).await.status();
    assert_eq!(back, StatusCode::OK);

    let page = streamer.get(&format!("/?like={code}")).await;
    let page = page.text().await.unwrap();
    assert!(page.contains("With the settings of"), "{page}");
    let page = other.get(&format!("/?like={code}")).await;
    let page = page.text().await.unwrap();
    assert!(!page.contains("With the settings of"), "{page}");
    let fields = [("title", "Act 2"), ("game", "Chess"), ("like", &code)];
    let (_, to) = streamer.form("/", &fields).await;
    let new = to.strip_prefix("/s/").unwrap()[..6].to_owned();
    let settings = streamer.ask("settings", json!({ "code": new })).await;
    assert_eq!(settings["held_words"], json!(["spoiler"]));
    assert_eq!(settings["rules"]["staff_list"], true);
    let (_, to) = other.form("/", &fields).await;
    assert!(to.contains("refused="), "nobody else may: {to}");
    assert!(to.contains("title=Act+2") && to.contains("like="), "{to}");
}

/// The cookies that an answer sets.
fn cookies(answer: &reqwest::Response) -> Vec<String> {
    let set = answer.headers().get_all("set-cookie").iter();
    set.map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_plain_press_that_was_saved_leaves_a_mark_for_the_scripts_and_a_refused_one_none() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    let path = format!("/s/{code}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let press = async || {
        let answer = viewer.sends(Method::POST, &path, &form, "note=x".into());
        cookies(&answer.await)
    };
    let marks = |cookies: &[String]| cookies.iter().any(|set| set.starts_with("pressed="));
    assert!(!marks(&press().await), "not started");
    streamer.starts(&code).await;
    let mark = format!("pressed=form; Path={path}; Max-Age=2592000; SameSite=Lax");
    assert!(press().await.contains(&mark));
}

#[tokio::test]
async fn who_was_forgotten_is_told_so_for_the_scripts_once_also_without_a_cookie() {
    let server = TestServer::new(Kind::Sqlite).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for person in [server.client(), server.client().without_cookie()] {
        let forgets = async |sure: &str| {
            let answer = person.sends(Method::POST, "/forget", &form, sure.into());
            let answer = answer.await;
            (
                cookies(&answer),
                answer.headers().get("clear-site-data").cloned(),
            )
        };
        let told = "forgotten=yes; Path=/; Max-Age=600; SameSite=Strict".to_owned();
        let (set, cleared) = forgets("sure=yes").await;
        assert!(set.contains(&told), "{set:?}");
        assert_eq!(cleared.unwrap(), "\"storage\"");
        let (set, cleared) = forgets("").await;
        assert!(!set.contains(&told) && cleared.is_none());
    }
}

#[tokio::test]
async fn a_note_that_is_too_long_goes_back_with_the_count_and_is_not_cut() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let note = "ż".repeat(101);
    let id = press("")["id"].as_str().unwrap().to_owned();
    let (_, back) = streamer
        .form(&format!("/s/{code}"), &[("id", &id), ("note", &note)])
        .await;
    let page = streamer.get(&back).await.text().await.unwrap();
    assert!(
        page.contains("This note has 101 characters; at most 100 fit.") && page.contains(&note)
    );
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let server = TestServer::new(Kind::Sqlite).await;
    let client = reqwest::Client::new();
    let forged = client
        .post(format!("{}/", server.url))
        .header("sec-fetch-site", "cross-site")
        .header("origin", "https://evil.example")
        .header("content-type", "application/x-www-form-urlencoded")
        .body("title=a&game=b");
    assert_eq!(forged.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_pasted_link_opens_its_page_and_a_wrong_one_is_told_without_coming_back() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let opened = streamer
        .ask("open_session", json!({ "title": "a", "game": "b" }))
        .await;
    let code = opened["code"].as_str().unwrap();
    let control = opened["control_key"].as_str().unwrap();
    let minted = streamer
        .ask("mint_link", json!({ "code": code, "label": "Anna" }))
        .await;
    let moderator = minted["key"].as_str().unwrap();
    for (pasted, page) in [
        (control.to_owned(), "control"),
        (
            format!(" https://clips.example/s/{code}/mod#{moderator}. Thanks "),
            "mod",
        ),
    ] {
        let person = server.client();
        let path = format!("/s/{code}/{page}");
        assert_eq!(person.get(&path).await.status(), StatusCode::FORBIDDEN);
        let fields = [("link", pasted.as_str()), ("page", "control")];
        let (status, to) = person.form(&format!("/s/{code}/key"), &fields).await;
        assert_eq!(
            (status, to.as_str()),
            (StatusCode::SEE_OTHER, path.as_str())
        );
        assert_eq!(person.get(&path).await.status(), StatusCode::OK);
    }
    let wrong = format!("mod_{}", "0".repeat(64));
    let foreign = streamer.opens_session().await;
    for (code, pasted) in [
        (code, wrong.as_str()),
        (code, "no key"),
        (&foreign, control),
    ] {
        let person = server.client();
        let fields = [("link", pasted), ("page", "mod")];
        let (status, to) = person.form(&format!("/s/{code}/key"), &fields).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(to.starts_with(&format!("/s/{code}/mod?refused=")), "{to}");
        assert!(to.contains("dead_link") && !to.contains(pasted), "{to}");
        let page = person.get(&to).await.text().await.unwrap();
        assert!(page.contains("This link does not work"), "{page}");
    }
}

#[tokio::test]
async fn who_wants_to_be_forgotten_says_so_twice_and_loses_the_cookie() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    viewer.presses(&code, "mine").await;
    let (status, to) = viewer.form("/forget", &[]).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    assert!(to.starts_with("/privacy?refused="), "{to}");
    let count = async || {
        let asked = json!({ "code": code, "audience": "staff" });
        let snapshot = streamer.ask("snapshot", asked).await;
        snapshot["page"]["timestamps"].as_array().unwrap().len()
    };
    assert_eq!(count().await, 1);
    let (_, to) = viewer.form("/forget", &[("sure", "yes")]).await;
    assert_eq!(to, "/privacy?forgotten=yes");
    assert_eq!(count().await, 0);
    let page = viewer.get(&to).await.text().await.unwrap();
    assert!(page.contains("You are forgotten"), "{page}");
}

#[tokio::test]
async fn who_sends_no_cookie_is_not_told_that_their_presses_are_gone() {
    let server = TestServer::new(Kind::Sqlite).await;
    let stranger = server.client().without_cookie();
    let (_, to) = stranger.form("/forget", &[("sure", "yes")]).await;
    assert_eq!(to, "/privacy?forgotten=nobody");
    let page = stranger.get(&to).await.text().await.unwrap();
    assert!(page.contains("It sent no cookie"), "{page}");
    assert!(!page.contains("You are forgotten"), "{page}");
}
