//! A generated session in which everything happens that bears on moments, for the tests of how they are kept up.

use std::collections::BTreeMap;

use app::{
    domain::{
        highlights::Highlights,
        labels::LabelId,
        moments::{
            moment::{EditingState, MomentId},
            moment_edit::MomentEdit,
        },
        offset::Offset,
        press::Press,
        revision::Revision,
        role::Audience,
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use proptest::{collection::vec, prelude::*};
use server::{
    moments::Moments,
    random,
    store::{Moderating, VisitorId},
};

use super::support::{Fixture, TestSession, by, heard, press, somebody};

/// How many visitors press in the generated sessions.
const VISITORS: usize = 12;

/// What happens to a session.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Some seconds pass.
    Wait(i64),
    /// So many visitors press, from one of them on.
    Press(usize, usize),
    /// A press is hidden.
    Hide(prop::sample::Index),
    /// A press is shown again.
    Restore(prop::sample::Index),
    /// All of a visitor is hidden.
    HideVisitor(usize),
    /// A visitor is blocked, or unblocked where they are.
    Block(usize),
    /// A visitor erases themselves.
    Erase(usize),
    /// The author of a press takes it back, if it is not too late.
    TakeBack(prop::sample::Index),
    /// The stream is paused, and goes on.
    Pause,
    /// The stream is paused, and stays so, or goes on where it is.
    Rest,
    /// Delays of visitors are learnt, or not any more.
    Learn(bool),
    /// A moderator does something to a moment, and perhaps to another one.
    Edit(EditKind, prop::sample::Index, prop::sample::Index),
    /// A visitor joins a moment.
    Join(usize, prop::sample::Index),
    /// One of those is undone, if nothing was done since that stands against it.
    Undo(prop::sample::Index),
    /// Somebody looks.
    Look,
}

/// What a moderator does to a moment.
#[derive(Clone, Copy, Debug)]
pub(super) enum EditKind {
    Title,
    Star,
    Hide,
    Merge,
    Split,
    SetRange,
    SetState,
    Make,
}

fn kind() -> impl Strategy<Value = EditKind> {
    prop_oneof![
        1 => Just(EditKind::Title),
        1 => Just(EditKind::Star),
        1 => Just(EditKind::Hide),
        2 => Just(EditKind::Merge),
        2 => Just(EditKind::Split),
        1 => Just(EditKind::SetRange),
        1 => Just(EditKind::SetState),
        1 => Just(EditKind::Make),
    ]
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (1..40i64).prop_map(Step::Wait),
        6 => (0..VISITORS, 1..VISITORS).prop_map(|(from, many)| Step::Press(from, many)),
        2 => any::<prop::sample::Index>().prop_map(Step::Hide),
        1 => any::<prop::sample::Index>().prop_map(Step::Restore),
        1 => (0..VISITORS).prop_map(Step::HideVisitor),
        1 => (0..VISITORS).prop_map(Step::Block),
        1 => (0..VISITORS).prop_map(Step::Erase),
        1 => any::<prop::sample::Index>().prop_map(Step::TakeBack),
        1 => Just(Step::Pause),
        1 => Just(Step::Rest),
        1 => any::<bool>().prop_map(Step::Learn),
        4 => (kind(), any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(kind, one, other)| Step::Edit(kind, one, other)),
        4 => (0..VISITORS, any::<prop::sample::Index>())
            .prop_map(|(who, moment)| Step::Join(who, moment)),
        2 => any::<prop::sample::Index>().prop_map(Step::Undo),
        4 => Just(Step::Look),
    ];
    vec(step, 4..32)
}

/// What one of them presses: some with a label, some without, and some with one that nobody offers.
fn labelled(who: usize) -> Press {
    Press {
        label: u32::try_from(who % 7)
            .ok()
            .filter(|label| *label > 0)
            .map(LabelId),
        ..press("the boss")
    }
}

