//! How many rows each transaction of a purge deletes.

use sea_orm::{IntoActiveModel, PaginatorTrait};

use super::*;
use crate::{idempotent_ids::Seed, random, store::VisitorId};

#[tokio::test]
async fn no_transaction_deletes_more_rows_than_it_was_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("clips.sqlite").display());
    let store = Store::open(&url).await.unwrap();
    let (clock, streamer) = (Clock::System, VisitorId(random::uuid()));
    let (title, game) = ("Late Night".to_owned(), "Chess".to_owned());
    let (title, game) = (title.try_into().unwrap(), game.try_into().unwrap());
    let opened = store.open_session(&clock, streamer, &title, &game, None, Seed::random());
    let code = opened.await.unwrap().created.code;
    let session = store.resolve_code(&code).await.unwrap().unwrap();
    let counts = store.write(Lane::Requests, move |writer| async move {
        let tx = writer.begin().await?;
        insert_moments(&tx, session, clock.now()).await?;
        insert_links(&tx, session, clock.now()).await?;
        let mut counts = vec![count(&tx).await?];
        while delete_some(&tx, session, 10).await? {
            counts.push(count(&tx).await?);
        }
        counts.push(count(&tx).await?);
        tx.rollback().await?;
        Ok(Committed::without_news(counts))
    });
    let counts = counts.await.unwrap();
    assert_eq!((counts.first(), counts.last()), (Some(&153), Some(&0)));
    let mut steps = counts.windows(2);
    assert!(steps.all(|step| step[0] - step[1] <= 10), "{counts:?}");
}

/// One segment with 25 moments, each of which was moved and joined.
async fn insert_moments(
    tx: &DatabaseTransaction,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let segment = segment::Model {
        session_id: session.0,
        id: random::uuid(),
        index: 1,
        start_time: now,
        end_time: None,
        timestamp_count: 0,
        revision: 1,
        created_at: now,
    };
    let segment_id = segment.id;
    let insert = segment::Entity::insert(segment.into_active_model());
    insert.exec_without_returning(tx).await?;
    for second in 0..25 {
        let moment = moment::Model {
            session_id: session.0,
            id: random::uuid(),
            segment_id,
            anchor: second,
            shown: true,
            absorbed_into: None,
            absorbed_by: None,
            title: None,
            starred: false,
            hidden: false,
            state: moment::State::Open,
            clip: None,
            created_at: now,
            revision: 2,
        };
        let edit = moment_edit::Model {
            session_id: session.0,
            id: random::uuid(),
            segment_id,
            moment_id: moment.id,
            made_id: None,
            kind: moment_edit::Kind::SetRange,
            start_second: second,
            end_second: second,
            anchor_before: second,
            position: 3,
            undone: false,
            revision: 3,
        };
        let insert = moment::Entity::insert(moment.into_active_model());
        insert.exec_without_returning(tx).await?;
        let insert = moment_edit::Entity::insert(edit.into_active_model());
        insert.exec_without_returning(tx).await?;
        let join = moment_join::Model {
            session_id: session.0,
            id: random::uuid(),
            segment_id,
            offset_seconds: second,
            visitor_id: Some(random::uuid()),
            created_at: now,
            revision: 4,
        };
        let insert = moment_join::Entity::insert(join.into_active_model());
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}

/// So many links that one visitor holds, and one of them so many others.
async fn insert_links(
    tx: &DatabaseTransaction,
    session: SessionId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let one = random::uuid();
    let mut grants = Vec::new();
    for _ in 0..25 {
        let link = access_key::Model {
            session_id: session.0,
            id: random::uuid(),
            role: access_key::Role::Streamer,
            label: "Control link".into(),
            selector: random::bytes::<16>().to_vec(),
            verifier_hash: random::bytes::<32>().to_vec(),
            created_at: now,
            last_used_at: None,
            revoked_at: Some(now),
        };
        grants.push((one, link.id));
        let insert = access_key::Entity::insert(link.into_active_model());
        insert.exec_without_returning(tx).await?;
    }
    let held_by_many = grants.last().map(|(_, link)| *link);
    grants.extend(
        held_by_many
            .iter()
            .flat_map(|link| (0..25).map(|_| (random::uuid(), *link))),
    );
    for (visitor_id, access_key_id) in grants {
        let grant = grant::Model {
            session_id: session.0,
            visitor_id,
            access_key_id,
            created_at: Some(now),
        };
        let insert = grant::Entity::insert(grant.into_active_model());
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The rows of the segments, moments, edits and joins, and the links and grants.
async fn count(tx: &DatabaseTransaction) -> Result<u64, StoreError> {
    Ok(segment::Entity::find().count(tx).await?
        + moment::Entity::find().count(tx).await?
        + moment_edit::Entity::find().count(tx).await?
        + moment_join::Entity::find().count(tx).await?
        + access_key::Entity::find().count(tx).await?
        + grant::Entity::find().count(tx).await?)
}
