//! What visitors count for who press in a crowd behind one address.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait};
use serde_json::Value;
use server::hub::Settings;

use crate::support::{clients::TestClient, database::Kind, test_server::TestServer};

/// More people than those of one network who count whole, if all of them are new within a minute.
const SCHOOL: usize = 45;

/// The weights of all presses, in 1/256, in the order in which they were recorded.
async fn weights(tables: &DatabaseConnection) -> Vec<i16> {
    let mut rows = entity::timestamp::Entity::find().all(tables).await.unwrap();
    rows.sort_by_key(|row| row.revision);
    rows.into_iter().map(|row| row.weight).collect()
}

async fn press(people: &[TestClient], code: &str) {
    for person in people {
        let (status, pressed): (_, Value) = person.presses(code, "").await;
        assert_eq!(status, StatusCode::OK, "{pressed}");
    }
}

#[tokio::test]
async fn who_pressed_before_is_not_new_after_a_restart_or_at_another_process() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let known: Vec<_> = (0..SCHOOL).map(|_| server.client()).collect();
        press(&known, &code).await;
        let tables = server.tables().await;
        let first = weights(&tables).await;
        assert!(first.iter().any(|weight| *weight < 256), "{first:?}");
        // As if they had come one after another within an hour.
        let whole = "UPDATE timestamp SET weight = 256";
        tables.execute_unprepared(whole).await.unwrap();

        let other = server.beside(Settings::default()).await;
        let known: Vec<_> = known.iter().map(|person| person.on(&other.url)).collect();
        press(&known, &code).await;
        press(&known, &code).await;
        let both = weights(&tables).await;
        assert_eq!(both, vec![256; 3 * SCHOOL], "{kind:?}");

        // Those who are new still count less than whole, the more of them come.
        let new: Vec<_> = (0..SCHOOL).map(|_| other.client()).collect();
        press(&new, &code).await;
        let new = weights(&tables).await.split_off(3 * SCHOOL);
        assert!(new.iter().all(|weight| *weight < 256), "{new:?}");
        assert!(
            new.is_sorted_by(|earlier, later| earlier >= later),
            "{new:?}"
        );
        other.stop().await;
    }
}
