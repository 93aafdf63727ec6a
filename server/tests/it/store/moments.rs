//! Moments: whatever happened to a session, what is kept up row by row is what is read at once.

use app::{
    domain::{
        highlights::Highlights,
        moments::{moment::MomentId, moment_edit::MomentEdit},
        offset::Offset,
        revision::Revision,
        role::Audience,
    },
    live::highlights::LiveHighlights,
};
use entity::{moment, timestamp};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use server::{
    moments::Moments,
    store::{MOST_SHOWN, MomentUpdate},
};

use super::{
    moment_scene::Scene,
    moment_story::{Step, Story, settled, steps},
    support::{Fixture, TestSession, generated, on_both_databases, press, somebody},
};

/// What a page shows, whatever way it heard of it.
fn shown(page: &LiveHighlights) -> impl PartialEq + std::fmt::Debug {
    let moments: Vec<_> = page.in_order().into_iter().cloned().collect();
    let curves = page.curves().iter().map(|curve| {
        let end = curve.values.iter().rposition(|value| *value > 0);
        curve.values[..end.map_or(0, |end| end + 1)].to_vec()
    });
    let curves: Vec<_> = curves.filter(|values| !values.is_empty()).collect();
    (moments, curves)
}

#[tokio::test]
async fn what_is_kept_up_row_by_row_is_what_is_read_at_once() {
    on_both_databases(async |fixture: Fixture| {
        for steps in generated(steps(), 12) {
            let session = fixture.started().await;
            let mut story = Story::of(&fixture, session);
            let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
            let audiences = [Audience::Public, Audience::Staff];
            let mut pages = audiences.map(|audience| (audience, LiveHighlights::default()));
            let mut heard = Revision(0);
            for step in &steps {
                story.take(*step).await;
                if let Step::Look = step {
                    let now = story.revision().await;
                    let known = moments.at(story.session.id, now).await.unwrap();
                    for (audience, page) in &mut pages {
                        page.merge(known.after(heard, *audience), now);
                    }
                    heard = now;
                }
            }
            let (_, now) = settled(&moments, &story).await;
            let known = moments.at(story.session.id, now).await.unwrap();
            let others = Moments::new(fixture.store.clone(), fixture.clock.clone());
            let (_, then) = settled(&others, &story).await;
            let anew = others.at(story.session.id, then).await.unwrap();
            for (audience, page) in &mut pages {
                page.merge(known.after(heard, *audience), now);
                let opened = LiveHighlights::new(anew.all(*audience), then);
                assert_eq!(shown(page), shown(&opened), "{audience:?}: {steps:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_from_before_there_were_moments_has_them_when_it_is_first_opened() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.advance(100);
        for note in ["the boss falls", "The boss falls!", "wow", "", "", ""] {
            fixture.press(&session, note).await;
            fixture.advance(1);
        }
        // As the migration leaves what was written before it.
        let found = timestamp::Entity::find()
            .filter(timestamp::Column::Weight.eq(256))
            .all(&fixture.tables)
            .await;
        assert_eq!(found.unwrap().len(), 6);
        let story = Story::of(&fixture, session.clone());
        let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let (highlights, _) = settled(&moments, &story).await;
        let [moment] = &highlights.moments[..] else {
            panic!("{highlights:?}");
        };
        assert_eq!((moment.presses, moment.visitors), (6, 6));
        assert!((100..106).contains(&moment.peak.seconds()), "{moment:?}");
        let notes: Vec<_> = moment
            .notes
            .iter()
            .map(|note| (note.note.as_str(), note.count))
            .collect();
        assert_eq!(notes, [("The boss falls!", 2), ("wow", 1)]);
        // What a server sees by itself keeps no session from growing old.
        let row = fixture.session_row(&session).await;
        assert!(row.updated_at < super::support::at(107));
    })
    .await;
}

/// Twenty visitors, each as late as always, press at six events.
async fn late_crowds(fixture: &Fixture, session: &TestSession) {
    let visitors: Vec<_> = (0..20).map(|_| somebody()).collect();
    fixture.advance(100);
    for _ in 0..6 {
        for late in 0..10 {
            let now = visitors.iter().skip(late).step_by(10);
            let batch: Vec<_> = now
                .map(|visitor| fixture.submission(session, *visitor, press("")))
                .collect();
            fixture.store.record(&fixture.clock, batch).await.unwrap();
            fixture.advance(2);
        }
        fixture.advance(100);
    }
}

#[tokio::test]
async fn a_pause_sharpens_the_moments_of_its_segment_and_keeps_their_ids() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let story = Story::of(&fixture, session.clone());
        late_crowds(&fixture, &session).await;
        let moments = Moments::new(fixture.store.clone(), fixture.clock.clone());
        let (live, _) = settled(&moments, &story).await;
        let ids = |told: &Highlights| {
            told.moments
                .iter()
                .map(|moment| moment.id)
                .collect::<Vec<_>>()
        };
        let best = |told: &Highlights| told.moments.iter().map(|moment| moment.excess).max();
        assert_eq!(live.moments.len(), 6, "{live:?}");

        fixture.pause(&session, 1).await;
        let (sharp, _) = settled(&moments, &story).await;
        assert_eq!(ids(&sharp), ids(&live));
        assert!(best(&sharp) > best(&live), "{sharp:?}");
        assert!(
            sharp.moments.iter().all(|moment| moment.visitors == 20),
            "{sharp:?}"
        );

        // What comes in another segment moves nothing.
        fixture.resume(&session, 1).await;
        late_crowds(&fixture, &session).await;
        let (both, _) = settled(&moments, &story).await;
        let of_first = |told: &Highlights| {
            let first = told
                .moments
                .iter()
                .filter(|moment| moment.segment_index == 1);
            first.cloned().collect::<Vec<_>>()
        };
        assert_eq!(of_first(&both), sharp.moments);

        // Every process says the same, and where it is switched off, what was found live.
        let others = Moments::new(fixture.store.clone(), fixture.clock.clone());
        assert_eq!(settled(&others, &story).await.0.moments, both.moments);
        fixture.learn(&session, false).await;
        let (off, _) = settled(&moments, &story).await;
        assert_eq!(of_first(&off), live.moments);
    })
    .await;
}

