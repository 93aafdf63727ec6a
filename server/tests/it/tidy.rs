//! Habits that outlive their founders: what every source file looks like.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every Rust file of the workspace.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let parts = ["app", "bench", "entity", "frontend", "migration", "server"];
    let files: Vec<_> = parts
        .iter()
        .flat_map(|part| rust_files(&root.join(part)))
        .collect();
    assert!(files.len() > 100);
    files
}

/// Every Rust file in a folder.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// A file's code, without comments and without the tests at its end.
pub(crate) fn without_tests(text: &str) -> String {
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The longest that a file is whose head gives no reason for more.
const LONGEST: usize = 400;

#[test]
fn a_long_file_says_in_its_head_why_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    for part in ["app/src", "server/src", "server/tests"] {
        for file in rust_files(&root.join(part)) {
            let text = fs::read_to_string(&file).unwrap();
            let mut head = text.lines().take_while(|line| line.starts_with("//!"));
            let says_why = head.any(|line| line.contains("Long because"));
            let lines = text.lines().count();
            assert!(
                lines <= LONGEST || says_why,
                "{} has {lines} lines: split it, or say \"Long because …\" in its head",
                file.display()
            );
        }
    }
}

#[test]
fn every_file_says_its_subject_in_its_first_line() {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(
            text.starts_with("//! "),
            "{} does not open with //! and its one subject",
            file.display()
        );
    }
}

#[test]
fn no_file_is_a_drawer() {
    const DRAWERS: [&str; 6] = ["utils", "helpers", "common", "manager", "misc", "info"];
    for file in sources() {
        let name = file.file_stem().unwrap().to_str().unwrap();
        assert!(
            !DRAWERS.contains(&name),
            "{}: name it after the one thing in it",
            file.display()
        );
    }
}

/// Fails where a line of some file is wrong.
fn no_line(is_wrong: impl Fn(&str) -> bool, rule: &str) {
    for file in sources() {
        let text = fs::read_to_string(&file).unwrap();
        assert!(!text.lines().any(&is_wrong), "{}: {rule}", file.display());
    }
}

/// Where the server starts tasks, how many times, and why these are not left to `supervised.rs`.
const SPAWNS: [(&str, usize, &str); 12] = [
    (
        "hub/subscriber.rs",
        1,
        "what one stream has missed, which it awaits",
    ),
    ("service/mod.rs", 1, "a write, which its caller awaits"),
    (
        "lifecycle.rs",
        1,
        "the listener, whose end stops the server",
    ),
    ("listener.rs", 2, "a connection, whose end is its client's"),
    ("main.rs", 1, "the second signal, which ends the process"),
    (
        "moments/mod.rs",
        1,
        "a reading that ends soon, awaited by those who can wait",
    ),
    ("lease.rs", 1, "a timer, which ends with its lease"),
    (
        "recorder.rs",
        2,
        "a supervised writer, and a batch that it awaits",
    ),
    (
        "routes/export.rs",
        1,
        "the next page of a file, which is awaited",
    ),
    ("routes/timeouts.rs", 1, "a request, which is awaited"),
    ("store/pools.rs", 1, "a write, which its caller awaits"),
    ("supervised.rs", 3, "the place for all others"),
];

#[test]
fn what_lasts_is_started_in_one_place() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for file in sources() {
        let Ok(name) = file.strip_prefix(&root) else {
            continue;
        };
        if name.ends_with("tests.rs") {
            continue;
        }
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let lines = code.lines().map(str::trim_start);
        let spawns = lines.filter(|line| !line.starts_with("//") && line.contains("spawn("));
        let known = SPAWNS.iter().find(|(path, ..)| Path::new(path) == name);
        assert!(
            spawns.count() <= known.map_or(0, |(_, most, _)| *most),
            "{}: what nobody awaits is started by supervised.rs, so that its end is noticed",
            name.display()
        );
    }
}

