//! Moments that were merged, split and moved: no press undoes what a person did.

use app::{
    domain::{
        moderation::ActionKind,
        moments::{
            moment::{Moment, MomentId},
            moment_edit::MomentEdit,
            range_rule::RangeRule,
        },
        offset::Offset,
        role::Audience,
    },
    service::ServiceError,
};
use entity::{moment, moment_edit, segment, timestamp};
use sea_orm::{DatabaseConnection, EntityTrait, QuerySelect};
use server::{moments::Moments, random, store::MomentUpdate};

use super::{
    moment_scene::{Scene, set_range, title},
    support::{Fixture, on_both_databases, press, somebody},
};

/// The revisions of all rows of a table.
async fn revisions<E: EntityTrait>(tables: &DatabaseConnection, column: E::Column) -> Vec<i64> {
    let revisions = E::find().select_only().column(column).into_tuple();
    revisions.all(tables).await.unwrap()
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
        let tables = &fixture.tables;
        let mut revisions = [
            revisions::<moment::Entity>(tables, moment::Column::Revision).await,
            revisions::<moment_edit::Entity>(tables, moment_edit::Column::Revision).await,
            revisions::<segment::Entity>(tables, segment::Column::Revision).await,
            revisions::<timestamp::Entity>(tables, timestamp::Column::Revision).await,
        ]
        .concat();
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
        let star = MomentEdit::SetStarred { starred: true };
        scene.edit(second, star).await;
        assert!(scene.settled(1).await[0].starred);
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
            assert_eq!(refused, Err(RangeRule::Split.into()), "at {at}");
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
async fn an_edit_and_presses_at_the_same_time_both_count() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.settled(1).await[0].id;
        let (store, clock) = (&fixture.store, &fixture.clock);
        for round in 0..10 {
            let one = [fixture.submission(&scene.session, somebody(), press("again"))];
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
async fn a_range_that_somebody_names_is_a_moment_until_that_is_undone() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let before = scene.settled(2).await;
        let make = |segment_index, start, end| MomentEdit::Make {
            segment_index,
            start: Offset(start),
            end: Offset(end),
            title: "The bridge".to_owned().try_into().unwrap(),
        };
        // Where nobody pressed, and around a moment of the crowd, which becomes part of it.
        let silent = MomentId(random::uuid());
        let named = scene.edit(silent, make(1, 200, 210)).await;
        let around = MomentId(random::uuid());
        let named_around = scene.edit(around, make(1, 295, 320)).await;
        let moments = scene.settled(3).await;
        assert_eq!(moments[1].id, silent);
        assert_eq!(
            (moments[1].start, moments[1].end),
            (Offset(200), Offset(210))
        );
        assert_eq!(moments[2].id, around);
        assert_eq!(
            (moments[2].start, moments[2].end),
            (Offset(295), Offset(320))
        );
        assert_eq!(moments[2].visitors, before[1].visitors);
        for moment in &moments[1..] {
            let title = moment.title.clone().map(String::from);
            assert_eq!(title.as_deref(), Some("The bridge"));
        }
        // Once, however often it is sent; and each id is that of one moment.
        scene
            .edit_as(named, silent, make(1, 200, 210))
            .await
            .unwrap();
        let taken = scene
            .edit_as(scene.asked(), silent, make(1, 500, 510))
            .await;
        assert_eq!(taken, Err(ServiceError::ModerationConflict));
        // In a segment that isn't there, and in the future.
        for (segment, start) in [(7, 1), (1, 301), (1, 9_000)] {
            let new = MomentId(random::uuid());
            let made = make(segment, start, start + 5);
            let nowhere = scene.edit_as(scene.asked(), new, made).await;
            assert_eq!(nowhere, Err(RangeRule::Bounds.into()));
        }
        let log = scene.log().await;
        assert_eq!(log.len(), 2);
        assert!(log.iter().all(|made| made.kind == ActionKind::MakeMoment));
        // Nor does one reach far beyond the present, so that it would take in whatever comes.
        let last = MomentId(random::uuid());
        let named_last = scene.edit(last, make(1, 290, 9_000)).await;
        let end_of = async |id: MomentId| {
            let shown = scene.shown(Audience::Staff).await;
            shown.iter().find(|moment| moment.id == id).unwrap().end
        };
        assert_eq!(end_of(last).await, Offset(360));
        let moved = scene.edit(last, set_range(280, 90_000)).await;
        assert_eq!(end_of(last).await, Offset(360));
        scene.undo(moved).await.unwrap();
        scene.undo(named_last).await.unwrap();

        scene.undo(named_around).await.unwrap();
        scene.undo(named).await.unwrap();
        assert_eq!(scene.settled(2).await, before);
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
        assert_eq!(refused, Err(RangeRule::Merge.into()));
    })
    .await;
}