#[tokio::test]
async fn two_processes_that_see_a_moment_first_write_it_once() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let seen_at = Revision(fixture.session_row(&session).await.revision);
        let new = |anchor| {
            vec![MomentUpdate::New {
                segment_index: 1,
                anchor: Offset(anchor),
            }]
        };
        let (store, clock) = (&fixture.store, &fixture.clock);
        let first = store.record_moments(clock, session.id, seen_at, new(40));
        let second = store.record_moments(clock, session.id, seen_at, new(41));
        let (first, second) = tokio::join!(first, second);
        first.and(second).unwrap();
        let rows = moment::Entity::find().all(&fixture.tables).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        // Whoever looks again knows of it, and has its say.
        let seen_at = Revision(fixture.session_row(&session).await.revision);
        let id = MomentId(rows[0].id);
        let faded = vec![MomentUpdate::Changed {
            id,
            anchor: Offset(40),
            is_shown: false,
        }];
        store
            .record_moments(clock, session.id, seen_at, faded)
            .await
            .unwrap();
        let rows = moment::Entity::find()
            .filter(moment::Column::Shown.eq(false))
            .all(&fixture.tables)
            .await;
        assert_eq!(rows.unwrap().len(), 1);
    })
    .await;
}

/// Gives a session so many further moments, far from the others.
async fn with_moments(fixture: &Fixture, scene: &Scene<'_>, count: usize) {
    let second = |number: usize| Offset(100_000 + u32::try_from(number).unwrap());
    let updates = (0..count).map(|number| MomentUpdate::New {
        segment_index: 1,
        anchor: second(number),
    });
    let (store, revision) = (&fixture.store, scene.revision().await);
    let made = store.record_moments(
        &fixture.clock,
        scene.session.id,
        revision,
        updates.collect(),
    );
    made.await.unwrap();
}

#[tokio::test]
async fn moments_that_faded_leave_room_for_those_that_come() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        with_moments(&fixture, &scene, MOST_SHOWN - 1).await;
        // They have no crowd.
        scene.settled(1).await;
        fixture.advance(100);
        scene.crowd(8).await;
        scene.settled(2).await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_shows_as_many_moments_as_it_can_does_not_try_to_write_another() {
    on_both_databases(async |fixture: Fixture| {
        let mut scene = Scene::new(&fixture, &[100]).await;
        with_moments(&fixture, &scene, 2 * MOST_SHOWN).await;
        // Somebody wants all of them, so that none fades.
        moment::Entity::update_many()
            .col_expr(moment::Column::Starred, true.into())
            .exec(&fixture.database.connect().await)
            .await
            .unwrap();
        scene.settled(MOST_SHOWN).await;
        fixture.advance(100);
        for _ in 0..3 {
            scene.crowd(8).await;
            let revision = scene.revision().await;
            // Nothing is waiting to be written, and nothing was.
            scene.settled(MOST_SHOWN).await;
            assert_eq!(scene.revision().await, revision);
        }
        // One that the staff doesn't want any more makes room.
        let starred = scene.settled(MOST_SHOWN).await[1].id;
        scene
            .edit(starred, MomentEdit::SetStarred { starred: false })
            .await;
        scene.shown(Audience::Staff).await;
        scene.crowd(8).await;
        let shown = scene.settled(MOST_SHOWN).await;
        assert!(
            shown
                .iter()
                .any(|moment| moment.start.seconds() > 150 && moment.end.seconds() < 100_000)
        );
    })
    .await;
}
