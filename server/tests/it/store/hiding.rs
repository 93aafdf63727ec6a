//! Hiding and restoring, one by one and many at once: what is written, and what is counted.

use app::{
    domain::{
        filter::Filter,
        moderation::{ActionKind, Undoing},
        offset::Offset,
        revision::Revision,
        time_range::{Position, TimeRange},
        timestamp::Timestamp,
    },
    service::ServiceError,
};
use entity::timestamp;
use server::store::Moderating;

use super::{
    moderation::{log, moderator, seen},
    support::{Fixture, TestSession, by, generated, heard, on_both_databases, press, somebody},
};

/// The session's count, its first segment's, and the revision.
async fn counts(fixture: &Fixture, session: &TestSession) -> (i32, i32, i64) {
    let row = fixture.session_row(session).await;
    let segments = fixture.segment_rows().await;
    let first = segments.iter().find(|segment| segment.session_id == row.id);
    (
        row.timestamp_count,
        first.unwrap().timestamp_count,
        row.revision,
    )
}

#[tokio::test]
async fn hiding_and_restoring_keep_the_counts_and_write_only_what_changes() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let mut ids = Vec::new();
        for note in ["a", "b", "c"] {
            ids.push(fixture.press(&session, note).await.id);
        }
        fixture.hide(&session, &ids[..1]).await;
        assert_eq!(counts(&fixture, &session).await, (2, 2, 9));

        // One was hidden already: two rows and a count are written.
        fixture.hide(&session, &ids).await;
        assert_eq!(counts(&fixture, &session).await, (0, 0, 12));
        let rows = fixture.timestamp_rows().await;
        assert_ne!(rows[0].hidden_by, rows[1].hidden_by);
        assert_eq!(rows[1].hidden_by, rows[2].hidden_by);

        let again = by(&session, session.streamer);
        let again = fixture.store.hide(&fixture.clock, again, &ids);
        assert!(!fixture.has_news(again).await);
        assert_eq!(counts(&fixture, &session).await, (0, 0, 12));

        let asked = by(&session, session.streamer);
        let restored = fixture.store.restore(&fixture.clock, asked, &ids[..2]);
        assert!(fixture.has_news(restored).await);
        assert_eq!(counts(&fixture, &session).await, (2, 2, 15));
        let rows = fixture.timestamp_rows().await;
        assert_eq!((rows[0].hidden_at, rows[0].hidden_by), (None, None));
        assert!(rows[2].hidden_at.is_some());
    })
    .await;
}

#[tokio::test]
async fn one_timestamp_that_is_not_there_and_none_is_hidden() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let here = fixture.press(&session, "here").await.id;
        let elsewhere = fixture.started().await;
        let there = fixture.press(&elsewhere, "there").await.id;
        let refused = fixture
            .store
            .hide(
                &fixture.clock,
                by(&session, session.streamer),
                &[here, there],
            )
            .await;
        assert_eq!(heard(refused).unwrap_err(), ServiceError::NoTimestamp);
        assert_eq!(counts(&fixture, &session).await.0, 1);
    })
    .await;
}

