//! Every route and every server function with every role: the table of rights as it is seen from outside.

use std::{fmt::Write as _, num::NonZeroU32};

use app::{service::ServiceError, words::errors};
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{
    random,
    security::limits::{Action, Settings},
};

use super::moments::{CROWD, moments};
use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

/// A session that runs, with somebody in every role and one timestamp.
#[derive(Clone)]
pub(super) struct Scene {
    pub(super) code: String,
    pub(super) streamer: TestClient,
    pub(super) moderator: TestClient,
    pub(super) viewer: TestClient,
    timestamp: Value,
    /// One of a viewer's.
    pub(super) viewers: Value,
    /// What several viewers pressed for.
    pub(super) moment: Value,
    /// An act that hid something.
    hidden: Value,
    link: Value,
    pub(super) control_key: Value,
}

impl Scene {
    pub(super) async fn new(server: &TestServer) -> Self {
        let (streamer, moderator, viewer) = (server.client(), server.client(), server.client());
        let opened = json!({ "title": "Witcher 3 – Act 1 Finale", "game": "The Witcher 3" });
        let opened = streamer.ask("open_session", opened).await;
        let code = opened["code"].as_str().unwrap().to_owned();
        let link = streamer.makes_moderator(&code, &moderator).await;
        streamer.starts(&code).await;
        let (_, made) = streamer.presses(&code, "note").await;
        let (_, viewers) = server.client().presses(&code, "note").await;
        let hidden = json!(random::uuid());
        let hide = json!({ "code": code, "ids": [viewers["id"]], "act": hidden });
        streamer.ask("hide", hide).await;
        for _ in 0..CROWD {
            server.client().presses(&code, "note").await;
        }
        let moment = moments(&streamer, &code, "staff", 1).await;
        Self {
            code,
            streamer,
            moderator,
            viewer,
            timestamp: made["id"].clone(),
            viewers: viewers["id"].clone(),
            moment: moment[0]["id"].clone(),
            hidden,
            link,
            control_key: opened["control_key"].clone(),
        }
    }

    pub(super) fn people(&self) -> [(&'static str, &TestClient); 3] {
        [
            ("viewer", &self.viewer),
            ("moderator", &self.moderator),
            ("streamer", &self.streamer),
        ]
    }

    /// Arguments that would do something, for every server function there is.
    pub(super) fn arguments(&self, function: &str) -> Value {
        let Self {
            code,
            timestamp,
            viewers,
            moment,
            hidden,
            link,
            ..
        } = self;
        let act = random::uuid();
        match function {
            "open_session" => json!({ "title": "a", "game": "b" }),
            "own_sessions" | "now" => json!({}),
            "role"
            | "desk"
            | "mine"
            | "links"
            | "settings"
            | "moderations"
            | "replace_control_link"
            | "open_rehearsal"
            | "end_rehearsal"
            | "trash_session"
            | "restore_session" => {
                json!({ "code": code })
            }
            "snapshot" => json!({ "code": code, "audience": "staff" }),
            "page" => {
                json!({ "code": code, "audience": "staff", "before": { "segment_index": 9, "offset_seconds": 0, "arrival": 0 } })
            }
            "submit" => json!({ "code": code, "press": press("x") }),
            "hide" | "restore" => json!({ "code": code, "ids": [timestamp] }),
            "hide_filtered" => {
                json!({ "code": code, "filter": { "text": "x", "segment": null, "with_hidden": true }, "before": null, "act": act })
            }
            "edit_moment" => {
                json!({ "code": code, "id": moment, "edit": { "edit": "set_starred", "starred": true }, "act": act })
            }
            "announce" => json!({ "code": code, "announcement": { "tab": act, "number": 0 } }),
            "join_moment" | "current_moment" => json!({ "code": code, "id": moment }),
            "edit_note" => json!({ "code": code, "id": timestamp, "note": "better" }),
            // The streamer's own.
            "edit_own" => {
                json!({ "code": code, "press": { "id": timestamp, "note": "better", "name": null, "waited_ms": 0 } })
            }
            "take_back" => json!({ "code": code, "id": timestamp }),
            "act" => json!({ "code": code, "act": { "act": "pause", "segment": 1 } }),
            "hide_visitor" | "block" => {
                json!({ "code": code, "id": viewers, "act": act })
            }
            "undo" => json!({ "code": code, "act": hidden }),
            "set_settings" => {
                json!({ "code": code, "settings": { "rules": {}, "held_words": ["spoiler"] } })
            }
            "set_labels" => {
                json!({ "code": code, "labels": [{ "word": "wow", "colour": "blue" }] })
            }
            "measure_lead" => json!({ "code": code, "segment": 1, "said_at": 0 }),
            "edit_session" => json!({ "code": code, "title": "c", "game": "d" }),
            "redeem" => json!({ "code": code, "key": format!("ctl_{}", "0".repeat(64)) }),
            "mint_link" => json!({ "code": code, "label": "Triss" }),
            "revoke_link" => json!({ "code": code, "id": link }),
            forgotten => {
                panic!("{forgotten} has no row in the table of rights: give it arguments here")
            }
        }
    }
}

/// More than these tests do.
pub(super) fn wide() -> Settings {
    let number = |number| NonZeroU32::new(number).unwrap();
    Settings {
        limited: true,
        press_burst: number(1_000),
        press_seconds: number(1),
        address_presses: number(10_000),
        session_presses: number(10_000),
        address_streams: number(10_000),
        address_connections: number(10_000),
        address_sessions: number(10_000),
        address_redemptions: number(10_000),
        address_moderations: number(10_000),
        address_announcements: number(10_000),
        address_controls: number(10_000),
        address_exports: number(10_000),
        address_erasures: number(10_000),
        address_lookups: number(10_000),
        address_loads: number(10_000),
        address_renders: number(10_000),
    }
}

/// Every server function there is.
pub(super) fn functions() -> Vec<String> {
    let mut functions: Vec<_> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.trim_start_matches("/rpc/").to_owned())
        .collect();
    functions.sort();
    assert!(functions.len() >= 19, "{functions:?}");
    functions
}

