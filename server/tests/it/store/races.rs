//! Races: whatever comes first, the rules hold.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicBool, Ordering},
};

use app::{
    domain::{press::PressRefused, revision::Revision},
    service::ServiceError,
};
use chrono::TimeDelta;
use futures::future::{join, join_all, join3};

use super::support::{Fixture, TestSession, on_both_databases, press, somebody};

const ROUNDS: u32 = 12;
const PRESSES: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn a_press_that_races_a_pause_is_in_the_segment_or_refused() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let over = AtomicBool::new(false);
        let race = async {
            let mut accepted = 0;
            for round in 1..=ROUNDS {
                // Some before the pause, some after it, all at once.
                let presses = |many| join_all((0..many).map(|_| ticking_press(&fixture, &session)));
                let before = round as usize % PRESSES;
                let pause = fixture.pause(&session, round);
                let (some, (), others) =
                    join3(presses(before), pause, presses(PRESSES - before)).await;
                accepted += some.into_iter().chain(others).sum::<usize>();
                fixture.resume(&session, round).await;
            }
            over.store(true, Ordering::Release);
            accepted
        };
        let (accepted, arrivals) = join(race, watch(&fixture, &session, &over)).await;

        let rows = fixture.timestamp_rows().await;
        assert_eq!(rows.len(), accepted);
        let all = ROUNDS as usize * PRESSES;
        assert!(
            0 < accepted && accepted < all,
            "{accepted} of {all}: no race"
        );
        let segments = fixture.segment_rows().await;
        for row in &rows {
            let segment = segments.iter().find(|segment| segment.id == row.segment_id);
            let segment = segment.unwrap();
            let moment = segment.start_time + TimeDelta::seconds(row.offset_seconds.into());
            if let Some(end) = segment.end_time {
                assert!(
                    moment <= end && row.created_at <= end,
                    "{row:?} in {segment:?}"
                );
            }
            // One that arrived just before its segment began lies at its start.
            let since = (row.created_at - segment.start_time).num_seconds().max(0);
            assert_eq!(
                i64::from(row.offset_seconds),
                since,
                "{row:?} in {segment:?}"
            );
        }
        for segment in &segments {
            let inside = rows
                .iter()
                .filter(|row| row.segment_id == segment.id)
                .count();
            assert_eq!(segment.timestamp_count, i32::try_from(inside).unwrap());
        }
        // Gap-free: one revision for each row that was written, and none is carried twice. A press writes itself and
        // its segment's count; all segments were opened, all but the last one closed.
        let last = fixture.session_row(&session).await;
        assert_eq!(last.timestamp_count, i32::try_from(accepted).unwrap());
        let written = accepted * 2 + segments.len() * 2 - 1;
        assert_eq!(last.revision, i64::try_from(written).unwrap());
        let carried = rows.iter().map(|row| row.revision);
        let carried: BTreeSet<_> = carried
            .chain(segments.iter().map(|row| row.revision))
            .collect();
        assert_eq!(carried.len(), rows.len() + segments.len());
        assert_eq!(carried.last(), Some(&last.revision));
        // Whoever watched meanwhile saw each timestamp once, in order.
        assert_eq!(
            arrivals,
            rows.iter().map(|row| row.arrival).collect::<Vec<_>>()
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn simultaneous_resumes_open_one_segment() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.pause(&session, 1).await;
        join_all((0..8).map(|_| fixture.resume(&session, 1))).await;
        assert_eq!(fixture.segment_rows().await.len(), 2);
        assert_eq!(fixture.session_row(&session).await.revision, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn retries_that_race_make_one_timestamp() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, pressed) = (somebody(), press("once"));
        let answers = join_all((0..8).map(|_| fixture.submit(&session, me, pressed.clone()))).await;
        assert!(
            answers
                .iter()
                .all(|answer| answer.is_ok() && *answer == answers[0])
        );
        assert_eq!(fixture.timestamp_rows().await.len(), 1);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);
    })
    .await;
}

/// A press during which time goes on; 1 where it was accepted.
async fn ticking_press(fixture: &Fixture, session: &TestSession) -> usize {
    fixture.advance(1);
    match fixture.submit(session, somebody(), press("")).await {
        Ok(_) => 1,
        Err(ServiceError::Press(PressRefused::Paused)) => 0,
        Err(error) => panic!("{error}"),
    }
}

/// Reads by its cursor until all is over; answers the arrivals of the timestamps that it was told of.
async fn watch(fixture: &Fixture, session: &TestSession, over: &AtomicBool) -> Vec<i64> {
    let (mut cursor, mut arrivals) = (Revision(0), Vec::new());
    loop {
        let last = over.load(Ordering::Acquire);
        let changes = fixture
            .store
            .changes(session.id, cursor, 3)
            .await
            .unwrap()
            .unwrap();
        arrivals.extend(changes.timestamps.iter().map(|row| row.arrival.0));
        cursor = changes.revision;
        if last && changes.revision == changes.latest {
            return arrivals;
        }
    }
}
