//! What is done to a moment that became part of another one meanwhile.

use app::{
    domain::{
        moments::{moment::MomentId, moment_edit::MomentEdit},
        offset::Offset,
        role::Audience,
    },
    service::ServiceError,
};
use server::random;

use super::{
    moment_scene::{Scene, cut, set_range, title},
    support::{Fixture, heard, on_both_databases},
};

#[tokio::test]
async fn an_editor_that_was_open_while_its_moment_was_merged_changes_nothing_of_the_other_one() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let both = scene.settled(2).await;
        let (gone, stays) = (both[0].id, both[1].id);
        scene.edit(stays, title("Baron!")).await;
        let others = vec![gone];
        let merge = scene.edit(stays, MomentEdit::Merge { others }).await;
        let merged = scene.settled(1).await;
        let log = scene.log().await.len();
        for edit in [
            title("The dragon"),
            title(""),
            cut("https://clips.example/1"),
            set_range(95, 120),
            MomentEdit::Split { at: Offset(103) },
        ] {
            fixture.advance(1);
            let saved = scene.edit_as(scene.asked(), gone, edit.clone()).await;
            assert_eq!(saved, Err(ServiceError::NoMoment), "{edit:?}");
            assert_eq!(scene.shown(Audience::Staff).await, merged, "{edit:?}");
        }
        assert_eq!(scene.log().await.len(), log);
        // Nothing stands in the way of whoever merged them.
        scene.undo(merge).await.unwrap();
        assert_eq!(scene.settled(2).await[0].id, gone);
    })
    .await;
}

#[tokio::test]
async fn what_is_done_to_a_moment_as_a_whole_is_done_to_the_one_that_it_is_part_of() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300, 500]).await;
        let all = scene.settled(3).await;
        let [gone, stays, third] = [all[0].id, all[1].id, all[2].id];
        let others = vec![gone];
        scene.edit(stays, MomentEdit::Merge { others }).await;
        scene
            .edit(gone, MomentEdit::SetStarred { starred: true })
            .await;
        scene
            .edit(gone, MomentEdit::SetHidden { hidden: true })
            .await;
        let shown = scene.settled(2).await;
        assert_eq!(shown[0].id, stays);
        assert!(shown[0].starred && shown[0].hidden);
        let others = vec![third];
        scene.edit(gone, MomentEdit::Merge { others }).await;
        assert_eq!(scene.settled(1).await[0].id, stays);
    })
    .await;
}

#[tokio::test]
async fn words_for_a_moment_follow_the_crowd_but_its_seconds_do_not() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100, 118]).await;
        let both = scene.settled(2).await;
        scene.crowd_before(9, 8).await;
        let one = scene.settled(1).await[0].id;
        let gone = both.iter().find(|moment| moment.id != one).unwrap().id;
        for edit in [set_range(95, 99), MomentEdit::Split { at: Offset(103) }] {
            let saved = scene.edit_as(scene.asked(), gone, edit.clone()).await;
            assert_eq!(saved, Err(ServiceError::NoMoment), "{edit:?}");
        }
        scene.edit(gone, title("The boss falls")).await;
        let shown = scene.settled(1).await;
        assert_eq!(shown[0].id, one);
        assert!(shown[0].title.is_some());
    })
    .await;
}

#[tokio::test]
async fn a_link_to_a_moment_leads_to_the_one_that_it_is_part_of_by_now() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300, 500]).await;
        let all = scene.settled(3).await;
        let [first, second, third] = [all[0].id, all[1].id, all[2].id];
        let current = async |id| {
            let current = fixture.store.current_moment(scene.session.id, id).await;
            heard(current)
        };
        assert_eq!(current(first).await, Ok(first));
        let merged = async |id, other| {
            let others = vec![other];
            scene.edit(id, MomentEdit::Merge { others }).await
        };
        merged(second, first).await;
        let last = merged(third, second).await;
        for id in [first, second, third] {
            assert_eq!(current(id).await, Ok(third));
        }
        scene.undo(last).await.unwrap();
        assert_eq!(current(first).await, Ok(second));
        let unknown = MomentId(random::uuid());
        assert_eq!(current(unknown).await, Err(ServiceError::NoMoment));
        // Nor does a session tell anything of the moments of another one.
        let other = fixture.started().await;
        let elsewhere = fixture.store.current_moment(other.id, first).await;
        assert_eq!(heard(elsewhere), Err(ServiceError::NoMoment));
    })
    .await;
}