#[tokio::test]
async fn the_table_of_rights_holds_for_every_server_function() {
    // Limits that nobody meets here, so that it is seen what is counted.
    let server = TestServer::limited(wide(), "127.0.0.0/8").await;
    let mut table = String::new();
    for function in functions() {
        write!(table, "{function:22}").unwrap();
        for role in 0..3 {
            let scene = Scene::new(&server).await;
            let (name, person) = scene.people()[role];
            let before = charged(&server);
            let (status, _) = person.call(&function, &scene.arguments(&function)).await;
            write!(table, " {name} {}", status.as_u16()).unwrap();
            table += &charged_since(&server, before);
        }
        table.push('\n');
    }
    table.push('\n');
    for action in Action::ALL {
        let refused = ServiceError::RateLimited {
            seconds: 3,
            action: Some(action),
        };
        let action = format!("{action:?}");
        writeln!(table, "{action:22} {}", errors::error(&refused)).unwrap();
    }
    insta::assert_snapshot!(table);
}

/// How often each action was charged for so far.
pub(super) fn charged(server: &TestServer) -> [u64; Action::ALL.len()] {
    Action::ALL.map(|action| server.limits.charged(action))
}

/// What was charged for since then, each with a space before it.
fn charged_since(server: &TestServer, before: [u64; Action::ALL.len()]) -> String {
    let counts = before.into_iter().zip(charged(server));
    let counts = Action::ALL.into_iter().zip(counts);
    let counted = counts.filter(|(_, (before, after))| after > before);
    counted.map(|(action, _)| format!(" {action:?}")).collect()
}

/// What can be read of a session.
pub(super) const PAGES: [&str; 19] = [
    "",
    "/mine",
    "/snapshot",
    "/control",
    "/mod",
    "/live",
    "/live?audience=staff",
    "/export/text",
    "/export/csv",
    "/export/excel",
    "/export/excel_semicolon",
    "/export/moments_text",
    "/export/moments_excel",
    "/export/moments_excel_semicolon",
    "/qr.svg",
    "/heat.svg",
    "/manifest.webmanifest",
    "/mod/manifest.webmanifest",
    "/control/manifest.webmanifest",
];

/// The router can't be asked what it routes; its source is one page, and can.
#[test]
fn no_route_is_forgotten_in_the_table_of_rights() {
    let tried = |path: &str| PAGES.iter().any(|page| page.starts_with(path));
    // Anybody may: they open a session, look for one, press, and ask how the process is.
    let open_to_all = [
        "/rpc/{*function}",
        "/api",
        "/api/",
        "/api/{*path}",
        "/",
        "/s",
        "/s/{code}",
        "/privacy",
        "/service-worker.js",
        "/forget",
        "/s/{code}/key",
        // As the server function `join_moment`.
        "/s/{code}/join",
        // As the server functions of the same names.
        "/s/{code}/trash",
        "/s/{code}/restore",
        "/health",
        "/ready",
    ];
    let routes = include_str!("../../../src/router.rs")
        .split(".route(\"")
        .skip(1);
    let routes: Vec<_> = routes.filter_map(|rest| rest.split('"').next()).collect();
    assert!(routes.len() > open_to_all.len(), "{routes:?}");
    for route in routes {
        let of_session = route.strip_prefix("/s/{code}").unwrap_or_default();
        let stem = of_session.split("/{").next().unwrap_or_default();
        let is_in = open_to_all.contains(&route) || (!stem.is_empty() && tried(stem));
        assert!(is_in, "{route} has no row in the table of rights");
    }
}

