//! Undoing blocks and hidings of the same rows, in whatever order: what still stands keeps hiding them.

use app::domain::{filter::Filter, timestamp::TimestampId};
use proptest::{collection::vec, prelude::*};
use server::store::{Moderating, VisitorId};
use uuid::Uuid;

use super::{
    support::{Fixture, TestSession, by, generated, on_both_databases, press, somebody},
    undo_held::{public, undo},
};

/// Ways to hide a press.
#[derive(Clone, Copy, Debug)]
enum Way {
    One,
    Filtered,
    OfVisitor,
}

async fn hide(fixture: &Fixture, act: Moderating, way: Way, id: TimestampId) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    match way {
        Way::One => store.hide(clock, act, &[id]).await.unwrap(),
        Way::OfVisitor => store.hide_visitor(clock, act, id).await.unwrap(),
        Way::Filtered => {
            let all = Filter::default();
            let swept = store.hide_filtered(clock, act, &all, None).await.unwrap();
            assert_eq!(swept.hidden, 2);
        }
    }
}

#[tokio::test]
async fn what_is_hidden_under_a_block_is_shown_once_both_are_undone() {
    on_both_databases(async |fixture: Fixture| {
        for way in [Way::One, Way::Filtered, Way::OfVisitor] {
            for is_block_first in [false, true] {
                let session = fixture.started().await;
                let troll = somebody();
                let before = fixture.submit(&session, troll, press("before")).await;
                let block = by(&session, session.streamer);
                let blocked = fixture
                    .store
                    .block(&fixture.clock, block, before.unwrap().id);
                blocked.await.unwrap();
                fixture.advance(1);
                let under = fixture.submit(&session, troll, press("under it")).await;
                fixture.advance(1);
                let hiding = by(&session, session.streamer);
                hide(&fixture, hiding, way, under.unwrap().id).await;

                let (first, second) = match is_block_first {
                    true => (block, hiding),
                    false => (hiding, block),
                };
                undo(&fixture, first).await;
                let shown: &[&str] = match (way, is_block_first) {
                    (Way::Filtered | Way::OfVisitor, true) => &[],
                    (Way::One, _) | (_, false) => &["before"],
                };
                assert_eq!(public(&fixture, &session).await, shown, "{way:?}");
                undo(&fixture, second).await;
                let all = ["before", "under it"];
                assert_eq!(public(&fixture, &session).await, all, "{way:?}");
            }
        }
    })
    .await;
}

/// What happens to the presses of one visitor.
#[derive(Clone, Copy, Debug)]
enum Step {
    Press,
    Block,
    /// One of them is hidden.
    Hide(usize),
    /// All of them are hidden.
    HideAll,
    /// One of them is restored.
    Restore(usize),
    /// One of the last actions is undone.
    Undo(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Press),
        2 => Just(Step::Block),
        2 => (0..4_usize).prop_map(Step::Hide),
        2 => Just(Step::HideAll),
        1 => (0..4_usize).prop_map(Step::Restore),
        5 => (0..3_usize).prop_map(Step::Undo),
    ];
    vec(step, 4..16)
}

#[tokio::test]
async fn whatever_is_undone_a_press_is_shown_once_neither_a_block_nor_a_hiding_stands() {
    on_both_databases(async |fixture: Fixture| {
        for steps in generated(steps(), 100) {
            what_stands_hides(&fixture, &steps).await;
        }
    })
    .await;
}

/// A press, and what hides it by the model.
struct Pressed {
    id: TimestampId,
    note: String,
    /// Whether a block hides it.
    is_blocked: bool,
    /// The action that hides it: the first one of those that name it.
    hidden_by: Option<Uuid>,
    /// Whether others have never seen it.
    is_unseen: bool,
}

impl Pressed {
    fn is_shown(&self) -> bool {
        !self.is_blocked && self.hidden_by.is_none()
    }
}

/// One visitor's presses, and what was done to them.
struct Model {
    pressed: Vec<Pressed>,
    /// The action that blocks the visitor.
    block: Option<Uuid>,
    acts: Vec<Moderating>,
}

async fn what_stands_hides(fixture: &Fixture, steps: &[Step]) {
    let session = fixture.started().await;
    let troll = somebody();
    let mut model = Model {
        pressed: Vec::new(),
        block: None,
        acts: Vec::new(),
    };
    for step in [Step::Press].iter().chain(steps) {
        fixture.advance(1);
        take(fixture, &session, troll, &mut model, *step).await;
        let shown = model.pressed.iter_mut().filter(|press| press.is_shown());
        let shown = shown.map(|press| {
            press.is_unseen = false;
            press.note.clone()
        });
        let shown: Vec<_> = shown.collect();
        let seen = public(fixture, &session).await;
        assert_eq!(seen, shown, "{step:?} of {steps:?}");
    }
}

/// Takes the same step on the fixture and in the model.
async fn take(
    fixture: &Fixture,
    session: &TestSession,
    troll: VisitorId,
    model: &mut Model,
    step: Step,
) {
    let (store, clock) = (&fixture.store, &fixture.clock);
    let act = by(session, session.streamer);
    let count = model.pressed.len();
    let first = model.pressed.first().map(|press| press.id);
    match step {
        Step::Press => {
            let note = count.to_string();
            let made = fixture.submit(session, troll, press(&note)).await;
            model.pressed.push(Pressed {
                id: made.unwrap().id,
                note,
                is_blocked: model.block.is_some(),
                hidden_by: None,
                is_unseen: true,
            });
        }
        Step::Block => {
            store.block(clock, act, first.unwrap()).await.unwrap();
            // A second block is none.
            if model.block.is_none() {
                model.block = Some(act.act);
                model.acts.push(act);
            }
        }
        Step::Hide(which) => {
            let press = &mut model.pressed[which % count];
            store.hide(clock, act, &[press.id]).await.unwrap();
            press.hidden_by.get_or_insert(act.act);
            model.acts.push(act);
        }
        Step::HideAll => {
            let hidden = store.hide_visitor(clock, act, first.unwrap());
            hidden.await.unwrap();
            for press in &mut model.pressed {
                press.hidden_by.get_or_insert(act.act);
            }
            model.acts.push(act);
        }
        Step::Restore(which) => {
            let press = &mut model.pressed[which % count];
            store.restore(clock, act, &[press.id]).await.unwrap();
            (press.is_blocked, press.hidden_by) = (false, None);
        }
        Step::Undo(which) => {
            let Some(act) = model.acts.iter().rev().nth(which).copied() else {
                return;
            };
            // Refused if it hid nothing, because then it is not in the log.
            let _ = store.undo(clock, act).await;
            if model.block == Some(act.act) {
                model.block = None;
                model
                    .pressed
                    .iter_mut()
                    .for_each(|press| press.is_blocked = false);
            }
            let is_blocked = model.block.is_some();
            let named = model.pressed.iter_mut();
            for press in named.filter(|press| press.hidden_by == Some(act.act)) {
                press.hidden_by = None;
                // Blocked again since, perhaps: what nobody has seen does not appear then.
                press.is_blocked |= press.is_unseen && is_blocked;
            }
        }
    }
}
