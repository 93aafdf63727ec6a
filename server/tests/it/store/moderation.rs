//! Acts of moderation: which calls are one, who may act, and how the log tells it.

use app::{
    domain::{
        moderation::{ModerationAction, ModerationId},
        role::{Audience, Right},
        text::{Label, Note},
    },
    service::ServiceError,
};
use server::{
    idempotent_ids::Seed,
    random,
    store::{Moderating, VisitorId},
};

use super::support::{Fixture, TestSession, by, heard, on_both_databases, page_notes, somebody};

/// Somebody who redeemed a moderator link with this label.
pub(super) async fn moderator(fixture: &Fixture, session: &TestSession, label: &str) -> VisitorId {
    let label = Label::parse(label).unwrap();
    let minted = fixture.store.mint_link(
        &fixture.clock,
        session.id,
        session.streamer,
        label,
        Seed::random(),
    );
    let (key, who) = (minted.await.unwrap().created.key, somebody());
    let redeemed = fixture.store.redeem(&fixture.clock, session.id, who, &key);
    redeemed.await.unwrap();
    who
}

/// What a viewer sees.
pub(super) async fn seen(
    fixture: &Fixture,
    session: &TestSession,
    visitor: VisitorId,
) -> Vec<String> {
    let snapshot = fixture
        .snapshot_for(session, Audience::Public, visitor)
        .await;
    let notes = page_notes(&snapshot.page).into_iter();
    notes.map(ToOwned::to_owned).collect()
}

pub(super) async fn log(fixture: &Fixture, session: &TestSession) -> Vec<ModerationAction> {
    fixture.store.moderations(session.id, None).await.unwrap()
}

#[tokio::test]
async fn several_calls_of_one_author_with_one_name_are_one_act() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let mut ids = Vec::new();
        for note in ["a", "b", "c"] {
            ids.push(fixture.press(&session, note).await.id);
        }
        let (store, clock) = (&fixture.store, &fixture.clock);
        let act = by(&session, session.streamer);
        store.hide(clock, act, &ids[..2]).await.unwrap();
        store.hide(clock, act, &ids[1..]).await.unwrap();
        assert_eq!(log(&fixture, &session).await.len(), 1);
        assert_eq!(log(&fixture, &session).await[0].timestamps, 3);

        let anna = moderator(&fixture, &session, "Anna").await;
        let foreign = Moderating {
            author: anna,
            ..act
        };
        let refused = store.hide(clock, foreign, &ids).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        let other_kind = store.restore(clock, act, &ids).await;
        assert_eq!(
            heard(other_kind).unwrap_err(),
            ServiceError::ModerationConflict
        );

        store.undo(clock, act).await.unwrap();
        assert_eq!(seen(&fixture, &session, anna).await, ["a", "b", "c"]);
        let late = store.hide(clock, act, &ids).await;
        assert_eq!(heard(late).unwrap_err(), ServiceError::ModerationConflict);
    })
    .await;
}

#[tokio::test]
async fn the_log_is_told_page_by_page() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let many = ModerationAction::MOST + 3;
        for number in 0..many {
            // Some at the same moment: then their names tell the order.
            fixture.advance(i64::from(number % 2 == 0));
            let note = Note::parse(&number.to_string()).unwrap();
            let asked = by(&session, session.streamer);
            let edited = fixture
                .store
                .edit_note(&fixture.clock, asked, id, Some(note), None);
            edited.await.unwrap();
        }
        let newest = log(&fixture, &session).await;
        assert_eq!(newest.len(), ModerationAction::MOST);
        let page = async |before: ModerationId| {
            let page = fixture.store.moderations(session.id, Some(before));
            page.await.unwrap()
        };
        let rest = page(newest[newest.len() - 1].id).await;
        assert_eq!(rest.len(), 3);
        let all: Vec<_> = newest.iter().chain(&rest).collect();
        assert!(all.is_sorted_by(|one, next| (one.at, one.id) > (next.at, next.id)));
        assert!(page(rest[2].id).await.is_empty());
        assert!(page(ModerationId(random::uuid())).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn who_lost_the_link_meanwhile_changes_nothing() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let anna = moderator(&fixture, &session, "Anna").await;
        let links = fixture.store.links(session.id).await.unwrap();
        let link = links
            .iter()
            .find(|link| link.label.as_str() == "Anna")
            .unwrap();
        let revoked =
            fixture
                .store
                .revoke_link(&fixture.clock, session.id, session.streamer, link.id);
        revoked.await.unwrap();
        let refused = fixture
            .store
            .hide(&fixture.clock, by(&session, anna), &[id])
            .await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::Forbidden(Right::Moderate)
        );
        assert_eq!(seen(&fixture, &session, somebody()).await, ["a"]);
    })
    .await;
}
