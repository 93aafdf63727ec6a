//! Notifications of other processes, over connections that die.

use std::time::Duration;

use server::store::{Notification, Store};
use tokio::time::timeout;

use super::support::Fixture;
use crate::support::{database::Kind, severable::SeverableProxy};

/// How long nothing may be heard before a connection is tested.
const SILENCE: Duration = Duration::from_secs(2);
/// Longer than any timeout of the store.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_dropped_silently_is_noticed_and_one_where_nothing_happens_is_kept() {
    let fixture = Fixture::on(Kind::Postgres).await;
    let proxy = SeverableProxy::to(fixture.database.url()).await;
    let store = Store::open(proxy.url()).await.unwrap();
    let mut notifications = store.notifications(SILENCE).await.unwrap().unwrap();
    // What tests the connection tells of no session.
    for _ in 0..2 {
        let heard = timeout(LONG, notifications.next()).await.unwrap();
        assert_eq!(heard.unwrap(), Notification::Committed(Vec::new()));
    }
    proxy.cut();
    let heard = timeout(LONG, notifications.next()).await;
    assert!(heard.is_ok_and(|heard| heard.is_err()));
    // The next one is heard.
    let mut notifications = store.notifications(SILENCE).await.unwrap().unwrap();
    let told = "somebody is here".to_owned();
    fixture.store.notify_presence(told.clone()).await.unwrap();
    let heard = timeout(LONG, notifications.next()).await.unwrap();
    assert_eq!(heard.unwrap(), Notification::Presence(told));
}

#[tokio::test]
async fn nobody_else_is_listened_for_on_an_embedded_database() {
    let fixture = Fixture::on(Kind::Sqlite).await;
    let notifications = fixture.store.notifications(SILENCE).await.unwrap();
    assert!(notifications.is_none());
}
