//! Presses and what moderators do with them.

use app::{
    domain::{
        offset::Offset,
        press::{Press, PressRefused},
        role::Audience,
        snapshot::Snapshot,
        text::Note,
        timestamp::{BeganAt, Timestamp, TimestampId},
    },
    live::press::own_presses,
    service::ServiceError,
};
use sea_orm::ConnectionTrait;

use super::support::{
    Fixture, TestSession, at, by, heard, notes, on_both_databases, press, somebody, submission,
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
        let submission = |visitor, press| submission(&session, visitor, press);
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
async fn an_edited_note_takes_one_revision_and_an_unchanged_one_none() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "Baron").await.id;
        edit(&fixture, &session, id, Some("The Bloody Baron")).await;
        edit(&fixture, &session, id, Some("The Bloody Baron")).await;
        let row = &fixture.timestamp_rows().await[0];
        assert_eq!(row.note.as_deref(), Some("The Bloody Baron"));
        assert_eq!((row.arrival, row.revision), (2, 4));
        edit(&fixture, &session, id, None).await;
        assert_eq!(fixture.timestamp_rows().await[0].note, None);
    })
    .await;
}

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
async fn what_is_ones_own_is_the_newest_five_hundred_in_the_order_of_the_list() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        let own = async |visitor| {
            let own = fixture.store.own_timestamps(session.id, visitor);
            own.await.unwrap()
        };
        let presses: Vec<_> = (0..own_presses::MOST + 2)
            .map(|n| submission(&session, me, press(&n.to_string())))
            .collect();
        for batch in presses.chunks(250) {
            fixture.advance(60);
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
            submission(&session, somebody(), press)
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
            .map(|(visitor, press, _)| submission(&session, *visitor, press.clone()));
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

async fn edit(fixture: &Fixture, session: &TestSession, id: TimestampId, note: Option<&str>) {
    let note = note.map(|note| Note::parse(note).unwrap());
    let edited = fixture
        .store
        .edit_note(
            &fixture.clock,
            by(session, session.streamer),
            id,
            note,
            None,
        )
        .await;
    edited.unwrap();
}

#[tokio::test]
async fn what_was_stored_under_the_rules_of_before_is_still_read() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        for sql in [
            "UPDATE timestamp SET note = '\u{3164}', submitted_by = '\u{ad}'",
            "UPDATE session SET title = '\u{2800}', game = '\u{2063}'",
            "UPDATE access_key SET label = '\u{3164}'",
        ] {
            fixture.tables.execute_unprepared(sql).await.unwrap();
        }
        let snapshot = fixture.store.snapshot(session.id, Audience::Staff).await;
        let snapshot = snapshot.unwrap().unwrap();
        assert_eq!(snapshot.session.title.as_str(), "(blank)");
        let [row] = &snapshot.page.timestamps[..] else {
            panic!("one row");
        };
        assert_eq!((row.id, &row.note, &row.submitted_by), (id, &None, &None));
        let links = fixture.store.links(session.id).await.unwrap();
        assert_eq!(links[0].label.as_str(), "(blank)");
        // What piled up is edited by who sees it tidied.
        let pile = format!("UPDATE timestamp SET note = 'z{}'", "\u{30d}".repeat(9));
        fixture.tables.execute_unprepared(&pile).await.unwrap();
        let seen = Note::parse(&format!("z{}", "\u{30d}".repeat(9))).unwrap();
        let asked = by(&session, session.streamer);
        let began_at = Some(BeganAt { note: Some(seen) });
        let note = Some(Note::parse("tidy").unwrap());
        let saved = fixture
            .store
            .edit_note(&fixture.clock, asked, id, note, began_at);
        assert!(saved.await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_note_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "first").await.id;
        let note = |note: &str| Some(Note::parse(note).unwrap());
        let save = async |began: Option<Note>, to: Option<Note>| {
            let asked = by(&session, session.streamer);
            let began_at = Some(BeganAt { note: began });
            let saved = fixture
                .store
                .edit_note(&fixture.clock, asked, id, to, began_at);
            saved.await.map(drop).map_err(ServiceError::from)
        };
        assert_eq!(save(note("first"), note("mine")).await, Ok(()));
        // Two began at the same note: the second is told what is there, and decides.
        let refused = Err(ServiceError::Edited { note: note("mine") });
        assert_eq!(save(note("first"), note("yours")).await, refused);
        assert_eq!(save(note("first"), None).await, refused);
        assert_eq!(save(note("mine"), note("yours")).await, Ok(()));
        // An answer that was lost: what was saved is saved.
        assert_eq!(save(note("mine"), note("yours")).await, Ok(()));
        assert_eq!(save(note("yours"), None).await, Ok(()));
        let refused = Err(ServiceError::Edited { note: None });
        assert_eq!(save(note("yours"), note("late")).await, refused);
    })
    .await;
}

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
