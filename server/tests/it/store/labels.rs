//! Labels: what a press carries, and what becomes of that when the streamer changes them.

use app::{
    domain::{
        filter::Filter,
        labels::{Colour, LabelEdit, LabelId},
        press::Press,
        role::Audience,
        text::LabelWord,
        timestamp::Timestamp,
    },
    service::ServiceError,
};
use server::idempotent_ids::Seed;
use sha2::{Digest, Sha256};

use super::support::{Fixture, TestSession, by, on_both_databases, press, somebody};

fn edit(id: Option<u32>, word: &str) -> LabelEdit {
    LabelEdit {
        id: id.map(LabelId),
        word: LabelWord::parse(word).unwrap(),
        colour: Colour::Teal,
    }
}

fn labelled(note: &str, label: u32) -> Press {
    Press {
        label: Some(LabelId(label)),
        ..press(note)
    }
}

async fn set(fixture: &Fixture, session: &TestSession, edits: Vec<LabelEdit>) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    assert!(
        fixture
            .has_news(store.set_labels(clock, session.id, edits.into()))
            .await
    );
}

async fn rows(fixture: &Fixture, session: &TestSession) -> Vec<Timestamp> {
    let who = session.streamer;
    let snapshot = fixture.snapshot_for(session, Audience::Staff, who).await;
    snapshot.page.timestamps
}

async fn exported(fixture: &Fixture, session: &TestSession) -> Vec<Option<String>> {
    let rows = fixture.store.visible_after(session.id, None, 100).await;
    let words = rows.unwrap().into_iter().map(|row| row.label);
    words.map(|word| word.map(String::from)).collect()
}

#[tokio::test]
async fn a_press_carries_its_label_and_a_retry_gets_the_first_answer() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (me, funny) = (somebody(), labelled("a note", 1));
        let first = fixture.submit(&session, me, funny.clone()).await.unwrap();
        assert_eq!(first.label, Some(LabelId(1)));
        assert_eq!(rows(&fixture, &session).await[0].label, Some(LabelId(1)));
        set(&fixture, &session, vec![edit(None, "wow")]).await;
        let again = fixture.submit(&session, me, funny.clone()).await;
        assert_eq!(again, Ok(first));
        for other in [None, Some(LabelId(2))] {
            let other = Press {
                label: other,
                ..funny.clone()
            };
            let refused = fixture.submit(&session, me, other).await;
            assert_eq!(refused, Err(ServiceError::Conflict));
        }
    })
    .await;
}

#[tokio::test]
async fn a_label_that_is_not_offered_costs_nobody_the_press() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        set(&fixture, &session, vec![edit(Some(2), "clutch")]).await;
        let me = somebody();
        for label in [1, 6, 99, u32::MAX] {
            let sent = labelled("a note", label);
            let saved = fixture.submit(&session, me, sent.clone()).await.unwrap();
            assert_eq!(saved.label, None, "{label}");
            // A retry is one, whatever became of the label.
            assert_eq!(fixture.submit(&session, me, sent).await, Ok(saved));
        }
        let saved = fixture.submit(&session, me, labelled("", 2)).await;
        assert_eq!(saved.unwrap().label, Some(LabelId(2)));
    })
    .await;
}

#[tokio::test]
async fn a_label_that_is_renamed_or_removed_stays_on_what_carries_it() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        for label in [1, 2] {
            let sent = labelled("a note", label);
            fixture.submit(&session, me, sent).await.unwrap();
        }
        set(&fixture, &session, vec![edit(Some(1), "lol")]).await;
        let labels = rows(&fixture, &session).await.into_iter();
        let labels: Vec<_> = labels.map(|row| row.label).collect();
        assert_eq!(labels, [Some(LabelId(1)), Some(LabelId(2))]);
        let words = exported(&fixture, &session).await;
        assert_eq!(words, [Some("lol".to_owned()), Some("clutch".to_owned())]);
        let row = fixture.session_row(&session).await;
        assert!(row.labels.contains(r#""removed":true"#), "{}", row.labels);
    })
    .await;
}

#[tokio::test]
async fn an_edit_that_is_sent_twice_changes_nothing_and_tells_nobody() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let edits = vec![edit(None, "wow"), edit(None, "lol")];
        set(&fixture, &session, edits.clone()).await;
        let before = fixture.session_row(&session).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let again = store.set_labels(clock, session.id, edits.into());
        assert!(!fixture.has_news(again).await);
        assert_eq!(fixture.session_row(&session).await, before);
        let same = vec![edit(None, "wow"), edit(None, "WOW!")];
        let refused = store.set_labels(clock, session.id, same.into()).await;
        assert!(refused.is_err());
        assert_eq!(fixture.session_row(&session).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_and_a_session_like_another_have_the_labels_that_it_offers_and_no_others() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        set(&fixture, &session, vec![edit(None, "boss")]).await;
        assert!(fixture.session_row(&session).await.labels.contains("funny"));
        let (store, clock, streamer) = (&fixture.store, &fixture.clock, session.streamer);
        let rehearsal = store.open_rehearsal(clock, session.id, streamer, Seed::random());
        let rehearsal = rehearsal.await.unwrap().created.code;
        let title = "Act 2".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let like = Some(session.id);
        let similar = store.open_session(clock, streamer, &title, &game, like, Seed::random());
        for code in [rehearsal, similar.await.unwrap().created.code] {
            let id = store.resolve_code(&code).await.unwrap().unwrap();
            let snapshot = store.snapshot(id, Audience::Public).await;
            let labels = snapshot.unwrap().unwrap().session.labels;
            let words: Vec<_> = labels.known().iter().map(|it| it.word.as_str()).collect();
            assert_eq!(words, ["boss"]);
        }
    })
    .await;
}

#[tokio::test]
async fn rows_are_hidden_by_their_label() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        for label in [1, 2, 1] {
            let sent = labelled("a note", label);
            fixture.submit(&session, me, sent).await.unwrap();
        }
        fixture.press(&session, "without one").await;
        let filter = Filter {
            label: Some(LabelId(1)),
            ..Filter::default()
        };
        let asked = by(&session, session.streamer);
        let (store, clock) = (&fixture.store, &fixture.clock);
        store
            .hide_filtered(clock, asked, &filter, None)
            .await
            .unwrap();
        let hidden = rows(&fixture, &session).await.into_iter();
        let hidden: Vec<_> = hidden.map(|row| row.hidden).collect();
        assert_eq!(hidden, [true, false, true, false]);
    })
    .await;
}

#[tokio::test]
async fn who_is_erased_leaves_no_label_behind() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        let sent = labelled("a note", 1);
        fixture.submit(&session, me, sent).await.unwrap();
        fixture
            .store
            .erase_visitor(&fixture.clock, me)
            .await
            .unwrap();
        let rows = fixture.timestamp_rows().await;
        assert!(rows.iter().all(|row| row.label.is_none()), "{rows:?}");
    })
    .await;
}

/// A press that an earlier build recorded, and whose answer was lost, is sent again to this one.
#[tokio::test]
async fn the_hash_of_a_press_without_a_label_is_that_of_before_there_were_labels() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let me = somebody();
        fixture.submit(&session, me, press("wow")).await.unwrap();
        let mut hash = Sha256::new();
        hash.update(session.id.0.as_bytes());
        hash.update(me.0.as_bytes());
        hash.update(3_u64.to_be_bytes());
        hash.update("wow");
        hash.update(0_u64.to_be_bytes());
        let rows = fixture.timestamp_rows().await;
        assert_eq!(rows[0].request_hash, hash.finalize().to_vec());
    })
    .await;
}
