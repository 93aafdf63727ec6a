//! Rows of two moments that people did something to in one joined range, which earlier builds could write: they keep nobody
//! from editing other moments.

use app::domain::{
    moments::{
        moment::{Moment, MomentId},
        moment_edit::MomentEdit,
    },
    offset::Offset,
};
use entity::moment;
use sea_orm::{EntityTrait, IntoActiveModel};
use server::{moments::Moments, random};

use super::{
    moment_scene::{Scene, set_range, title},
    support::{Fixture, on_both_databases},
};

fn merge(others: &[&Moment]) -> MomentEdit {
    let others = others.iter().map(|other| other.id).collect();
    MomentEdit::Merge { others }
}

#[tokio::test]
async fn two_moments_in_one_range_block_no_edit() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[300, 400, 600, 700]).await;
        let crowds = scene.settled(4).await;
        scene.edit(crowds[1].id, merge(&[&crowds[0]])).await;
        let merged = scene.settled(3).await.remove(0);
        assert_eq!(merged.id, crowds[1].id);
        let old = MomentId(random::uuid());
        let tables = &fixture.tables;
        let row = moment::Entity::find_by_id((scene.session.id.0, merged.id.0));
        let row = row.one(tables).await.unwrap().unwrap();
        let row = moment::Model {
            id: old.0,
            anchor: 301,
            starred: true,
            ..row
        };
        moment::Entity::insert(row.into_active_model())
            .exec_without_returning(tables)
            .await
            .unwrap();
        scene.moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let before = scene.settled(4).await;
        let starred = MomentEdit::SetStarred { starred: true };
        let split = MomentEdit::Split { at: Offset(602) };
        let edits = [
            (old, title("A title")),
            (merged.id, starred.clone()),
            (crowds[2].id, starred),
            (crowds[2].id, set_range(590, 620)),
            (crowds[2].id, split),
            (crowds[2].id, merge(&[&crowds[3]])),
        ];
        for (id, edit) in edits {
            let made = scene.edit(id, edit).await;
            scene.undo(made).await.unwrap();
            assert_eq!(scene.settled(4).await, before);
        }
        let whole = scene.edit(merged.id, MomentEdit::Merge { others: vec![old] });
        let whole = whole.await;
        scene.settled(3).await;
        scene.undo(whole).await.unwrap();
        assert_eq!(scene.settled(4).await, before);
    })
    .await;
}
