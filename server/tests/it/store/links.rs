//! Control and moderator links: minted, redeemed, revoked, replaced.

use app::{
    domain::{
        access::{AccessKey, Link, LinkKind, NewLink, Redemption},
        role::{Right, Role},
        text::Label,
    },
    service::ServiceError,
};
use server::{idempotent_ids::Seed, store::VisitorId};

use super::support::{Fixture, TestSession, at, by, heard, on_both_databases, somebody};

#[tokio::test]
async fn the_control_link_makes_a_streamer_and_tells_its_first_use() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let first = redeem(&fixture, &session, session.streamer, &session.control_key).await;
        assert_eq!(
            first,
            Ok(Redemption {
                role: Role::Streamer,
                first_use: true
            })
        );
        let phone = somebody();
        let second = redeem(&fixture, &session, phone, &session.control_key).await;
        assert_eq!(
            second,
            Ok(Redemption {
                role: Role::Streamer,
                first_use: false
            })
        );
        assert_eq!(role(&fixture, &session, phone).await, Role::Streamer);
    })
    .await;
}

#[tokio::test]
async fn the_streamer_who_opens_a_moderator_link_stays_the_streamer() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let minted = mint(&fixture, &session).await;
        let redeemed = redeem(&fixture, &session, session.streamer, &minted.key).await;
        assert_eq!(redeemed.unwrap().role, Role::Streamer);
        let moderator = somebody();
        let redeemed = redeem(&fixture, &session, moderator, &minted.key).await;
        assert_eq!(redeemed.unwrap().role, Role::Moderator);
        // Redeemed twice, granted once.
        redeem(&fixture, &session, moderator, &minted.key)
            .await
            .unwrap();
        assert_eq!(role(&fixture, &session, moderator).await, Role::Moderator);
    })
    .await;
}

#[tokio::test]
async fn dead_links_all_answer_alike() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let other = fixture.open().await;
        let revoked = mint(&fixture, &session).await;
        revoke(&fixture, &session, &revoked).await;
        let living = mint(&fixture, &session).await.key;
        let unknown = AccessKey {
            selector: [7; 16],
            ..living.clone()
        };
        let wrong = AccessKey {
            verifier: [7; 16],
            ..living.clone()
        };
        let raised = AccessKey {
            kind: LinkKind::Control,
            ..living
        };
        for key in [unknown, wrong, raised, revoked.key, other.control_key] {
            let me = somebody();
            let refused = redeem(&fixture, &session, me, &key).await;
            assert_eq!(refused, Err(ServiceError::InvalidLink));
            assert_eq!(role(&fixture, &session, me).await, Role::Viewer);
        }
    })
    .await;
}

#[tokio::test]
async fn a_revoked_link_takes_the_role_of_those_who_redeemed_it() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        fixture.advance(1);
        let minted = mint(&fixture, &session).await;
        let moderator = somebody();
        redeem(&fixture, &session, moderator, &minted.key)
            .await
            .unwrap();

        revoke(&fixture, &session, &minted).await;
        fixture.advance(10);
        revoke(&fixture, &session, &minted).await;

        assert_eq!(role(&fixture, &session, moderator).await, Role::Viewer);
        assert_eq!(
            fixture
                .store
                .own_sessions(&fixture.clock, moderator)
                .await
                .unwrap(),
            []
        );
        let links = fixture.store.links(session.id).await.unwrap();
        assert_eq!(links[1].revoked_at, Some(at(1)));
        assert_eq!(links[1].last_used_at, Some(at(1)));
    })
    .await;
}

#[tokio::test]
async fn the_control_link_is_replaced_and_only_the_caller_stays_the_streamer() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let thief = somebody();
        redeem(&fixture, &session, thief, &session.control_key)
            .await
            .unwrap();
        let moderators = mint(&fixture, &session).await;
        redeem(&fixture, &session, thief, &moderators.key)
            .await
            .unwrap();

        let replaced = replace_with(&fixture, &session, Seed::random()).await;

        assert_eq!(
            role(&fixture, &session, session.streamer).await,
            Role::Streamer
        );
        assert_eq!(role(&fixture, &session, thief).await, Role::Moderator);
        let old = redeem(&fixture, &session, thief, &session.control_key).await;
        assert_eq!(old, Err(ServiceError::InvalidLink));
        let new = redeem(&fixture, &session, somebody(), &replaced.key).await;
        assert_eq!(new.unwrap().role, Role::Streamer);
    })
    .await;
}

