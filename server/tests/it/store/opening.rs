//! Opening a database: created, migrated, refused with a message.

use app::{domain::stream_command::StreamCommand, service::ServiceError};
use sea_orm::{ConnectionTrait, TransactionTrait};
use server::store::{OpenOptions, Store};

use super::support::{Fixture, on_both_databases, press, somebody};
use crate::support::database::Kind;

#[tokio::test]
async fn opening_it_again_keeps_what_it_holds_and_its_epoch() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.open().await;
        let epoch = fixture.store.epoch();
        fixture.store.clone().close().await;

        let again = Store::open(fixture.database.url()).await.unwrap();

        assert_eq!(again.epoch(), epoch);
        assert_eq!(
            again.resolve_code(&session.code).await.unwrap(),
            Some(session.id)
        );
        again.ping().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn servers_that_start_together_agree_on_one_epoch() {
    on_both_databases(async |fixture: Fixture| {
        let url = fixture.database.url();
        let opened = futures::future::join_all((0..4).map(|_| Store::open(url))).await;
        for store in opened {
            assert_eq!(store.unwrap().epoch(), fixture.store.epoch());
        }
    })
    .await;
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused_in_words() {
    on_both_databases(async |fixture: Fixture| {
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)";
        fixture.tables.execute_unprepared(newer).await.unwrap();
        let refused = refusal(fixture.database.url()).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused, @"the database is newer than this program (it knows m20991231_000001_later): start a newer version of the program");
        }
    })
    .await;
}

#[tokio::test]
async fn a_postgres_that_may_lose_commits_is_refused_unless_that_is_accepted() {
    let fixture = Fixture::on(Kind::Postgres).await;
    let url = fixture.database.url();
    let name = url.rsplit_once('/').unwrap().1;
    let set = format!("ALTER DATABASE {name} SET synchronous_commit = off");
    fixture.tables.execute_unprepared(&set).await.unwrap();

    insta::assert_snapshot!(refusal(url).await, @"the database could lose presses that were acknowledged (synchronous_commit=off): mend that, or accept it with --allow-unsafe-database");

    let accepted = OpenOptions {
        allows_unsafe: true,
        ..OpenOptions::default()
    };
    assert!(Store::open_with(url, accepted).await.is_ok());
}

#[tokio::test]
async fn a_database_that_is_away_is_busy_and_not_broken() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        fixture.store.clone().close().await;
        let refused = fixture.submit(&session, somebody(), press("")).await;
        assert_eq!(refused, Err(ServiceError::Unavailable { seconds: 2 }));
        assert!(fixture.store.ping().await.is_err());
    })
    .await;
}

#[tokio::test]
async fn connections_that_postgres_drops_are_opened_again() {
    on_both_databases(async |fixture: Fixture| {
        if fixture.database.kind() == Kind::Sqlite {
            return;
        }
        let session = fixture.started().await;
        let drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                    WHERE datname = current_database() AND pid <> pg_backend_pid()";
        fixture.tables.execute_unprepared(drop).await.unwrap();
        let answer = fixture.submit(&session, somebody(), press("")).await;
        let busy = Err(ServiceError::Unavailable { seconds: 2 });
        assert!(answer.is_ok() || answer == busy, "{answer:?}");
        fixture.press(&session, "again").await;
    })
    .await;
}

#[tokio::test]
async fn a_write_that_waits_for_a_lock_on_postgres_gives_up_and_leaves_no_trace() {
    let fixture = Fixture::on(Kind::Postgres).await;
    let session = fixture.started().await;
    let holding = fixture.tables.begin().await.unwrap();
    let lock = "SELECT 1 FROM session FOR UPDATE";
    holding.execute_unprepared(lock).await.unwrap();
    let pause = StreamCommand::Pause { segment: 1 };
    let refused = fixture.store.act(&fixture.clock, session.id, pause).await;
    // And not the statement's own time, which is longer.
    let cause = format!("{:?}", refused.unwrap_err());
    assert!(cause.contains("lock timeout"), "{cause}");
    holding.rollback().await.unwrap();
    fixture.pause(&session, 1).await;
}

#[tokio::test]
async fn a_database_without_an_epoch_is_refused_in_words() {
    on_both_databases(async |fixture: Fixture| {
        let empty = "DELETE FROM installation";
        fixture.tables.execute_unprepared(empty).await.unwrap();
        let opened = Store::open_with(fixture.database.url(), OpenOptions::as_it_is()).await;
        let refused = opened.err().unwrap().to_string();
        insta::allow_duplicates! {
            insta::assert_snapshot!(refused, @"the database has no epoch: it was never served, or its table installation was emptied");
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_of_no_known_database_is_refused_in_words() {
    insta::assert_snapshot!(refusal("mysql://localhost/clips").await, @"the database's address must begin with sqlite:// or postgres://, like sqlite://data/clips.sqlite");
    assert_eq!(refusal("sqlite::memory:").await, refusal("sqlite://").await);
    insta::assert_snapshot!(refusal("postgres://me:secret@host:nonsense/clips").await, @"the database's address can't be read; one looks like postgres://user:password@host:5432/clips");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clips.db");
    std::fs::write(&path, "no database ".repeat(1000)).unwrap();
    let refused = refusal(&format!("sqlite://{}", path.display())).await;
    let words = refused.replace(&path.display().to_string(), "FILE");
    insta::assert_snapshot!(words, @"the database FILE can't be opened: error returned from database: (code: 26) file is not a database");
}

#[tokio::test]
async fn a_postgres_that_is_not_there_is_refused_in_one_line() {
    let refused = refusal("postgres://me:secret@127.0.0.1:1/clips").await;
    assert!(
        !refused.contains('\n') && !refused.contains("secret"),
        "{refused}"
    );
    assert!(
        refused.starts_with("the database on Postgres can't be opened: "),
        "{refused}"
    );
}

async fn refusal(url: &str) -> String {
    match Store::open(url).await {
        Ok(_) => panic!("{url} was opened"),
        Err(refusal) => refusal.to_string(),
    }
}
