//! A server that is late with its work: what it still serves, and what it puts off.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use server::load_shedding::LoadShedder;

use super::limits::started;
use crate::support::test_server::TestServer;

#[tokio::test]
async fn pages_from_memory_are_served_and_those_that_have_to_be_built_are_put_off() {
    let load_shedder = LoadShedder::disabled();
    let server = TestServer::shedding_load(load_shedder.clone()).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = started(&streamer).await;
    let other = streamer.opens_session().await;
    // Whoever watches keeps what is in memory current.
    let cursor = viewer.cursor(&code).await;
    let _watching = viewer.watches(&code, "public", &cursor).await;
    let session = format!("/s/{code}");
    for path in ["", "/snapshot", "/heat.svg"] {
        viewer.get(&format!("{session}{path}")).await;
    }
    load_shedder.set_lateness(Duration::from_millis(1_500));
    for path in ["", "/snapshot", "/heat.svg"] {
        let status = viewer.get(&format!("{session}{path}")).await.status();
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    let rendered = ["/".to_owned(), "/privacy?refused=x".to_owned()];
    let of_session = ["?refused=x", "/mine", "/mod", "/control"];
    let of_session = of_session.map(|path| format!("{session}{path}"));
    let unbuilt = ["", "/snapshot"].map(|path| format!("/s/{other}{path}"));
    for path in rendered.iter().chain(&of_session).chain(&unbuilt) {
        let refused = streamer.get(path).await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(refused.headers()["retry-after"], "3", "{path}");
        let is_page = !path.ends_with("/snapshot");
        assert_eq!(refused.headers().contains_key("refresh"), is_page, "{path}");
    }
    // However often a page is refused, nobody caches that.
    let asked = [("if-none-match", "*")];
    let page = format!("/s/{other}");
    let again = viewer.sends(Method::GET, &page, &asked, String::new());
    let again = again.await;
    assert_eq!(again.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!again.headers().contains_key("etag"));
    assert_eq!(again.headers()["cache-control"], "no-store");
    // Presses come first, also when streams are put off too.
    load_shedder.set_lateness(Duration::from_millis(2_500));
    let stream = format!("{session}/live?audience=public&after={cursor}");
    let refused = viewer.get(&stream).await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.headers()["retry-after"], "3");
    assert_eq!(viewer.get(&session).await.status(), StatusCode::OK);
    assert_eq!(viewer.presses(&code, "x").await.0, StatusCode::OK);
    load_shedder.set_lateness(Duration::ZERO);
    assert_eq!(streamer.get(&page).await.status(), StatusCode::OK);
}
