//! Searches for the codes of sessions, which are few enough to try them all.

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::json;
use server::security::limits::Settings;

use super::{
    limits::{limited, started, tight},
    rights::{PAGES, Scene, functions, wide},
};
use crate::support::test_server::TestServer;

/// A key that opens nothing.
const KEY: &str = "ctl_0000000000000000000000000000000000000000000000000000000000000000";
/// Fields of all forms that name a session.
const FORM: &[(&str, &str)] = &[
    ("id", "0190d6c8-0000-7000-8000-000000000000"),
    ("moment", "0190d6c8-0000-7000-8000-000000000000"),
    ("link", KEY),
    ("page", "control"),
    ("act", "pause"),
    ("segment", "1"),
    ("note", "x"),
    ("name", "x"),
];

#[tokio::test]
async fn whoever_searches_for_codes_is_stopped_and_known_sessions_stay_open_to_them() {
    let server = limited().await;
    let code = started(&server.client().at("192.0.2.1")).await;
    let somebody = server.client().at("198.51.100.7");
    let mut statuses = Vec::new();
    for n in 0..5 {
        let page = somebody.get(&format!("/s/00000{n}")).await;
        statuses.push(page.status().as_u16());
    }
    assert_eq!(statuses, [404, 404, 404, 429, 429]);
    let page = somebody.get(&format!("/s/{code}")).await;
    assert_eq!(page.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_asks_for_many_codes_at_once_gets_no_further() {
    let server = limited().await;
    let somebody = server.client().at("198.51.100.7");
    let paths: Vec<_> = (10..40).map(|n| format!("/s/0000{n}")).collect();
    let pages = join_all(paths.iter().map(|path| somebody.get(path))).await;
    let unknown = pages.iter().filter(|page| page.status() == 404);
    assert_eq!(unknown.count(), 3);
    // A crowd with a wrong link asks for one code, and is told that it is none.
    let crowd = server.client().at("198.51.100.8");
    let pages = join_all((0..10).map(|_| crowd.get("/s/00000Z"))).await;
    let statuses: Vec<_> = pages.iter().map(|page| page.status().as_u16()).collect();
    assert_eq!(statuses, [404; 10]);
}

#[tokio::test]
async fn no_other_way_to_search_for_codes_leads_further() {
    let settings = Settings {
        address_lookups: tight().address_lookups,
        ..wide()
    };
    let server = TestServer::limited(settings, "127.0.0.0/8").await;
    let scene = Scene::new(&server).await;
    let mut ways: Vec<(&str, String)> = functions()
        .into_iter()
        .filter(|function| scene.arguments(function).get("code").is_some())
        .map(|function| ("call", function))
        .collect();
    // A manifest is the same whether or not there is such a session.
    let pages = PAGES.iter().filter(|page| !page.ends_with("webmanifest"));
    ways.extend(pages.map(|page| ("get", (*page).to_owned())));
    let forms = ["", "/join", "/control", "/key", "/trash", "/restore"];
    ways.extend(forms.map(|form| ("form", form.to_owned())));
    let mut codes = (1_000..).map(|number| format!("00{number}"));
    for (address, (way, what)) in ways.iter().enumerate() {
        let somebody = server.client().at(&format!("198.51.100.{address}"));
        for code in codes.by_ref().take(3) {
            match *way {
                "call" => {
                    let mut arguments = scene.arguments(what);
                    arguments["code"] = json!(code);
                    let (status, answer) = somebody.call(what, &arguments).await;
                    assert_eq!(status, StatusCode::NOT_FOUND, "{what}: {answer}");
                }
                "get" => drop(somebody.get(&format!("/s/{code}{what}")).await),
                _ => drop(somebody.form(&format!("/s/{code}{what}"), FORM).await),
            }
        }
        let next = codes.next().unwrap();
        let page = somebody.get(&format!("/s/{next}")).await;
        assert_eq!(page.status(), StatusCode::TOO_MANY_REQUESTS, "{way} {what}");
    }
}
