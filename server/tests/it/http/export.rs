//! The files, compared in full.

use chrono::TimeDelta;
use reqwest::{StatusCode, header};
use serde_json::json;

use crate::support::{
    clients::{TestClient, press},
    database::Kind,
    test_server::TestServer,
};

#[tokio::test]
async fn a_list_is_exported_whole_and_in_order_on_both_databases() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        server.clock.advance(TimeDelta::seconds(2535));
        let mut named = press("Geralt insulted the Baron");
        named["name"] = json!("@Ciri");
        streamer
            .ask("submit", json!({ "code": code, "press": named }))
            .await;
        streamer.presses(&code, "").await;
        let (_, rude) = streamer.presses(&code, "to be hidden").await;
        streamer
            .ask("hide", json!({ "code": code, "ids": [rude["id"]] }))
            .await;
        streamer
            .acts(&code, json!({ "act": "pause", "segment": 1 }))
            .await;
        streamer
            .acts(
                &code,
                json!({ "act": "resume", "segment": 1, "began_minutes_ago": 0 }),
            )
            .await;
        server.clock.advance(TimeDelta::seconds(820));
        streamer.presses(&code, "=1+1; \"O’Dimm\", smile").await;

        let text = streamer.get(&format!("/s/{code}/export/text")).await;
        assert_eq!(
            text.headers()[header::CONTENT_DISPOSITION],
            format!(
                "attachment; filename=\"witcher-3-act-1-finale-{code}.txt\"; \
                 filename*=UTF-8''witcher-3-act-1-finale-{code}.txt"
            )
        );
        assert_eq!(
            text.text().await.unwrap(),
            "Segment 1 00:42:15 – Geralt insulted the Baron\n\
             Segment 1 00:42:15\n\
             \n\
             Segment 2 00:13:40 – =1+1; \"O’Dimm\", smile\n"
        );
        let lines = "segment_index,offset_hms,note,submitted_by,created_at\r\n\
             1,00:42:15,Geralt insulted the Baron,'@Ciri,2027-01-15T08:42:15.000Z\r\n\
             1,00:42:15,,,2027-01-15T08:42:15.000Z\r\n\
             2,00:13:40,\"'=1+1; \"\"O’Dimm\"\", smile\",,2027-01-15T08:55:55.000Z\r\n";
        let csv = streamer.get(&format!("/s/{code}/export/csv")).await;
        assert_eq!(csv.text().await.unwrap(), lines);
        let excel = streamer
            .get(&format!("/s/{code}/export/excel"))
            .await
            .bytes()
            .await
            .unwrap();
        assert_eq!(excel, [b"\xef\xbb\xbf", lines.as_bytes()].concat());
    }
}

#[tokio::test]
async fn a_format_that_there_is_none_of_is_not_told_as_a_session_that_there_is_none_of() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let told = async |person: &TestClient, path: &str| {
        let answer = person.get(path).await;
        (answer.status(), answer.text().await.unwrap())
    };
    let unknown = format!("/s/{code}/export/edl");
    let (status, words) = told(&streamer, &unknown).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    insta::assert_snapshot!(words, @"There is no such file format. The list is available as text, csv, excel or excel_semicolon.");
    // Each that is named is there.
    let (_, named) = words.split_once(" as ").unwrap();
    let named = named.trim_end_matches('.').replace(" or ", ", ");
    for format in named.split(", ") {
        let (status, _) = told(&streamer, &format!("/s/{code}/export/{format}")).await;
        assert_eq!(status, StatusCode::OK, "{format}");
    }
    let (status, _) = told(&server.client(), &unknown).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, words) = told(&streamer, "/s/000000/export/edl").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(words.contains("No session has this code"), "{words}");
}
