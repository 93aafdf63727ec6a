//! What visitors are shown of their own presses: the newest, with those that are hidden from everybody else.

use app::{
    domain::{press::Press, role::Audience, snapshot::Snapshot, timestamp::Timestamp},
    live::press::own_presses,
};

use super::support::{Fixture, by, notes, on_both_databases, press, somebody};

#[tokio::test]
async fn hiding_does_not_show_itself_to_the_one_concerned() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        let mine = fixture.submit(&session, me, press("mine")).await.unwrap();
        fixture.hide(&session, &[mine.id]).await;

        let seen = |snapshot: Snapshot| -> Vec<Timestamp> { snapshot.page.timestamps };
        let own = seen(fixture.snapshot_for(&session, Audience::Public, me).await);
        assert_eq!(own.len(), 1);
        assert!(own[0].mine && !own[0].hidden);
        let others = seen(
            fixture
                .snapshot_for(&session, Audience::Public, somebody())
                .await,
        );
        assert_eq!(others, []);
        let staff = seen(
            fixture
                .snapshot_for(&session, Audience::Staff, somebody())
                .await,
        );
        assert!(!staff[0].mine && staff[0].hidden);

        let asked = fixture.store.own_timestamp(session.id, me, mine.id).await;
        assert_eq!(asked.unwrap(), Some(own[0].clone()));
        let foreign = fixture
            .store
            .own_timestamp(session.id, somebody(), mine.id)
            .await;
        assert_eq!(foreign.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_is_ones_own_knows_no_hiding_and_no_block_but_erasing() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        for note in ["hidden", "seen by all", "blocked"] {
            let made = fixture.submit(&session, me, press(note)).await.unwrap();
            if note == "hidden" {
                fixture.hide(&session, &[made.id]).await;
            } else if note == "seen by all" {
                let asked = by(&session, session.streamer);
                let blocked = fixture.store.block(&fixture.clock, asked, made.id).await;
                blocked.unwrap();
            }
        }
        let own = async || fixture.store.own_timestamps(session.id, me).await.unwrap();
        assert_eq!(notes(&own().await), ["hidden", "seen by all", "blocked"]);
        assert!(own().await.iter().all(|row| !row.hidden));
        let forgotten = fixture.store.erase_visitor(&fixture.clock, me).await;
        forgotten.unwrap();
        assert_eq!(own().await, []);
    })
    .await;
}

#[tokio::test]
async fn what_is_ones_own_is_the_newest_five_hundred_in_the_order_of_the_list() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        let own = async |visitor| {
            let own = fixture.store.own_timestamps(session.id, visitor);
            own.await.unwrap()
        };
        let presses: Vec<_> = (0..own_presses::MOST + 2)
            .map(|n| press(&n.to_string()))
            .collect();
        for batch in presses.chunks(250) {
            fixture.advance(60);
            let batch: Vec<_> = batch
                .iter()
                .map(|press| fixture.submission(&session, me, press.clone()))
                .collect();
            fixture.store.record(&fixture.clock, batch).await.unwrap();
        }
        fixture.press(&session, "theirs").await;
        let waited = Press {
            waited_ms: 60_000,
            ..press("the newest, and early")
        };
        fixture.submit(&session, me, waited).await.unwrap();

        let mine = own(me).await;
        assert_eq!(mine.len(), own_presses::MOST);
        assert!(mine.iter().all(|row| row.mine && !row.hidden && !row.held));
        assert!(mine.iter().map(Timestamp::place).is_sorted());
        let arrivals = mine.iter().map(|row| row.arrival.0);
        // The segment, three presses that are too old, and then the first that is not.
        assert_eq!(arrivals.min(), Some(5));
        assert_eq!(own(somebody()).await, []);
    })
    .await;
}
