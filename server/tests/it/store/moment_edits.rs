//! What moderators do to moments, what undoing it restores, and that no press undoes it.

use app::{
    domain::{
        invalid_input::InvalidInput,
        moderation::{ActionKind, Moderation, Undoing},
        moments::{
            moment::{EditingState, Moment, MomentId},
            moment_edit::{MomentEdit, MomentEditInput},
        },
        offset::Offset,
        revision::Revision,
        role::{Audience, Right},
        timestamp::TimestampId,
    },
    service::ServiceError,
};
use entity::{moment, moment_edit, segment, timestamp};
use sea_orm::{EntityTrait, QuerySelect};
use server::{
    moments::Moments,
    random,
    store::{Moderating, MomentUpdate, VisitorId},
};

use super::support::{
    Fixture, TestSession, by, heard, on_both_databases, press, somebody, submission,
};

/// A session, what a process knows of its moments, and the visitors who made them.
struct Scene<'a> {
    fixture: &'a Fixture,
    session: TestSession,
    moments: Moments,
    visitors: Vec<VisitorId>,
    pressed: Vec<TimestampId>,
}

impl<'a> Scene<'a> {
    /// A session with a crowd at each of these seconds.
    async fn new(fixture: &'a Fixture, crowds: &[i64]) -> Self {
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
    async fn crowd(&mut self, count: usize) {
        let who: Vec<_> = (0..count).map(|_| somebody()).collect();
        let batch: Vec<_> = who
            .iter()
            .map(|who| submission(&self.session, *who, press("the boss")))
            .collect();
        let made = self.fixture.store.record(&self.fixture.clock, batch).await;
        let made = made.unwrap().into_iter();
        self.pressed
            .extend(made.map(|made| made.unwrap().timestamp.id));
        self.visitors.extend(who);
    }

    async fn revision(&self) -> Revision {
        let newest = self.fixture.store.newest(self.session.id).await.unwrap();
        newest.unwrap().revision
    }

    /// The moments that an audience is shown, in order of time, as soon as all that was seen is written.
    async fn shown(&self, audience: Audience) -> Vec<Moment> {
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
    async fn settled(&self, count: usize) -> Vec<Moment> {
        let shown = self.shown(Audience::Staff).await;
        assert_eq!(shown.len(), count, "{shown:?}");
        shown
    }

    fn asked(&self) -> Moderating {
        by(&self.session, self.session.streamer)
    }

    async fn edit_as(
        &self,
        asked: Moderating,
        id: MomentId,
        edit: MomentEdit,
    ) -> Result<(), ServiceError> {
        let change = heard(self.moments.resolve(self.session.id, id, edit).await)?;
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        heard(store.edit_moment(clock, asked, id, change).await)
    }

    async fn edit(&self, id: MomentId, edit: MomentEdit) -> Moderating {
        let asked = self.asked();
        self.edit_as(asked, id, edit).await.unwrap();
        asked
    }

    async fn undo(&self, asked: Moderating) -> Result<(), ServiceError> {
        let undone = heard(self.fixture.store.undo(&self.fixture.clock, asked).await)?;
        assert_eq!(undone, Undoing::Done);
        Ok(())
    }

    async fn log(&self) -> Vec<Moderation> {
        let log = self.fixture.store.moderations(self.session.id, None);
        log.await.unwrap()
    }
}

fn title(title: &str) -> MomentEdit {
    let title = title.to_owned();
    MomentEditInput::SetTitle { title }.parse().unwrap()
}

fn cut(clip: &str) -> MomentEdit {
    let (state, clip) = (Some(EditingState::Cut), Some(clip.to_owned()));
    MomentEditInput::SetState { state, clip }.parse().unwrap()
}

fn set_range(start: u32, end: u32) -> MomentEdit {
    let (start, end) = (Offset(start), Offset(end));
    MomentEdit::SetRange { start, end }
}

#[tokio::test]
async fn each_act_is_one_in_the_log_however_often_it_is_sent_and_is_undone_like_the_others() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let before = scene.settled(2).await;
        let (id, other) = (before[0].id, before[1].id);
        for (kind, edit) in [
            (ActionKind::TitleMoment, title("The boss falls")),
            (
                ActionKind::StarMoment,
                MomentEdit::SetStarred { starred: true },
            ),
            (
                ActionKind::HideMoment,
                MomentEdit::SetHidden { hidden: true },
            ),
            (ActionKind::SetMomentState, cut("https://clips.example/1")),
            (
                ActionKind::MergeMoments,
                MomentEdit::Merge {
                    others: vec![other],
                },
            ),
            (
                ActionKind::SplitMoment,
                MomentEdit::Split { at: Offset(101) },
            ),
            (ActionKind::MoveMoment, set_range(90, 130)),
        ] {
            fixture.advance(1);
            let asked = scene.asked();
            let change = scene.moments.resolve(scene.session.id, id, edit.clone());
            let change = change.await.unwrap();
            let edited = fixture.store.edit_moment(&fixture.clock, asked, id, change);
            assert!(fixture.has_news(edited).await, "{kind:?}");
            let done = scene.shown(Audience::Staff).await;
            assert_ne!(done, before, "{kind:?}");
            let revision = scene.revision().await;
            scene.edit_as(asked, id, edit.clone()).await.unwrap();
            assert_eq!(scene.revision().await, revision, "a retry of {kind:?}");
            let log = scene.log().await;
            assert_eq!((log[0].id.0, log[0].deed), (asked.act, kind));
            assert!(log[0].can_be_undone() && log[0].moment.is_some());

            for _ in 0..2 {
                scene.undo(asked).await.unwrap();
                assert_eq!(scene.shown(Audience::Staff).await, before, "{kind:?}");
            }
            assert!(scene.log().await[0].undone.is_some());
            // Whoever undid it means it.
            let again = scene.edit_as(asked, id, edit).await;
            assert_eq!(again, Err(ServiceError::ModerationConflict));
        }
        assert_eq!(scene.log().await.len(), 7);
        // What is so already is not done again.
        scene
            .edit(id, MomentEdit::SetStarred { starred: false })
            .await;
        scene.edit(id, title("")).await;
        assert_eq!(scene.log().await.len(), 7);
    })
    .await;
}

