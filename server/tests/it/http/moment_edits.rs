//! What moderators do to moments, on the wire: who may, who is told, and what every process shows.

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{hub::Settings, random};

use super::moments::{CROWD, moments};
use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

/// A session in which a crowd has pressed for one moment.
struct Scene {
    code: String,
    streamer: TestClient,
    viewer: TestClient,
    moment: Value,
}

impl Scene {
    async fn new(server: &TestServer) -> Self {
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        for _ in 0..CROWD {
            server.client().presses(&code, "that jump").await;
        }
        let moment = moments(&streamer, &code, "staff", 1).await.remove(0);
        Self {
            code,
            streamer,
            viewer,
            moment,
        }
    }

    fn arguments(&self, edit: &Value) -> Value {
        let (code, id) = (&self.code, &self.moment["id"]);
        json!({ "code": code, "id": id, "edit": edit, "act": random::uuid() })
    }

    async fn edit(&self, edit: Value) -> Value {
        let arguments = self.arguments(&edit);
        self.streamer.ask("edit_moment", arguments.clone()).await;
        arguments
    }

    /// All that is public, as text.
    async fn public(&self) -> String {
        let mut all = String::new();
        for path in ["", "/snapshot", "/heat.svg", "/mine"] {
            let answer = self.viewer.get(&format!("/s/{}{path}", self.code)).await;
            all += &answer.text().await.unwrap();
        }
        all
    }
}

pub(super) fn every_edit() -> Vec<Value> {
    vec![
        json!({ "edit": "set_title", "title": "The great leap" }),
        json!({ "edit": "set_starred", "starred": true }),
        json!({ "edit": "set_state", "state": "cut", "clip": "https://clips.example/leap" }),
        json!({ "edit": "set_range", "start": 0, "end": 30 }),
        json!({ "edit": "split", "at": 10 }),
        json!({ "edit": "set_hidden", "hidden": true }),
    ]
}

#[tokio::test]
async fn viewers_may_do_nothing_to_moments_and_moderators_everything() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server).await;
        let moderator = server.client();
        scene
            .streamer
            .makes_moderator(&scene.code, &moderator)
            .await;
        for edit in every_edit() {
            let arguments = scene.arguments(&edit);
            let (status, _) = scene.viewer.call("edit_moment", &arguments).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{edit}");
            // Answers get lost: a second attempt is no second action.
            for _ in 0..2 {
                let (status, answer) = moderator.call("edit_moment", &arguments).await;
                assert_eq!(status, StatusCode::OK, "{edit}: {answer}");
            }
        }
        let log = moderator
            .ask("moderations", json!({ "code": scene.code }))
            .await;
        assert_eq!(log.as_array().unwrap().len(), every_edit().len());
    }
}

#[tokio::test]
async fn viewers_see_title_star_and_clip_and_nothing_of_a_hidden_moment() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server).await;
        let cursor = scene.viewer.cursor(&scene.code).await;
        let mut public = scene.viewer.watches(&scene.code, "public", &cursor).await;
        for edit in &every_edit()[..3] {
            scene.edit(edit.clone()).await;
        }
        let told = |frame: &Value| frame["highlights"]["moments"][0]["clip"].is_string();
        let frame = public.frame(told).await;
        let moment = &frame.data["highlights"]["moments"][0];
        assert_eq!(moment["title"], "The great leap");
        assert_eq!(moment["starred"], true);
        assert_eq!(moment["state"], "cut");
        let page = scene.public().await;
        for words in [
            "The great leap",
            "Starred",
            "href=\"https://clips.example/leap\"",
        ] {
            assert!(page.contains(words), "{words}: {page}");
        }
        let staff = moments(&scene.streamer, &scene.code, "staff", 1).await;
        assert_eq!(staff[0]["state"], "cut");

        scene
            .edit(json!({ "edit": "set_hidden", "hidden": true }))
            .await;
        let gone = |frame: &Value| frame["highlights"]["faded"][0] == scene.moment["id"];
        public.frame(gone).await;
        moments(&scene.viewer, &scene.code, "public", 0).await;
        let id = scene.moment["id"].as_str().unwrap();
        let mut page = scene.public().await;
        // A page of a session that is watched may be as old as a frame.
        for _ in 0..100 {
            if !page.contains(id) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            page = scene.public().await;
        }
        for words in ["The great leap", "clips.example", id] {
            assert!(!page.contains(words), "{words}: {page}");
        }
        let staff = moments(&scene.streamer, &scene.code, "staff", 1).await;
        assert_eq!(staff[0]["hidden"], true);
    }
}