#[tokio::test]
async fn a_moderator_link_that_is_made_again_with_the_same_seed_is_the_same() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let (seed, other) = (Seed::random(), Seed::random());
        let first = mint_with(&fixture, &session, seed).await;
        fixture.advance(5);
        assert_eq!(mint_with(&fixture, &session, seed).await, first);
        assert_ne!(mint_with(&fixture, &session, other).await.key, first.key);
        assert_eq!(fixture.store.links(session.id).await.unwrap().len(), 3);
        let redeemed = redeem(&fixture, &session, somebody(), &first.key).await;
        assert_eq!(redeemed.unwrap().role, Role::Moderator);
    })
    .await;
}

#[tokio::test]
async fn attempts_to_make_one_link_at_the_same_moment_make_one() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let seed = Seed::random();
        let attempts = (0..4).map(|_| mint_with(&fixture, &session, seed));
        let minted = futures::future::join_all(attempts).await;
        assert!(minted.iter().all(|again| *again == minted[0]));
        assert_eq!(fixture.store.links(session.id).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_late_attempt_to_replace_the_control_link_kills_nothing_that_was_made_since() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let (late, since) = (Seed::random(), Seed::random());
        let first = replace_with(&fixture, &session, late).await;
        let newest = replace_with(&fixture, &session, since).await;

        let (store, clock) = (&fixture.store, &fixture.clock);
        let keep_for = Some(session.streamer);
        let again = store.replace_control_link(clock, session.id, keep_for, late);

        // A link that is dead already is shown to nobody as a new one.
        assert_eq!(heard(again.await).unwrap_err(), ServiceError::InvalidLink);
        let dead = redeem(&fixture, &session, somebody(), &first.key).await;
        assert_eq!(dead, Err(ServiceError::InvalidLink));
        let alive = redeem(&fixture, &session, somebody(), &newest.key).await;
        assert_eq!(alive.unwrap().role, Role::Streamer);
        let streamer = role(&fixture, &session, session.streamer).await;
        assert_eq!(streamer, Role::Streamer);
    })
    .await;
}

#[tokio::test]
async fn whoever_held_a_control_link_that_was_replaced_changes_no_links_any_more() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let (thief, moderator) = (somebody(), somebody());
        redeem(&fixture, &session, thief, &session.control_key)
            .await
            .unwrap();
        let moderators = mint(&fixture, &session).await;
        redeem(&fixture, &session, moderator, &moderators.key)
            .await
            .unwrap();
        replace_with(&fixture, &session, Seed::random()).await;
        let links = fixture.store.links(session.id).await.unwrap();

        // They were authorized just before that.
        let (store, clock, id) = (&fixture.store, &fixture.clock, session.id);
        for author in [thief, moderator] {
            let label = Label::parse("Triss").unwrap();
            let minted = store.mint_link(clock, id, author, label, Seed::random());
            let replaced = store.replace_control_link(clock, id, Some(author), Seed::random());
            let revoked = store.revoke_link(clock, id, author, moderators.link.id);
            let refused = [
                heard(minted.await).unwrap_err(),
                heard(replaced.await).unwrap_err(),
                heard(revoked.await).unwrap_err(),
            ];
            let forbidden = ServiceError::Forbidden(Right::ManageLinks);
            assert_eq!(refused, [forbidden.clone(), forbidden.clone(), forbidden]);
        }
        assert_eq!(store.links(id).await.unwrap(), links);
    })
    .await;
}