#[tokio::test]
async fn the_log_tells_what_an_edit_replaced() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        for edit in [
            title("The boss falls"),
            title("The boss"),
            cut("https://clips.example/1"),
        ] {
            fixture.advance(1);
            scene.edit(id, edit).await;
        }
        let log = scene.log().await.into_iter().rev();
        let replaced = log.map(|act| {
            let moment = act.moment.unwrap();
            (moment.before.unwrap(), moment.after.unwrap())
        });
        let replaced: Vec<_> = replaced.collect();
        let words = |before: &str, after: &str| (before.to_owned(), after.to_owned());
        assert_eq!(
            replaced,
            [
                words("", "The boss falls"),
                words("The boss falls", "The boss"),
                words("open", "cut https://clips.example/1"),
            ]
        );
    })
    .await;
}

#[tokio::test]
async fn what_somebody_changed_since_is_not_undone() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let shown = scene.settled(2).await;
        let (id, other) = (shown[0].id, shown[1].id);
        let first = scene.edit(id, title("The boss falls")).await;
        let state = scene.edit(id, cut("")).await;
        let second = scene.edit(id, title("The boss")).await;
        scene.edit(id, cut("https://clips.example/1")).await;
        for act in [first, state] {
            assert_eq!(scene.undo(act).await, Err(ServiceError::EditedSince));
        }
        scene.undo(second).await.unwrap();
        scene.undo(first).await.unwrap();
        assert_eq!(scene.settled(2).await[0].title, None);

        let merge = scene
            .edit(
                id,
                MomentEdit::Merge {
                    others: vec![other],
                },
            )
            .await;
        let split = scene.edit(id, MomentEdit::Split { at: Offset(200) }).await;
        let made = scene.settled(2).await[1].clone();
        assert!(![id, other].contains(&made.id), "an id is never used again");
        assert_eq!(scene.undo(merge).await, Err(ServiceError::EditedSince));
        let named = scene.edit(made.id, title("The later half")).await;
        assert_eq!(scene.undo(split).await, Err(ServiceError::EditedSince));
        scene.undo(named).await.unwrap();
        scene.undo(split).await.unwrap();
        scene.undo(merge).await.unwrap();
        let ids: Vec<_> = scene
            .settled(2)
            .await
            .iter()
            .map(|moment| moment.id)
            .collect();
        assert_eq!(ids, [id, other]);
    })
    .await;
}