/// One generated session, and a page that follows it.
pub(super) struct Story<'a> {
    fixture: &'a Fixture,
    pub(super) session: TestSession,
    visitors: Vec<VisitorId>,
    pressed: Vec<(usize, TimestampId)>,
    blocks: BTreeMap<usize, Moderating>,
    /// What was done to moments.
    edits: Vec<Moderating>,
    segment: u32,
    /// Whether the stream is paused.
    rests: bool,
}

impl<'a> Story<'a> {
    pub(super) fn of(fixture: &'a Fixture, session: TestSession) -> Self {
        Self {
            fixture,
            session,
            visitors: (0..VISITORS).map(|_| somebody()).collect(),
            pressed: Vec::new(),
            blocks: BTreeMap::new(),
            edits: Vec::new(),
            segment: 1,
            rests: false,
        }
    }

    pub(super) async fn take(&mut self, step: Step) {
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        match step {
            Step::Wait(seconds) => self.fixture.advance(seconds),
            Step::Press(..) if self.rests => {}
            Step::Press(from, many) => {
                let who = (from..from + many).map(|who| who % VISITORS);
                let who: Vec<_> = who.collect();
                let batch: Vec<_> = who
                    .iter()
                    .map(|who| {
                        self.fixture
                            .submission(&self.session, self.visitors[*who], labelled(*who))
                    })
                    .collect();
                let answers = store.record(clock, batch).await.unwrap();
                let made = answers.into_iter().map(|made| made.unwrap().timestamp.id);
                self.pressed.extend(who.into_iter().zip(made));
            }
            Step::Hide(index) | Step::Restore(index) => {
                if self.pressed.is_empty() {
                    return;
                }
                let (_, id) = *index.get(&self.pressed);
                let asked = by(&self.session, self.session.streamer);
                match step {
                    Step::Hide(_) => store.hide(clock, asked, &[id]).await.unwrap(),
                    _ => store.restore(clock, asked, &[id]).await.unwrap(),
                }
            }
            Step::HideVisitor(who) => {
                if let Some(id) = self.newest_of(who) {
                    let asked = by(&self.session, self.session.streamer);
                    store.hide_visitor(clock, asked, id).await.unwrap();
                }
            }
            Step::Block(who) => {
                if let Some(asked) = self.blocks.remove(&who) {
                    store.undo(clock, asked).await.unwrap();
                } else if let Some(id) = self.newest_of(who) {
                    let asked = by(&self.session, self.session.streamer);
                    store.block(clock, asked, id).await.unwrap();
                    self.blocks.insert(who, asked);
                }
            }
            Step::Erase(who) => {
                store
                    .erase_visitor(clock, self.visitors[who])
                    .await
                    .unwrap();
                self.pressed.retain(|(by, _)| *by != who);
                self.blocks.remove(&who);
            }
            Step::TakeBack(index) => {
                if self.pressed.is_empty() {
                    return;
                }
                let (who, id) = *index.get(&self.pressed);
                let author = self.visitors[who];
                let taken = store.take_back(clock, self.session.id, author, id).await;
                if taken.is_ok() {
                    self.pressed.retain(|(_, pressed)| *pressed != id);
                }
            }
            Step::Pause => {
                if !self.rests {
                    self.fixture.pause(&self.session, self.segment).await;
                }
                self.fixture.advance(5);
                self.fixture.resume(&self.session, self.segment).await;
                self.segment += 1;
                self.rests = false;
            }
            Step::Rest if self.rests => {
                self.fixture.resume(&self.session, self.segment).await;
                self.segment += 1;
                self.rests = false;
            }
            Step::Rest => {
                self.fixture.pause(&self.session, self.segment).await;
                self.rests = true;
            }
            Step::Learn(learns_delays) => {
                self.fixture.learn(&self.session, learns_delays).await;
            }
            Step::Edit(kind, one, other) => self.edit(kind, one, other).await,
            Step::Join(who, index) => self.join(who, index).await,
            Step::Undo(index) => {
                if !self.edits.is_empty() {
                    let asked = self.edits.swap_remove(index.index(self.edits.len()));
                    let undone = heard(store.undo(clock, asked).await);
                    // What changed nothing is no action.
                    let expected = matches!(
                        undone,
                        Ok(_) | Err(ServiceError::EditedSince | ServiceError::NoModeration)
                    );
                    assert!(expected, "{undone:?}");
                }
            }
            Step::Look => {}
        }
    }

