//! The two schemas are one, and the migrations go both ways.

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection};

use server::store::Store;

use super::support::{Fixture, by, on_both_databases, press, somebody};
use crate::support::database::{Kind, TestDatabase};

#[tokio::test]
async fn the_two_schemas_are_one() {
    let mut schemas = Vec::new();
    for kind in Kind::ALL {
        let database = TestDatabase::new(kind).await;
        drop(Store::open(database.url()).await.unwrap());
        schemas.push(schema(kind, &database.connect().await).await.join("\n"));
    }
    assert_eq!(schemas[0], schemas[1]);
    insta::assert_snapshot!(schemas[0]);
}

#[tokio::test]
async fn migrations_go_down_and_up_again() {
    on_both_databases(async |fixture: Fixture| {
        let kind = fixture.database.kind();
        let before = schema(kind, &fixture.tables).await;

        Migrator::down(&fixture.tables, None).await.unwrap();
        assert_eq!(schema(kind, &fixture.tables).await, Vec::<String>::new());

        Migrator::up(&fixture.tables, None).await.unwrap();
        assert_eq!(schema(kind, &fixture.tables).await, before);
    })
    .await;
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_not_served() {
    for kind in Kind::ALL {
        let database = TestDatabase::new(kind).await;
        Store::open(database.url()).await.unwrap().close().await;
        make_read_only(&database).await;
        let refused = Store::open(database.url()).await.err().unwrap();
        let words = refused.to_string();
        let is_said = words.contains("readonly") || words.contains("read-only");
        assert!(is_said, "{kind:?}: {words}");
    }
}

/// As a standby is, or a file that belongs to somebody else. Rights would not stop tests that run as root.
async fn make_read_only(database: &TestDatabase) {
    if let Some(path) = database.url().strip_prefix("sqlite://") {
        // A file whose version for writing is newer than SQLite knows: https://www.sqlite.org/fileformat2.html
        let path = path.split('?').next().unwrap();
        let mut bytes = std::fs::read(path).unwrap();
        bytes[18] = 3;
        std::fs::write(path, bytes).unwrap();
    } else {
        let (_, name) = database.url().rsplit_once('/').unwrap();
        let read_only = format!("ALTER DATABASE \"{name}\" SET default_transaction_read_only = on");
        let tables = database.connect().await;
        tables.execute_unprepared(&read_only).await.unwrap();
    }
}

/// Builds whose migrations have later numbers may have been released before one with an earlier number.
#[tokio::test]
async fn a_migration_that_was_left_out_runs_also_after_later_ones() {
    on_both_databases(async |fixture: Fixture| {
        let kind = fixture.database.kind();
        let before = schema(kind, &fixture.tables).await;
        for statement in [
            "DROP TABLE moment_join",
            "DELETE FROM seaql_migrations WHERE version LIKE '%_000018_moment_join'",
        ] {
            fixture.tables.execute_unprepared(statement).await.unwrap();
        }
        assert_ne!(schema(kind, &fixture.tables).await, before);
        drop(Store::open(fixture.database.url()).await.unwrap());
        assert_eq!(schema(kind, &fixture.tables).await, before);
    })
    .await;
}

/// SQLite copies the table for it.
#[tokio::test]
async fn what_was_logged_before_moments_could_be_edited_is_still_in_the_log() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let pressed = fixture.press(&session, "a note").await;
        fixture.hide(&session, &[pressed.id]).await;
        let (store, clock) = (&fixture.store, &fixture.clock);
        let edited = by(&session, session.streamer);
        store
            .edit_note(clock, edited, pressed.id, None, None)
            .await
            .unwrap();
        let before = store.moderations(session.id, None).await.unwrap();
        assert_eq!(before.len(), 2);

        let migrations = Migrator::migrations();
        let names = migrations.iter().map(|migration| migration.name());
        let later = names.skip_while(|name| !name.ends_with("_000015_moment_edit"));
        let steps = u32::try_from(later.count()).unwrap();
        Migrator::down(&fixture.tables, Some(steps)).await.unwrap();
        Migrator::up(&fixture.tables, None).await.unwrap();
        let store = Store::open(fixture.database.url()).await.unwrap();
        let after = store.moderations(session.id, None).await.unwrap();
        assert_eq!(after, before);
    })
    .await;
}