#[tokio::test]
async fn undoing_a_star_or_hiding_leaves_what_somebody_decided_later() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        let star = |starred| MomentEdit::SetStarred { starred };
        let hide = |hidden| MomentEdit::SetHidden { hidden };
        let decide = async |edit| {
            fixture.advance(1);
            scene.edit(id, edit).await
        };
        for edits in [
            [star(true), star(false), star(true)],
            [hide(true), hide(false), hide(true)],
        ] {
            let before = scene.settled(1).await;
            let [first, second, third] = edits;
            let first = decide(first).await;
            let second = decide(second).await;
            let third = decide(third).await;
            let decided = scene.settled(1).await;
            for act in [first, second] {
                assert_eq!(scene.undo(act).await, Err(ServiceError::EditedSince));
            }
            assert_eq!(scene.settled(1).await, decided);
            // What was undone decides nothing.
            for act in [third, second, first] {
                scene.undo(act).await.unwrap();
            }
            assert_eq!(scene.settled(1).await, before);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_sets_the_state_leaves_the_clip_that_another_one_saved_and_the_other_way_round() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        let (clip, rejected) = ("https://clips.example/1", EditingState::Rejected);
        let set = async |state, clip: Option<&str>| {
            let clip = clip.map(str::to_owned);
            let edit = MomentEditInput::SetState { state, clip }.parse().unwrap();
            scene.edit(id, edit).await;
            let moment = scene.settled(1).await.remove(0);
            (moment.state, moment.clip.map(String::from))
        };
        let both = |state| (state, Some(clip.to_owned()));
        assert_eq!(set(None, Some(clip)).await, both(EditingState::Open));
        assert_eq!(set(Some(rejected), None).await, both(rejected));
        assert_eq!(set(None, None).await, both(rejected));
        assert_eq!(set(None, Some("")).await, (rejected, None));
        assert_eq!(scene.log().await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn every_row_that_is_written_takes_a_revision_of_its_own() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300, 500]).await;
        let ids: Vec<_> = scene
            .settled(3)
            .await
            .iter()
            .map(|moment| moment.id)
            .collect();
        let steps = [
            (title("The boss"), 1),
            (MomentEdit::SetStarred { starred: true }, 1),
            // The other moment and the edit.
            (
                MomentEdit::Merge {
                    others: vec![ids[1]],
                },
                2,
            ),
            // The new moment and the edit.
            (MomentEdit::Split { at: Offset(200) }, 2),
        ];
        for (edit, rows) in steps {
            let before = scene.revision().await;
            scene.edit(ids[0], edit).await;
            assert_eq!(scene.revision().await.0 - before.0, rows);
            scene.shown(Audience::Staff).await;
        }
        let mut revisions: Vec<i64> = Vec::new();
        let tables = &fixture.tables;
        revisions.extend(
            moment::Entity::find()
                .all(tables)
                .await
                .unwrap()
                .iter()
                .map(|row| row.revision),
        );
        revisions.extend(
            moment_edit::Entity::find()
                .all(tables)
                .await
                .unwrap()
                .iter()
                .map(|row| row.revision),
        );
        revisions.extend(
            segment::Entity::find()
                .all(tables)
                .await
                .unwrap()
                .iter()
                .map(|row| row.revision),
        );
        revisions.extend(
            timestamp::Entity::find()
                .all(tables)
                .await
                .unwrap()
                .iter()
                .map(|row| row.revision),
        );
        let count = revisions.len();
        revisions.sort_unstable();
        revisions.dedup();
        assert_eq!(revisions.len(), count);
        assert_eq!(revisions.last(), Some(&scene.revision().await.0));
    })
    .await;
}

#[tokio::test]
async fn a_press_into_what_was_merged_counts_for_the_one_moment_and_its_ids_lead_there() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100, 130]).await;
        let shown = scene.settled(2).await;
        let (first, second) = (shown[0].id, shown[1].id);
        let merge = scene
            .edit(
                first,
                MomentEdit::Merge {
                    others: vec![second],
                },
            )
            .await;
        // What is merged already is not merged again, whoever asks and by whichever id.
        for (id, others) in [
            (first, vec![second]),
            (second, vec![first]),
            (first, vec![first]),
        ] {
            let revision = scene.revision().await;
            scene.edit(id, MomentEdit::Merge { others }).await;
            assert_eq!(scene.revision().await, revision);
            assert_eq!(scene.log().await.len(), 1);
        }
        // Another crowd, where the second one was.
        scene.crowd(5).await;
        let one = scene.settled(1).await.remove(0);
        assert_eq!((one.id, one.visitors), (first, 21));
        // What is done to the id that ended is done to the moment that it is part of.
        scene.edit(second, title("Both")).await;
        assert_eq!(
            scene.settled(1).await[0].title.as_ref().unwrap().as_str(),
            "Both"
        );
        // A process that starts now shows the same.
        let other = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let there = other
            .at(scene.session.id, scene.revision().await)
            .await
            .unwrap();
        assert_eq!(there.all(Audience::Staff).moments, scene.settled(1).await);

        scene.undo(merge).await.unwrap();
        let two = scene.settled(2).await;
        assert_eq!([two[0].id, two[1].id], [first, second]);
        assert_eq!([two[0].visitors, two[1].visitors], [8, 13]);
    })
    .await;
}

