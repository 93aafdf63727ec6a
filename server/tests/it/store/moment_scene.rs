//! A session with moments, for the tests of what people do to them.

use app::{
    domain::{
        moderation::{ModerationAction, Undoing},
        moments::{
            moment::{EditingState, Moment, MomentId},
            moment_edit::{MomentEdit, MomentEditInput},
        },
        offset::Offset,
        press::Press,
        revision::Revision,
        role::Audience,
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use server::{
    moments::Moments,
    store::{Moderating, VisitorId},
};

use super::support::{Fixture, TestSession, by, heard, press, somebody};

/// A session, what a process knows of its moments, and the visitors who made them.
pub(super) struct Scene<'a> {
    fixture: &'a Fixture,
    pub(super) session: TestSession,
    pub(super) moments: Moments,
    pub(super) visitors: Vec<VisitorId>,
    pub(super) pressed: Vec<TimestampId>,
}

impl<'a> Scene<'a> {
    /// A session with a crowd at each of these seconds.
    pub(super) async fn new(fixture: &'a Fixture, crowds: &[i64]) -> Self {
        let mut scene = Self {
            fixture,
            session: fixture.started().await,
            moments: Moments::new(fixture.store.clone(), fixture.clock.clone()),
            visitors: Vec::new(),
            pressed: Vec::new(),
        };
        let mut now = 0;
        for second in crowds {
            fixture.advance(second - now);
            now = *second;
            scene.crowd(8).await;
        }
        scene.settled(crowds.len()).await;
        scene
    }

    /// So many visitors press now.
    pub(super) async fn crowd(&mut self, count: usize) {
        self.crowd_before(0, count).await;
    }

    /// So many visitors' presses arrive that had to wait for so many seconds.
    pub(super) async fn crowd_before(&mut self, seconds: u64, count: usize) {
        let who: Vec<_> = (0..count).map(|_| somebody()).collect();
        let batch: Vec<_> = who
            .iter()
            .map(|who| {
                let press = Press {
                    waited_ms: seconds * 1_000,
                    ..press("the boss")
                };
                self.fixture.submission(&self.session, *who, press)
            })
            .collect();
        let made = self.fixture.store.record(&self.fixture.clock, batch).await;
        let made = made.unwrap().into_iter();
        self.pressed
            .extend(made.map(|made| made.unwrap().timestamp.id));
        self.visitors.extend(who);
    }

    pub(super) async fn revision(&self) -> Revision {
        let newest = self.fixture.store.newest(self.session.id).await.unwrap();
        newest.unwrap().revision
    }

    /// The moments that an audience is shown, in order of time, as soon as all that was seen is written.
    pub(super) async fn shown(&self, audience: Audience) -> Vec<Moment> {
        for _ in 0..500 {
            let revision = self.revision().await;
            let shown = self.moments.at(self.session.id, revision).await.unwrap();
            if !shown.has_unwritten() {
                return shown.all(audience).moments;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("moments go on being written");
    }

    /// The same for the staff, and there are so many.
    pub(super) async fn settled(&self, count: usize) -> Vec<Moment> {
        let shown = self.shown(Audience::Staff).await;
        assert_eq!(shown.len(), count, "{shown:?}");
        shown
    }

    pub(super) fn asked(&self) -> Moderating {
        by(&self.session, self.session.streamer)
    }

    pub(super) async fn edit_as(
        &self,
        asked: Moderating,
        id: MomentId,
        edit: MomentEdit,
    ) -> Result<(), ServiceError> {
        self.edit_answered(asked, id, edit).await.map(drop)
    }

    /// The same, with the answer.
    pub(super) async fn edit_answered(
        &self,
        asked: Moderating,
        id: MomentId,
        edit: MomentEdit,
    ) -> Result<Option<u32>, ServiceError> {
        let change = heard(self.moments.resolve(self.session.id, id, edit).await)?;
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        heard(store.edit_moment(clock, asked, id, change, None).await)
    }

    pub(super) async fn edit(&self, id: MomentId, edit: MomentEdit) -> Moderating {
        let asked = self.asked();
        self.edit_as(asked, id, edit).await.unwrap();
        asked
    }

    pub(super) async fn undo(&self, asked: Moderating) -> Result<(), ServiceError> {
        let undone = heard(self.fixture.store.undo(&self.fixture.clock, asked).await)?;
        assert_eq!(undone, Undoing::Done);
        Ok(())
    }

    pub(super) async fn log(&self) -> Vec<ModerationAction> {
        let log = self.fixture.store.moderations(self.session.id, None);
        log.await.unwrap()
    }
}

pub(super) fn title(title: &str) -> MomentEdit {
    let title = title.to_owned();
    MomentEditInput::SetTitle { title }.parse().unwrap()
}

pub(super) fn cut(clip: &str) -> MomentEdit {
    let (state, clip) = (Some(EditingState::Cut), Some(clip.to_owned()));
    MomentEditInput::SetState { state, clip }.parse().unwrap()
}

pub(super) fn state(state: EditingState) -> MomentEdit {
    let state = Some(state);
    MomentEdit::SetState { state, clip: None }
}

pub(super) fn set_range(start: u32, end: u32) -> MomentEdit {
    let (start, end) = (Offset(start), Offset(end));
    MomentEdit::SetRange { start, end }
}