#[test]
fn only_the_gate_and_operators_find_a_session_by_its_code() {
    const LOOKUPS: [&str; 4] = [
        ".resolve_code(",
        ".resolve_code_counted(",
        "store.load_for(",
        ".load_kept_for(",
    ];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = [0; LOOKUPS.len()];
    for file in rust_files(&root) {
        let text = without_tests(&fs::read_to_string(&file).unwrap());
        // A call may be broken before its dot.
        let code: String = text.split_whitespace().collect();
        let lookups = LOOKUPS.map(|lookup| code.matches(lookup).count());
        let name = file.strip_prefix(&root).unwrap();
        let may = ["gate.rs", "commands", "store", "test_session.rs"];
        let may = may.iter().any(|path| name.starts_with(path));
        assert!(
            lookups == [0; LOOKUPS.len()] || may || name.ends_with("tests.rs"),
            "{}: a session is found by its code in gate.rs, which asks for the right and charges the limit",
            name.display()
        );
        for (found, lookups) in found.iter_mut().zip(lookups) {
            *found += lookups;
        }
    }
    assert!(
        !found.contains(&0),
        "the names of what the gate calls have changed: {found:?}"
    );
}

#[test]
fn no_function_has_two_bodies_by_feature() {
    no_line(
        |line| line.starts_with(' ') && line.trim_start().starts_with("#[cfg(feature"),
        "cfg(feature) stands at a module's edge, never inside",
    );
}

#[test]
fn no_type_that_travels_has_an_alias() {
    no_line(
        |line| line.trim_start().starts_with("#[serde(") && line.contains("alias"),
        "app/src/json/reader.rs hands fields on by position, and an alias would be a position too",
    );
}

/// The files that say nothing themselves: what a person reads comes from `app/src/words`.
fn wordless() -> impl Iterator<Item = PathBuf> {
    let folders = ["app/src/components", "app/src/pages", "app/src/live"];
    sources().into_iter().filter(move |file| {
        let is_test = file.ends_with("tests.rs");
        let path = file.to_string_lossy();
        !is_test && folders.iter().any(|folder| path.contains(folder))
    })
}

/// The lines of a file that are shipped: no comments, no tests, no attributes.
fn shipped(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let code = text.split("\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().map(str::trim);
    let is_code = |line: &&str| !line.starts_with("//") && !line.starts_with("reason = ");
    lines.filter(is_code).map(ToOwned::to_owned).collect()
}

#[test]
fn no_error_is_shown_by_its_display() {
    const ERRORS: [&str; 6] = ["error", "wrong", "refusal", "refused", "why", "failure"];
    let is_shown = |line: &str| {
        ERRORS.iter().any(|error| {
            let ways = [
                format!("{error}.to_string()"),
                format!("{error}.map(ToString::to_string)"),
                format!("{{{error}}}\""),
                format!("{{{error}}} "),
            ];
            ways.iter().any(|way| line.contains(way.as_str()))
        })
    };
    for file in wordless() {
        for line in shipped(&file) {
            assert!(
                !is_shown(&line),
                "{}: an error's Display is for logs, its words stand in app/src/words: {line}",
                file.display()
            );
        }
    }
}

/// Whether a line holds a text that reads like English: a sentence, or a capital letter with another word behind it.
fn has_words(line: &str) -> bool {
    let mut texts = line.split('"').skip(1).step_by(2).map(str::trim);
    texts.any(|text| {
        let mut words = text.split(' ');
        let begins = words.next().is_some_and(|first| {
            let bare = first.trim_end_matches('.');
            bare.starts_with(char::is_uppercase) && bare.chars().all(char::is_alphabetic)
        });
        let goes_on = words.any(|word| word.starts_with(char::is_lowercase));
        begins && (goes_on || text.ends_with('.'))
    })
}

#[test]
fn pages_take_their_words_from_one_folder() {
    for file in wordless() {
        for line in shipped(&file) {
            assert!(
                !has_words(&line),
                "{}: what a person reads stands in app/src/words: {line}",
                file.display()
            );
        }
    }
    assert!(has_words(r#"<p>"Nothing has been done yet."</p>"#) && has_words(r#""Saved.""#));
    assert!(!has_words(r#"class="field field--wide""#) && !has_words(r#"event.key() == "Escape""#));
}

#[test]
fn reads_of_sessions_begin_where_deleted_ones_are_left_out() {
    let store = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store");
    for file in rust_files(&store) {
        let begins_here = file.ends_with("session_rows.rs");
        let code = without_tests(&fs::read_to_string(&file).unwrap());
        let code: String = code.split_whitespace().collect();
        assert!(
            begins_here || !code.contains("session::Entity::find"),
            "{} queries the session table itself: start with existing() of store/session_rows.rs",
            file.display()
        );
    }
}
