//! What the log tells of moments.

use app::domain::moments::moment_edit::MomentEdit;
use sea_orm::ConnectionTrait;
use server::moments::Moments;

use super::{
    moment_scene::{Scene, cut, title},
    support::{Fixture, on_both_databases},
};

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
async fn the_log_tells_where_lists_showed_a_moment_when_something_was_done_to_it() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        let first = scene.settled(1).await.remove(0);
        scene.edit(first.id, title("The boss falls")).await;
        fixture.advance(4);
        scene.crowd(30).await;
        let grown = scene.settled(1).await.remove(0);
        assert_ne!(grown.peak, first.peak);
        let star = MomentEdit::SetStarred { starred: true };
        scene.edit(first.id, star).await;
        let places = async || {
            let log = scene.log().await.into_iter();
            let places = log.map(|act| act.moment.unwrap().at);
            places.collect::<Vec<_>>()
        };
        assert_eq!(places().await, [grown.peak, first.peak]);
        // What was done before the peak was stored is told by the anchor.
        let forgotten = "UPDATE moderation SET moment_peak = NULL";
        fixture.tables.execute_unprepared(forgotten).await.unwrap();
        assert_eq!(places().await, [first.peak; 2]);
    })
    .await;
}

#[tokio::test]
async fn where_a_moment_is_costs_an_edit_no_reading_and_fails_none() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        let moment = scene.settled(1).await.remove(0);
        let star = MomentEdit::SetStarred { starred: true };
        let resolved = scene
            .moments
            .resolve(scene.session.id, moment.id, star.clone());
        assert_eq!(resolved.await.unwrap().peak, Some(moment.peak));
        // Where nobody has looked at the session yet, its anchor tells it.
        scene.moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let unread = scene
            .moments
            .resolve(scene.session.id, moment.id, star.clone());
        assert_eq!(unread.await.unwrap().peak, None);
        scene.edit(moment.id, star).await;
        let log = scene.log().await;
        assert_eq!(log[0].moment.as_ref().unwrap().at, moment.peak);
    })
    .await;
}

#[tokio::test]
async fn a_merge_and_the_log_tell_how_many_moments_it_took_until_it_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300, 500]).await;
        let shown = scene.settled(3).await;
        let (first, between, last) = (shown[0].id, shown[1].id, shown[2].id);
        let (star, starring) = (MomentEdit::SetStarred { starred: true }, scene.asked());
        let told = scene.edit_answered(starring, between, star).await;
        assert_eq!(told, Ok(None));
        fixture.advance(1);
        let merge = scene.asked();
        // Whose answer was lost asks again.
        for _ in 0..2 {
            let others = vec![last];
            let merged = scene.edit_answered(merge, first, MomentEdit::Merge { others });
            assert_eq!(merged.await, Ok(Some(2)));
            scene.settled(1).await;
        }
        let merged = async || {
            let log = scene.log().await.into_iter();
            let merged = log.map(|act| act.moment.unwrap().merged);
            merged.collect::<Vec<_>>()
        };
        assert_eq!(merged().await, [Some(2), None]);
        scene.undo(merge).await.unwrap();
        assert_eq!(merged().await, [None, None]);
    })
    .await;
}
