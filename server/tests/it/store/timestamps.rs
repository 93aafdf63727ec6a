//! Timestamps: where presses land, and how they are answered, once and again, alone and in a batch.

use app::{
    domain::{
        offset::Offset,
        press::{Press, PressRefused},
        text::Note,
    },
    service::ServiceError,
};

use super::{
    notes::edit,
    support::{Fixture, at, on_both_databases, press, somebody},
};

#[tokio::test]
async fn a_press_lies_at_the_seconds_since_its_segments_start() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(4354);
        let timestamp = fixture.press(&session, "Geralt insulted the Baron").await;
        assert_eq!(timestamp.offset_seconds, Offset(4354));
        assert_eq!(timestamp.created_at, at(4354));
        assert!(timestamp.mine && !timestamp.hidden);
        let row = &fixture.timestamp_rows().await[0];
        assert_eq!(row.offset_hms, "01:12:34");
        // The segment opened, the timestamp, and the segment's count.
        assert_eq!(
            (row.arrival, fixture.session_row(&session).await.revision),
            (2, 3)
        );
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);
        assert_eq!(fixture.segment_rows().await[0].timestamp_count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_press_that_waited_lands_in_the_segment_of_its_moment() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(60);
        fixture.pause(&session, 1).await;
        fixture.advance(30);
        fixture.resume(&session, 1).await;
        fixture.advance(10);
        let waited = |seconds: u64| Press {
            waited_ms: seconds * 1000,
            ..press("")
        };
        let first = fixture
            .submit(&session, somebody(), waited(55))
            .await
            .unwrap();
        assert_eq!((first.segment_index, first.offset_seconds), (1, Offset(45)));
        let refused = fixture.submit(&session, somebody(), waited(20)).await;
        assert_eq!(
            refused,
            Err(ServiceError::Press(PressRefused::MomentInPause))
        );
        let counts: Vec<_> = fixture
            .segment_rows()
            .await
            .iter()
            .map(|row| row.timestamp_count)
            .collect();
        assert_eq!(counts, [1, 0]);
    })
    .await;
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_even_after_an_edit_a_hiding_and_the_end() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, mut pressed) = (somebody(), press("as first sent"));
        let first = fixture.submit(&session, me, pressed.clone()).await.unwrap();
        edit(&fixture, &session, first.id, Some("edited")).await;
        fixture.hide(&session, &[first.id]).await;
        fixture.pause(&session, 1).await;
        let before = fixture.session_row(&session).await;

        fixture.advance(9);
        pressed.waited_ms = 9000;
        let again = fixture.submit(&session, me, pressed).await;

        assert_eq!(again, Ok(first));
        assert_eq!(fixture.session_row(&session).await, before);
    })
    .await;
}

#[tokio::test]
async fn the_same_id_with_another_visitor_note_or_name_conflicts() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, mine) = (somebody(), press("mine"));
        fixture.submit(&session, me, mine.clone()).await.unwrap();
        let other_note = Press {
            note: None,
            ..mine.clone()
        };
        let name = Some("Ciri".to_owned().try_into().unwrap());
        let other_name = Press {
            name,
            ..mine.clone()
        };
        for (visitor, press) in [(somebody(), mine), (me, other_note), (me, other_name)] {
            let refused = fixture.submit(&session, visitor, press).await;
            assert_eq!(refused, Err(ServiceError::Conflict));
        }
        assert_eq!(fixture.timestamp_rows().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn in_a_batch_a_refused_press_costs_the_others_nothing() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(5);
        let (me, other) = (somebody(), somebody());
        let first = press("first");
        let late = Press {
            waited_ms: 1_000_000,
            ..press("waited too long")
        };
        let submission = |visitor, press| fixture.submission(&session, visitor, press);
        let batch = [
            submission(me, first.clone()),
            submission(me, late),
            submission(me, first.clone()),
            submission(other, first),
            submission(other, press("last")),
        ];
        let recorded = fixture.store.record(&fixture.clock, batch).await.unwrap();

        let [first, late, again, foreign, last] = <[_; 5]>::try_from(recorded).unwrap();
        let (first, again) = (first.unwrap(), again.unwrap());
        assert_eq!(first.timestamp, again.timestamp);
        assert!(first.is_new && !again.is_new);
        assert_eq!(late, Err(ServiceError::Press(PressRefused::WaitedTooLong)));
        assert_eq!(foreign, Err(ServiceError::Conflict));
        let arrivals = [first, last.unwrap()].map(|recorded| recorded.timestamp.arrival.0);
        assert_eq!(arrivals, [2, 3]);
        // One count for both.
        assert_eq!(fixture.session_row(&session).await.revision, 4);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 2);
    })
    .await;
}

#[tokio::test]
async fn a_note_of_a_hundred_characters_of_four_bytes_is_stored() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let film = "🎬".repeat(100);
        let timestamp = fixture.press(&session, &film).await;
        let listed = fixture
            .store
            .visible_after(session.id, None, 10)
            .await
            .unwrap();
        assert_eq!(listed[0].note.as_deref(), Some(film.as_str()));
        let answered = timestamp.note.as_ref().map(Note::as_str);
        assert_eq!(answered, listed[0].note.as_deref());
    })
    .await;
}

#[tokio::test]
async fn in_a_session_of_many_segments_each_press_is_answered_with_its_own() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let mut made = Vec::new();
        // Twenty segments of 20 s, with pauses of 10 s.
        for segment in 1..=20 {
            fixture.advance(5);
            let (visitor, press) = (somebody(), press("at once"));
            let first = fixture.submit(&session, visitor, press.clone()).await;
            assert_eq!(first.as_ref().unwrap().segment_index, segment);
            made.push((visitor, press, first.unwrap()));
            fixture.advance(15);
            fixture.pause(&session, segment).await;
            fixture.advance(10);
            fixture.resume(&session, segment).await;
        }
        // A batch of presses that waited since each of the segments, and since the pauses between.
        let waited = |seconds: u64| {
            let press = Press {
                waited_ms: seconds * 1000,
                ..press("waited")
            };
            fixture.submission(&session, somebody(), press)
        };
        let since_pressed: Vec<_> = (1..=20).map(|back| waited(back * 30 - 5)).collect();
        let answers = fixture.store.record(&fixture.clock, since_pressed).await;
        for (answer, segment) in answers.unwrap().into_iter().zip((1..=20).rev()) {
            let placed = answer.unwrap().timestamp;
            assert_eq!(
                (placed.segment_index, placed.offset_seconds.0),
                (segment, 5)
            );
        }
        let in_pauses: Vec<_> = (0..20).map(|back| waited(back * 30 + 5)).collect();
        let answers = fixture.store.record(&fixture.clock, in_pauses).await;
        for answer in answers.unwrap() {
            let refused = ServiceError::Press(PressRefused::MomentInPause);
            assert_eq!(answer.unwrap_err(), refused);
        }
        // Retries are answered as at first, one by one and all at once, also while the session is paused.
        fixture.pause(&session, 21).await;
        let retries = made
            .iter()
            .map(|(visitor, press, _)| fixture.submission(&session, *visitor, press.clone()));
        let answers = fixture
            .store
            .record(&fixture.clock, retries.collect::<Vec<_>>());
        for (answer, (visitor, press, first)) in answers.await.unwrap().into_iter().zip(made) {
            assert_eq!(answer.unwrap().timestamp, first);
            let again = fixture.submit(&session, visitor, press).await;
            assert_eq!(again.unwrap(), first);
        }
    })
    .await;
}
