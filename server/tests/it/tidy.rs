//! Habits that outlive their founders: what every source file looks like.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Every Rust file of the workspace.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders: Vec<_> = ["app", "bench", "entity", "frontend", "migration", "server"]
        .iter()
        .map(|folder| root.join(folder))
        .collect();
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
    assert!(files.len() > 100);
    files
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
