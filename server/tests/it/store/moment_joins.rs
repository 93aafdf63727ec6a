//! Visitors who join moments from the list: counted once, with whatever becomes of the moment, and erased with them.

use app::{
    domain::{
        moments::{
            join::Join,
            moment::{Moment, MomentId},
            moment_edit::MomentEdit,
        },
        offset::Offset,
        revision::Revision,
        role::Audience,
        stream_command::StreamCommand,
    },
    service::ServiceError,
};
use entity::{moment_join, timestamp};
use sea_orm::{EntityTrait, IntoActiveModel, PaginatorTrait};
use server::{
    moments::Moments,
    random,
    store::{Moderating, VisitorId},
};

use super::support::{Fixture, TestSession, by, heard, on_both_databases, press, somebody};

/// How many press for each moment.
pub(super) const CROWD: u32 = 8;

/// A session with moments, and what a process knows of them.
pub(super) struct Scene<'a> {
    fixture: &'a Fixture,
    pub(super) session: TestSession,
    moments: Moments,
}

impl<'a> Scene<'a> {
    /// A session with a crowd at each of these seconds.
    pub(super) async fn new(fixture: &'a Fixture, crowds: &[i64]) -> Self {
        let scene = Self {
            fixture,
            session: fixture.started().await,
            moments: Moments::new(fixture.store.clone(), fixture.clock.clone()),
        };
        let mut now = 0;
        for second in crowds {
            fixture.advance(second - now);
            now = *second;
            for _ in 0..CROWD {
                fixture.press(&scene.session, "the boss").await;
            }
        }
        assert_eq!(scene.shown().await.len(), crowds.len());
        scene
    }

    /// The moments in order of time, as soon as all that was seen is written.
    pub(super) async fn shown(&self) -> Vec<Moment> {
        self.shown_by(&self.moments).await
    }

    async fn shown_by(&self, moments: &Moments) -> Vec<Moment> {
        for _ in 0..500 {
            let shown = moments.at(self.session.id, self.revision().await).await;
            let shown = shown.unwrap();
            if !shown.has_unwritten() {
                return shown.all(Audience::Staff).moments;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("moments go on being written");
    }

    /// How many visitors each moment counts: for a process that followed, and for one that reads all of it now.
    pub(super) async fn visitors(&self) -> Vec<u32> {
        let shown = self.shown().await;
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        let anew = Moments::new(store.clone(), clock.clone());
        assert_eq!(self.shown_by(&anew).await, shown);
        assert!(shown.iter().all(|moment| moment.presses % CROWD == 0));
        shown.iter().map(|moment| moment.visitors).collect()
    }

    async fn revision(&self) -> Revision {
        let newest = self.fixture.store.newest(self.session.id).await.unwrap();
        newest.unwrap().revision
    }

    pub(super) async fn join(
        &self,
        visitor: VisitorId,
        id: MomentId,
    ) -> Result<Join, ServiceError> {
        let moment = heard(self.moments.joinable(self.session.id, id).await)?;
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        heard(
            store
                .join_moment(clock, self.session.id, visitor, moment)
                .await,
        )
    }

    async fn own(&self, visitor: VisitorId) -> Vec<Join> {
        let own = self.fixture.store.own_joins(self.session.id, visitor);
        own.await.unwrap()
    }

    pub(super) async fn edit(&self, id: MomentId, edit: MomentEdit) -> Moderating {
        let asked = by(&self.session, self.session.streamer);
        let change = self.moments.resolve(self.session.id, id, edit).await;
        let (store, clock) = (&self.fixture.store, &self.fixture.clock);
        let edited = store.edit_moment(clock, asked, id, change.unwrap(), None);
        edited.await.unwrap();
        asked
    }

    pub(super) async fn undo(&self, asked: Moderating) {
        let undone = self.fixture.store.undo(&self.fixture.clock, asked);
        undone.await.unwrap();
    }

    pub(super) async fn rows(&self) -> Vec<moment_join::Model> {
        let rows = moment_join::Entity::find().all(&self.fixture.tables);
        rows.await.unwrap()
    }
}

#[tokio::test]
async fn a_visitor_who_joins_is_counted_once_and_leaves_no_timestamp() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let before = scene.shown().await.remove(0);
        let (me, row) = (somebody(), fixture.session_row(&scene.session).await);
        let joined = scene.join(me, before.id).await.unwrap();
        let expected = Join {
            segment_index: 1,
            offset_seconds: before.peak,
            revision: scene.revision().await,
            counts: true,
        };
        assert_eq!(joined, expected);
        assert_eq!(scene.own(me).await, [joined]);
        let counted = Moment {
            visitors: CROWD + 1,
            ..before.clone()
        };
        assert_eq!(scene.shown().await, [counted]);

        assert_eq!(scene.join(me, before.id).await, Ok(joined), "a second time");
        assert_eq!(scene.revision().await, joined.revision);
        assert_eq!(scene.visitors().await, [CROWD + 1]);
        let author = VisitorId(fixture.timestamp_rows().await[0].visitor_id);
        scene.join(author, before.id).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 1], "they pressed there");

        let after = fixture.session_row(&scene.session).await;
        assert_eq!(after.timestamp_count, row.timestamp_count);
        let timestamps = timestamp::Entity::find().count(&fixture.tables).await;
        assert_eq!(timestamps.unwrap(), u64::from(CROWD));
        let moment = scene.moments.joinable(scene.session.id, before.id).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let (session, other) = (scene.session.id, somebody());
        let joined = store.join_moment(clock, session, other, moment.unwrap());
        assert!(fixture.has_news(joined).await);
    })
    .await;
}