#[tokio::test]
async fn the_schema_itself_refuses_what_the_rules_forbid() {
    on_both_databases(async |fixture: Fixture| {
        let session = fixture.started().await;
        let pressed = press("in bounds");
        let pressed = fixture.submit(&session, somebody(), pressed).await.unwrap();
        let edited = by(&session, session.streamer);
        let edited = fixture
            .store
            .edit_note(&fixture.clock, edited, pressed.id, None, None);
        edited.await.unwrap();
        let too_long = "x".repeat(101);
        for (forbidden, statement) in [
            ("status", "UPDATE session SET status = 'open'".to_owned()),
            ("title", "UPDATE session SET title = ''".to_owned()),
            (
                "count",
                "UPDATE session SET timestamp_count = -1".to_owned(),
            ),
            (
                "offset",
                "UPDATE timestamp SET offset_seconds = -1".to_owned(),
            ),
            ("note", format!("UPDATE timestamp SET note = '{too_long}'")),
            (
                "name",
                format!("UPDATE timestamp SET submitted_by = '{too_long}'"),
            ),
            (
                "deed",
                "UPDATE moderation SET deed = 'forget_moment'".to_owned(),
            ),
            (
                "hidden",
                "UPDATE timestamp SET hidden_at = created_at".to_owned(),
            ),
            ("role", "UPDATE access_key SET role = 'viewer'".to_owned()),
            ("index", copy_of_segment("index, NULL")),
            ("open", copy_of_segment("index + 1, NULL")),
            (
                "orphan",
                "DELETE FROM segment".to_owned()
                    + " WHERE 1 = 2; UPDATE timestamp SET segment_id = visitor_id",
            ),
        ] {
            let refused = fixture.tables.execute_unprepared(&statement).await;
            assert!(refused.is_err(), "{forbidden}: {statement}");
        }
        let second = copy_of_segment("index + 1, start_time");
        let written = fixture.tables.execute_unprepared(&second).await;
        written.unwrap_or_else(|error| panic!("a closed segment is lawful: {error}"));
    })
    .await;
}

/// A second segment, with another index and end.
fn copy_of_segment(index_and_end: &str) -> String {
    let index_and_end = index_and_end.replace("index", "\"index\"");
    format!(
        "INSERT INTO segment (session_id, id, \"index\", end_time, start_time, timestamp_count, revision, created_at) \
         SELECT session_id, session_id, {index_and_end}, start_time, 0, 9, created_at FROM segment"
    )
}

/// Tables, columns, nullability, keys and indexes, in words that don't depend on the database (SQLite has one kind of
/// integer, of 64 bits).
async fn schema(kind: Kind, tables: &DatabaseConnection) -> Vec<String> {
    let query = match kind {
        Kind::Sqlite => SQLITE,
        Kind::Postgres => POSTGRES,
    };
    let statement = sea_orm::Statement::from_string(tables.get_database_backend(), query);
    let rows = tables.query_all_raw(statement).await.unwrap();
    let mut lines: Vec<String> = rows
        .iter()
        .map(|row| row.try_get_by_index(0).unwrap())
        .collect();
    lines.sort();
    lines
}

const SQLITE: &str = "
WITH t AS (SELECT name FROM sqlite_schema WHERE type = 'table'
           AND name NOT LIKE 'sqlite_%' AND name <> 'seaql_migrations')
SELECT t.name || ' | ' || c.name || ' ' ||
       CASE lower(c.type) WHEN 'uuid_text' THEN 'uuid' WHEN 'timestamp_with_timezone_text' THEN 'time'
                          WHEN 'blob' THEN 'bytes' ELSE lower(c.type) END ||
       CASE WHEN c.\"notnull\" OR c.pk THEN '' ELSE ' or null' END
FROM t, pragma_table_info(t.name) c
UNION ALL
SELECT t.name || ' | primary key ' ||
       (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info(t.name) WHERE pk > 0 ORDER BY pk))
FROM t
UNION ALL
SELECT t.name || ' | index ' || i.name || ' (' ||
       (SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno)) || ')' ||
       CASE WHEN i.\"unique\" THEN ' unique' ELSE '' END || CASE WHEN i.partial THEN ' partial' ELSE '' END
FROM t, pragma_index_list(t.name) i WHERE i.origin = 'c'
UNION ALL
SELECT t.name || ' | reference (' ||
       (SELECT group_concat(\"from\", ', ') FROM (SELECT \"from\" FROM pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq)) ||
       ') to ' || f.\"table\" || ' (' ||
       (SELECT group_concat(\"to\", ', ') FROM (SELECT \"to\" FROM pragma_foreign_key_list(t.name) WHERE id = f.id ORDER BY seq)) ||
       ') on delete ' || lower(f.on_delete)
FROM t, pragma_foreign_key_list(t.name) f WHERE f.seq = 0";

const POSTGRES: &str = "
SELECT table_name || ' | ' || column_name || ' ' ||
       CASE data_type WHEN 'timestamp with time zone' THEN 'time' WHEN 'bytea' THEN 'bytes' WHEN 'bigint' THEN 'integer' ELSE data_type END ||
       CASE is_nullable WHEN 'YES' THEN ' or null' ELSE '' END
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'seaql_migrations'
UNION ALL
SELECT t.relname || CASE WHEN x.indisprimary THEN ' | primary key ' ELSE ' | index ' || i.relname || ' (' END ||
       (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) ||
       CASE WHEN x.indisprimary THEN '' ELSE ')' || CASE WHEN x.indisunique THEN ' unique' ELSE '' END END ||
       CASE WHEN x.indpred IS NULL THEN '' ELSE ' partial' END
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE t.relnamespace = 'public'::regnamespace AND t.relname <> 'seaql_migrations'
UNION ALL
SELECT t.relname || ' | reference (' ||
       (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) || ') to ' || r.relname || ' (' ||
       (SELECT string_agg(a.attname, ', ' ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY k (number, place)
        JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) || ') on delete ' ||
       CASE c.confdeltype WHEN 'c' THEN 'cascade' ELSE c.confdeltype::text END
FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
WHERE c.contype = 'f'";
