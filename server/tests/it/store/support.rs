//! The store's fixture: a fresh database, an open store, a clock to advance, and builders of what is written to it.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use app::{
    domain::{
        access::AccessKey,
        code::Code,
        lead::Timing,
        moments::weight::Weight,
        press::Press,
        role::Audience,
        session::Session,
        snapshot::{Page, Snapshot},
        stream_command::StreamCommand,
        timestamp::{Timestamp, TimestampId},
    },
    live::list::timestamps::List,
    service::ServiceError,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::{segment, session, timestamp};
use proptest::{
    strategy::{Strategy, ValueTree},
    test_runner::TestRunner,
};
use sea_orm::{DatabaseConnection, EntityTrait, QueryOrder};
use server::{
    clock::Clock,
    idempotent_ids::Seed,
    random,
    store::{Moderating, NewDetails, SessionId, Store, StoreError, Submission, VisitorId},
};

use crate::support::database::{Kind, TestDatabase};

/// Runs a test on SQLite and then on Postgres; the output of one that fails says on which.
pub(super) async fn on_both_databases(test: impl AsyncFn(Fixture)) {
    for kind in Kind::ALL {
        println!("on {kind:?}");
        test(Fixture::on(kind).await).await;
    }
}

/// So many values of a strategy, the same ones in every run. Proptest's own loop can't wait for a database.
pub(super) fn generated<T>(
    strategy: impl Strategy<Value = T>,
    count: usize,
) -> impl Iterator<Item = T> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

pub(super) struct Fixture {
    pub(super) store: Store,
    pub(super) clock: Clock,
    /// How often those who watch were told of news.
    told: Arc<AtomicUsize>,
    /// Past the store, to look at the tables.
    pub(super) tables: DatabaseConnection,
    /// Last: the database goes after all that use it.
    pub(super) database: TestDatabase,
}

/// A session and its streamer.
#[derive(Clone)]
pub(super) struct TestSession {
    pub(super) id: SessionId,
    pub(super) code: Code,
    pub(super) streamer: VisitorId,
    pub(super) control_key: AccessKey,
}

impl Fixture {
    pub(super) async fn on(kind: Kind) -> Self {
        let database = TestDatabase::new(kind).await;
        let store = Store::open(database.url()).await.unwrap();
        let tables = database.connect().await;
        let told = Arc::<AtomicUsize>::default();
        let hears = told.clone();
        store.on_commit(move |_| {
            hears.fetch_add(1, Ordering::SeqCst);
        });
        Self {
            told,
            store,
            clock: Clock::manual(at(0)),
            tables,
            database,
        }
    }

    /// Whether a write that succeeds has news for those who watch.
    pub(super) async fn has_news<T>(
        &self,
        write: impl Future<Output = Result<T, StoreError>>,
    ) -> bool {
        let before = self.told.load(Ordering::SeqCst);
        write.await.unwrap();
        self.told.load(Ordering::SeqCst) > before
    }

    /// A session that has not started.
    pub(super) async fn open(&self) -> TestSession {
        let streamer = somebody();
        let title = "Witcher 3 – Act 1 Finale".to_owned().try_into().unwrap();
        let game = "The Witcher 3".to_owned().try_into().unwrap();
        let opened = self
            .store
            .open_session(&self.clock, streamer, &title, &game, None, Seed::random())
            .await
            .unwrap()
            .created;
        TestSession {
            id: self
                .store
                .resolve_code(&opened.code)
                .await
                .unwrap()
                .unwrap(),
            code: opened.code,
            streamer,
            control_key: opened.control_key,
        }
    }

    /// A session whose first segment is open.
    pub(super) async fn started(&self) -> TestSession {
        let session = self.open().await;
        self.start(&session).await;
        session
    }

    pub(super) async fn act(
        &self,
        session: &TestSession,
        act: StreamCommand,
    ) -> Result<Session, ServiceError> {
        let done = self.store.act(&self.clock, session.id, act).await;
        heard(done)
    }

    pub(super) async fn start(&self, session: &TestSession) {
        let act = StreamCommand::Start {
            began_minutes_ago: 0,
        };
        self.act(session, act).await.unwrap();
    }

    pub(super) async fn pause(&self, session: &TestSession, segment: u32) {
        self.act(session, StreamCommand::Pause { segment })
            .await
            .unwrap();
    }

    pub(super) async fn resume(&self, session: &TestSession, segment: u32) {
        let act = StreamCommand::Resume {
            segment,
            began_minutes_ago: 0,
        };
        self.act(session, act).await.unwrap();
    }