#[tokio::test]
async fn the_table_of_rights_holds_for_every_other_route() {
    let server = TestServer::limited(wide(), "127.0.0.0/8").await;
    let scene = Scene::new(&server).await;
    let code = &scene.code;
    let mut table = String::new();
    for path in PAGES {
        write!(table, "GET  {path:22}").unwrap();
        for (name, person) in scene.people() {
            let before = charged(&server);
            let status = person.get(&format!("/s/{code}{path}")).await.status();
            write!(table, " {name} {}", status.as_u16()).unwrap();
            table += &charged_since(&server, before);
        }
        table.push('\n');
    }
    write!(table, "POST {:22}", "/control").unwrap();
    for (name, person) in scene.people() {
        let before = charged(&server);
        let (status, to) = person
            .form(
                &format!("/s/{code}/control"),
                &[("act", "pause"), ("segment", "1")],
            )
            .await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let outcome = if to.contains("forbidden") {
            "refused"
        } else {
            "done"
        };
        write!(table, " {name} {outcome}").unwrap();
        table += &charged_since(&server, before);
    }
    insta::assert_snapshot!(table);
}

/// People whose keys give nothing in this session, and what became of the keys.
async fn powerless(server: &TestServer, scene: &Scene) -> Vec<(&'static str, TestClient)> {
    let code = &scene.code;
    let other = Scene::new(server).await;
    let (dropped, replaced, guessing) = (server.client(), server.client(), server.client());
    let link = scene.streamer.makes_moderator(code, &dropped).await;
    let control = json!({ "code": code, "key": scene.control_key });
    replaced.ask("redeem", control).await;
    for (person, page) in [(&dropped, "mod"), (&replaced, "control")] {
        let page = person.get(&format!("/s/{code}/{page}")).await;
        assert_eq!(page.status(), StatusCode::OK, "the key gave something once");
    }
    let revoke = json!({ "code": code, "id": link });
    scene.streamer.ask("revoke_link", revoke).await;
    let replace = json!({ "code": code });
    scene.streamer.ask("replace_control_link", replace).await;

    let mut verdicts = Vec::new();
    for key in [
        json!(format!("ctl_{}", "0".repeat(64))),
        other.control_key.clone(),
        scene.control_key.clone(),
    ] {
        let redeem = json!({ "code": code, "key": key });
        verdicts.push(guessing.call("redeem", &redeem).await);
    }
    assert_eq!(verdicts[0].0, StatusCode::FORBIDDEN);
    assert!(
        verdicts.iter().all(|verdict| *verdict == verdicts[0]),
        "an invented, a foreign and a dead key are answered alike: {verdicts:?}"
    );
    vec![
        ("moderator of another session", other.moderator),
        ("streamer of another session", other.streamer),
        ("holder of a revoked moderator link", dropped),
        ("holder of a replaced control link", replaced),
        ("guesser of keys", guessing),
    ]
}

#[tokio::test]
async fn a_dead_a_foreign_and_a_revoked_key_give_what_a_viewer_has() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let scene = Scene::new(&server).await;
        let (code, powerless) = (&scene.code, powerless(&server, &scene).await);
        for function in functions() {
            let arguments = || scene.arguments(&function);
            let (viewers, _) = scene.viewer.call(&function, &arguments()).await;
            for (name, person) in &powerless {
                let (status, _) = person.call(&function, &arguments()).await;
                assert_eq!(status, viewers, "{name}: {function}");
            }
        }
        for page in PAGES {
            let page = format!("/s/{code}{page}");
            let viewers = scene.viewer.get(&page).await.status();
            for (name, person) in &powerless {
                assert_eq!(person.get(&page).await.status(), viewers, "{name}: {page}");
            }
        }
        let act = [("act", "pause"), ("segment", "1")];
        for (name, person) in &powerless {
            let (_, to) = person.form(&format!("/s/{code}/control"), &act).await;
            assert!(to.contains("forbidden"), "{name}: {to}");
        }
    }
}
