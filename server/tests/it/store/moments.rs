//! Moments: whatever happened to a session, what is kept up row by row is what is read at once.

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
    live::highlights::LiveHighlights,
    service::ServiceError,
};
use entity::{moment, timestamp};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use server::{
    moments::Moments,
    random,
    store::{Moderating, MomentUpdate, VisitorId},
};

use super::support::{
    Fixture, TestSession, by, heard, on_both_databases, press, somebody, submission,
};

/// How many visitors press in the generated sessions.
const VISITORS: usize = 12;

/// What happens to a session.
#[derive(Clone, Copy, Debug)]
enum Step {
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
    Edit(Deed, prop::sample::Index, prop::sample::Index),
    /// A visitor joins a moment.
    Join(usize, prop::sample::Index),
    /// One of those is undone, if nothing was done since that stands against it.
    Undo(prop::sample::Index),
    /// Somebody looks.
    Look,
}

/// What a moderator does to a moment.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Title,
    Star,
    Hide,
    Merge,
    Split,
    SetRange,
    SetState,
    Make,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        1 => Just(Deed::Title),
        1 => Just(Deed::Star),
        1 => Just(Deed::Hide),
        2 => Just(Deed::Merge),
        2 => Just(Deed::Split),
        1 => Just(Deed::SetRange),
        1 => Just(Deed::SetState),
        1 => Just(Deed::Make),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
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
        4 => (deed(), any::<prop::sample::Index>(), any::<prop::sample::Index>())
            .prop_map(|(deed, one, other)| Step::Edit(deed, one, other)),
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
struct Story<'a> {
    fixture: &'a Fixture,
    session: TestSession,
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
    fn of(fixture: &'a Fixture, session: TestSession) -> Self {
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

    async fn take(&mut self, step: Step) {
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        match step {
            Step::Wait(seconds) => self.fixture.advance(seconds),
            Step::Press(..) if self.rests => {}
            Step::Press(from, many) => {
                let who = (from..from + many).map(|who| who % VISITORS);
                let who: Vec<_> = who.collect();
                let batch: Vec<_> = who
                    .iter()
                    .map(|who| submission(&self.session, self.visitors[*who], labelled(*who)))
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
            Step::Edit(deed, one, other) => self.edit(deed, one, other).await,
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
    async fn edit(&mut self, deed: Deed, one: prop::sample::Index, other: prop::sample::Index) {
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        let moments = Moments::new(store.clone(), clock.clone());
        let shown = settled(&moments, self).await.0.moments;
        if shown.is_empty() {
            return;
        }
        let (one, other) = (one.get(&shown), other.get(&shown));
        let (start, end) = (one.start.seconds(), one.end.seconds());
        let edit = match deed {
            Deed::Title => MomentEdit::SetTitle {
                title: "The boss".to_owned().try_into().ok(),
            },
            Deed::Star => MomentEdit::SetStarred {
                starred: !one.starred,
            },
            Deed::Hide => MomentEdit::SetHidden {
                hidden: !one.hidden,
            },
            Deed::Merge => MomentEdit::Merge {
                others: vec![other.id],
            },
            Deed::Split => MomentEdit::Split {
                at: Offset(start.midpoint(end) + 1),
            },
            Deed::SetRange => MomentEdit::SetRange {
                start: Offset(start + 2),
                end: Offset(end + 7),
            },
            Deed::Make => MomentEdit::Make {
                segment_index: one.segment_index,
                start: Offset(start.saturating_sub(9)),
                end: Offset(end + 3),
                title: "The bridge".to_owned().try_into().unwrap(),
            },
            Deed::SetState => MomentEdit::SetState {
                state: Some(EditingState::Cut),
                clip: Some("https://clips.example/1".to_owned().try_into().ok()),
            },
        };
        let asked = by(&self.session, self.session.streamer);
        let id = match deed {
            Deed::Make => MomentId(random::uuid()),
            _ => one.id,
        };
        let change = moments.resolve(self.session.id, id, edit).await.unwrap();
        match heard(store.edit_moment(clock, asked, id, change, None).await) {
            Ok(()) => self.edits.push(asked),
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

    async fn revision(&self) -> Revision {
        let newest = self.fixture.store.newest(self.session.id).await.unwrap();
        newest.unwrap().revision
    }
}

/// What a page shows, whatever way it heard of it.
fn shown(page: &LiveHighlights) -> impl PartialEq + std::fmt::Debug {
    let moments: Vec<_> = page.in_order().into_iter().cloned().collect();
    let curves = page.curves().iter().map(|curve| {
        let end = curve.values.iter().rposition(|value| *value > 0);
        curve.values[..end.map_or(0, |end| end + 1)].to_vec()
    });
    let curves: Vec<_> = curves.filter(|values| !values.is_empty()).collect();
    (moments, curves)
}

/// Waits until all that was seen is written, which happens behind the look at it.
async fn settled(moments: &Moments, story: &Story<'_>) -> (Highlights, Revision) {
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

#[tokio::test]
async fn what_is_kept_up_row_by_row_is_what_is_read_at_once() {
    on_both_databases(async |fixture: Fixture| {
        let mut runner = TestRunner::deterministic();
        for _ in 0..12 {
            let steps = steps().new_tree(&mut runner).unwrap().current();
            let session = fixture.started().await;
            let mut story = Story::of(&fixture, session);
            let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
            let audiences = [Audience::Public, Audience::Staff];
            let mut pages = audiences.map(|audience| (audience, LiveHighlights::default()));
            let mut heard = Revision(0);
            for step in &steps {
                story.take(*step).await;
                if let Step::Look = step {
                    let now = story.revision().await;
                    let known = moments.at(story.session.id, now).await.unwrap();
                    for (audience, page) in &mut pages {
                        page.merge(known.after(heard, *audience), now);
                    }
                    heard = now;
                }
            }
            let (_, now) = settled(&moments, &story).await;
            let known = moments.at(story.session.id, now).await.unwrap();
            let others = Moments::new(fixture.store.clone(), fixture.clock.clone());
            let (_, then) = settled(&others, &story).await;
            let anew = others.at(story.session.id, then).await.unwrap();
            for (audience, page) in &mut pages {
                page.merge(known.after(heard, *audience), now);
                let opened = LiveHighlights::new(anew.all(*audience), then);
                assert_eq!(shown(page), shown(&opened), "{audience:?}: {steps:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_from_before_there_were_moments_has_them_when_it_is_first_opened() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(100);
        for note in ["the boss falls", "The boss falls!", "wow", "", "", ""] {
            fixture.press(&session, note).await;
            fixture.advance(1);
        }
        // As the migration leaves what was written before it.
        let found = timestamp::Entity::find()
            .filter(timestamp::Column::Weight.eq(256))
            .all(&fixture.tables)
            .await;
        assert_eq!(found.unwrap().len(), 6);
        let story = Story::of(&fixture, session.clone());
        let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let (highlights, _) = settled(&moments, &story).await;
        let [moment] = &highlights.moments[..] else {
            panic!("{highlights:?}");
        };
        assert_eq!((moment.presses, moment.visitors), (6, 6));
        assert!((100..106).contains(&moment.peak.seconds()), "{moment:?}");
        let notes: Vec<_> = moment
            .notes
            .iter()
            .map(|note| (note.note.as_str(), note.count))
            .collect();
        assert_eq!(notes, [("The boss falls!", 2), ("wow", 1)]);
        // What a server sees by itself keeps no session from growing old.
        let row = fixture.session_row(&session).await;
        assert!(row.updated_at < super::support::at(107));
    })
    .await;
}

/// Twenty visitors, each as late as always, press at six events.
async fn late_crowds(fixture: &Fixture, session: &TestSession) {
    let visitors: Vec<_> = (0..20).map(|_| somebody()).collect();
    fixture.advance(100);
    for _ in 0..6 {
        for late in 0..10 {
            let now = visitors.iter().skip(late).step_by(10);
            let batch: Vec<_> = now
                .map(|visitor| submission(session, *visitor, press("")))
                .collect();
            fixture.store.record(&fixture.clock, batch).await.unwrap();
            fixture.advance(2);
        }
        fixture.advance(100);
    }
}

#[tokio::test]
async fn a_pause_sharpens_the_moments_of_its_segment_and_keeps_their_ids() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let story = Story::of(&fixture, session.clone());
        late_crowds(&fixture, &session).await;
        let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let (live, _) = settled(&moments, &story).await;
        let ids = |told: &Highlights| {
            told.moments
                .iter()
                .map(|moment| moment.id)
                .collect::<Vec<_>>()
        };
        let best = |told: &Highlights| told.moments.iter().map(|moment| moment.excess).max();
        assert_eq!(live.moments.len(), 6, "{live:?}");

        fixture.pause(&session, 1).await;
        let (sharp, _) = settled(&moments, &story).await;
        assert_eq!(ids(&sharp), ids(&live));
        assert!(best(&sharp) > best(&live), "{sharp:?}");
        assert!(
            sharp.moments.iter().all(|moment| moment.visitors == 20),
            "{sharp:?}"
        );

        // What comes in another segment moves nothing.
        fixture.resume(&session, 1).await;
        late_crowds(&fixture, &session).await;
        let (both, _) = settled(&moments, &story).await;
        let of_first = |told: &Highlights| {
            let first = told
                .moments
                .iter()
                .filter(|moment| moment.segment_index == 1);
            first.cloned().collect::<Vec<_>>()
        };
        assert_eq!(of_first(&both), sharp.moments);

        // Every process says the same, and where it is switched off, what was found live.
        let others = Moments::new(fixture.store.clone(), fixture.clock.clone());
        assert_eq!(settled(&others, &story).await.0.moments, both.moments);
        fixture.learn(&session, false).await;
        let (off, _) = settled(&moments, &story).await;
        assert_eq!(of_first(&off), live.moments);
    })
    .await;
}

#[tokio::test]
async fn two_processes_that_see_a_moment_first_write_it_once() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let seen_at = Revision(fixture.session_row(&session).await.revision);
        let new = |anchor| {
            vec![MomentUpdate::New {
                segment_index: 1,
                anchor: Offset(anchor),
            }]
        };
        let (store, clock) = (&fixture.store, &fixture.clock);
        let first = store.record_moments(clock, session.id, seen_at, new(40));
        let second = store.record_moments(clock, session.id, seen_at, new(41));
        let (first, second) = tokio::join!(first, second);
        first.and(second).unwrap();
        let rows = moment::Entity::find().all(&fixture.tables).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        // Whoever looks again knows of it, and has its say.
        let seen_at = Revision(fixture.session_row(&session).await.revision);
        let id = MomentId(rows[0].id);
        let faded = vec![MomentUpdate::Changed {
            id,
            anchor: Offset(40),
            is_shown: false,
        }];
        store
            .record_moments(clock, session.id, seen_at, faded)
            .await
            .unwrap();
        let rows = moment::Entity::find()
            .filter(moment::Column::Shown.eq(false))
            .all(&fixture.tables)
            .await;
        assert_eq!(rows.unwrap().len(), 1);
    })
    .await;
}
