//! SQL dialects: which versions of SQLite are safe, and how Postgres finds presses.

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

#[tokio::test]
async fn a_young_postgres_finds_each_press_by_its_key() {
    let named = [(SessionId(Uuid::nil()), TimestampId(Uuid::nil()))];
    for batch in [named.to_vec(), named.repeat(200)] {
        let plan = plan(timestamps_by_key(&batch)).await.join("\n");
        assert!(plan.contains("timestamp_pkey"), "{plan}");
        assert!(!plan.contains("Filter"), "{plan}");
    }
}
