//! SQL dialects: which versions of SQLite are safe.

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
