//! How late viewers press is measured from all of them.

use app::domain::{lead_measure::Measured, offset::Offset};
use server::store::VisitorId;

use super::support::{Fixture, TestSession, on_both_databases, press, somebody};

/// How many presses one transaction of the recorder takes.
const BATCH: usize = 500;

async fn presses(fixture: &Fixture, session: &TestSession, who: &[VisitorId]) {
    for who in who.chunks(BATCH) {
        let batch = who
            .iter()
            .map(|who| fixture.submission(session, *who, press("")));
        let batch: Vec<_> = batch.collect();
        let made = fixture.store.record(&fixture.clock, batch).await;
        assert!(made.unwrap().iter().all(Result::is_ok));
    }
}

#[tokio::test]
async fn the_late_ones_count_however_many_pressed_before_them() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(100);
        presses(&fixture, &session, &[somebody(); 5_000]).await;
        presses(&fixture, &session, &[somebody()]).await;
        fixture.advance(11);
        let late: Vec<_> = (0..4).map(|_| somebody()).collect();
        presses(&fixture, &session, &late).await;
        let measured = fixture.store.measure_lead(session.id, 1, Offset(100));
        let told = Measured {
            visitors: 6,
            delay_seconds: Some(11),
        };
        assert_eq!(measured.await.unwrap(), told);
    })
    .await;
}