#[tokio::test]
async fn who_joined_stays_with_the_moment_through_merges_splits_and_new_ranges() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let ids: Vec<_> = scene.shown().await.iter().map(|moment| moment.id).collect();
        let (both, one) = (somebody(), somebody());
        scene.join(both, ids[0]).await.unwrap();
        scene.join(both, ids[1]).await.unwrap();
        scene.join(one, ids[1]).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD + 2]);

        let others = vec![ids[1]];
        let merged = scene.edit(ids[0], MomentEdit::Merge { others }).await;
        assert_eq!(scene.visitors().await, [2 * CROWD + 2], "one joined both");
        let rows = scene.rows().await.len();
        // The id that ended leads to the moment that it became part of.
        scene.join(one, ids[1]).await.unwrap();
        assert_eq!(scene.rows().await.len(), rows);
        let split = MomentEdit::Split { at: Offset(200) };
        let split = scene.edit(ids[0], split).await;
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD + 2]);
        scene.undo(split).await;
        assert_eq!(scene.visitors().await, [2 * CROWD + 2]);
        scene.undo(merged).await;
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD + 2]);

        let (start, end) = (Offset(90), Offset(310));
        let moved = scene
            .edit(ids[0], MomentEdit::SetRange { start, end })
            .await;
        assert_eq!(scene.visitors().await.first(), Some(&(2 * CROWD + 2)));
        scene.undo(moved).await;
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD + 2]);
    })
    .await;
}

#[tokio::test]
async fn a_blocked_visitor_joins_like_everybody_else_and_counts_once_they_are_unblocked() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100, 300]).await;
        let ids: Vec<_> = scene.shown().await.iter().map(|moment| moment.id).collect();
        let me = somebody();
        fixture.advance(200);
        let mine = fixture.submit(&scene.session, me, press("")).await.unwrap();
        scene.join(me, ids[0]).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD]);

        let block = by(&scene.session, scene.session.streamer);
        let (store, clock) = (&fixture.store, &fixture.clock);
        store.block(clock, block, mine.id).await.unwrap();
        let joined = scene.join(me, ids[1]).await.unwrap();
        assert!(!joined.counts);
        assert_eq!(scene.visitors().await, [CROWD, CROWD]);
        let own = scene.own(me).await;
        assert!(own.len() == 2 && own.iter().all(|join| !join.counts));

        scene.undo(block).await;
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD + 1]);
        assert!(scene.own(me).await.iter().all(|join| join.counts));
    })
    .await;
}

