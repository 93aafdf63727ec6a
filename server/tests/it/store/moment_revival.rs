//! Moments that the crowd made part of others once nobody wanted them apart, and undoing that.

use app::{
    domain::{
        moments::{
            moment::{Moment, MomentId},
            moment_edit::{MomentEdit, MomentEditInput},
        },
        role::Audience,
    },
    service::ServiceError,
};
use server::store::Moderating;

use super::{
    moment_scene::{Scene, cut, set_range, title},
    support::{Fixture, on_both_databases},
};

/// What keeps a moment apart, and what takes that back.
fn wants() -> [(MomentEdit, MomentEdit); 4] {
    let open = MomentEditInput::SetState {
        state: Some(Default::default()),
        clip: Some(String::new()),
    };
    [
        (title("The boss falls"), title("")),
        (star(true), star(false)),
        (hide(true), hide(false)),
        (cut("https://clips.example/1"), open.parse().unwrap()),
    ]
}

fn star(starred: bool) -> MomentEdit {
    MomentEdit::SetStarred { starred }
}

fn hide(hidden: bool) -> MomentEdit {
    MomentEdit::SetHidden { hidden }
}

/// Two moments close to each other, of which the second is wanted. A crowd fills the valley between them, and then it isn't
/// wanted any more. Answers the first one, the second as it was before, and the action that ended it.
async fn absorbed<'a>(
    fixture: &'a Fixture,
    (wanted, unwanted): (MomentEdit, MomentEdit),
) -> (Scene<'a>, MomentId, Moment, Moderating) {
    let mut scene = Scene::new(fixture, &[100, 118]).await;
    let first = scene.settled(2).await[0].id;
    let second = scene.settled(2).await[1].id;
    scene.edit(first, star(true)).await;
    scene.edit(second, wanted).await;
    scene.crowd_before(9, 8).await;
    let apart = scene.settled(2).await[1].clone();
    assert_eq!(apart.id, second);
    fixture.advance(1);
    let act = scene.edit(second, unwanted).await;
    assert_eq!(scene.settled(1).await[0].id, first);
    (scene, first, apart, act)
}

#[tokio::test]
async fn undoing_what_let_the_crowd_end_a_moment_brings_it_back_as_it_was() {
    on_both_databases(async |fixture: Fixture| {
        for wish in wants() {
            let (scene, first, apart, act) = absorbed(&fixture, wish.clone()).await;
            for _ in 0..2 {
                scene.undo(act).await.unwrap();
                let back = scene.settled(2).await;
                assert_eq!((back[0].id, &back[1]), (first, &apart), "{wish:?}");
            }
            let public = scene.shown(Audience::Public).await;
            assert_eq!(public.len(), if apart.hidden { 1 } else { 2 }, "{wish:?}");
            // It can be taken back once more, and so on.
            fixture.advance(1);
            let again = scene.edit(apart.id, wish.1).await;
            assert_eq!(scene.settled(1).await[0].id, first);
            scene.undo(again).await.unwrap();
            assert_eq!(scene.settled(2).await[1], apart);
        }
    })
    .await;
}

#[tokio::test]
async fn a_moment_does_not_come_back_into_a_place_that_people_gave_to_another() {
    on_both_databases(async |fixture: Fixture| {
        for wish in wants() {
            let (scene, first, _, act) = absorbed(&fixture, wish.clone()).await;
            scene.edit(first, set_range(90, 130)).await;
            let (revision, before) = (scene.revision().await, scene.settled(1).await);
            assert_eq!(
                scene.undo(act).await,
                Err(ServiceError::EditedSince),
                "{wish:?}"
            );
            assert_eq!(scene.revision().await, revision, "{wish:?}");
            assert_eq!(scene.settled(1).await, before, "{wish:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn undoing_an_edit_of_a_moment_that_people_merged_since_says_so() {
    on_both_databases(async |fixture: Fixture| {
        for (wanted, unwanted) in wants() {
            let scene = Scene::new(&fixture, &[100, 300]).await;
            let both = scene.settled(2).await;
            let [first, second] = [both[0].id, both[1].id];
            scene.edit(second, wanted).await;
            fixture.advance(1);
            let act = scene.edit(second, unwanted.clone()).await;
            let others = vec![second];
            let merge = scene.edit(first, MomentEdit::Merge { others }).await;
            let undone = scene.undo(act).await;
            assert_eq!(undone, Err(ServiceError::EditedSince), "{unwanted:?}");
            scene.undo(merge).await.unwrap();
            scene.undo(act).await.unwrap();
            assert_eq!(scene.settled(2).await[1].id, second);
        }
    })
    .await;
}
