//! Undoing publishes no words that the word filter holds back and that others have not seen.

use app::domain::{
    held::HeldWords,
    press::Press,
    rules::Settings,
    text::{Name, Note},
    timestamp::TimestampId,
};
use entity::{moderation, timestamp};
use proptest::{collection::vec, prelude::*};
use sea_orm::EntityTrait;
use server::store::{Moderating, VisitorId};
use uuid::Uuid;

use super::{
    moderation::seen,
    support::{Fixture, TestSession, by, generated, on_both_databases, press, somebody},
};

/// What marks a row that the word filter holds back.
const BY_FILTER: Option<Uuid> = Some(Uuid::nil());

/// A session that holds notes with "spoiler" back.
async fn filtered(fixture: &Fixture) -> TestSession {
    let session = fixture.started().await;
    hold(fixture, &session, "spoiler").await;
    session
}

async fn hold(fixture: &Fixture, session: &TestSession, words: &str) {
    let settings = Settings {
        held_words: HeldWords::parse(words).unwrap(),
        ..Settings::default()
    };
    let (store, clock) = (&fixture.store, &fixture.clock);
    let set = store.set_settings(clock, session.id, settings.into()).await;
    set.unwrap();
}

async fn row(fixture: &Fixture, id: TimestampId) -> timestamp::Model {
    let mut rows = fixture.timestamp_rows().await.into_iter();
    rows.find(|row| row.id == id.0).unwrap()
}

/// What everybody sees. The counts must say the same.
pub(super) async fn public(fixture: &Fixture, session: &TestSession) -> Vec<String> {
    let seen = seen(fixture, session, somebody()).await;
    let counted = fixture.session_row(session).await.timestamp_count;
    assert_eq!(usize::try_from(counted).unwrap(), seen.len());
    seen
}

async fn edit_own(fixture: &Fixture, session: &TestSession, author: VisitorId, edited: Press) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let edited = store.edit_own(clock, session.id, author, edited).await;
    edited.unwrap();
}

pub(super) async fn undo(fixture: &Fixture, act: Moderating) {
    fixture.store.undo(&fixture.clock, act).await.unwrap();
}

#[tokio::test]
async fn a_word_that_a_block_hid_from_the_start_is_held_when_the_block_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = filtered(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let troll = somebody();
        let first = fixture.submit(&session, troll, press("first")).await;
        let block = by(&session, session.streamer);
        store.block(clock, block, first.unwrap().id).await.unwrap();
        let named = Press {
            name: Name::parse("Spoiler").ok(),
            ..press("by its name")
        };
        let harmless = press("harmless");
        for press in [press("SPOILER!"), named.clone(), harmless] {
            fixture.advance(1);
            fixture.submit(&session, troll, press).await.unwrap();
        }
        assert_eq!(public(&fixture, &session).await, ["first"]);

        undo(&fixture, block).await;
        assert_eq!(public(&fixture, &session).await, ["first", "harmless"]);
        assert_eq!(row(&fixture, named.id).await.hidden_by, BY_FILTER);
        assert_eq!(fixture.session_row(&session).await.blocks, 0);

        // A moderator who restores it has decided.
        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[named.id]).await.unwrap();
        let shown = ["first", "by its name", "harmless"];
        assert_eq!(public(&fixture, &session).await, shown);
    })
    .await;
}

#[tokio::test]
async fn a_word_that_its_author_wrote_into_a_hidden_note_is_held_when_the_hiding_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = filtered(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for is_all in [false, true] {
            let (me, first) = (somebody(), press("nice"));
            fixture.submit(&session, me, first.clone()).await.unwrap();
            fixture.advance(1);
            let hide = by(&session, session.streamer);
            let hidden = match is_all {
                true => store.hide_visitor(clock, hide, first.id).await,
                false => store.hide(clock, hide, &[first.id]).await,
            };
            hidden.unwrap();
            fixture.advance(1);
            let edited = Press {
                note: Note::parse("spoiler").ok(),
                ..first.clone()
            };
            edit_own(&fixture, &session, me, edited).await;
            undo(&fixture, hide).await;
            assert_eq!(public(&fixture, &session).await, [""; 0]);
            assert_eq!(row(&fixture, first.id).await.hidden_by, BY_FILTER);
        }
    })
    .await;
}

