//! Merged moments that have no crowd at their own anchor: they hold the crowd that they were merged with, and no other one.

use app::domain::{
    moments::{moment::MomentId, moment_edit::MomentEdit},
    offset::Offset,
    role::Audience,
};
use server::random;

use super::{
    moment_scene::{Scene, title},
    support::{Fixture, on_both_databases},
};

fn merge(other: MomentId) -> MomentEdit {
    let others = vec![other];
    MomentEdit::Merge { others }
}

#[tokio::test]
async fn a_silent_range_that_is_merged_with_a_crowd_holds_that_crowd() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[300]).await;
        fixture.advance(100);
        let crowd = scene.settled(1).await.remove(0);
        let made = MomentId(random::uuid());
        let make = MomentEdit::Make {
            segment_index: 1,
            start: Offset(340),
            end: Offset(350),
            title: "Made".to_owned().try_into().unwrap(),
        };
        scene.edit(made, make).await;
        let before = scene.settled(2).await;
        let merged = scene.edit(made, merge(crowd.id)).await;
        let one = scene.settled(1).await.remove(0);
        assert_eq!((one.id, one.presses), (made, crowd.presses));
        assert_eq!((one.start, one.end.seconds()), (crowd.start, 350));
        scene.undo(merged).await.unwrap();
        assert_eq!(scene.shown(Audience::Staff).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_merged_moment_stays_one_when_the_presses_at_its_anchor_are_hidden() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[300, 600]).await;
        let crowds = scene.settled(2).await;
        let named = crowds[1].id;
        scene.edit(named, title("A title")).await;
        let merged = scene.edit(named, merge(crowds[0].id)).await;
        let both = scene.settled(1).await.remove(0);
        fixture.hide(&scene.session, &scene.pressed[8..]).await;
        let one = scene.settled(1).await.remove(0);
        assert_eq!((one.id, one.presses), (named, crowds[0].presses));
        assert_eq!((one.start, one.end), (both.start, both.end));
        scene.undo(merged).await.unwrap();
        let apart = scene.settled(2).await;
        assert_eq!(apart[0], crowds[0]);
        assert_eq!((apart[1].id, apart[1].presses), (named, 0));
    })
    .await;
}

#[tokio::test]
async fn a_merged_moment_without_presses_leaves_the_crowds_beside_it_their_ids() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 200, 260, 340]).await;
        let crowds = scene.settled(4).await;
        scene.edit(crowds[1].id, merge(crowds[2].id)).await;
        let before = scene.settled(3).await;
        let asked = scene.asked();
        let (store, clock) = (&fixture.store, &fixture.clock);
        let merged = &scene.pressed[8..24];
        store.hide(clock, asked, merged).await.unwrap();
        let hidden = scene.settled(3).await;
        assert_eq!([&hidden[0], &hidden[2]], [&crowds[0], &crowds[3]]);
        let waiting = &hidden[1];
        assert_eq!((waiting.id, waiting.presses), (before[1].id, 0));
        assert_eq!((waiting.start, waiting.end), (waiting.peak, waiting.peak));
        scene.undo(asked).await.unwrap();
        assert_eq!(scene.settled(3).await, before);
    })
    .await;
}