#[tokio::test]
async fn of_the_control_links_that_were_replaced_the_newest_are_kept_and_all_are_counted() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock, thief) = (&fixture.store, &fixture.clock, somebody());
        let redeemed = redeem(&fixture, &session, thief, &session.control_key);
        redeemed.await.unwrap();
        let pressed = fixture.press(&session, "hidden by the thief").await.id;
        let hides = by(&session, thief);
        store.hide(clock, hides, &[pressed]).await.unwrap();
        for count in 1..=30 {
            fixture.advance(1);
            replace_with(&fixture, &session, Seed::random()).await;
            // Streams end when this grows.
            let newest = store.newest(session.id).await.unwrap().unwrap();
            assert_eq!(newest.revoked_links, count);
        }
        // The one that works, and 20 others.
        assert_eq!(store.links(session.id).await.unwrap().len(), 21);
        let streamer = role(&fixture, &session, session.streamer).await;
        assert_eq!(streamer, Role::Streamer);
        assert_eq!(role(&fixture, &session, thief).await, Role::Viewer);

        // Only the log still names the thief, until they are forgotten.
        assert!(store.has_traces_of(thief).await.unwrap());
        store.erase_visitor(clock, thief).await.unwrap();
        assert!(!store.has_traces_of(thief).await.unwrap());
        let log = store.moderations(session.id, None).await.unwrap();
        assert_eq!(log.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_control_link_is_not_revoked_like_a_moderators() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let control = fixture.store.links(session.id).await.unwrap().remove(0);
        assert_eq!(control.kind, LinkKind::Control);
        let refused = fixture
            .store
            .revoke_link(&fixture.clock, session.id, session.streamer, control.id)
            .await;
        assert_eq!(heard(refused), Err(ServiceError::InvalidLink));
        assert_eq!(
            role(&fixture, &session, session.streamer).await,
            Role::Streamer
        );
    })
    .await;
}

#[tokio::test]
async fn links_change_no_revision() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let minted = mint(&fixture, &session).await;
        redeem(&fixture, &session, somebody(), &minted.key)
            .await
            .unwrap();
        revoke(&fixture, &session, &minted).await;
        assert_eq!(fixture.session_row(&session).await.revision, 0);
    })
    .await;
}

pub(super) async fn redeem(
    fixture: &Fixture,
    session: &TestSession,
    visitor: VisitorId,
    key: &AccessKey,
) -> Result<Redemption, ServiceError> {
    heard(
        fixture
            .store
            .redeem(&fixture.clock, session.id, visitor, key)
            .await,
    )
}

pub(super) async fn mint(fixture: &Fixture, session: &TestSession) -> NewLink {
    mint_with(fixture, session, Seed::random()).await
}

async fn mint_with(fixture: &Fixture, session: &TestSession, seed: Seed) -> NewLink {
    let label = "Triss".to_owned().try_into().unwrap();
    let minted = fixture
        .store
        .mint_link(&fixture.clock, session.id, session.streamer, label, seed);
    minted.await.unwrap().created
}

async fn replace_with(fixture: &Fixture, session: &TestSession, seed: Seed) -> NewLink {
    let (clock, keep_for) = (&fixture.clock, Some(session.streamer));
    let replaced = fixture
        .store
        .replace_control_link(clock, session.id, keep_for, seed);
    replaced.await.unwrap().created
}

pub(super) async fn revoke(fixture: &Fixture, session: &TestSession, minted: &NewLink) {
    let revoked = fixture
        .store
        .revoke_link(&fixture.clock, session.id, session.streamer, minted.link.id)
        .await;
    revoked.unwrap();
}

async fn role(fixture: &Fixture, session: &TestSession, visitor: VisitorId) -> Role {
    let context = fixture
        .store
        .load_for(&session.code, visitor)
        .await
        .unwrap();
    context.unwrap().role
}

#[tokio::test]
async fn a_session_has_room_for_so_many_links_and_its_control_link_can_be_replaced_all_the_same() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let mint = async || {
            let label = Label::parse("Triss").unwrap();
            store
                .mint_link(clock, session.id, session.streamer, label, Seed::random())
                .await
        };
        for _ in 1..Link::MOST {
            mint().await.unwrap();
        }
        assert_eq!(heard(mint().await).unwrap_err(), ServiceError::TooManyLinks);
        let links = store.links(session.id).await.unwrap();
        assert_eq!(links.len() as u32, Link::MOST);
        // Revoking one gives no room: the log still names whoever held it.
        // All were made at one moment, so that any of them may be the last.
        let is_moderators = |link: &&Link| link.kind == LinkKind::Moderator;
        let last = links.iter().rfind(is_moderators).unwrap().id;
        store
            .revoke_link(clock, session.id, session.streamer, last)
            .await
            .unwrap();
        assert_eq!(heard(mint().await).unwrap_err(), ServiceError::TooManyLinks);
        let keep_for = Some(session.streamer);
        let replaced = store.replace_control_link(clock, session.id, keep_for, Seed::random());
        replaced.await.unwrap();
    })
    .await;
}
