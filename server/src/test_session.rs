//! A session in a database of its own, for unit tests.

use app::domain::{
    revision::Cursor, role::Audience, snapshot::Snapshot, stream_command::StreamCommand,
};
use sea_orm::{ConnectionTrait, Database};
use tempfile::TempDir;

use crate::{
    clock::Clock,
    idempotent_ids::Seed,
    random,
    store::{SessionId, Store, VisitorId},
};

/// A session that has not started.
pub(crate) struct TestSession {
    pub(crate) store: Store,
    pub(crate) id: SessionId,
    url: String,
    /// Last: the database goes after all that use it.
    _folder: TempDir,
}

impl TestSession {
    /// Opens one.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("clips.sqlite").display());
        let store = Store::open(&url).await.unwrap();
        let streamer = VisitorId(random::uuid());
        let (title, game) = ("Late Night".to_owned(), "Chess".to_owned());
        let (title, game) = (title.try_into().unwrap(), game.try_into().unwrap());
        let opened = store.open_session(
            &Clock::System,
            streamer,
            &title,
            &game,
            None,
            Seed::random(),
        );
        let code = opened.await.unwrap().created.code;
        let id = store.resolve_code(&code).await.unwrap().unwrap();
        Self {
            store,
            id,
            url,
            _folder: folder,
        }
    }

    /// Starts it.
    pub(crate) async fn start(&self) {
        let began_minutes_ago = 0;
        self.act(StreamCommand::Start { began_minutes_ago }).await;
    }

    /// Pauses its first segment.
    pub(crate) async fn pause(&self) {
        self.act(StreamCommand::Pause { segment: 1 }).await;
    }

    async fn act(&self, command: StreamCommand) {
        let acted = self.store.act(&Clock::System, self.id, command);
        acted.await.unwrap();
    }

    /// Does something to its tables, past the store.
    pub(crate) async fn execute(&self, statement: &str) {
        let tables = Database::connect(&self.url).await.unwrap();
        tables.execute_unprepared(statement).await.unwrap();
        tables.close().await.unwrap();
    }

    /// Its newest cursor.
    pub(crate) async fn cursor(&self) -> Cursor {
        self.snapshot().await.cursor
    }

    /// It, as viewers see it.
    pub(crate) async fn snapshot(&self) -> Snapshot {
        let snapshot = self.store.snapshot(self.id, Audience::Public).await;
        snapshot.unwrap().unwrap()
    }
}