#[tokio::test]
async fn where_only_moderators_see_the_list_nobody_else_is_told_what_moments_are_called() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let rules = json!({ "names_required": false, "staff_list": true, "moderators_pause": false });
    let settings = json!({ "rules": rules, "held_words": [] });
    let settings = json!({ "code": scene.code, "settings": settings });
    scene.streamer.ask("set_settings", settings).await;
    let cursor = scene.viewer.cursor(&scene.code).await;
    let mut public = scene.viewer.watches(&scene.code, "public", &cursor).await;
    for edit in every_edit() {
        scene.edit(edit).await;
    }
    let renamed = json!({ "code": scene.code, "title": "Blood and Wine", "game": "The Witcher 3" });
    scene.streamer.ask("edit_session", renamed).await;
    let last = |frame: &Value| {
        assert_eq!(frame["highlights"], Value::Null, "{frame}");
        frame["session"]["title"] == "Blood and Wine"
    };
    public.frame(last).await;
    let page = scene.public().await;
    for words in ["The great leap", "clips.example"] {
        assert!(!page.contains(words), "{words}: {page}");
    }
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_with_the_rule() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    for (edit, rule) in [
        (
            json!({ "edit": "set_state", "state": "cut", "clip": "javascript:alert(1)" }),
            "clip_url",
        ),
        (
            json!({ "edit": "set_title", "title": "x".repeat(121) }),
            "too_long",
        ),
        (
            json!({ "edit": "set_range", "start": 9, "end": 8 }),
            "moment_range",
        ),
        (json!({ "edit": "split", "at": 9_999 }), "moment_split"),
        (json!({ "edit": "merge", "others": [] }), "moment_merge"),
    ] {
        let arguments = scene.arguments(&edit);
        let (status, answer) = scene.streamer.call("edit_moment", &arguments).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{edit}: {answer}");
        assert_eq!(answer["cause"]["rule"], rule, "{answer}");
    }
    let mut nothing = scene.arguments(&json!({ "edit": "set_starred", "starred": true }));
    nothing["id"] = json!(random::uuid());
    let (status, answer) = scene.streamer.call("edit_moment", &nothing).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(answer["error"], "no_moment");
}

/// Tabs of earlier builds understand no answer that tells something.
#[tokio::test]
async fn how_many_moments_a_merge_took_is_told_to_those_that_ask_for_it() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    scene
        .edit(json!({ "edit": "set_range", "start": 0, "end": 30 }))
        .await;
    for (asks, told) in [(false, Value::Null), (true, json!(1))] {
        scene.edit(json!({ "edit": "split", "at": 10 })).await;
        let parts = moments(&scene.streamer, &scene.code, "staff", 2).await;
        let other = parts.iter().find(|part| part["id"] != scene.moment["id"]);
        let merge = json!({ "edit": "merge", "others": [other.unwrap()["id"]] });
        let mut merge = scene.arguments(&merge);
        if asks {
            merge["counts_merged"] = json!(true);
        }
        assert_eq!(scene.streamer.ask("edit_moment", merge).await, told);
        moments(&scene.streamer, &scene.code, "staff", 1).await;
    }
}

#[tokio::test]
async fn what_is_done_through_one_server_shows_on_every_other_over_its_database() {
    let first = TestServer::with(Kind::Postgres, Settings::default()).await;
    let scene = Scene::new(&first).await;
    let second = first.beside(Settings::default()).await;
    let there = scene.streamer.on(&second.url);
    // It knows of the moment before anything is done to it.
    let before = moments(&there, &scene.code, "staff", 1).await;
    assert_eq!(before[0]["id"], scene.moment["id"]);
    let cursor = there.cursor(&scene.code).await;
    let mut staff = there.watches(&scene.code, "staff", &cursor).await;
    scene
        .edit(json!({ "edit": "set_title", "title": "The great leap" }))
        .await;
    scene
        .edit(json!({ "edit": "set_range", "start": 0, "end": 40 }))
        .await;
    let split = scene.edit(json!({ "edit": "split", "at": 20 })).await;
    staff
        .frame(|frame| {
            frame["highlights"]["moments"]
                .as_array()
                .is_some_and(|told| told.len() == 2)
        })
        .await;
    let here = moments(&scene.streamer, &scene.code, "staff", 2).await;
    assert_eq!(moments(&there, &scene.code, "staff", 2).await, here);
    assert_eq!(here[0]["title"], "The great leap");
    // Undone through the other one, whose clients then go on without the first.
    there
        .ask("undo", json!({ "code": scene.code, "act": split["act"] }))
        .await;
    let whole = moments(&scene.streamer, &scene.code, "staff", 1).await;
    assert_eq!(
        (&whole[0]["start"], &whole[0]["end"]),
        (&json!(0), &json!(40))
    );
    first.stop().await;
    assert_eq!(moments(&there, &scene.code, "staff", 1).await, whole);
}
