//! Work in the background while one of its writes fails: the next run finishes it, and one session holds up no others.

use chrono::TimeDelta;
use entity::session;
use sea_orm::EntityTrait;
use server::{housekeeping::delete_untouched, store::StoreError, visitor_index::VisitorIndex};

use super::support::{Fixture, by, on_both_databases, press, somebody};
use crate::support::{
    dump::dump,
    failing_write::{Write, allow, forbid, forbid_where},
};

const DAY: i64 = 24 * 60 * 60;

fn write(operation: &str, table: &str) -> Write {
    Write {
        table: table.into(),
        operation: operation.into(),
    }
}

/// Works while each of these writes fails, in the order in which they are made, and then to the end.
async fn works_on(
    fixture: &Fixture,
    writes: &[(&str, &str)],
    work: impl AsyncFn() -> Result<(), StoreError>,
) {
    for (operation, table) in writes {
        let write = write(operation, table);
        forbid(&fixture.tables, &write).await;
        let worked = work().await;
        allow(&fixture.tables, &write).await;
        assert!(worked.is_err(), "{write:?} was not made");
    }
    work().await.unwrap();
}

#[tokio::test]
async fn whichever_write_fails_the_next_run_finishes_the_work() {
    on_both_databases(async |fixture: Fixture| {
        let Fixture { store, clock, .. } = &fixture;
        let (session, visitor) = (fixture.started().await, somebody());
        let index = VisitorIndex::of(store);
        let key = &session.control_key;
        store.redeem(clock, session.id, visitor, key).await.unwrap();
        for note in ["one", "two"] {
            let pressed = fixture.submit(&session, visitor, press(note)).await;
            let (hide, ids) = (by(&session, visitor), [pressed.unwrap().id]);
            store.hide(clock, hide, &ids).await.unwrap();
        }
        fixture.submit(&session, visitor, press("")).await.unwrap();

        let writes = [("INSERT", "visitor_timestamp"), ("UPDATE", "session")];
        index.find_unindexed().await.unwrap();
        works_on(&fixture, &writes, async || index.index_all().await).await;
        assert!(store.unindexed().await.unwrap().is_empty());

        let writes = [
            ("UPDATE", "timestamp"),
            ("UPDATE", "segment"),
            ("DELETE", "visitor_timestamp"),
            ("UPDATE", "moderation"),
            ("DELETE", "grant"),
        ];
        let erase = async || store.erase_visitor(clock, visitor).await;
        works_on(&fixture, &writes, erase).await;
        assert!(!store.has_traces_of(visitor).await.unwrap());

        fixture.press(&session, "of somebody else").await;
        index.index_all().await.unwrap();
        fixture.advance(40 * DAY);
        let expire = async || {
            let deleted = delete_untouched(store, clock, TimeDelta::days(30)).await;
            deleted.map(drop)
        };
        works_on(&fixture, &[("UPDATE", "session")], expire).await;
        assert!(store.newest(session.id).await.unwrap().is_none());

        fixture.advance(2 * DAY);
        let writes = [
            "visitor_timestamp",
            "timestamp",
            "moderation",
            "grant",
            "access_key",
            "segment",
            "session",
        ];
        let writes = writes.map(|table| ("DELETE", table));
        works_on(&fixture, &writes, async || store.purge(clock).await).await;
        for (table, rows) in dump(&fixture.tables).await {
            let outlives = ["installation", "seaql_migrations"].contains(&table.as_str());
            assert!(outlives || rows.is_empty(), "{table}: {rows:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_that_can_not_be_deleted_holds_up_no_others() {
    on_both_databases(async |fixture: Fixture| {
        let Fixture { store, clock, .. } = &fixture;
        let mut sessions = Vec::new();
        for _ in 0..3 {
            sessions.push(fixture.started().await);
            fixture.advance(1);
        }
        let damaged = &sessions[1];
        let of_damaged = format!("OLD.code = '{}'", damaged.code);
        let left = async || {
            let rows = session::Entity::find().all(&fixture.tables).await.unwrap();
            let existing = rows.iter().filter(|row| row.deleted_at.is_none()).count();
            (existing, rows.len())
        };
        fixture.advance(40 * DAY);
        let update = write("UPDATE", "session");
        let expire = async || delete_untouched(store, clock, TimeDelta::days(30)).await;
        forbid_where(&fixture.tables, &update, &of_damaged).await;
        assert!(expire().await.is_err());
        assert_eq!(left().await, (1, 3));
        allow(&fixture.tables, &update).await;
        assert_eq!(expire().await.unwrap(), 1);

        fixture.advance(2 * DAY);
        let delete = write("DELETE", "session");
        forbid_where(&fixture.tables, &delete, &of_damaged).await;
        assert!(store.purge(clock).await.is_err());
        assert_eq!(left().await, (0, 1));
        allow(&fixture.tables, &delete).await;
        store.purge(clock).await.unwrap();
        assert_eq!(left().await, (0, 0));
    })
    .await;
}