#[tokio::test]
async fn all_of_a_visitor_are_hidden_from_others_and_undoing_it_restores_no_more() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (anna, troll) = (moderator(&fixture, &session, "Anna").await, somebody());
        let mut ids = Vec::new();
        for note in ["one", "two", "three"] {
            ids.push(
                fixture
                    .submit(&session, troll, press(note))
                    .await
                    .unwrap()
                    .id,
            );
        }
        fixture.press(&session, "kept").await;
        // Hidden before, by another act: it stays hidden.
        fixture.hide(&session, &ids[..1]).await;

        let all = by(&session, anna);
        let (store, clock) = (&fixture.store, &fixture.clock);
        let hidden = store.hide_visitor(clock, all, ids[2]);
        assert!(fixture.has_news(hidden).await);
        assert_eq!(seen(&fixture, &session, somebody()).await, ["kept"]);
        assert_eq!(
            seen(&fixture, &session, troll).await,
            ["one", "two", "three", "kept"]
        );
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);

        let undone = Moderating {
            author: session.streamer,
            ..all
        };
        assert!(fixture.has_news(store.undo(clock, undone)).await);
        assert!(!fixture.has_news(store.undo(clock, undone)).await);
        assert_eq!(
            seen(&fixture, &session, somebody()).await,
            ["two", "three", "kept"]
        );
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 3);

        let log = log(&fixture, &session).await;
        let told = log.iter().find(|act| act.id.0 == all.act).unwrap();
        assert_eq!((told.kind, told.timestamps), (ActionKind::HideVisitor, 2));
        assert_eq!(told.by.as_str(), "Anna");
        let by_whom = told.undone.as_ref().map(|undone| undone.by.as_str());
        assert_eq!(by_whom, Some("Control link"));
    })
    .await;
}

/// Hides all that pass a filter; answers how many were hidden after each call.
async fn swept(fixture: &Fixture, act: Moderating, filter: &Filter) -> Vec<u32> {
    let (mut hidden, mut before) = (Vec::new(), None);
    loop {
        let (store, clock) = (&fixture.store, &fixture.clock);
        let done = store.hide_filtered(clock, act, filter, before).await;
        let swept = done.unwrap();
        hidden.push(swept.hidden);
        before = swept.before;
        if before.is_none() {
            return hidden;
        }
    }
}

#[tokio::test]
async fn all_that_pass_a_filter_are_hidden_however_many_calls_it_takes_as_one_act() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for part in 0..4 {
            let batch: Vec<_> = (0..350)
                .map(|number| match number % 4 {
                    0 => press("a moment"),
                    _ => press("Buy FOLLOWERS"),
                })
                .map(|press| fixture.submission(&session, somebody(), press))
                .collect();
            store.record(clock, batch).await.unwrap();
            if part == 1 {
                fixture.pause(&session, 1).await;
                fixture.resume(&session, 1).await;
            }
        }
        let act = by(&session, session.streamer);
        let filter = Filter {
            text: "followers".to_owned(),
            ..Filter::default()
        };
        // Each batch has 88 moments and 262 of the others.
        assert_eq!(swept(&fixture, act, &filter).await, [749, 1_048]);
        let rows = fixture.timestamp_rows().await;
        let spam = |row: &&timestamp::Model| row.note.as_deref() == Some("Buy FOLLOWERS");
        assert_eq!(rows.iter().filter(spam).count(), 1_048);
        for row in &rows {
            let expected = spam(&row).then_some(act.act);
            assert_eq!(row.hidden_by, expected, "{row:?}");
        }
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 352);
        assert_eq!(log(&fixture, &session).await[0].timestamps, 1_048);

        // Hidden ones are looked at too.
        let other = by(&session, session.streamer);
        assert_eq!(swept(&fixture, other, &filter).await, [0, 0]);
        let second = Filter {
            segment: Some(2),
            ..Filter::default()
        };
        assert_eq!(swept(&fixture, other, &second).await, [176]);

        let undo = async || store.undo(clock, act).await.unwrap();
        assert_eq!(undo().await, Undoing::GoesOn);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1_176);
        let is_undone = async || {
            let log = log(&fixture, &session).await;
            let told = log.iter().find(|told| told.id.0 == act.act);
            told.is_some_and(|told| told.undone.is_some())
        };
        assert!(!is_undone().await);
        assert_eq!(undo().await, Undoing::Done);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1_224);
        assert!(is_undone().await);
        assert_eq!(undo().await, Undoing::Done);
    })
    .await;
}

