//! SQL dialects: which versions of SQLite are safe, how much of a table it analyses, and how Postgres finds presses.

use sea_orm::{ConnectOptions, Database};

use super::{plans::plan, *};

#[test]
fn a_sqlite_before_3_51_3_is_not_safe() {
    for (version, is_safe) in [
        ("3.51.2", false),
        ("3.9.4", false),
        ("3.51.3", true),
        ("3.52.0", true),
        ("4.0.0", true),
        ("none", false),
    ] {
        assert_eq!(is_safe_sqlite(version), is_safe, "{version}");
    }
}

/// SQLite has a single write lock, and holds it while it analyses.
#[tokio::test]
async fn sqlite_analyses_only_the_beginning_of_a_large_index() {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1);
    let database = Database::connect(options).await.unwrap();
    // The first 5,000 entries of the index differ, and all later ones are the same.
    let filled = r"
        CREATE TABLE pressed (number INTEGER NOT NULL);
        CREATE INDEX pressed_number_idx ON pressed (number);
        WITH RECURSIVE counted (number) AS (
            SELECT 1 UNION ALL SELECT number + 1 FROM counted WHERE number < 50000
        )
        INSERT INTO pressed SELECT min(number, 5000) FROM counted;";
    database.execute_unprepared(filled).await.unwrap();
    optimize(&database).await.unwrap();
    let sql = "SELECT stat AS told FROM sqlite_stat1 WHERE idx = 'pressed_number_idx'";
    // How many entries the index seems to have, and how many of these are the same.
    let told = texts(&database, sql).await.unwrap().join("; ");
    assert!(told.ends_with(" 1"), "{told}");
}

#[tokio::test]
async fn a_young_postgres_finds_each_press_by_its_key() {
    let named = [(SessionId(Uuid::nil()), TimestampId(Uuid::nil()))];
    for batch in [named.to_vec(), named.repeat(200)] {
        let plan = plan(timestamps_by_key(&batch)).await.join("\n");
        assert!(plan.contains("timestamp_pkey"), "{plan}");
        assert!(!plan.contains("Filter"), "{plan}");
    }
}
