//! SQL dialects: which errors are retryable, and which versions of SQLite are safe.

use super::*;

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

#[test]
fn what_can_go_better_next_time_is_told_from_what_cannot() {
    let busy_file = ["5", "6", "261", "517"];
    let full_or_failing_disk = ["13", "10", "778", "1034", "53100", "53200", "58030"];
    let away = [
        "08006", "57P01", "57P03", "57014", "53300", "40001", "40P01", "25P03", "25006",
    ];
    for code in busy_file.iter().chain(&full_or_failing_disk).chain(&away) {
        assert!(is_retryable_code(code), "{code}");
    }
    // A constraint, no database, no such table, wrong password.
    for code in ["19", "2067", "26", "1", "23505", "42P01", "28P01"] {
        assert!(!is_retryable_code(code), "{code}");
    }
}