#[tokio::test]
async fn a_press_into_a_part_of_what_was_split_counts_for_that_part() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        fixture.advance(6);
        scene.crowd(7).await;
        let one = scene.settled(1).await.remove(0);
        let split = scene
            .edit(one.id, MomentEdit::Split { at: Offset(104) })
            .await;
        let two = scene.settled(2).await;
        assert!(
            two[0].end < Offset(104) && two[1].start >= Offset(104),
            "{two:?}"
        );
        assert!(two.iter().any(|moment| moment.id == one.id));
        let visitors = |two: &[Moment]| [two[0].visitors, two[1].visitors];
        assert_eq!(visitors(&two), [8, 7]);
        scene.crowd(3).await;
        assert_eq!(visitors(&scene.settled(2).await), [8, 10]);
        scene.undo(split).await.unwrap();
        let back = scene.settled(1).await.remove(0);
        assert_eq!((back.id, back.visitors), (one.id, 18));
        for at in [back.start.seconds(), back.end.seconds() + 1] {
            let outside = MomentEdit::Split { at: Offset(at) };
            let refused = scene.edit_as(scene.asked(), one.id, outside).await;
            assert_eq!(refused, Err(InvalidInput::MomentRange.into()), "at {at}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_a_person_did_survives_presses_hiding_blocking_and_erasing() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100, 300, 500, 700]).await;
        let ids: Vec<_> = scene
            .settled(4)
            .await
            .iter()
            .map(|moment| moment.id)
            .collect();
        scene.edit(ids[0], title("The boss")).await;
        scene
            .edit(ids[1], MomentEdit::SetStarred { starred: true })
            .await;
        scene.edit(ids[2], set_range(490, 520)).await;
        scene
            .edit(ids[3], MomentEdit::SetHidden { hidden: true })
            .await;
        // Two of its crowd are erased, one is blocked, and everything is hidden.
        let (store, clock) = (&fixture.store, &fixture.clock);
        for who in [0, 9] {
            store
                .erase_visitor(clock, scene.visitors[who])
                .await
                .unwrap();
        }
        store
            .block(clock, scene.asked(), scene.pressed[17])
            .await
            .unwrap();
        let left = (0..).zip(&scene.pressed);
        let left = left.filter(|(at, _)| ![0, 9].contains(at));
        let left: Vec<_> = left.map(|(_, id)| *id).collect();
        fixture.hide(&scene.session, &left).await;
        let shown = scene.settled(4).await;
        assert!(shown.iter().all(|moment| moment.visitors == 0));
        assert_eq!(
            shown.iter().map(|moment| moment.id).collect::<Vec<_>>(),
            ids
        );
        assert_eq!(shown[0].title.as_ref().unwrap().as_str(), "The boss");
        assert!(shown[1].starred);
        assert_eq!((shown[2].start, shown[2].end), (Offset(490), Offset(520)));
        let public: Vec<_> = scene
            .shown(Audience::Public)
            .await
            .iter()
            .map(|moment| moment.id)
            .collect();
        assert_eq!(public, ids[..3], "what is hidden is not shown to viewers");
        // A crowd in the hidden one shows it to nobody else.
        scene.crowd(20).await;
        let shown = scene.settled(4).await;
        assert!(shown[3].hidden && shown[3].visitors == 20, "{shown:?}");
        assert_eq!(scene.shown(Audience::Public).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn viewers_hear_nothing_of_a_hidden_moment_when_ranges_around_it_change() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let shown = scene.settled(2).await;
        let (hidden, other) = (shown[0].id, shown[1].id);
        let hide = MomentEdit::SetHidden { hidden: true };
        scene.edit(hidden, hide).await;
        scene.settled(2).await;
        let before = scene.revision().await;
        let moved = scene.edit(other, set_range(290, 330)).await;
        for undoes in [false, true] {
            if undoes {
                scene.undo(moved).await.unwrap();
            }
            scene.settled(2).await;
            let now = scene.revision().await;
            let shown = scene.moments.at(scene.session.id, now).await.unwrap();
            let told = shown.after(before, Audience::Public);
            let ids: Vec<_> = told.moments.iter().map(|moment| moment.id).collect();
            assert_eq!((ids, told.faded), (vec![other], Vec::new()));
        }
    })
    .await;
}

