//! The index by visitor: whatever part of it is filled, the same is found.

use std::collections::BTreeSet;

use app::domain::timestamp::{Timestamp, TimestampId};
use entity::visitor_timestamp;
use futures::future::join;
use proptest::{collection::vec, prelude::*};
use sea_orm::EntityTrait;
use server::{
    store::{Store, VisitorId},
    visitor_index::VisitorIndex,
};

use super::support::{Fixture, TestSession, by, generated, on_both_databases, press, somebody};

/// What happens to a session with three visitors.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// One of them presses, so many times in one batch.
    Press(usize, usize),
    /// One of them is hidden whole, by their newest press.
    Hide(usize),
    /// One of them is erased.
    Erase(usize),
    /// The index catches up.
    Index,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..3usize, 1..4usize).prop_map(|(who, times)| Step::Press(who, times)),
        1 => (0..3usize).prop_map(Step::Hide),
        1 => (0..3usize).prop_map(Step::Erase),
        3 => Just(Step::Index),
    ];
    vec(step, 1..14)
}

#[tokio::test]
async fn a_visitors_timestamps_are_found_however_far_the_index_is_filled() {
    on_both_databases(async |fixture: Fixture| {
        for steps in generated(steps(), 20) {
            same_is_found(&fixture, &steps).await;
        }
    })
    .await;
}

async fn same_is_found(fixture: &Fixture, steps: &[Step]) {
    let session = fixture.started().await;
    let visitors = [somebody(), somebody(), somebody()];
    let mut expected: [Vec<TimestampId>; 3] = Default::default();
    for step in steps {
        match *step {
            Step::Press(who, times) => {
                let batch: Vec<_> = (0..times)
                    .map(|_| fixture.submission(&session, visitors[who], press("")))
                    .collect();
                let answers = fixture.store.record(&fixture.clock, batch).await.unwrap();
                let made = answers.into_iter().map(|made| made.unwrap().timestamp.id);
                expected[who].extend(made);
            }
            Step::Hide(who) => {
                let Some(newest) = expected[who].last() else {
                    continue;
                };
                let asked = by(&session, session.streamer);
                let hidden = fixture.store.hide_visitor(&fixture.clock, asked, *newest);
                hidden.await.unwrap();
                let rows = fixture.timestamp_rows().await;
                let theirs = rows.iter().filter(|row| row.visitor_id == visitors[who].0);
                for row in theirs {
                    assert!(row.hidden_by.is_some(), "{steps:?}");
                }
            }
            Step::Erase(who) => {
                let erased = fixture.store.erase_visitor(&fixture.clock, visitors[who]);
                erased.await.unwrap();
                expected[who].clear();
            }
            Step::Index => fixture.store.index_visitors(session.id).await.unwrap(),
        }
        for (visitor, expected) in visitors.iter().zip(&expected) {
            let found = own(fixture, &session, *visitor).await;
            let expected = expected.iter().copied().collect();
            assert_eq!(found, expected, "{steps:?}");
            let pressed = fixture.store.has_traces_of(*visitor).await.unwrap();
            assert_eq!(pressed, !found.is_empty(), "{steps:?}");
        }
    }
    // Nothing in the index tells of who was erased.
    fixture.store.index_visitors(session.id).await.unwrap();
    let entries = visitor_timestamp::Entity::find().all(&fixture.tables).await;
    for (visitor, expected) in visitors.iter().zip(&expected) {
        let entries = entries.as_ref().unwrap().iter();
        let theirs = entries
            .filter(|entry| entry.visitor_id == visitor.0)
            .count();
        assert_eq!(theirs, expected.len(), "{steps:?}");
    }
}

/// So many presses that they are entered by several transactions.
const LONG: usize = 2_400;

/// Each of these visitors in turn presses, until there are `LONG` presses.
async fn press_in_turn(fixture: &Fixture, session: &TestSession, visitors: &[VisitorId]) {
    let turns: Vec<_> = visitors.iter().cycle().take(LONG).collect();
    for turns in turns.chunks(400) {
        let batch: Vec<_> = turns
            .iter()
            .map(|visitor| fixture.submission(session, **visitor, press("")))
            .collect();
        fixture.store.record(&fixture.clock, batch).await.unwrap();
    }
}

#[tokio::test]
async fn who_is_erased_while_the_index_is_filled_does_not_reappear_in_it() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let visitors = [somebody(), somebody(), somebody()];
        press_in_turn(&fixture, &session, &visitors).await;
        let (filled, (first, second)) = join(
            fixture.store.index_visitors(session.id),
            join(
                fixture.store.erase_visitor(&fixture.clock, visitors[0]),
                fixture.store.erase_visitor(&fixture.clock, visitors[1]),
            ),
        )
        .await;
        filled.unwrap();
        first.unwrap();
        second.unwrap();
        let entries = visitor_timestamp::Entity::find().all(&fixture.tables).await;
        let entries = entries.unwrap();
        assert_eq!(entries.len(), LONG / 3);
        let left = visitors[2].0;
        assert!(entries.iter().all(|entry| entry.visitor_id == left));
    })
    .await;
}

#[tokio::test]
async fn what_a_visitor_counts_for_is_told_by_the_index_and_by_the_newest_presses() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let [early, late, absent] = [somebody(), somebody(), somebody()];
        let weight = async |visitor| {
            let weight = fixture.store.weight_of(session.id, visitor).await;
            weight.unwrap().is_some()
        };
        let told = async || {
            [
                weight(early).await,
                weight(late).await,
                weight(absent).await,
            ]
        };
        fixture.submit(&session, early, press("")).await.unwrap();
        assert_eq!(told().await, [true, false, false]);
        press_in_turn(&fixture, &session, &[somebody()]).await;
        fixture.submit(&session, late, press("")).await.unwrap();
        // A crowd is not looked through for each of its visitors.
        assert_eq!(told().await, [false, true, false]);
        fixture.store.index_visitors(session.id).await.unwrap();
        assert_eq!(told().await, [true, true, false]);
    })
    .await;
}

async fn own(
    fixture: &Fixture,
    session: &TestSession,
    visitor: VisitorId,
) -> BTreeSet<TimestampId> {
    let own = fixture.store.own_timestamps(session.id, visitor).await;
    own.unwrap().iter().map(|row: &Timestamp| row.id).collect()
}

#[tokio::test]
async fn what_other_servers_left_is_found_and_indexed() {
    on_both_databases(async |fixture: Fixture| {
        let (before, after) = (fixture.started().await, fixture.started().await);
        fixture.press(&before, "left").await;
        assert_eq!(fixture.store.unindexed().await.unwrap().len(), 2);
        let index = VisitorIndex::of(&fixture.store);
        fixture.press(&after, "noted").await;

        index.index_all().await.unwrap();
        assert_eq!(fixture.store.unindexed().await.unwrap(), [before.id]);
        // A server of an earlier version that runs beside it reports nothing either.
        let beside = Store::open(fixture.database.url()).await.unwrap();
        let pressed = fixture.submission(&after, somebody(), press("untold"));
        beside.record(&fixture.clock, [pressed]).await.unwrap();

        index.find_unindexed().await.unwrap();
        index.index_all().await.unwrap();
        assert!(fixture.store.unindexed().await.unwrap().is_empty());
        let entries = visitor_timestamp::Entity::find().all(&fixture.tables).await;
        assert_eq!(entries.unwrap().len(), 3);
    })
    .await;
}
