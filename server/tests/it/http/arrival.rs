//! A crowd that comes at once: every page is there for everybody.

use std::sync::Arc;

use reqwest::StatusCode;
use tokio::task::JoinSet;

use crate::stage::{database::Kind, running::Running};

/// How often each page is loaded.
const LOADS: usize = 1_000;
/// How many load at the same time.
const AT_ONCE: usize = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_page_that_a_crowd_loads_at_once_is_there_for_all_of_them() {
    let server = Running::new(Kind::Sqlite).await;
    let streamer = Arc::new(server.person());
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
                    let page = somebody.get(&path).await;
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