#[tokio::test]
async fn viewers_are_not_told_how_far_the_editing_has_come() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        scene.edit(id, cut("https://clips.example/1")).await;
        assert_eq!(scene.settled(1).await[0].state, EditingState::Cut);
        let public = scene.shown(Audience::Public).await.remove(0);
        assert_eq!(public.state, EditingState::Open);
        assert_eq!(public.clip.unwrap().as_str(), "https://clips.example/1");
    })
    .await;
}

#[tokio::test]
async fn an_edit_and_presses_at_the_same_time_both_count() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for round in 0..10 {
            let one = [submission(&scene.session, somebody(), press("again"))];
            let (recorded, edited) = tokio::join!(
                store.record(clock, one),
                scene.edit_as(scene.asked(), id, title(&format!("Round {round}"))),
            );
            recorded.unwrap().pop().unwrap().unwrap();
            edited.unwrap();
        }
        let moment = scene.settled(1).await.remove(0);
        assert_eq!((moment.id, moment.visitors), (id, 18));
        assert_eq!(moment.title.unwrap().as_str(), "Round 9");
    })
    .await;
}

#[tokio::test]
async fn what_was_derived_before_a_person_did_something_is_not_written_over_it() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let shown = scene.settled(2).await;
        let (id, other) = (shown[0].id, shown[1].id);
        let stale = scene.revision().await;
        scene.edit(id, title("The boss")).await;
        let absorbed = vec![MomentUpdate::Absorbed { id, into: other }];
        let (store, clock) = (&fixture.store, &fixture.clock);
        store
            .record_moments(clock, scene.session.id, stale, absorbed)
            .await
            .unwrap();
        assert_eq!(scene.settled(2).await[0].id, id);
        let stale = scene.revision().await;
        scene.edit(id, set_range(90, 120)).await;
        let gone = vec![MomentUpdate::Changed {
            id: other,
            anchor: Offset(7),
            is_shown: false,
        }];
        store
            .record_moments(clock, scene.session.id, stale, gone)
            .await
            .unwrap();
        assert_eq!(scene.settled(2).await[1].id, other);
    })
    .await;
}

#[tokio::test]
async fn an_action_is_about_one_moment_and_only_who_moderates_may_do_it() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let shown = scene.settled(2).await;
        let asked = scene.asked();
        let star = || MomentEdit::SetStarred { starred: true };
        scene.edit_as(asked, shown[0].id, star()).await.unwrap();
        let reused = scene.edit_as(asked, shown[1].id, star()).await;
        assert_eq!(reused, Err(ServiceError::ModerationConflict));
        let other_kind = scene.edit_as(asked, shown[0].id, title("x")).await;
        assert_eq!(other_kind, Err(ServiceError::ModerationConflict));
        let viewer = by(&scene.session, somebody());
        let refused = scene.edit_as(viewer, shown[0].id, star()).await;
        assert_eq!(refused, Err(ServiceError::Forbidden(Right::Moderate)));
        let nothing = MomentId(random::uuid());
        for edit in [
            star(),
            MomentEdit::Split { at: Offset(9) },
            MomentEdit::Merge {
                others: vec![nothing],
            },
        ] {
            let missing = scene.edit_as(scene.asked(), nothing, edit).await;
            assert_eq!(missing, Err(ServiceError::NoMoment));
        }
    })
    .await;
}

#[tokio::test]
async fn moments_of_two_segments_are_never_merged() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        fixture.pause(&scene.session, 1).await;
        fixture.advance(60);
        fixture.resume(&scene.session, 1).await;
        fixture.advance(50);
        scene.crowd(8).await;
        let shown = scene.settled(2).await;
        let merge = MomentEdit::Merge {
            others: vec![shown[1].id],
        };
        let refused = scene.edit_as(scene.asked(), shown[0].id, merge).await;
        assert_eq!(refused, Err(InvalidInput::MomentRange.into()));
    })
    .await;
}

#[tokio::test]
async fn a_session_with_edited_moments_is_deleted_like_any_other() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        scene.edit(id, set_range(90, 130)).await;
        fixture
            .store
            .delete_session(&fixture.clock, scene.session.id)
            .await
            .unwrap();
        fixture.store.purge(&fixture.clock).await.unwrap();
        let left = moment_edit::Entity::find().select_only();
        let left = left
            .column(moment_edit::Column::Id)
            .into_tuple::<uuid::Uuid>();
        assert!(left.all(&fixture.tables).await.unwrap().is_empty());
    })
    .await;
}