    /// Does something to a moment, through another process than the one that is looked at.
    async fn edit(&mut self, kind: EditKind, one: prop::sample::Index, other: prop::sample::Index) {
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        let moments = Moments::new(store.clone(), clock.clone());
        let shown = settled(&moments, self).await.0.moments;
        if shown.is_empty() {
            return;
        }
        let (one, other) = (one.get(&shown), other.get(&shown));
        let (start, end) = (one.start.seconds(), one.end.seconds());
        let edit = match kind {
            EditKind::Title => MomentEdit::SetTitle {
                title: "The boss".to_owned().try_into().ok(),
            },
            EditKind::Star => MomentEdit::SetStarred {
                starred: !one.starred,
            },
            EditKind::Hide => MomentEdit::SetHidden {
                hidden: !one.hidden,
            },
            EditKind::Merge => MomentEdit::Merge {
                others: vec![other.id],
            },
            EditKind::Split => MomentEdit::Split {
                at: Offset(start.midpoint(end) + 1),
            },
            EditKind::SetRange => MomentEdit::SetRange {
                start: Offset(start + 2),
                end: Offset(end + 7),
            },
            EditKind::Make => MomentEdit::Make {
                segment_index: one.segment_index,
                start: Offset(start.saturating_sub(9)),
                end: Offset(end + 3),
                title: "The bridge".to_owned().try_into().unwrap(),
            },
            EditKind::SetState => MomentEdit::SetState {
                state: Some(EditingState::Cut),
                clip: Some("https://clips.example/1".to_owned().try_into().ok()),
            },
        };
        let asked = by(&self.session, self.session.streamer);
        let id = match kind {
            EditKind::Make => MomentId(random::uuid()),
            _ => one.id,
        };
        let change = moments.resolve(self.session.id, id, edit).await.unwrap();
        match heard(store.edit_moment(clock, asked, id, change, None).await) {
            Ok(_) => self.edits.push(asked),
            // One that has a single second, or two that lie in different segments.
            Err(error) => assert!(matches!(
                error,
                ServiceError::Invalid(_) | ServiceError::NoMoment
            )),
        }
    }

    /// A visitor joins a moment, through another process as well.
    async fn join(&self, who: usize, index: prop::sample::Index) {
        let (store, clock, session) = (&self.fixture.store, &self.fixture.clock, self.session.id);
        let moments = Moments::new(store.clone(), clock.clone());
        let shown = settled(&moments, self).await.0.moments;
        if shown.is_empty() {
            return;
        }
        let joined = async {
            let moment = moments.joinable(session, index.get(&shown).id).await?;
            store
                .join_moment(clock, session, self.visitors[who], moment)
                .await
        };
        match heard(joined.await) {
            Ok(_) => {}
            // The stream is paused, or the moment is hidden.
            Err(error) => assert!(matches!(
                error,
                ServiceError::Press(_) | ServiceError::NoMoment
            )),
        }
    }

    fn newest_of(&self, who: usize) -> Option<TimestampId> {
        let theirs = self.pressed.iter().rev().find(|(by, _)| *by == who);
        theirs.map(|(_, id)| *id)
    }

    pub(super) async fn revision(&self) -> Revision {
        let newest = self.fixture.store.newest(self.session.id).await.unwrap();
        newest.unwrap().revision
    }
}

/// Waits until all that was seen is written, which happens behind the look at it.
pub(super) async fn settled(moments: &Moments, story: &Story<'_>) -> (Highlights, Revision) {
    for _ in 0..500 {
        let revision = story.revision().await;
        let shown = moments.at(story.session.id, revision).await.unwrap();
        if !shown.has_unwritten() {
            return (shown.all(Audience::Staff), revision);
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("moments go on being written");
}
