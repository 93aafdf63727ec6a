//! What moderators do to many timestamps and to visitors, what undoing it restores, and the log of it.

use app::{
    domain::{
        filter::Filter,
        moderation::{ActionKind, Edit, Moderation, ModerationId, Undoing},
        press::Press,
        role::{Audience, Right},
        text::{Label, Note},
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use entity::timestamp;
use sea_orm::ConnectionTrait;
use server::{
    idempotent_ids::Seed,
    random,
    store::{Moderating, VisitorId},
};

use super::support::{
    Fixture, TestSession, by, heard, on_both_databases, page_notes, press, somebody, submission,
};

/// Somebody who redeemed a moderator link with this label.
async fn moderator(fixture: &Fixture, session: &TestSession, label: &str) -> VisitorId {
    let label = Label::parse(label).unwrap();
    let minted = fixture
        .store
        .mint_link(&fixture.clock, session.id, label, Seed::random());
    let (key, who) = (minted.await.unwrap().key, somebody());
    let redeemed = fixture.store.redeem(&fixture.clock, session.id, who, &key);
    redeemed.await.unwrap();
    who
}

/// What a viewer sees.
async fn seen(fixture: &Fixture, session: &TestSession, visitor: VisitorId) -> Vec<String> {
    let snapshot = fixture
        .snapshot_for(session, Audience::Public, visitor)
        .await;
    let notes = page_notes(&snapshot.page).into_iter();
    notes.map(ToOwned::to_owned).collect()
}

async fn log(fixture: &Fixture, session: &TestSession) -> Vec<Moderation> {
    fixture.store.moderations(session.id, None).await.unwrap()
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
        assert_eq!((told.deed, told.timestamps), (ActionKind::HideVisitor, 2));
        assert_eq!(told.by.as_str(), "Anna");
        let by_whom = told.undone.as_ref().map(|undone| undone.by.as_str());
        assert_eq!(by_whom, Some("Control link"));
    })
    .await;
}

#[tokio::test]
async fn what_a_blocked_visitor_presses_only_they_see_until_the_block_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (anna, troll) = (moderator(&fixture, &session, "Anna").await, somebody());
        let before = fixture
            .submit(&session, troll, press("before"))
            .await
            .unwrap();
        let block = by(&session, anna);
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.block(clock, block, before.id).await.unwrap();
        // A second block of the same visitor is none.
        let again = store.block(clock, by(&session, anna), before.id);
        assert!(!fixture.has_news(again).await);

        let answer = fixture.submit(&session, troll, press("blocked")).await;
        let answer = answer.unwrap();
        assert!(answer.mine && !answer.hidden);
        assert_eq!(seen(&fixture, &session, somebody()).await, ["before"]);
        assert_eq!(seen(&fixture, &session, troll).await, ["before", "blocked"]);
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 1);
        assert_eq!(log(&fixture, &session).await[0].timestamps, 1);

        store.undo(clock, block).await.unwrap();
        let after = fixture.submit(&session, troll, press("after")).await;
        after.unwrap();
        assert_eq!(
            seen(&fixture, &session, somebody()).await,
            ["before", "blocked", "after"]
        );
        assert_eq!(fixture.session_row(&session).await.timestamp_count, 3);
        assert_eq!(fixture.session_row(&session).await.blocks, 0);
    })
    .await;
}

#[tokio::test]
async fn an_act_about_one_visitor_is_never_made_one_about_another() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let (one, other) = (somebody(), somebody());
        let (of_one, of_other) = (
            fixture
                .submit(&session, one, press("one"))
                .await
                .unwrap()
                .id,
            fixture
                .submit(&session, other, press("other"))
                .await
                .unwrap()
                .id,
        );

        let block = by(&session, session.streamer);
        store.block(clock, block, of_one).await.unwrap();
        let refused = store.block(clock, block, of_other).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        // A retry is none of that.
        assert!(!fixture.has_news(store.block(clock, block, of_one)).await);
        let blocked = fixture.submit(&session, one, press("blocked")).await;
        blocked.unwrap();
        assert_eq!(seen(&fixture, &session, somebody()).await, ["one", "other"]);
        store.undo(clock, block).await.unwrap();
        assert_eq!(fixture.session_row(&session).await.blocks, 0);

        let hide = by(&session, session.streamer);
        store.hide_visitor(clock, hide, of_one).await.unwrap();
        let refused = store.hide_visitor(clock, hide, of_other).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        assert_eq!(seen(&fixture, &session, somebody()).await, ["other"]);
    })
    .await;
}

