//! What people enter as a session code, in the form that works without scripts.

use reqwest::{Method, StatusCode};

use crate::support::{database::Kind, test_server::TestServer};

#[tokio::test]
async fn a_typed_code_is_forgiven() {
    let server = TestServer::new(Kind::Sqlite).await;
    let answer = server.client().get("/s?code=+7kq-2mo+").await;
    assert_eq!(answer.headers()["location"], "/s/7KQ2M0");
    let link = "/s?code=https%3A%2F%2Fclips.example%2Fs%2F7KQ2M0";
    let answer = server.client().get(link).await;
    assert_eq!(answer.headers()["location"], "/s/7KQ2M0");
    for typed in [
        "7kq 2mo",
        "CLIPS.EXAMPLE/S/7KQ2MO",
        "https://clips.example/s/7KQ2M0でマーク",
    ] {
        let (status, page) = server.client().form("/s", &[("code", typed)]).await;
        assert_eq!((status, &*page), (StatusCode::SEE_OTHER, "/s/7KQ2M0"));
    }
}

#[tokio::test]
async fn a_pasted_link_opens_its_page_and_no_key_gets_into_a_path_or_a_query() {
    let server = TestServer::new(Kind::Sqlite).await;
    let somebody = server.client();
    let key = format!("ctl_{}", "0f".repeat(32));
    let link = format!("https://clips.example/s/7KQ2M0/control#{key}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let typed = serde_urlencoded::to_string([("code", &link)]).unwrap();
    let answer = somebody.sends(Method::POST, "/s", &form, typed).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let headers = answer.headers();
    assert_eq!(headers["location"], format!("/s/7KQ2M0/control#{key}"));
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "same-origin");
    let sentence = format!("{link}. Thanks!");
    let (_, page) = somebody.form("/s", &[("code", &sentence)]).await;
    assert_eq!(page, format!("/s/7KQ2M0/control#{key}"));
    // Of a key that leads nowhere, or a part of one, no more than its prefix comes back.
    let (no_code, no_key) = (
        "A session code has six letters or digits",
        "This link does not work",
    );
    let damaged = &key[..60];
    for (address, key, words) in [
        ("", &*key, no_code),
        ("https://clips.example/s/7KQ/control#", damaged, no_code),
        ("https://clips.example/s/7KQ2M0/control#", damaged, no_key),
    ] {
        let typed = format!("{address}{key}");
        let (_, back) = somebody.form("/s", &[("code", &typed)]).await;
        let left = format!("{address}ctl_");
        let query = serde_urlencoded::to_string([("code", &left)]).unwrap();
        assert_eq!(back, format!("/?{query}"));
        let page = somebody.get(&back).await.text().await.unwrap();
        assert!(page.contains(words), "{page}");
        assert!(page.contains(&format!("value=\"{left}\"")), "{page}");
    }
}

#[tokio::test]
async fn what_is_no_code_goes_back_to_its_field_with_words() {
    let server = TestServer::new(Kind::Sqlite).await;
    let visitor = server.client();
    let answer = visitor.get("/s?code=7%22").await;
    let back = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(back, "/?code=7%22");
    let page = visitor.get(&back).await.text().await.unwrap();
    assert!(
        page.contains("A session code has six letters or digits"),
        "{page}"
    );
    assert!(page.contains("value=\"7&quot;\""), "{page}");
}
