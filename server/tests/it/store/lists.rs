//! The list: rule 3, and pages that fit together.

use app::domain::{
    press::Press,
    role::Audience,
    snapshot::Page,
    timestamp::{Place, Timestamp},
};

use server::store::ExportRow;

use super::support::{Fixture, TestSession, on_both_databases, page_notes, press, somebody};

#[tokio::test]
async fn the_list_goes_by_segment_then_offset_and_ties_by_arrival() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(20);
        fixture.press(&session, "1 at 20").await;
        let waited = Press {
            waited_ms: 10_000,
            ..press("1 at 10")
        };
        fixture.submit(&session, somebody(), waited).await.unwrap();
        fixture.press(&session, "1 at 20, later").await;
        fixture.pause(&session, 1).await;
        fixture.resume(&session, 1).await;
        fixture.advance(5);
        fixture.press(&session, "2 at 5").await;

        let snapshot = fixture
            .snapshot_for(&session, Audience::Public, somebody())
            .await;

        let expected = ["1 at 10", "1 at 20", "1 at 20, later", "2 at 5"];
        assert_eq!(page_notes(&snapshot.page), expected);
        assert!(!snapshot.page.more);
        let exported = fixture
            .store
            .visible_after(session.id, None, 100)
            .await
            .unwrap();
        let exported = exported.iter().map(|line| line.note.as_deref());
        assert_eq!(exported.flatten().collect::<Vec<_>>(), expected);
    })
    .await;
}

#[tokio::test]
async fn pages_forward_make_the_whole_list_without_the_hidden() {
    on_both_databases(async |fixture: Fixture| {
        let (session, all) = three_segments(&fixture, 9).await;
        let hidden = [all[0].id, all[10].id, all[26].id];
        fixture.hide(&session, &hidden).await;
        let visible: Vec<_> = all
            .iter()
            .map(Timestamp::place)
            .filter(|place| {
                !hidden
                    .iter()
                    .any(|id| all.iter().any(|row| row.id == *id && row.place() == *place))
            })
            .collect();
        for limit in [1, 4, 9, 10, 100] {
            let mut pages: Vec<Place> = Vec::new();
            loop {
                let after = pages.last().copied();
                let page = fixture
                    .store
                    .visible_after(session.id, after, limit)
                    .await
                    .unwrap();
                assert!(page.len() as u64 <= limit);
                if page.is_empty() {
                    break;
                }
                pages.extend(page.iter().map(ExportRow::place));
            }
            assert_eq!(pages, visible, "in pages of {limit}");
        }
    })
    .await;
}

#[tokio::test]
async fn pages_backward_make_the_whole_list() {
    on_both_databases(async |fixture: Fixture| {
        let (session, all) = three_segments(&fixture, 150).await;
        let mut page = fixture
            .snapshot_for(&session, Audience::Public, somebody())
            .await
            .page;
        let mut pages = page.timestamps.clone();
        assert_eq!(pages.len() as u64, Page::size(Audience::Public));
        while page.more {
            let before = pages[0].place();
            let older = fixture
                .store
                .page_before(session.id, Audience::Public, before)
                .await;
            page = older.unwrap();
            pages.splice(0..0, page.timestamps.clone());
        }
        let places = |list: &[Timestamp]| list.iter().map(Timestamp::place).collect::<Vec<_>>();
        assert_eq!(places(&pages), places(&all));
    })
    .await;
}

/// A session of three segments, each with so many timestamps of which many share an offset; and its whole list.
async fn three_segments(fixture: &Fixture, each: usize) -> (TestSession, Vec<Timestamp>) {
    let session = fixture.started().await;
    let mut all = Vec::new();
    for segment in 1..=3 {
        for third in [each / 3, each / 3, each - each / 3 * 2] {
            fixture.advance(1);
            let batch: Vec<_> = (0..third)
                .map(|_| fixture.submission(&session, somebody(), press("")))
                .collect();
            let recorded = fixture.store.record(&fixture.clock, batch).await.unwrap();
            let answers = recorded.into_iter();
            all.extend(answers.map(|answer| answer.unwrap().timestamp));
        }
        fixture.pause(&session, segment).await;
        fixture.resume(&session, segment).await;
    }
    (session, all)
}
