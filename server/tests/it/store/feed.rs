//! The feed: every change once, in order, from any cursor.

use app::domain::revision::Revision;
use server::store::Changes;

use super::support::{Fixture, TestSession, notes, on_both_databases};

#[tokio::test]
async fn changes_page_through_all_revisions_without_gap_or_double() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        for number in 0..10 {
            fixture.advance(1);
            let timestamp = fixture.press(&session, &number.to_string()).await;
            if number % 3 == 0 {
                fixture.hide(&session, &[timestamp.id]).await;
            }
        }
        let latest = Revision(fixture.session_row(&session).await.revision);
        for limit in [1, 2, 5, 100] {
            let batches = all(&fixture, &session, limit).await;
            let mut seen: Vec<i64> = Vec::new();
            for batch in &batches {
                assert_eq!(batch.latest, latest);
                assert!((batch.timestamps.len() + batch.segments.len()) as u64 <= limit);
                seen.extend(batch.timestamps.iter().map(|row| row.revision.0));
            }
            assert_eq!(batches.last().unwrap().revision, latest);
            assert!(seen.is_sorted_by(|one, next| one < next), "{seen:?}");
            assert_eq!(seen.len(), 10, "in batches of {limit}");
            let hidden = batches
                .iter()
                .flat_map(|batch| &batch.timestamps)
                .filter(|row| row.hidden);
            assert_eq!(hidden.count(), 4);
            let segments: Vec<_> = batches.iter().flat_map(|batch| &batch.segments).collect();
            assert_eq!(segments.len(), 1);
            assert_eq!(segments[0].timestamp_count, 6);
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_up_to_date_is_told_nothing_new() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.press(&session, "seen").await;
        let latest = Revision(fixture.session_row(&session).await.revision);
        let changes = fixture
            .store
            .changes(session.id, latest, 10)
            .await
            .unwrap()
            .unwrap();
        assert_eq!((changes.revision, changes.latest), (latest, latest));
        assert!(changes.segments.is_empty() && changes.timestamps.is_empty());

        fixture.press(&session, "new").await;
        let changes = fixture
            .store
            .changes(session.id, latest, 10)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(notes(&changes.timestamps), ["new"]);
        assert_eq!(changes.session.timestamp_count, 2);
    })
    .await;
}

/// Every batch, from the beginning.
async fn all(fixture: &Fixture, session: &TestSession, limit: u64) -> Vec<Changes> {
    let mut batches: Vec<Changes> = Vec::new();
    loop {
        let after = batches.last().map_or(Revision(0), |batch| batch.revision);
        let batch = fixture
            .store
            .changes(session.id, after, limit)
            .await
            .unwrap()
            .unwrap();
        let done = batch.revision == batch.latest;
        assert!(batch.revision > after);
        batches.push(batch);
        if done {
            return batches;
        }
    }
}