#[tokio::test]
async fn a_block_is_of_one_session_only() {
    on_both_databases(async |fixture: Fixture| {
        let (session, other) = (fixture.started().await, fixture.started().await);
        let troll = somebody();
        let pressed = fixture
            .submit(&session, troll, press("here"))
            .await
            .unwrap();
        let block = by(&session, session.streamer);
        fixture
            .store
            .block(&fixture.clock, block, pressed.id)
            .await
            .unwrap();
        fixture.submit(&other, troll, press("there")).await.unwrap();
        assert_eq!(seen(&fixture, &other, somebody()).await, ["there"]);
    })
    .await;
}

#[tokio::test]
async fn staff_can_not_be_blocked() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let anna = moderator(&fixture, &session, "Anna").await;
        for who in [anna, session.streamer] {
            let pressed = fixture.submit(&session, who, press("ours")).await.unwrap();
            let blocked = fixture
                .store
                .block(&fixture.clock, by(&session, anna), pressed.id)
                .await;
            assert_eq!(heard(blocked).unwrap_err(), ServiceError::TargetIsStaff);
        }
        assert_eq!(log(&fixture, &session).await, []);
    })
    .await;
}

#[tokio::test]
async fn several_calls_of_one_author_with_one_name_are_one_act() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let mut ids = Vec::new();
        for note in ["a", "b", "c"] {
            ids.push(fixture.press(&session, note).await.id);
        }
        let (store, clock) = (&fixture.store, &fixture.clock);
        let act = by(&session, session.streamer);
        store.hide(clock, act, &ids[..2]).await.unwrap();
        store.hide(clock, act, &ids[1..]).await.unwrap();
        assert_eq!(log(&fixture, &session).await.len(), 1);
        assert_eq!(log(&fixture, &session).await[0].timestamps, 3);

        let anna = moderator(&fixture, &session, "Anna").await;
        let foreign = Moderating {
            author: anna,
            ..act
        };
        let refused = store.hide(clock, foreign, &ids).await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::ModerationConflict
        );
        let other_deed = store.restore(clock, act, &ids).await;
        assert_eq!(
            heard(other_deed).unwrap_err(),
            ServiceError::ModerationConflict
        );

        store.undo(clock, act).await.unwrap();
        assert_eq!(seen(&fixture, &session, anna).await, ["a", "b", "c"]);
        let late = store.hide(clock, act, &ids).await;
        assert_eq!(heard(late).unwrap_err(), ServiceError::ModerationConflict);
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

/// The note of a timestamp, as it is stored.
async fn note_of(fixture: &Fixture, id: TimestampId) -> Option<Note> {
    let rows = fixture.timestamp_rows().await.into_iter();
    let mut notes = rows.filter(|row| row.id == id.0).map(|row| row.note);
    notes
        .next()
        .flatten()
        .map(|note| Note::parse(&note).unwrap())
}

#[tokio::test]
async fn an_edit_is_told_with_its_words_and_undone_unless_the_note_was_changed_since() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let note = |note: &str| Some(Note::parse(note).unwrap());
        for (before, after) in [(note("a"), note("b")), (None, note("c")), (note("d"), None)] {
            let press = Press {
                note: before.clone(),
                ..press("any")
            };
            let id = fixture
                .submit(&session, somebody(), press)
                .await
                .unwrap()
                .id;
            let edit = by(&session, session.streamer);
            let edited = store.edit_note(clock, edit, id, after.clone(), None);
            edited.await.unwrap();
            let [told, ..] = &log(&fixture, &session).await[..] else {
                panic!("nothing in the log");
            };
            let words = Edit {
                before: before.clone(),
                after: after.clone(),
            };
            assert_eq!(
                (told.deed, told.edit.as_ref()),
                (ActionKind::EditNote, Some(&words))
            );
            assert!(told.can_be_undone());

            // What somebody has changed since is not overwritten.
            fixture.advance(1);
            let later = by(&session, session.streamer);
            let changed = store.edit_note(clock, later, id, note("later"), None);
            changed.await.unwrap();
            let undone = heard(store.undo(clock, edit).await).map(drop);
            assert_eq!(undone, Err(ServiceError::EditedSince));
            assert_eq!(note_of(&fixture, id).await, note("later"));

            // The later change first, then this one; twice is no error.
            assert!(fixture.has_news(store.undo(clock, later)).await);
            assert_eq!(note_of(&fixture, id).await, after);
            assert!(fixture.has_news(store.undo(clock, edit)).await);
            assert!(!fixture.has_news(store.undo(clock, edit)).await);
            assert_eq!(note_of(&fixture, id).await, before);
            let acts = log(&fixture, &session).await;
            assert!(
                acts.iter()
                    .all(|act| act.undone.is_some() && act.timestamps == 1)
            );
            fixture.advance(1);
        }
    })
    .await;
}

