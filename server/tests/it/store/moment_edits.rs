//! What moderators do to moments, how the log tells it, and what undoing it restores.

use app::{
    domain::{
        moderation::ActionKind,
        moments::{
            moment::{EditingState, MomentId},
            moment_edit::{MomentBeganAt, MomentEdit, MomentEditInput},
        },
        offset::Offset,
        role::{Audience, Right},
    },
    service::ServiceError,
};
use entity::moment_edit;
use sea_orm::{EntityTrait, QuerySelect};
use server::random;

use super::{
    moment_scene::{Scene, cut, set_range, state, title},
    support::{Fixture, by, heard, on_both_databases, somebody},
};

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
            let edited = fixture
                .store
                .edit_moment(&fixture.clock, asked, id, change, None);
            assert!(fixture.has_news(edited).await, "{kind:?}");
            let done = scene.shown(Audience::Staff).await;
            assert_ne!(done, before, "{kind:?}");
            let revision = scene.revision().await;
            scene.edit_as(asked, id, edit.clone()).await.unwrap();
            assert_eq!(scene.revision().await, revision, "a retry of {kind:?}");
            let log = scene.log().await;
            assert_eq!((log[0].id.0, log[0].kind), (asked.act, kind));
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
async fn words_that_somebody_else_changed_meanwhile_are_not_replaced_unseen() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        let save = async |edit: MomentEdit, began_at: &MomentBeganAt| {
            let change = heard(scene.moments.resolve(scene.session.id, id, edit).await)?;
            let began_at = Some(began_at.clone());
            let (store, clock) = (&fixture.store, &fixture.clock);
            let edited = store.edit_moment(clock, scene.asked(), id, change, began_at);
            heard(edited.await).map(drop)
        };
        let before = MomentBeganAt::default();
        for (first, second) in [
            (title("theirs"), title("mine")),
            (
                cut("https://a.example/theirs"),
                cut("https://a.example/mine"),
            ),
        ] {
            assert_eq!(save(first.clone(), &before).await, Ok(()));
            // Saving it again, as somebody does whose answer was lost, replaces nothing.
            assert_eq!(save(first, &before).await, Ok(()));
            let refused = save(second, &before).await;
            let theirs = scene.settled(1).await.remove(0);
            match refused {
                Err(ServiceError::TitleEdited { title }) => assert_eq!(title, theirs.title),
                Err(ServiceError::ClipEdited { clip }) => assert_eq!(clip, theirs.clip),
                other => panic!("{other:?}"),
            }
        }
        let theirs = scene.settled(1).await.remove(0);
        let seen = MomentBeganAt {
            title: theirs.title,
            clip: theirs.clip,
            ..before.clone()
        };
        assert_eq!(save(title("mine"), &seen).await, Ok(()));
        assert_eq!(save(cut(""), &seen).await, Ok(()));
        // What an older page doesn't tell is not compared.
        assert_eq!(save(set_range(99, 101), &before).await, Ok(()));
        assert_eq!(save(set_range(98, 101), &before).await, Ok(()));
        assert_eq!(save(state(EditingState::Rejected), &before).await, Ok(()));
        let mine = scene.settled(1).await.remove(0);
        assert_eq!(mine.title.map(String::from).as_deref(), Some("mine"));
        assert_eq!(mine.clip, None);
    })
    .await;
}

#[tokio::test]
async fn a_state_and_a_range_that_somebody_else_changed_meanwhile_are_not_replaced_unseen() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        let shown = scene.settled(1).await.remove(0);
        let began_at = MomentBeganAt {
            state: Some(shown.state),
            range: Some((shown.start, shown.end)),
            ..MomentBeganAt::default()
        };
        let save = async |scene: &Scene<'_>, edit: MomentEdit, began_at: &MomentBeganAt| {
            let change = scene.moments.resolve(scene.session.id, shown.id, edit);
            let change = heard(change.await)?;
            let began_at = Some(began_at.clone());
            let (store, clock) = (&fixture.store, &fixture.clock);
            let edited = store.edit_moment(clock, scene.asked(), shown.id, change, began_at);
            heard(edited.await).map(drop)
        };
        let rejected = state(EditingState::Rejected);
        for edit in [rejected.clone(), set_range(90, 110)] {
            assert_eq!(save(&scene, edit.clone(), &began_at).await, Ok(()));
            // Saving it again, as somebody does whose answer was lost, replaces nothing.
            assert_eq!(save(&scene, edit, &began_at).await, Ok(()));
        }
        let state_edited = ServiceError::StateEdited(EditingState::Rejected);
        let range_edited = ServiceError::RangeEdited {
            start: Offset(90),
            end: Offset(110),
        };
        let (reopened, moved) = (state(EditingState::Open), set_range(95, 120));
        let cut = cut("https://a.example/mine");
        for (edit, refusal) in [(cut, state_edited), (moved.clone(), range_edited)] {
            assert_eq!(save(&scene, edit, &began_at).await, Err(refusal));
        }
        let seen = MomentBeganAt {
            state: Some(EditingState::Rejected),
            range: Some((Offset(90), Offset(110))),
            ..began_at
        };
        // What the crowd presses is nobody's edit.
        scene.crowd(3).await;
        assert_eq!(save(&scene, reopened, &seen).await, Ok(()));
        assert_eq!(save(&scene, moved, &seen).await, Ok(()));
        let mine = scene.settled(1).await.remove(0);
        assert_eq!(mine.state, EditingState::Open);
        assert_eq!((mine.start, mine.end), (Offset(95), Offset(120)));
    })
    .await;
}

#[tokio::test]
async fn of_the_editing_viewers_are_told_only_that_a_clip_was_cut() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        scene.edit(id, cut("https://clips.example/1")).await;
        assert_eq!(scene.settled(1).await[0].state, EditingState::Cut);
        let public = scene.shown(Audience::Public).await.remove(0);
        assert_eq!(public.state, EditingState::Cut);
        assert_eq!(public.clip.unwrap().as_str(), "https://clips.example/1");
        scene.edit(id, state(EditingState::Rejected)).await;
        assert_eq!(scene.settled(1).await[0].state, EditingState::Rejected);
        let public = scene.shown(Audience::Public).await.remove(0);
        assert_eq!(public.state, EditingState::Open);
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
