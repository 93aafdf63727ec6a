//! "Me too" on the wire: what joining a moment changes, who is told, and what is left of it.

use chrono::TimeDelta;
use entity::moment_join;
use reqwest::StatusCode;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use server::{hub, random};
use tokio::time::{Duration, sleep};

use super::{
    forgotten::is_forgotten_before,
    moments::{CROWD, moments},
};
use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

/// The files that a list is exported as.
const EXPORTS: [&str; 4] = ["text", "csv", "excel", "excel_semicolon"];

/// A session in which crowds have pressed for moments, a hundred seconds apart.
pub(super) struct Scene {
    pub(super) code: String,
    pub(super) streamer: TestClient,
    pub(super) viewer: TestClient,
    /// In order of time.
    moments: Vec<Value>,
}

impl Scene {
    pub(super) async fn new(server: &TestServer, crowds: usize) -> Self {
        let (streamer, viewer) = (server.client(), server.client());
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        for _ in 0..crowds {
            server.clock.advance(TimeDelta::seconds(100));
            for _ in 0..CROWD {
                let (status, _) = server.client().presses(&code, "that jump").await;
                assert_eq!(status, StatusCode::OK);
            }
        }
        let moments = moments(&streamer, &code, "staff", crowds).await;
        Self {
            code,
            streamer,
            viewer,
            moments,
        }
    }

    pub(super) fn id(&self, at: usize) -> &str {
        self.moments[at]["id"].as_str().unwrap()
    }

    /// The arguments that join a moment.
    pub(super) fn joining(&self, at: usize) -> Value {
        json!({ "code": self.code, "id": self.id(at) })
    }

    /// How many visitors each moment counts.
    pub(super) async fn visitors(&self, person: &TestClient) -> Vec<u64> {
        let told = moments(person, &self.code, "public", self.moments.len()).await;
        let visitors = told
            .iter()
            .map(|moment| moment["visitors"].as_u64().unwrap());
        visitors.collect()
    }

    /// Joins a moment by the plain form; answers where the browser is sent.
    pub(super) async fn submits(&self, person: &TestClient, at: usize) -> String {
        let path = format!("/s/{}/join", self.code);
        let (status, to) = person.form(&path, &[("moment", self.id(at))]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        to
    }

    pub(super) async fn page(&self, person: &TestClient, path: &str) -> String {
        let page = person.get(&format!("/s/{}{path}", self.code)).await;
        page.text().await.unwrap()
    }
}

const ONE_MORE: u64 = CROWD as u64 + 1;

#[tokio::test]
async fn whoever_joins_a_moment_is_one_visitor_more_on_every_page_and_on_no_list() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server, 1).await;
        let (code, viewer) = (&scene.code, &scene.viewer);
        let mut exported = Vec::new();
        for format in EXPORTS {
            exported.push(
                scene
                    .page(&scene.streamer, &format!("/export/{format}"))
                    .await,
            );
        }
        let cursor = viewer.cursor(code).await;
        let mut public = viewer.watches(code, "public", &cursor).await;
        let mut staff = scene.streamer.watches(code, "staff", &cursor).await;

        let joined = viewer.ask("join_moment", scene.joining(0)).await;
        assert_eq!(joined["segment_index"], 1);
        assert_eq!(joined["offset_seconds"], scene.moments[0]["peak"]);
        assert_eq!(joined["counts"], true);
        let again = viewer.ask("join_moment", scene.joining(0)).await;
        assert_eq!(again, joined, "an answer that was lost comes again");
        for events in [&mut public, &mut staff] {
            let frame = events
                .frame(|frame| frame["highlights"]["moments"].is_array())
                .await;
            let mut expected = scene.moments[0].clone();
            expected["visitors"] = json!(ONE_MORE);
            assert_eq!(frame.data["highlights"]["moments"], json!([expected]));
            // Nobody is told who it was, or that it was somebody who joined.
            assert_eq!(frame.data["timestamps"], Value::Null);
        }
        assert_eq!(scene.visitors(&scene.streamer).await, [ONE_MORE]);
        for (format, before) in EXPORTS.iter().zip(&exported) {
            let after = scene
                .page(&scene.streamer, &format!("/export/{format}"))
                .await;
            assert_eq!(after, *before, "{format}");
        }
        let mine = viewer.ask("mine", json!({ "code": code })).await;
        assert_eq!(mine, json!([]));
    }
}

#[tokio::test]
async fn the_plain_form_joins_a_moment_once_and_shows_that_to_its_visitor_alone() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server, 1).await;
        let (viewer, other) = (&scene.viewer, server.client());
        let page = scene.page(viewer, "").await;
        assert!(
            page.contains("Me too</button>") && page.contains("/join\""),
            "{page}"
        );
        // A double click submits it twice.
        let to = scene.submits(viewer, 0).await;
        assert_eq!(scene.submits(viewer, 0).await, to);
        let id = scene.id(0);
        assert_eq!(to, format!("/s/{}?joined={id}#best-moments", scene.code));
        assert_eq!(scene.visitors(viewer).await, [ONE_MORE]);

        let answer = viewer.get(to.split('#').next().unwrap()).await;
        assert_eq!(answer.headers()["cache-control"], "private, no-store");
        let theirs = answer.text().await.unwrap();
        let shows = |page: &str| {
            (
                page.contains("You too</button>"),
                page.contains("7 viewers"),
            )
        };
        assert_eq!(shows(&theirs), (true, true), "{theirs}");
        assert_eq!(shows(&scene.page(viewer, "/mine").await), (true, true));
        // An address can be sent to somebody else.
        let others = other.get(&to).await.text().await.unwrap();
        assert_eq!(shows(&others), (false, true));
        // The page that is the same for everybody may be as old as a frame.
        let mut public = scene.page(viewer, "").await;
        while public.contains("6 viewers") {
            sleep(Duration::from_millis(50)).await;
            public = scene.page(viewer, "").await;
        }
        assert_eq!(shows(&public), (false, true));
        assert_eq!(scene.page(&other, "").await, public);
    }
}

