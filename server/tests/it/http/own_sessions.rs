//! The list of a browser's own sessions on the start page, as the server writes it.

use chrono::TimeDelta;

use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

async fn start_page(person: &TestClient) -> String {
    person.get("/").await.text().await.unwrap()
}

#[tokio::test]
async fn a_session_of_another_year_says_when_it_was_opened_with_that_year() {
    let server = TestServer::new(Kind::Sqlite).await;
    let streamer = server.client();
    streamer.opens_session().await;
    let page = start_page(&streamer).await;
    assert!(page.contains("opened 15 Jan 08:00 UTC"), "{page}");
    server.clock.advance(TimeDelta::days(364));
    streamer.opens_session().await;
    let page = start_page(&streamer).await;
    // One was opened in 2027, the other one in 2028, a day short of a year later.
    assert!(page.contains("opened 15 Jan 2027 08:00 UTC"), "{page}");
    assert!(page.contains("opened 14 Jan 08:00 UTC"), "{page}");
    // The app writes the same words in the browser.
    assert!(page.contains("\"this_year\":2028"), "{page}");
}
