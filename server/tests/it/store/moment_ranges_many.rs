//! A merge of as many moments as lie between two of them: each row is written, and is what it was once that is undone.

use std::collections::BTreeSet;

use app::domain::moments::{moment::MomentId, range_edits::RangeRequest};
use entity::moment;
use sea_orm::{EntityTrait, IntoActiveModel};
use server::{
    random,
    store::{MomentChange, ResolvedEdit},
};

use super::{
    moment_scene::Scene,
    support::{Fixture, on_both_databases},
};

const OTHERS: usize = 499;

#[tokio::test]
async fn a_merge_of_hundreds_gives_each_of_them_a_revision_and_so_does_undoing_it() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[8_000]).await;
        let own = scene.settled(1).await.remove(0).id;
        let tables = &fixture.tables;
        let row = moment::Entity::find_by_id((scene.session.id.0, own.0));
        let row = row.one(tables).await.unwrap().unwrap();
        let others = (1..).take(OTHERS).map(|number| moment::Model {
            id: random::uuid(),
            anchor: number * 10,
            ..row.clone()
        });
        moment::Entity::insert_many(others.map(IntoActiveModel::into_active_model))
            .exec_without_returning(tables)
            .await
            .unwrap();
        let rows = async || {
            let mut rows = moment::Entity::find().all(tables).await.unwrap();
            rows.sort_by_key(|row| row.anchor);
            rows
        };
        let before = rows().await;
        let revision = scene.revision().await.0;
        let first = before.first().unwrap().id;
        let merge = RangeRequest::Merge {
            others: vec![MomentId(first)],
            range: (10, 8_008),
        };
        let edit = ResolvedEdit {
            change: MomentChange::Range(merge),
            peak: None,
        };
        let asked = scene.asked();
        let (store, clock) = (&fixture.store, &fixture.clock);
        let made = store.edit_moment(clock, asked, own, edit, None).await;
        assert_eq!(made.unwrap(), u32::try_from(OTHERS).ok());
        let merged = rows().await;
        for (before, after) in before.iter().zip(&merged).take(OTHERS) {
            let expected = moment::Model {
                absorbed_into: Some(own.0),
                absorbed_by: Some(asked.act),
                revision: after.revision,
                ..before.clone()
            };
            assert_eq!(*after, expected);
        }
        assert_eq!(merged.last(), before.last(), "nothing became of it");
        let with_own = revision + 1..=scene.revision().await.0;
        let distinct: BTreeSet<_> = merged.iter().take(OTHERS).map(|row| row.revision).collect();
        assert_eq!(distinct.len(), OTHERS);
        assert!(distinct.iter().all(|revision| with_own.contains(revision)));
        scene.undo(asked).await.unwrap();
        let undone = rows().await;
        for (before, after) in before.iter().zip(&undone) {
            let expected = moment::Model {
                revision: after.revision,
                ..before.clone()
            };
            assert_eq!(*after, expected);
        }
        let again: BTreeSet<_> = undone.iter().take(OTHERS).map(|row| row.revision).collect();
        assert!(again.len() == OTHERS && again.first() > distinct.last());
    })
    .await;
}
