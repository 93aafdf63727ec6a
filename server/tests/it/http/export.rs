//! The files, compared in full.

use chrono::TimeDelta;
use reqwest::{StatusCode, header};
use serde_json::json;
use server::{hub::Settings, random};

use super::moments::{crowd_presses, moments};
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
async fn moments_are_exported_with_what_people_made_of_them_on_both_databases() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let file = async |server: &TestServer, format: &str| {
            let path = format!("/s/{code}/export/{format}");
            let answer = streamer.on(&server.url).get(&path).await;
            assert_eq!(answer.status(), StatusCode::OK, "{format}");
            answer.text().await.unwrap()
        };
        assert_eq!(file(&server, "moments_text").await, "");
        server.clock.advance(TimeDelta::seconds(2535));
        crowd_presses(&server, &code, "that jump").await;
        let moment = moments(&streamer, &code, "staff", 1).await.remove(0);
        let title = json!({ "edit": "set_title", "title": "The great leap" });
        let star = json!({ "edit": "set_starred", "starred": true });
        for edit in [title, star] {
            let asked =
                json!({ "code": code, "id": moment["id"], "edit": edit, "act": random::uuid() });
            streamer.ask("edit_moment", asked).await;
        }
        let line = "Segment 1 00:42:00 to 00:42:23 – ★ The great leap (6 viewers)\n";
        assert_eq!(file(&server, "moments_text").await, line);
        // A server that has not seen the session yet reads it first.
        let other = server.beside(Settings::default()).await;
        assert_eq!(file(&other, "moments_text").await, line);
        other.stop().await;

        let hidden = json!({ "edit": "set_hidden", "hidden": true });
        let asked =
            json!({ "code": code, "id": moment["id"], "edit": hidden, "act": random::uuid() });
        streamer.ask("edit_moment", asked).await;
        assert_eq!(file(&server, "moments_text").await, "");
        let columns = file(&server, "moments_excel_semicolon").await;
        assert!(columns.starts_with("\u{feff}segment_index;clip_start_hms;"));
        assert_eq!(columns.lines().count(), 1);
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
    insta::assert_snapshot!(words, @"There is no such file format. The list comes as: text, csv, excel, excel_semicolon. Moments come as: moments_text, moments_excel, moments_excel_semicolon.");
    // Each that is named is there.
    let named = words.split(": ").skip(1);
    let named: Vec<_> = named
        .filter_map(|named| named.split_once('.'))
        .flat_map(|(named, _)| named.split(", "))
        .collect();
    assert_eq!(named.len(), 7);
    for format in named {
        let (status, _) = told(&streamer, &format!("/s/{code}/export/{format}")).await;
        assert_eq!(status, StatusCode::OK, "{format}");
    }
    let (status, _) = told(&server.client(), &unknown).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, words) = told(&streamer, "/s/000000/export/edl").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(words.contains("No session has this code"), "{words}");
}
