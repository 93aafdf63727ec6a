//! The operator's commands, while a server serves.

use clap::Parser;
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use server::{
    clock::Clock,
    commands::{self, Program},
    hub::Settings,
    store::Store,
};

use crate::support::{
    clients::{Events, TestClient},
    database::{Kind, TestDatabase},
    server_process::site,
    test_server::TestServer,
};

/// Runs a command over a server's database, past that server.
async fn run(server: &TestServer, arguments: &[&str]) -> Result<String, String> {
    let given = [
        "server",
        "--database-url",
        server.database_url(),
        "--public-url",
        &server.url,
    ];
    let program = Program::try_parse_from([given.as_slice(), arguments].concat()).unwrap();
    let command = program.command.unwrap();
    let answer = commands::run(command, &program.config, &server.clock).await;
    let answer = answer.map_err(|error| error.to_string())?;
    assert!(answer.is_well, "{}", answer.words);
    Ok(answer.words)
}

/// A page that is open.
async fn watches(person: &TestClient, code: &str, audience: &str) -> Events {
    let cursor = person.cursor(code).await;
    let mut events = person.watches(code, audience, &cursor).await;
    assert_eq!(events.next().await.unwrap().name, "tick");
    events
}

async fn role(person: &TestClient, code: &str) -> serde_json::Value {
    person.ask("role", json!({ "code": code })).await
}

#[tokio::test]
async fn a_new_control_link_ends_what_the_old_one_opened_and_works() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let code = streamer.opens_session().await;
        let mut panel = watches(&streamer, &code, "staff").await;

        let link = run(&server, &["new-control-link", &code.to_lowercase()]).await;

        assert_eq!(panel.next().await.unwrap().data, json!("rights_changed"));
        assert_eq!(role(&streamer, &code).await, json!("viewer"));
        let link = link.unwrap();
        let (page, key) = link.split_once('#').unwrap();
        assert_eq!(page, format!("{}/s/{code}/control", server.url));
        let redeemed = json!({ "code": code, "key": key });
        let keep_for = server.client();
        assert_eq!(keep_for.ask("redeem", redeemed).await["role"], "streamer");
    }
}

#[tokio::test]
async fn a_deleted_session_is_gone_from_open_pages_and_from_every_table() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (streamer, viewer) = (server.client(), server.client());
        let (code, other) = (
            streamer.opens_session().await,
            streamer.opens_session().await,
        );
        streamer.starts(&code).await;
        streamer.makes_moderator(&code, &server.client()).await;
        viewer.presses(&code, "").await;
        let mut page = watches(&viewer, &code, "public").await;

        run(&server, &["delete-session", &code, "--yes"])
            .await
            .unwrap();

        assert_eq!(page.next().await.unwrap().data, json!("gone"));
        let (status, _) = viewer.presses(&code, "").await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let again = run(&server, &["delete-session", &code, "--yes"]).await;
        assert_eq!(again, Err(format!("no session has the code {code}")));
        let tables = server.tables().await;
        for (table, rows) in [
            ("session", 1),
            ("segment", 0),
            ("timestamp", 0),
            ("moderation", 0),
            ("access_key", 1),
            ("\"grant\"", 1),
        ] {
            assert_eq!(count(&tables, table).await, rows, "{table}");
        }
        assert_eq!(role(&streamer, &other).await, json!("streamer"));
    }
}

#[tokio::test]
async fn a_session_in_the_trash_is_deleted_for_good() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let streamer = server.client();
        let (code, other) = (
            streamer.opens_session().await,
            streamer.opens_session().await,
        );
        for code in [&code, &other] {
            let (status, _) = streamer
                .call("trash_session", &json!({ "code": code }))
                .await;
            assert_eq!(status, StatusCode::OK);
        }
        run(&server, &["delete-session", &code, "--yes"])
            .await
            .unwrap();
        let restored = async |code: &str| {
            let code = json!({ "code": code });
            streamer.call("restore_session", &code).await.0
        };
        assert_eq!(restored(&code).await, StatusCode::NOT_FOUND);
        assert_eq!(count(&server.tables().await, "session").await, 1);
        assert_eq!(restored(&other).await, StatusCode::OK);
    }
}

async fn count(tables: &sea_orm::DatabaseConnection, table: &str) -> i64 {
    let sql = format!("SELECT count(*) AS rows FROM {table}");
    let sql = Statement::from_string(tables.get_database_backend(), sql);
    let row = tables.query_one_raw(sql).await.unwrap().unwrap();
    row.try_get("", "rows").unwrap()
}

