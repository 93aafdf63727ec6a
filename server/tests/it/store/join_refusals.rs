//! Moments that cannot be joined: not now, not by viewers, or not by somebody who has joined too many.

use app::{
    domain::{
        invalid_input::InvalidInput,
        moments::{join, moment::MomentId, moment_edit::MomentEdit},
        press::PressRefused,
        rules::{Rules, Settings},
        stream_command::StreamCommand,
    },
    service::ServiceError,
};
use entity::moment_join;
use sea_orm::{EntityTrait, IntoActiveModel};
use server::random;

use super::{
    moment_joins::{CROWD, Scene},
    support::{Fixture, on_both_databases, somebody},
};

#[tokio::test]
async fn moments_are_joined_while_the_session_is_active_also_those_of_segments_that_are_over() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.shown().await[0].id;
        scene.join(somebody(), id).await.unwrap();
        fixture.advance(100);
        fixture.pause(&scene.session, 1).await;
        let refused = |refused| Err(ServiceError::Press(refused));
        let joined = scene.join(somebody(), id).await;
        assert_eq!(joined, refused(PressRefused::Paused));
        assert_eq!(scene.visitors().await, [CROWD + 1]);

        fixture.resume(&scene.session, 1).await;
        scene.join(somebody(), id).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 2]);
        fixture.learn(&scene.session, false).await;
        assert_eq!(scene.visitors().await, [CROWD + 2]);
        let end = StreamCommand::End { segment: 2 };
        fixture.act(&scene.session, end).await.unwrap();
        let joined = scene.join(somebody(), id).await;
        assert_eq!(joined, refused(PressRefused::Ended));
        assert_eq!(scene.visitors().await, [CROWD + 2]);
    })
    .await;
}

#[tokio::test]
async fn what_viewers_do_not_see_can_not_be_joined() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let id = scene.shown().await[0].id;
        let no_moment = Err(ServiceError::NoMoment);
        let nothing = MomentId(random::uuid());
        assert_eq!(scene.join(somebody(), nothing).await, no_moment);
        let hidden = scene.edit(id, MomentEdit::SetHidden { hidden: true }).await;
        assert_eq!(scene.join(somebody(), id).await, no_moment);
        scene.undo(hidden).await;
        let staff_list = |staff_list| Settings {
            rules: Rules {
                staff_list,
                ..Rules::default()
            },
            ..Settings::default()
        };
        let (store, clock, session) = (&fixture.store, &fixture.clock, scene.session.id);
        let set = store
            .set_settings(clock, session, staff_list(true).into())
            .await;
        set.unwrap();
        assert_eq!(scene.join(somebody(), id).await, no_moment);
        let set = store
            .set_settings(clock, session, staff_list(false).into())
            .await;
        set.unwrap();
        assert!(scene.join(somebody(), id).await.is_ok());
        assert_eq!(scene.rows().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_visitor_joins_no_more_moments_than_they_may() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let (id, me) = (scene.shown().await[0].id, somebody());
        let segment = fixture.segment_rows().await.remove(0);
        let most = i32::try_from(join::MOST).unwrap();
        let rows = (0..most).map(|number| {
            let row = moment_join::Model {
                session_id: scene.session.id.0,
                id: random::uuid(),
                segment_id: segment.id,
                offset_seconds: 1_000 + number,
                visitor_id: Some(me.0),
                created_at: segment.created_at,
                revision: 1,
            };
            row.into_active_model()
        });
        let insert = moment_join::Entity::insert_many(rows).exec_without_returning(&fixture.tables);
        insert.await.unwrap();
        let too_many = ServiceError::Invalid(InvalidInput::TooManyJoins);
        assert_eq!(scene.join(me, id).await, Err(too_many));
        assert!(scene.join(somebody(), id).await.is_ok());
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.erase_visitor(clock, me).await.unwrap();
        assert!(!store.has_traces_of(me).await.unwrap());
        assert_eq!(scene.visitors().await, [CROWD + 1]);
    })
    .await;
}