#[tokio::test]
async fn an_edit_whose_words_nobody_knows_is_told_and_not_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let edit = by(&session, session.streamer);
        let note = Some(Note::parse("b").unwrap());
        let edited = fixture
            .store
            .edit_note(&fixture.clock, edit, id, note, None);
        edited.await.unwrap();
        let sql = "UPDATE moderation SET note_before = NULL, note_after = NULL";
        fixture.tables.execute_unprepared(sql).await.unwrap();
        let [told] = &log(&fixture, &session).await[..] else {
            panic!("one act");
        };
        assert!(told.edit.is_none() && !told.can_be_undone());
        let undone = heard(fixture.store.undo(&fixture.clock, edit).await).map(drop);
        assert_eq!(undone, Err(ServiceError::NoModeration));
    })
    .await;
}

#[tokio::test]
async fn the_log_is_told_page_by_page() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let many = Moderation::MOST + 3;
        for number in 0..many {
            // Some at the same moment: then their names tell the order.
            fixture.advance(i64::from(number % 2 == 0));
            let note = Note::parse(&number.to_string()).unwrap();
            let asked = by(&session, session.streamer);
            let edited = fixture
                .store
                .edit_note(&fixture.clock, asked, id, Some(note), None);
            edited.await.unwrap();
        }
        let newest = log(&fixture, &session).await;
        assert_eq!(newest.len(), Moderation::MOST);
        let page = async |before: ModerationId| {
            let page = fixture.store.moderations(session.id, Some(before));
            page.await.unwrap()
        };
        let rest = page(newest[newest.len() - 1].id).await;
        assert_eq!(rest.len(), 3);
        let all: Vec<_> = newest.iter().chain(&rest).collect();
        assert!(all.is_sorted_by(|one, next| (one.at, one.id) > (next.at, next.id)));
        assert!(page(rest[2].id).await.is_empty());
        assert!(page(ModerationId(random::uuid())).await.is_empty());
    })
    .await;
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
                .map(|press| submission(&session, somebody(), press))
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
async fn showing_again_and_what_is_no_act_cannot_be_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        fixture.hide(&session, &[id]).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[id]).await.unwrap();
        let nothing = Moderating {
            act: random::uuid(),
            ..restore
        };
        let held_words = Moderating {
            act: uuid::Uuid::nil(),
            ..restore
        };
        for act in [restore, nothing, held_words] {
            let refused = heard(store.undo(clock, act).await).unwrap_err();
            assert_eq!(refused, ServiceError::NoModeration);
        }
        let deeds: Vec<_> = log(&fixture, &session)
            .await
            .iter()
            .map(|act| act.deed)
            .collect();
        assert!(deeds.contains(&ActionKind::Restore) && deeds.contains(&ActionKind::Hide));
    })
    .await;
}

#[tokio::test]
async fn who_lost_the_link_meanwhile_changes_nothing() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let id = fixture.press(&session, "a").await.id;
        let anna = moderator(&fixture, &session, "Anna").await;
        let links = fixture.store.links(session.id).await.unwrap();
        let link = links
            .iter()
            .find(|link| link.label.as_str() == "Anna")
            .unwrap();
        let revoked = fixture
            .store
            .revoke_link(&fixture.clock, session.id, link.id);
        revoked.await.unwrap();
        let refused = fixture
            .store
            .hide(&fixture.clock, by(&session, anna), &[id])
            .await;
        assert_eq!(
            heard(refused).unwrap_err(),
            ServiceError::Forbidden(Right::Moderate)
        );
        assert_eq!(seen(&fixture, &session, somebody()).await, ["a"]);
    })
    .await;
}

#[tokio::test]
async fn more_rows_than_one_statement_takes_each_get_a_revision_of_their_own() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let troll = somebody();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let batch: Vec<_> = (0..400)
                .map(|_| submission(&session, troll, press("spam")))
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