#[tokio::test]
async fn a_backup_of_a_database_that_is_served_is_whole_and_another_history() {
    let server = TestServer::new(Kind::Sqlite).await;
    let (streamer, folder) = (server.client(), tempfile::tempdir().unwrap());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    streamer.presses(&code, "before").await;
    let file = folder.path().join("clips.backup");
    let backup = ["backup", file.to_str().unwrap()];

    run(&server, &backup).await.unwrap();

    streamer.presses(&code, "after").await;
    let refused = run(&server, &backup).await.unwrap_err();
    assert!(refused.ends_with("it exists already"), "{refused}");
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let copy = Store::open(&format!("sqlite://{}", file.display())).await;
    let copy = copy.unwrap();
    assert_ne!(copy.epoch(), server.store.epoch());
    let found = copy
        .resolve_code(&code.parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    let newest = copy.newest(found).await.unwrap().unwrap();
    let served = server.store.newest(found).await.unwrap().unwrap();
    assert!(newest.revision < served.revision);
    assert!(newest.revision.0 > 0);
}

#[tokio::test]
async fn a_backup_that_is_being_written_is_not_disturbed() {
    let server = TestServer::new(Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let part = folder.path().join("clips.backup.part");
    std::fs::write(&part, "half a copy").unwrap();
    let file = folder.path().join("clips.backup");
    let refused = run(&server, &["backup", file.to_str().unwrap()]).await;
    assert!(refused.unwrap_err().contains("still runs"));
    assert_eq!(std::fs::read(&part).unwrap(), b"half a copy");
}

#[tokio::test]
async fn postgres_is_backed_up_by_its_own_tools() {
    let server = TestServer::new(Kind::Postgres).await;
    let refused = run(&server, &["backup", "clips.backup"]).await.unwrap_err();
    insta::assert_snapshot!(refused, @"a Postgres database is backed up with its own tools: pg_dump --format=custom --file=FILE DATABASE; after pg_restore run new-epoch");
}

#[tokio::test]
async fn pages_start_over_after_a_new_epoch() {
    for kind in Kind::ALL {
        let before = TestServer::new(kind).await;
        let streamer = before.client();
        let code = streamer.opens_session().await;
        streamer.starts(&code).await;
        let cursor = streamer.cursor(&code).await;

        run(&before, &["new-epoch"]).await.unwrap();

        // A server that is started now, and the one that was running.
        let after = before.beside(Settings::default()).await;
        for server in [&after, &before] {
            let streamer = streamer.on(&server.url);
            let known = cursor.split('.').next().unwrap();
            while streamer.cursor(&code).await.starts_with(known) {
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
            let mut page = streamer.watches(&code, "public", &cursor).await;
            assert_eq!(page.next().await.unwrap().name, "snapshot");
            let cursor = streamer.cursor(&code).await;
            let mut page = streamer.watches(&code, "public", &cursor).await;
            assert_eq!(page.next().await.unwrap().name, "tick");
        }
    }
}

/// As if an earlier version of the program had made the database: the newest migration is not known there.
async fn make_older(tables: &sea_orm::DatabaseConnection) {
    let newest = "DELETE FROM seaql_migrations \
                  WHERE version = (SELECT max(version) FROM seaql_migrations)";
    tables.execute_unprepared(newest).await.unwrap();
}

#[tokio::test]
async fn commands_change_no_database_that_an_older_version_may_be_serving() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let code = server.client().opens_session().await;
        let tables = server.tables().await;
        make_older(&tables).await;
        let before = count(&tables, "seaql_migrations").await;
        for command in [
            vec!["new-control-link", &code],
            vec!["delete-session", &code, "--yes"],
        ] {
            let refused = run(&server, &command).await.unwrap_err();
            assert!(
                refused.contains("lacks one migration of this program"),
                "{refused}"
            );
        }
        // These two are of use whatever the tables are.
        run(&server, &["new-epoch"]).await.unwrap();
        if kind == Kind::Sqlite {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("clips.backup");
            run(&server, &["backup", file.to_str().unwrap()])
                .await
                .unwrap();
        }
        assert_eq!(count(&tables, "seaql_migrations").await, before);
        assert_eq!(count(&tables, "session").await, 1);
    }
}

#[tokio::test]
async fn a_database_that_no_server_has_made_yet_gets_nothing_from_a_command() {
    let database = TestDatabase::new(Kind::Postgres).await;
    let program = ["server", "--database-url", database.url(), "new-epoch"];
    let program = Program::try_parse_from(program).unwrap();
    let refused = commands::run(program.command.unwrap(), &program.config, &Clock::System).await;
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("migrations of this program"), "{refused}");
    let tables = database.connect().await;
    assert_eq!(
        count(&tables, "pg_tables WHERE schemaname = 'public'").await,
        0
    );
}

