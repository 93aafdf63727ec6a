//! Pages that are rendered for one caller alone: what they cost the others.

use std::num::NonZeroU32;

use reqwest::{Method, StatusCode};
use server::security::limits::Settings;

use super::{limits::started, rights::wide};
use crate::support::{database::Kind, test_server::TestServer};

#[tokio::test]
async fn they_have_a_limit_of_their_own_beyond_which_pages_from_memory_and_presses_go_on() {
    let limits = Settings {
        address_renders: NonZeroU32::new(3).unwrap(),
        ..wide()
    };
    let server = TestServer::limited(limits, "127.0.0.0/8").await;
    let streamer = server.client().at("192.0.2.1");
    let code = started(&streamer).await;
    let session = format!("/s/{code}");
    let rendered = [
        "/?title=x".to_owned(),
        "/privacy?refused=x".to_owned(),
        format!("{session}?refused=x"),
        format!("{session}/mine"),
        format!("{session}/mod"),
        format!("{session}/control"),
    ];
    for (network, path) in rendered.iter().enumerate() {
        let crowd = format!("198.51.100.{network}");
        for _ in 0..3 {
            let somebody = server.client().at(&crowd);
            let status = somebody.get(path).await.status();
            assert!([200, 403].contains(&status.as_u16()), "{path}: {status}");
        }
        let somebody = server.client().at(&crowd);
        for path in &rendered {
            let refused = somebody.get(path).await;
            assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS, "{path}");
            assert!(refused.headers().contains_key("refresh"), "{path}");
        }
        for path in [session.as_str(), "/", "/privacy"] {
            let status = somebody.get(path).await.status();
            assert_eq!(status, StatusCode::OK, "{path}");
        }
        let (status, to) = somebody.form(&session, &[("note", "x")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        assert!(to.contains("?pressed="), "{to}");
    }
    let desk = streamer.get(&format!("{session}/control")).await;
    assert_eq!(desk.status(), StatusCode::OK);
}

#[tokio::test]
async fn they_are_compressed_for_whoever_accepts_that() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = started(&streamer).await;
    for path in [
        "/".to_owned(),
        "/privacy?refused=x".to_owned(),
        format!("/s/{code}?refused=x"),
        format!("/s/{code}/mine"),
        format!("/s/{code}/control"),
    ] {
        for encoding in ["br", "gzip", "identity"] {
            let asked = [("accept-encoding", encoding)];
            let answer = streamer.sends(Method::GET, &path, &asked, String::new());
            let answer = answer.await;
            let headers = answer.headers();
            let told = headers.get("content-encoding");
            let told = told.map_or("identity", |told| told.to_str().unwrap());
            assert_eq!(told, encoding, "{path}");
            assert_eq!(headers["vary"], "accept-encoding", "{path}");
            assert_eq!(headers["cache-control"], "private, no-store", "{path}");
            assert!(!headers.contains_key("etag"), "{path}");
        }
    }
}
