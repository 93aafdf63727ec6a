//! A session that has as many edits of ranges as it may have.

use app::domain::{invalid_input::InvalidInput, moments::moment_edit::MomentEdit, offset::Offset};
use entity::moment_edit;
use sea_orm::{EntityTrait, IntoActiveModel};
use server::random;

use super::{
    moment_scene::{Scene, set_range},
    support::{Fixture, on_both_databases},
};

#[tokio::test]
async fn another_edit_is_refused_before_it_is_looked_at_and_those_that_are_there_can_be_undone() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let before = scene.settled(1).await;
        let id = before[0].id;
        let moved = scene.edit(id, set_range(90, 120)).await;
        let tables = &fixture.tables;
        let edit = moment_edit::Entity::find().one(tables).await.unwrap();
        let edit = edit.unwrap();
        let undone = (1..1_000).map(|_| moment_edit::Model {
            id: random::uuid(),
            undone: true,
            ..edit.clone()
        });
        moment_edit::Entity::insert_many(undone.map(IntoActiveModel::into_active_model))
            .exec_without_returning(tables)
            .await
            .unwrap();
        // None of these could be made: a moment has no range in the future, and is not split where it is not.
        let split = MomentEdit::Split { at: Offset(9_000) };
        for impossible in [set_range(9_000, 9_001), split] {
            let refused = scene.edit_as(scene.asked(), id, impossible).await;
            assert_eq!(refused, Err(InvalidInput::TooManyRanges.into()));
        }
        // The answer to it may have been lost.
        scene.edit_as(moved, id, set_range(90, 120)).await.unwrap();
        scene.undo(moved).await.unwrap();
        assert_eq!(scene.settled(1).await, before);
    })
    .await;
}