#[tokio::test]
async fn of_a_range_of_time_all_that_pass_are_hidden_and_nothing_beyond_it_is_read() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        // Three segments of 30 s with 40 presses a second, half of which are spam.
        for segment in 1..=3 {
            for _ in 0..30 {
                let batch: Vec<_> = (0..40)
                    .map(|number| press(if number % 2 == 0 { "a moment" } else { "spam" }))
                    .map(|press| fixture.submission(&session, somebody(), press))
                    .collect();
                store.record(clock, batch).await.unwrap();
                fixture.advance(1);
            }
            fixture.pause(&session, segment).await;
            fixture.resume(&session, segment).await;
        }
        let second = (1..=3_u32, 0..30_u32);
        for ((from, first), (to, last)) in generated((second.clone(), second), 12) {
            let position = |segment_index, seconds| Position {
                segment_index,
                offset_seconds: Offset(seconds),
            };
            let range = TimeRange::between(position(from, first), position(to, last));
            let filter = Filter {
                text: "spam".to_owned(),
                range: Some(range),
                ..Filter::default()
            };
            let act = by(&session, session.streamer);
            let calls = swept(&fixture, act, &filter).await;
            let pages = list(&fixture, &session).await;
            let within = pages
                .iter()
                .filter(|row| range.contains(position(row.segment_index, row.offset_seconds.0)));
            let within = within.count();
            assert!(calls.len() <= within / 1_000 + 1, "{calls:?} of {within}");
            let hidden = usize::try_from(*calls.last().unwrap()).unwrap();
            assert_eq!(hidden, within / 2, "{range:?}");
            for row in &pages {
                let is_spam = row
                    .note
                    .as_ref()
                    .is_some_and(|note| note.as_str() == "spam");
                let is_meant = is_spam && filter.shows(row);
                assert_eq!(row.hidden, is_meant, "{row:?} by {range:?}");
            }
            while store.undo(clock, act).await.unwrap() == Undoing::GoesOn {}
        }
    })
    .await;
}

/// The whole list, as the staff sees it.
async fn list(fixture: &Fixture, session: &TestSession) -> Vec<Timestamp> {
    let (mut rows, mut after) = (Vec::new(), Revision(0));
    loop {
        let changes = fixture.store.changes(session.id, after, 500).await;
        let changes = changes.unwrap().unwrap();
        rows.extend(changes.timestamps);
        after = changes.revision;
        if changes.revision == changes.latest {
            return rows;
        }
    }
}

#[tokio::test]
async fn more_rows_than_one_statement_takes_each_get_a_revision_of_their_own() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let troll = somebody();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let batch: Vec<_> = (0..400)
                .map(|_| fixture.submission(&session, troll, press("spam")))
                .collect();
            let recorded = fixture.store.record(&fixture.clock, batch).await.unwrap();
            ids.extend(recorded.into_iter().map(|made| made.unwrap().timestamp.id));
        }
        let before = fixture.session_row(&session).await.revision;
        fixture.hide(&session, &ids[..600]).await;
        let written = async || {
            let rows = fixture.timestamp_rows().await;
            let revisions = rows.iter().map(|row| row.revision);
            let mut revisions: Vec<_> = revisions.filter(|revision| *revision > before).collect();
            revisions.sort_unstable();
            revisions
        };
        let one_by_one = (before + 1)..=(before + 600);
        assert_eq!(written().await, one_by_one.collect::<Vec<_>>());

        // The others, in as many transactions as their durations require.
        let act = by(&session, session.streamer);
        let hidden = fixture.store.hide_visitor(&fixture.clock, act, ids[0]);
        hidden.await.unwrap();
        let mut revisions = written().await;
        revisions.dedup();
        assert_eq!(revisions.len(), 1_200);
        let row = fixture.session_row(&session).await;
        // Each transaction adds one more, for the count.
        let counts = row.revision - before - 1_200;
        assert!((2..=1_200 / 50 + 2).contains(&counts), "{counts}");
        assert_eq!(row.timestamp_count, 0);
    })
    .await;
}
