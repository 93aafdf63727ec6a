//! A fresh database for one test: a file in a folder of its own, or one on the Postgres that `TEST_POSTGRES_URL` names.

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait,
};
use server::{
    random,
    store::{Store, back_up},
};
use tempfile::TempDir;

use super::dump::dump;

/// The databases that everything runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];
}

/// A fresh, empty database. It goes when this is dropped, also where the test failed.
pub(crate) struct TestDatabase {
    kind: Kind,
    url: String,
    _keeper: Keeper,
}

/// What takes the database away again.
enum Keeper {
    Folder { _folder: TempDir },
    Postgres { server: String, name: String },
}

impl TestDatabase {
    pub(crate) async fn new(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                // A folder that is not there yet: the server makes it.
                let url = format!("sqlite://{}/data/clips.db", folder.path().display());
                let _keeper = Keeper::Folder { _folder: folder };
                Self { kind, url, _keeper }
            }
            Kind::Postgres => {
                let server = server();
                let name = format!("clips_{}", random::uuid().simple());
                let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
                run(&server, &format!("CREATE DATABASE {name}")).await;
                let _keeper = Keeper::Postgres { server, name };
                Self { kind, url, _keeper }
            }
        }
    }

    /// A copy of an embedded one, as it is now.
    pub(crate) async fn copied(&self) -> Self {
        assert_eq!(self.kind, Kind::Sqlite, "Postgres copies no open database");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clips.db");
        let copy = format!("VACUUM INTO '{}'", file.display());
        run(&self.url, &copy).await;
        Self {
            kind: self.kind,
            url: format!("sqlite://{}", file.display()),
            _keeper: Keeper::Folder { _folder: folder },
        }
    }

    /// Another one with what is in this one now, as after a backup and a restore. An embedded one is what the command makes.
    pub(crate) async fn restored(&self) -> Self {
        match self.kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("clips.backup");
                back_up(&self.url, &file).await.unwrap();
                Self {
                    kind: self.kind,
                    url: format!("sqlite://{}", file.display()),
                    _keeper: Keeper::Folder { _folder: folder },
                }
            }
            Kind::Postgres => {
                let restored = Self::new(self.kind).await;
                Store::open(&restored.url).await.unwrap().close().await;
                insert_rows(&self.connect().await, &restored.connect().await).await;
                restored
            }
        }
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// What the server is started with.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// A connection past the server, to look at the tables.
    pub(crate) async fn connect(&self) -> DatabaseConnection {
        Database::connect(&self.url).await.unwrap()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        match self {
            Self::Folder { .. } => {}
            Self::Postgres { server, name } => {
                let sql = format!("DROP DATABASE {name} WITH (FORCE)");
                let server = server.clone();
                // A runtime of its own: this may run inside another one, and that one may be unwinding.
                let dropped = std::thread::spawn(move || {
                    tokio::runtime::Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .unwrap()
                        .block_on(run(&server, &sql));
                });
                if dropped.join().is_err() {
                    eprintln!("the database {name} could not be dropped");
                }
            }
        }
    }
}

/// Where the tests' Postgres is. Without one they fail: what was not tried on both databases was not tried.
fn server() -> String {
    std::env::var("TEST_POSTGRES_URL")
        .unwrap_or_else(|_| panic!("no Postgres: run `make test`, or set TEST_POSTGRES_URL"))
}

async fn run(server: &str, sql: &str) {
    let connection = Database::connect(server).await.unwrap();
    connection.execute_unprepared(sql).await.unwrap();
    connection.close().await.unwrap();
}

/// Gives one database on Postgres the rows of another one with the same tables, and no others.
async fn insert_rows(from: &DatabaseConnection, to: &DatabaseConnection) {
    let tx = to.begin().await.unwrap();
    // Rows come before those that they name.
    let unchecked = "SET LOCAL session_replication_role = replica";
    tx.execute_unprepared(unchecked).await.unwrap();
    for (table, rows) in dump(from).await {
        let empty = format!("DELETE FROM \"{table}\"");
        tx.execute_unprepared(&empty).await.unwrap();
        for row in rows {
            // "timestamp" alone is a type of Postgres' own.
            let insert = format!(
                "INSERT INTO \"{table}\" SELECT * FROM jsonb_populate_record(NULL::public.\"{table}\", $1::jsonb)"
            );
            let insert = Statement::from_sql_and_values(DbBackend::Postgres, insert, [row.into()]);
            tx.execute_raw(insert).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
}