#[tokio::test]
async fn an_erased_visitor_counts_nowhere_and_no_row_says_that_they_joined() {
    on_both_databases(async |fixture: Fixture| {
        let (scene, other) = (
            Scene::new(&fixture, &[100, 300]).await,
            Scene::new(&fixture, &[100]).await,
        );
        let ids: Vec<_> = scene.shown().await.iter().map(|moment| moment.id).collect();
        let (me, somebody) = (somebody(), somebody());
        for id in &ids {
            scene.join(me, *id).await.unwrap();
        }
        scene.join(somebody, ids[0]).await.unwrap();
        other.join(me, other.shown().await[0].id).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 2, CROWD + 1]);
        let (store, clock) = (&fixture.store, &fixture.clock);
        // One of the sessions may be restored from the trash.
        let end = StreamCommand::End { segment: 1 };
        fixture.act(&other.session, end).await.unwrap();
        store.trash_session(clock, other.session.id).await.unwrap();
        assert!(store.has_traces_of(me).await.unwrap());

        assert!(fixture.has_news(store.erase_visitor(clock, me)).await);
        assert_eq!(scene.visitors().await, [CROWD + 1, CROWD]);
        let rows = scene.rows().await;
        let owners: Vec<_> = rows.iter().filter_map(|row| row.visitor_id).collect();
        assert_eq!((rows.len(), owners), (4, vec![somebody.0]));
        let mut revisions: Vec<_> = rows
            .iter()
            .map(|row| (row.session_id, row.revision))
            .collect();
        revisions.sort_unstable();
        revisions.dedup();
        assert_eq!(revisions.len(), 4, "each row has a revision of its own");
        assert_eq!(scene.own(me).await, []);
        assert!(!store.has_traces_of(me).await.unwrap());
        assert!(!fixture.has_news(store.erase_visitor(clock, me)).await);
        // Whoever has the same browser later can join again.
        scene.join(me, ids[0]).await.unwrap();
        assert_eq!(scene.visitors().await, [CROWD + 2, CROWD]);
    })
    .await;
}

/// One read takes in ten thousand of each.
#[tokio::test]
async fn a_crowd_that_joins_is_read_in_several_parts() {
    on_both_databases(async |fixture: Fixture| {
        let scene = Scene::new(&fixture, &[100]).await;
        let moment = scene.shown().await.remove(0);
        let segment = fixture.segment_rows().await.remove(0);
        let first = scene.revision().await.0;
        for batch in 0..21 {
            let rows = (0..500).map(|number| {
                let row = moment_join::Model {
                    session_id: scene.session.id.0,
                    id: random::uuid(),
                    segment_id: segment.id,
                    offset_seconds: i32::try_from(moment.peak.seconds()).unwrap(),
                    visitor_id: Some(random::uuid()),
                    created_at: segment.created_at,
                    revision: first + batch * 500 + number + 1,
                };
                row.into_active_model()
            });
            let insert = moment_join::Entity::insert_many(rows);
            let insert = insert.exec_without_returning(&fixture.tables);
            insert.await.unwrap();
        }
        let revision = format!("UPDATE session SET revision = {}", first + 21 * 500);
        sea_orm::ConnectionTrait::execute_unprepared(&fixture.tables, &revision)
            .await
            .unwrap();
        let late = fixture.submission(&scene.session, somebody(), press("late"));
        fixture.store.record(&fixture.clock, [late]).await.unwrap();
        let shown = scene.shown().await.remove(0);
        assert_eq!(
            (shown.presses, shown.visitors),
            (CROWD + 1, CROWD + 1 + 10_500)
        );
        let (store, clock) = (&fixture.store, &fixture.clock);
        let anew = Moments::new(store.clone(), clock.clone());
        assert_eq!(scene.shown_by(&anew).await, [shown]);
    })
    .await;
}
