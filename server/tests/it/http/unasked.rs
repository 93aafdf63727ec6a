//! While nobody writes to an embedded database, its live pages ask it nothing; what a command writes is found all the same.

use std::time::Duration;

use serde_json::json;
use server::{clock::Clock, hub::Settings, store::Store};
use tokio::time::{sleep, timeout};

use crate::support::{database::Kind, statements::counted, test_server::TestServer};

#[tokio::test]
async fn an_embedded_database_is_asked_nothing_until_a_command_has_written_to_it() {
    let often = Settings {
        poll: Duration::from_millis(50),
        // Nothing else is sent, however long it takes until all is quiet.
        heartbeat: Duration::from_secs(600),
        ..Settings::default()
    };
    let server = TestServer::with(Kind::Sqlite, often).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let cursor = streamer.cursor(&code).await;
    let mut page = server.client().watches(&code, "public", &cursor).await;
    assert_eq!(page.next().await.unwrap().name, "tick");
    // Nothing is written any more: soon twenty polls ask nothing, and those after them neither.
    let a_second = Duration::from_secs(1);
    let quiet = async { while counted(sleep(a_second)).await.0 > 0 {} };
    timeout(Duration::from_secs(60), quiet).await.unwrap();
    assert_eq!(counted(sleep(a_second)).await.0, 0);

    // As the operator's command does it, past the server.
    let beside = Store::open(server.database_url()).await.unwrap();
    let session = beside.resolve_code(&code.parse().unwrap()).await;
    let session = session.unwrap().unwrap();
    beside
        .delete_session(&Clock::System, session)
        .await
        .unwrap();
    let told = timeout(Duration::from_secs(2), page.next()).await;
    assert_eq!(told.unwrap().unwrap().data, json!("gone"));
}
