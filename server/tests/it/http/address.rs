//! The one address of a session's pages: other spellings of its code lead there.

use reqwest::{StatusCode, header};
use serde_json::json;

use crate::support::{database::Kind, test_server::TestServer};

#[tokio::test]
async fn whatever_is_typed_for_a_code_leads_to_the_one_address_of_the_page() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let spaced = format!("{}%20{}", &code[..3], &code[3..]);
    for spelling in [
        code.to_lowercase(),
        format!("{code}."),
        format!("{code},"),
        format!("{code})"),
        format!("{code}%E2%80%8B"),
        format!("{code},now"),
        format!("{code}&utm_source=x"),
        format!("{code}%E3%80%82%E8%A6%8B%E3%81%A6%E3%81%AD"),
        format!("{code}%E3%81%A7"),
        format!("%E2%80%9C{code}%E2%80%9D"),
        spaced,
    ] {
        // A code of digits alone has no lower case.
        if spelling == code {
            continue;
        }
        for below in ["", "/mine", "/control", "/mod", "/mod?refused=x"] {
            let answer = streamer.get(&format!("/s/{spelling}{below}")).await;
            assert_eq!(
                answer.status(),
                StatusCode::PERMANENT_REDIRECT,
                "{spelling}{below}"
            );
            assert_eq!(
                answer.headers()[header::LOCATION],
                format!("/s/{code}{below}")
            );
            let page = streamer.get(&format!("/s/{code}{below}")).await;
            assert_eq!(page.status(), StatusCode::OK, "{below}");
        }
    }
}

#[tokio::test]
async fn an_address_in_capitals_leads_to_the_page() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    for below in ["", "?pressed=x", "/control"] {
        let answer = streamer.get(&format!("/S/{code}{below}")).await;
        assert_eq!(answer.status(), StatusCode::PERMANENT_REDIRECT, "{below}");
        let address = &answer.headers()[header::LOCATION];
        assert_eq!(address, &format!("/s/{code}{below}"));
    }
}

#[tokio::test]
async fn what_is_no_code_in_an_address_is_told_as_nothing_there() {
    let server = TestServer::new(Kind::Sqlite).await;
    for no_code in ["7", "7KQ0M12", "7KQ0M%C3%9C", "%E3%85%A4", "..%2F.."] {
        for below in ["", "/mine", "/control", "/mod"] {
            let answer = server.client().get(&format!("/s/{no_code}{below}")).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{no_code}{below}");
        }
    }
}

#[tokio::test]
async fn a_search_for_no_code_goes_back_to_the_field() {
    let server = TestServer::new(Kind::Sqlite).await;
    for query in ["", "?code=", "?other=1"] {
        let answer = server.client().get(&format!("/s{query}")).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{query}");
        assert_eq!(answer.headers()[header::LOCATION], "/?code=", "{query}");
    }
}

#[tokio::test]
async fn malformed_addresses_and_forms_are_refused_in_our_own_words() {
    let server = TestServer::new(Kind::Sqlite).await;
    let somebody = server.client();
    let code = somebody.opens_session().await;
    for below in [
        "/snapshot",
        "/live",
        "/heat.svg",
        "/qr.svg",
        "/export/csv",
        "/manifest.webmanifest",
        "/mod/manifest.webmanifest",
        "/control/manifest.webmanifest",
    ] {
        let answer = somebody.get(&format!("/s/7KQ0M%C3%9C{below}")).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{below}");
        let words = answer.text().await.unwrap();
        assert_eq!(
            words, "No session has this code. Please check it, or ask the streamer for the link.",
            "{below}"
        );
    }
    for query in [
        "after=zzz",
        "audience=everybody",
        "audience=staff&audience=staff",
        "after=%FF",
    ] {
        let answer = somebody.get(&format!("/s/{code}/live?{query}")).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{query}");
        let words = answer.text().await.unwrap();
        assert_eq!(words, "Please check what you typed.", "{query}");
    }
    for form in ["/", "/s/CODE/join", "/s/CODE/control", "/s/CODE/key"] {
        let form = form.replace("CODE", &code);
        let (status, _) = somebody.form(&form, &[("segment", "first")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        let answer = somebody.posts(&form, &json!({})).await;
        let words = answer.text().await.unwrap();
        assert_eq!(words, "Please check what you typed.", "{form}");
    }
}