#[tokio::test]
async fn whoever_pressed_in_a_moment_reads_so_in_place_of_the_button() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server, 1).await;
    scene.viewer.presses(&scene.code, "that jump").await;
    moments(&scene.viewer, &scene.code, "public", 1).await;
    let mine = scene.page(&scene.viewer, "/mine").await;
    assert!(mine.contains("You marked this"), "{mine}");
    assert!(!mine.contains("Me too</button>"));
}

#[tokio::test]
async fn the_page_of_a_blocked_viewer_shows_a_join_as_it_does_to_everybody() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server, 1).await;
        let (code, viewer) = (&scene.code, &scene.viewer);
        server.clock.advance(TimeDelta::seconds(200));
        let (_, pressed) = viewer.presses(code, "spam").await;
        let block = json!({ "code": code, "id": pressed["id"], "act": random::uuid() });
        scene.streamer.ask("block", block).await;

        let to = scene.submits(viewer, 0).await;
        let theirs = viewer.get(&to).await.text().await.unwrap();
        assert!(theirs.contains("You too</button>"), "{theirs}");
        assert!(theirs.contains("7 viewers"), "they are one of them");
        let public = scene.page(viewer, "").await;
        assert!(public.contains("6 viewers"));
        assert_eq!(scene.visitors(&scene.streamer).await, [CROWD as u64]);
        // What only the page needs to know, to add them.
        let joined = viewer.ask("join_moment", scene.joining(0)).await;
        assert_eq!(joined["counts"], false);
    }
}

#[tokio::test]
async fn the_page_of_a_viewer_whose_press_is_hidden_counts_it_in_the_moment() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server, 1).await;
    let (code, viewer) = (&scene.code, &scene.viewer);
    let (_, pressed) = viewer.presses(code, "rude").await;
    let hide = json!({ "code": code, "ids": [pressed["id"]] });
    scene.streamer.ask("hide", hide).await;
    assert_eq!(scene.visitors(viewer).await, [CROWD as u64]);
    let mine = scene.page(viewer, "/mine").await;
    assert!(
        mine.contains("7 viewers") && mine.contains("6 others clipped this"),
        "{mine}"
    );
}

#[tokio::test]
async fn the_id_of_a_moment_that_became_part_of_another_one_still_joins_it() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let mut scene = Scene::new(&server, 2).await;
        scene.viewer.ask("join_moment", scene.joining(1)).await;
        let merge = json!({ "edit": "merge", "others": [scene.id(1)] });
        let merge =
            json!({ "code": scene.code, "id": scene.id(0), "edit": merge, "act": random::uuid() });
        scene.streamer.ask("edit_moment", merge).await;
        server.client().ask("join_moment", scene.joining(1)).await;
        scene.viewer.ask("join_moment", scene.joining(0)).await;
        scene.moments.truncate(1);
        assert_eq!(scene.visitors(&scene.viewer).await, [2 * CROWD as u64 + 2]);
    }
}

#[tokio::test]
async fn a_join_through_one_server_shows_on_every_other_over_its_database() {
    let first = TestServer::with(Kind::Postgres, hub::Settings::default()).await;
    let second = first.beside(hub::Settings::default()).await;
    let scene = Scene::new(&first, 1).await;
    let there = scene.streamer.on(&second.url);
    assert_eq!(scene.visitors(&there).await, [CROWD as u64]);
    let cursor = there.cursor(&scene.code).await;
    let mut public = there.watches(&scene.code, "public", &cursor).await;
    scene.viewer.ask("join_moment", scene.joining(0)).await;
    let told = |frame: &Value| frame["highlights"]["moments"][0]["visitors"] == ONE_MORE;
    public.frame(told).await;
    // A retry may reach another server.
    let retried = scene.viewer.on(&second.url);
    retried.ask("join_moment", scene.joining(0)).await;
    first.stop().await;
    assert_eq!(scene.visitors(&there).await, [ONE_MORE]);
}

#[tokio::test]
async fn who_is_forgotten_counts_in_no_moment_and_joins_that_were_on_their_way_go_too() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server, 2).await;
        let viewer = &scene.viewer;
        viewer.ask("join_moment", scene.joining(0)).await;
        assert_eq!(
            scene.visitors(&scene.streamer).await,
            [ONE_MORE, CROWD as u64]
        );
        let joining = scene.joining(1);
        let joins = viewer.call("join_moment", &joining);
        let (status, _) = is_forgotten_before(&server, viewer, joins).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(scene.visitors(&scene.streamer).await, [CROWD as u64; 2]);
        let tables = server.tables().await;
        let rows = moment_join::Entity::find().all(&tables).await.unwrap();
        assert_eq!(rows.len(), 2);
        assert!(rows.iter().all(|row| row.visitor_id.is_none()), "{rows:?}");
    }
}