    /// Sets whether delays of visitors are learnt.
    pub(super) async fn learn(&self, session: &TestSession, learns_delays: bool) {
        let row = self.session_row(session).await;
        let (title, game) = (row.title.try_into().unwrap(), row.game.try_into().unwrap());
        let timing = Timing {
            learns_delays,
            ..Timing::default()
        };
        let (store, clock) = (&self.store, &self.clock);
        let new = NewDetails {
            title,
            game,
            timing: Some(timing),
        };
        let edited = store.edit_session(clock, session.id, new, None);
        edited.await.unwrap();
    }

    pub(super) async fn submit(
        &self,
        session: &TestSession,
        visitor: VisitorId,
        press: Press,
    ) -> Result<Timestamp, ServiceError> {
        let one = [self.submission(session, visitor, press)];
        let recorded = self.store.record(&self.clock, one).await;
        let answer = heard(recorded)?.pop().unwrap();
        answer.map(|recorded| recorded.timestamp)
    }

    /// A press as the recorder gets it, received now.
    pub(super) fn submission(
        &self,
        session: &TestSession,
        visitor: VisitorId,
        press: Press,
    ) -> Submission {
        Submission {
            session: session.id,
            visitor,
            press,
            weight: Weight::WHOLE.parts(),
            received: self.clock.now(),
        }
    }

    /// Somebody's press, accepted.
    pub(super) async fn press(&self, session: &TestSession, note: &str) -> Timestamp {
        self.submit(session, somebody(), press(note)).await.unwrap()
    }

    pub(super) async fn hide(&self, session: &TestSession, ids: &[TimestampId]) {
        let asked = by(session, session.streamer);
        self.store.hide(&self.clock, asked, ids).await.unwrap();
    }

    /// What a page of this audience shows this visitor: the snapshot, and what their browser keeps of their own presses.
    pub(super) async fn snapshot_for(
        &self,
        session: &TestSession,
        audience: Audience,
        visitor: VisitorId,
    ) -> Snapshot {
        let snapshot = self.store.snapshot(session.id, audience).await;
        let mut snapshot = snapshot.unwrap().unwrap();
        if audience == Audience::Public {
            let own = self.store.own_timestamps(session.id, visitor).await;
            let mut list = List::new(snapshot.page.clone());
            own.unwrap().into_iter().for_each(|own| list.merge_own(own));
            snapshot.page.timestamps = list.rows().cloned().collect();
        }
        snapshot
    }

    pub(super) fn advance(&self, seconds: i64) {
        self.clock.advance(TimeDelta::seconds(seconds));
    }

    pub(super) async fn session_row(&self, session: &TestSession) -> session::Model {
        let find = session::Entity::find_by_id(session.id.0);
        find.one(&self.tables).await.unwrap().unwrap()
    }

    pub(super) async fn segment_rows(&self) -> Vec<segment::Model> {
        let find = segment::Entity::find().order_by_asc(segment::Column::Index);
        find.all(&self.tables).await.unwrap()
    }

    pub(super) async fn timestamp_rows(&self) -> Vec<timestamp::Model> {
        let find = timestamp::Entity::find().order_by_asc(timestamp::Column::Arrival);
        find.all(&self.tables).await.unwrap()
    }
}

/// What the port's caller hears of a store's answer.
pub(super) fn heard<T>(answer: Result<T, StoreError>) -> Result<T, ServiceError> {
    answer.map_err(ServiceError::from)
}

/// A moment, in seconds since the clock began.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

pub(super) fn somebody() -> VisitorId {
    VisitorId(random::uuid())
}

/// An act of moderation of somebody who holds a link, with a new name.
pub(super) fn by(session: &TestSession, author: VisitorId) -> Moderating {
    Moderating {
        session: session.id,
        author,
        act: random::uuid(),
    }
}

/// A press with a new id; no note where it is empty.
pub(super) fn press(note: &str) -> Press {
    Press {
        id: TimestampId(random::uuid()),
        note: (!note.is_empty()).then(|| note.to_owned().try_into().unwrap()),
        name: None,
        label: None,
        waited_ms: 0,
    }
}

/// The notes of a list, in its order.
pub(super) fn notes(list: &[Timestamp]) -> Vec<&str> {
    list.iter()
        .map(|timestamp| timestamp.note.as_ref().map_or("", |note| note.as_str()))
        .collect()
}

pub(super) fn page_notes(page: &Page) -> Vec<&str> {
    notes(&page.timestamps)
}
