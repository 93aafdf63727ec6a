//! Control links that were replaced: what is left of them goes a bounded part at a time.

use entity::grant;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
};
use server::idempotent_ids::Seed;

use super::support::{Fixture, TestSession, on_both_databases, somebody};

async fn replace(fixture: &Fixture, session: &TestSession) {
    fixture.advance(1);
    let (clock, keep_for) = (&fixture.clock, Some(session.streamer));
    let replaced = fixture
        .store
        .replace_control_link(clock, session.id, keep_for, Seed::random());
    replaced.await.unwrap();
}

#[tokio::test]
async fn the_grants_of_a_link_that_leaked_are_deleted_a_part_at_a_time() {
    const REDEEMED: usize = 1_200;
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let first = grant::Entity::find().one(&fixture.tables).await;
        let first = first.unwrap().unwrap();
        let grants = (0..REDEEMED).map(|_| {
            let mut grant = first.clone().into_active_model();
            grant.visitor_id = Set(somebody().0);
            grant
        });
        grant::Entity::insert_many(grants)
            .exec_without_returning(&fixture.tables)
            .await
            .unwrap();
        let of_first = grant::Column::AccessKeyId.eq(first.access_key_id);
        let of_first = grant::Entity::find().filter(of_first);
        let left = async || of_first.clone().count(&fixture.tables).await.unwrap() as usize;
        // The newest that were replaced are kept.
        for _ in 0..20 {
            replace(&fixture, &session).await;
        }
        assert_eq!(left().await, REDEEMED + 1);

        let (mut before, mut parts) = (left().await, 0);
        while before > 0 {
            replace(&fixture, &session).await;
            let after = left().await;
            assert!(after < before && before - after <= 500, "{before}, {after}");
            (before, parts) = (after, parts + 1);
        }
        assert_eq!(parts, 3);
        // The one that works and 20 others, and however many went: streams end when this grows.
        let links = fixture.store.links(session.id).await.unwrap();
        assert_eq!(links.len(), 21);
        let newest = fixture.store.newest(session.id).await.unwrap().unwrap();
        assert_eq!(newest.revoked_links, 20 + parts);
    })
    .await;
}