#[tokio::test]
async fn a_held_note_that_comes_back_with_an_undone_edit_is_held_again() {
    on_both_databases(async |fixture: Fixture| {
        let session = filtered(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for hides_meanwhile in [false, true] {
            let id = fixture.press(&session, "spoiler").await.id;
            fixture.advance(1);
            let (edit, hide) = (
                by(&session, session.streamer),
                by(&session, session.streamer),
            );
            let clean = Note::parse("clean").ok();
            store.edit_note(clock, edit, id, clean, None).await.unwrap();
            let restore = by(&session, session.streamer);
            store.restore(clock, restore, &[id]).await.unwrap();
            assert_eq!(public(&fixture, &session).await, ["clean"]);
            fixture.advance(1);
            if hides_meanwhile {
                store.hide(clock, hide, &[id]).await.unwrap();
                undo(&fixture, edit).await;
                undo(&fixture, hide).await;
            } else {
                undo(&fixture, edit).await;
            }
            assert_eq!(public(&fixture, &session).await, [""; 0]);
            let held = row(&fixture, id).await;
            assert_eq!(
                (held.note.as_deref(), held.hidden_by),
                (Some("spoiler"), BY_FILTER)
            );
        }
    })
    .await;
}

#[tokio::test]
async fn words_that_were_on_the_lists_are_there_again_when_their_hiding_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let session = filtered(&fixture).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let before = fixture.press(&session, "filtered later").await.id;
        let decided = fixture.press(&session, "spoiler").await.id;
        let restore = by(&session, session.streamer);
        store.restore(clock, restore, &[decided]).await.unwrap();
        hold(&fixture, &session, "spoiler, filtered later").await;
        let shown = public(&fixture, &session).await;
        assert_eq!(shown, ["filtered later", "spoiler"]);

        fixture.advance(1);
        let hide = by(&session, session.streamer);
        store.hide(clock, hide, &[before, decided]).await.unwrap();
        assert_eq!(public(&fixture, &session).await, [""; 0]);
        undo(&fixture, hide).await;
        assert_eq!(public(&fixture, &session).await, shown);
    })
    .await;
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// The author writes one of the notes, while no moderator has.
    Write(usize),
    Hide,
    HideAll,
    Block,
    /// A moderator writes one of the notes.
    Correct(usize),
    Restore,
    /// Undoes one of the last actions.
    Undo(usize),
    /// Hides it, and undoes that at once.
    HideAndUndo,
}

/// The first is held back.
const NOTES: [&str; 2] = ["a spoiler", "nice"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        5 => (0..NOTES.len()).prop_map(Step::Write),
        3 => Just(Step::Hide),
        1 => Just(Step::HideAll),
        2 => Just(Step::Block),
        3 => (0..NOTES.len()).prop_map(Step::Correct),
        3 => Just(Step::Restore),
        6 => (0..3_usize).prop_map(Step::Undo),
        1 => Just(Step::HideAndUndo),
    ];
    vec(step, 4..14)
}

/// Whatever is done in whatever order, others see a held word only if a moderator wrote it or restored it.
#[tokio::test]
async fn whatever_is_undone_others_read_held_words_only_by_a_moderators_decision() {
    on_both_databases(async |fixture: Fixture| {
        for steps in generated(steps(), 100) {
            no_held_word_slips_through(&fixture, &steps).await;
        }
    })
    .await;
}

async fn no_held_word_slips_through(fixture: &Fixture, steps: &[Step]) {
    let session = filtered(fixture).await;
    let (store, clock) = (&fixture.store, &fixture.clock);
    let (me, first) = (somebody(), press(NOTES[steps.len() % 2]));
    fixture.submit(&session, me, first.clone()).await.unwrap();
    let id = first.id;
    let mut acts: Vec<Moderating> = Vec::new();
    // Whether a moderator decided that these words may be shown.
    let mut is_decided = false;
    for step in steps {
        fixture.advance(1);
        let before = row(fixture, id).await;
        let act = by(&session, session.streamer);
        match *step {
            Step::Write(note) => {
                let note = Note::parse(NOTES[note]).ok();
                let edited = Press {
                    note,
                    ..first.clone()
                };
                // Refused if a moderator has edited it.
                let _ = store.edit_own(clock, session.id, me, edited).await;
            }
            Step::Hide => store.hide(clock, act, &[id]).await.unwrap(),
            Step::HideAll => store.hide_visitor(clock, act, id).await.unwrap(),
            Step::Block => store.block(clock, act, id).await.unwrap(),
            Step::Correct(note) => {
                let note = Note::parse(NOTES[note]).ok();
                store.edit_note(clock, act, id, note, None).await.unwrap();
            }
            Step::Restore => store.restore(clock, act, &[id]).await.unwrap(),
            Step::Undo(which) => {
                if let Some(act) = acts.iter().rev().nth(which) {
                    // Refused if there is nothing to undo, or the note was changed since.
                    let _ = store.undo(clock, *act).await;
                }
            }
            Step::HideAndUndo => {
                store.hide(clock, act, &[id]).await.unwrap();
                fixture.advance(1);
                let _ = store.undo(clock, act).await;
            }
        }
        let logged = moderation::Entity::find_by_id((session.id.0, act.act));
        if logged.one(&fixture.tables).await.unwrap().is_some() {
            acts.push(act);
        }
        let after = row(fixture, id).await;
        is_decided = match step {
            Step::Correct(_) | Step::Restore => is_decided || after.revision > before.revision,
            _ => is_decided && after.note == before.note,
        };
        let shown = public(fixture, &session).await;
        assert_eq!(shown.len(), usize::from(after.hidden_by.is_none()));
        let slipped = shown == [NOTES[0]] && !is_decided;
        assert!(!slipped, "{step:?} of {steps:?}");
        if matches!(step, Step::HideAndUndo) {
            let hidden = |row: &timestamp::Model| row.hidden_by;
            assert_eq!(hidden(&after), hidden(&before), "{steps:?}");
        }
    }
}