#[tokio::test]
async fn a_command_that_the_database_refuses_says_why() {
    for (kind, why) in [
        (Kind::Sqlite, "no room left"),
        (Kind::Postgres, "in a read-only transaction"),
    ] {
        let server = TestServer::new(kind).await;
        let name = server.database_url().rsplit_once('/').unwrap().1;
        let refuse = match kind {
            Kind::Sqlite => {
                "CREATE TRIGGER full BEFORE UPDATE ON installation \
                 BEGIN SELECT RAISE(ABORT, 'no room left'); END"
            }
            Kind::Postgres => {
                &format!("ALTER DATABASE {name} SET default_transaction_read_only = on")
            }
        };
        let tables = server.tables().await;
        tables.execute_unprepared(refuse).await.unwrap();
        let refused = run(&server, &["new-epoch"]).await.unwrap_err();
        assert!(
            refused.contains(why) && !refused.contains('\n'),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn what_no_session_can_be_called_is_said_in_words() {
    let server = TestServer::new(Kind::Sqlite).await;
    for command in ["new-control-link", "delete-session"] {
        let refused = run(&server, &[command, "zzz"]).await;
        let said = "\"zzz\" is not a session code: that is 6 letters and digits";
        assert_eq!(refused, Err(said.into()));
    }
    let refused = run(&server, &["new-control-link", "000000"]).await;
    assert_eq!(refused, Err("no session has the code 000000".into()));
}

/// What the doctor says about a server and its database.
async fn doctor(server: &TestServer, clock: &Clock) -> (bool, String) {
    let listen = server.url.trim_start_matches("http://");
    let pages = site();
    let settings = [
        "server",
        "doctor",
        "--max-connections",
        "10",
        "--listen",
        listen,
        "--site",
        pages.path().to_str().unwrap(),
    ];
    let database = ["--database-url", server.database_url()];
    let program = Program::try_parse_from([&settings[..], &database].concat()).unwrap();
    let command = program.command.unwrap();
    let answer = commands::run(command, &program.config, clock)
        .await
        .unwrap();
    (answer.is_well, answer.words)
}

#[tokio::test]
async fn the_doctor_finds_a_healthy_server_well_and_changes_nothing() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        let (is_well, words) = doctor(&server, &Clock::System).await;
        // The server's clock is advanced by hand, and none of its sessions is there yet.
        assert!(is_well, "{words}");
        for line in ["it can be written", "a server answers on"] {
            assert!(words.contains(line), "{words}");
        }
        let server_can = server.client().opens_session().await;
        assert_eq!(server_can.len(), 6);
    }
}

#[tokio::test]
async fn the_doctor_sees_clocks_that_disagree() {
    for kind in Kind::ALL {
        let server = TestServer::new(kind).await;
        server.client().opens_session().await;
        let (is_well, words) = doctor(&server, &server.clock).await;
        let is_postgres = kind == Kind::Postgres;
        assert_eq!(is_well, !is_postgres, "{words}");
        assert_eq!(words.contains("s apart: let both machines"), is_postgres);
        let earlier = Clock::manual(server.clock.now() - chrono::TimeDelta::minutes(1));
        let (_, words) = doctor(&server, &earlier).await;
        // With a database that has a clock, that one counts.
        assert_eq!(
            words.contains("the clock is 60 s behind what is stored"),
            !is_postgres,
            "{words}"
        );
    }
}

#[tokio::test]
async fn the_doctor_sees_what_could_lose_presses_and_a_database_that_is_newer() {
    let server = TestServer::new(Kind::Postgres).await;
    let tables = server.tables().await;
    let name = server.database_url().rsplit_once('/').unwrap().1;
    for sql in [
        &format!("ALTER DATABASE {name} SET synchronous_commit = off"),
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m20991231_000001_later', 0)",
    ] {
        tables.execute_unprepared(sql).await.unwrap();
    }
    let (is_well, words) = doctor(&server, &Clock::System).await;
    assert!(!is_well);
    for line in ["(synchronous_commit=off)", "newer than this program"] {
        assert!(words.contains(line), "{words}");
    }
}
