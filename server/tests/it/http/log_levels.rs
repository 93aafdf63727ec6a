//! What the log calls an error: what somebody has to mend, and not what is put off until later.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::json;

use crate::support::{
    clients::TestClient,
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
};

#[tokio::test]
async fn a_request_that_is_put_off_is_no_error_in_the_log_and_one_that_fails_is() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let program = ServerProcess::start(database.url()).await;
    let person = TestClient::new(&program.url);
    let errors = || {
        let log = String::from_utf8(program.log()).unwrap();
        let errors = log.lines().filter(|line| line.contains(" ERROR "));
        errors.map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    let tables = database.connect().await;
    let holding = tables.begin().await.unwrap();
    let lock = "UPDATE installation SET epoch = epoch";
    holding.execute_unprepared(lock).await.unwrap();
    let session = json!({ "title": "Act 1", "game": "Gwent" });
    let opened = person.call("open_session", &session).await.0;
    assert_eq!(opened, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(errors(), [""; 0]);

    holding.rollback().await.unwrap();
    let broken = "CREATE TRIGGER broken BEFORE INSERT ON session \
                  BEGIN SELECT RAISE(ABORT, 'a fault'); END";
    tables.execute_unprepared(broken).await.unwrap();
    let opened = person.call("open_session", &session).await.0;
    assert_eq!(opened, StatusCode::INTERNAL_SERVER_ERROR);
    let errors = errors();
    for words in ["a fault", "500 Internal Server Error"] {
        assert!(errors.iter().any(|line| line.contains(words)), "{errors:?}");
    }
}
