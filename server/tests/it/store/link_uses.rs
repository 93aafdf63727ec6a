//! What a link tells of its uses: in how many browsers it was opened, and when it was used last.

use app::domain::access::{LinkKind, LinkUsage, NewLink};

use super::{
    links::{mint, redeem, revoke},
    support::{Fixture, at, on_both_databases, somebody},
};

#[tokio::test]
async fn a_link_tells_in_how_many_browsers_it_was_opened_and_when() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let minted = mint(&fixture, &session).await;
        let uses = async |kind| {
            let links = fixture.store.links(session.id).await.unwrap();
            let link = links.into_iter().find(|link| link.kind == kind);
            link.unwrap().uses
        };
        assert_eq!(uses(LinkKind::Moderator).await, LinkUsage::default());
        let (anna, triss) = (somebody(), somebody());
        // Anna opens it twice.
        for visitor in [anna, triss, anna] {
            fixture.advance(60);
            let redeemed = redeem(&fixture, &session, visitor, &minted.key).await;
            redeemed.unwrap();
        }
        let told = |browsers, redeemed_at| LinkUsage {
            browsers,
            redeemed_at,
        };
        let moderators = told(2, vec![at(120), at(60)]);
        assert_eq!(uses(LinkKind::Moderator).await, moderators);
        // Who opened the session holds its control link.
        assert_eq!(uses(LinkKind::Control).await, told(1, vec![at(0)]));
    })
    .await;
}

#[tokio::test]
async fn of_many_uses_the_newest_are_told() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let minted = mint(&fixture, &session).await;
        for _ in 0..LinkUsage::MOST + 3 {
            fixture.advance(60);
            redeem(&fixture, &session, somebody(), &minted.key)
                .await
                .unwrap();
        }
        let links = fixture.store.links(session.id).await.unwrap();
        let used = links.into_iter().find(|link| link.id == minted.link.id);
        let uses = used.unwrap().uses;
        assert_eq!(uses.browsers, 23);
        assert_eq!(uses.redeemed_at.len(), LinkUsage::MOST);
        assert_eq!(uses.redeemed_at[0], at(23 * 60));
    })
    .await;
}

#[tokio::test]
async fn a_links_last_use_is_written_to_the_minute_while_it_lives() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let (used, other) = (
            mint(&fixture, &session).await,
            mint(&fixture, &session).await,
        );
        let moderator = somebody();
        for minted in [&used, &other] {
            redeem(&fixture, &session, somebody(), &minted.key)
                .await
                .unwrap();
        }
        redeem(&fixture, &session, moderator, &used.key)
            .await
            .unwrap();
        let mut seen = Vec::new();
        for seconds in [30, 60, 60] {
            fixture.advance(seconds);
            if seen.len() == 2 {
                revoke(&fixture, &session, &used).await;
            }
            let touched = fixture
                .store
                .touch_links(&fixture.clock, session.id, moderator);
            touched.await.unwrap();
            let links = fixture.store.links(session.id).await.unwrap();
            let last = |minted: &NewLink| {
                let link = links.iter().find(|link| link.id == minted.link.id);
                link.unwrap().last_used_at
            };
            seen.push(last(&used));
            assert_eq!(last(&other), Some(at(0)));
        }
        assert_eq!(seen, [Some(at(0)), Some(at(90)), Some(at(90))]);
    })
    .await;
}
