//! Edits of one text, undone in any order: what an undone edit wrote never comes back.

use app::{
    domain::{
        moderation::Undoing,
        moments::moment::{EditingState, MomentId},
        text::Note,
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use proptest::{collection::vec, prelude::*, sample::Index};
use server::store::Moderating;

use super::{
    moment_scene::{Scene, state, title},
    support::{Fixture, generated, heard, on_both_databases},
};

/// What is edited.
#[derive(Clone, Copy, Debug)]
enum Text {
    Note(TimestampId),
    Title(MomentId),
    State(MomentId),
}

/// What happens to it.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody replaces it by one of few words, so that the same ones are often written again.
    Edit(usize),
    /// One of the edits is undone, perhaps not for the first time.
    Undo(Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0..3_usize).prop_map(Step::Edit),
        any::<Index>().prop_map(Step::Undo),
    ];
    vec(step, 2..14)
}

impl Text {
    fn words(self) -> [&'static str; 3] {
        match self {
            Self::Note(_) => ["the boss", "boss", ""],
            Self::Title(_) => ["", "The boss", "The bridge"],
            Self::State(_) => [
                EditingState::Open.name(),
                EditingState::Rejected.name(),
                EditingState::Cut.name(),
            ],
        }
    }

    async fn now(self, fixture: &Fixture, scene: &Scene<'_>) -> String {
        if let Self::Note(id) = self {
            let rows = fixture.timestamp_rows().await.into_iter();
            let mut notes = rows.filter(|row| row.id == id.0).map(|row| row.note);
            return notes.next().unwrap().unwrap_or_default();
        }
        let shown = &scene.settled(1).await[0];
        match self {
            Self::State(_) => shown.state.name().to_owned(),
            _ => shown.title.clone().map(String::from).unwrap_or_default(),
        }
    }

    async fn edit(self, fixture: &Fixture, scene: &Scene<'_>, word: &str) -> Moderating {
        let asked = scene.asked();
        let edited = match self {
            Self::Note(id) => {
                let note = (!word.is_empty()).then(|| Note::parse(word).unwrap());
                let edited = fixture
                    .store
                    .edit_note(&fixture.clock, asked, id, note, None);
                heard(edited.await)
            }
            Self::Title(id) => scene.edit_as(asked, id, title(word)).await,
            Self::State(id) => {
                let mut all = EditingState::ALL.into_iter();
                let named = all.find(|state| state.name() == word).unwrap();
                scene.edit_as(asked, id, state(named)).await
            }
        };
        edited.unwrap();
        asked
    }
}

#[tokio::test]
async fn whatever_is_undone_a_text_is_what_the_last_edit_that_stands_wrote() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let (id, press) = (scene.settled(1).await[0].id, scene.pressed[0]);
        for text in [Text::Note(press), Text::Title(id), Text::State(id)] {
            let words = text.words();
            let original = words[0].to_owned();
            for steps in generated(steps(), 24) {
                let (mut standing, mut undone) = (Vec::new(), Vec::new());
                for step in &steps {
                    let last = standing.last().map(|(_, word): &(_, String)| word.clone());
                    let expected = last.unwrap_or_else(|| original.clone());
                    match step {
                        // What is so already is not done again.
                        Step::Edit(word) if words[*word] == expected => {}
                        Step::Edit(word) => {
                            fixture.advance(1);
                            let asked = text.edit(&fixture, &scene, words[*word]).await;
                            standing.push((asked, words[*word].to_owned()));
                        }
                        Step::Undo(_) if standing.is_empty() && undone.is_empty() => {}
                        Step::Undo(which) => {
                            let which = which.index(standing.len() + undone.len());
                            let asked: Moderating = match which.checked_sub(standing.len()) {
                                Some(again) => undone[again],
                                None => standing[which].0,
                            };
                            let answer = heard(fixture.store.undo(&fixture.clock, asked).await);
                            if which + 1 < standing.len() {
                                assert_eq!(answer, Err(ServiceError::EditedSince), "{steps:?}");
                            } else {
                                assert_eq!(answer, Ok(Undoing::Done), "{steps:?}");
                            }
                            if which + 1 == standing.len() {
                                undone.extend(standing.pop().map(|(asked, _)| asked));
                            }
                        }
                    }
                    let last = standing.last().map(|(_, word)| word.clone());
                    let expected = last.unwrap_or_else(|| original.clone());
                    let now = text.now(&fixture, &scene).await;
                    assert_eq!(now, expected, "{text:?}: {steps:?}");
                }
                // From the last to the first, all of them can be undone.
                while let Some((asked, _)) = standing.pop() {
                    scene.undo(asked).await.unwrap();
                }
                assert_eq!(text.now(&fixture, &scene).await, original);
            }
        }
    })
    .await;
}
