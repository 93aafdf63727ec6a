//! The files for the browser, read once at start-up, and the names under which documents refer to them.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};

use app::document::{Assets, Bundle, Style};
use axum::http::HeaderValue;
use sha2::{Digest, Sha256};

use super::{Body, CachePolicy};

/// The folder of files whose names change with their content.
const PACKAGE: &str = "pkg";
/// The file that lists those names; it is not served.
const HASHES: &str = "hash.txt";

/// What the stylesheet compiler puts in front of a file that is not pure ASCII.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The files for the browser.
#[derive(Debug)]
pub struct StaticFiles {
    files: Arc<HashMap<String, Body>>,
    assets: Assets,
    /// Identifies this build of program and site; another build renders other bytes.
    build: String,
    /// During development: the folder from which files are read again for every request.
    watched: Option<PathBuf>,
}

impl StaticFiles {
    /// The site in this folder. If it has a `hash.txt`, that lists the names that change with their content.
    ///
    /// Files and folders that can't be read are missing, and logged.
    pub fn new(folder: &Path) -> Self {
        let hashes = read_hashes(&folder.join(HASHES));
        let reload_port = reload_port();
        let mut files = HashMap::new();
        let watched = reload_port.is_some().then(|| folder.to_owned());
        // Whoever needs the folder is told that it is missing: see `missing`.
        // Nor is another folder read that was named by mistake, with all that is below it.
        if watched.is_none() && folder.join(PACKAGE).is_dir() {
            read(folder, "", &mut files);
        }
        Self {
            files: Arc::new(files),
            assets: assets(&hashes, reload_port, |address| {
                let text = fs::read_to_string(folder.join(address.trim_start_matches('/')));
                text.ok().filter(|_| watched.is_none())
            }),
            build: build(&hashes),
            watched,
        }
    }

    /// The file at this path, which begins with a slash.
    pub fn file(&self, path: &str) -> Option<&Body> {
        self.files.get(path)
    }

    /// The first file that documents load and that is not there; `None` if there is a whole site.
    pub fn missing(&self) -> Option<&str> {
        if let Some(folder) = &self.watched {
            return (!folder.join(PACKAGE).is_dir()).then_some(PACKAGE);
        }
        let Assets {
            style,
            viewer,
            desk,
            start,
            reload_port: _,
        } = &self.assets;
        let bundles = [viewer, desk, start].map(|bundle| [&bundle.script, &bundle.module]);
        let mut loaded = [&style.address]
            .into_iter()
            .chain(bundles.as_flattened().iter().copied());
        let missing = loaded.find(|address| !self.files.contains_key(*address));
        missing.map(String::as_str)
    }

    /// The names under which documents refer to the files.
    pub fn assets(&self) -> &Assets {
        &self.assets
    }

    /// Identifies this build of program and site.
    pub fn build(&self) -> &str {
        &self.build
    }

    /// During development: the folder from which files are read again for every request.
    pub fn watched(&self) -> Option<&Path> {
        self.watched.as_deref()
    }
}

/// The text that lists the names of files; empty if there is none, as during development.
fn read_hashes(path: &Path) -> String {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        read => logged(path, read).unwrap_or_default(),
    }
}

/// The port of the socket that reloads pages, if `cargo leptos watch` runs the server.
fn reload_port() -> Option<u32> {
    std::env::var_os("LEPTOS_WATCH")?;
    let port = std::env::var("LEPTOS_RELOAD_PORT").ok()?;
    port.parse().ok()
}

/// The names of the files that documents load, and the text of the stylesheet if it can be read. Without hashes there is
/// one bundle, with all pages.
fn assets(
    hashes: &str,
    reload_port: Option<u32>,
    read: impl FnOnce(&str) -> Option<String>,
) -> Assets {
    let hash = |kind: &str| {
        let mut lines = hashes.lines().filter_map(|line| line.split_once(": "));
        let found = lines.find(|(named, _)| *named == kind);
        found.map(|(_, hash)| hash.trim().to_owned())
    };
    let file = |name: &str, kind: &str| match hash(kind) {
        Some(hash) => format!("/{PACKAGE}/{name}.{hash}.{kind}"),
        None => format!("/{PACKAGE}/clips.{kind}"),
    };
    let bundle = |name: &str| Bundle {
        script: file(name, "js"),
        module: file(name, "wasm"),
    };
    let address = file("clips", "css");
    Assets {
        style: Style {
            // Inside a document, the byte order mark would be part of the first rule and invalidate it.
            text: read(&address).map(|text| text.trim_start_matches(BYTE_ORDER_MARK).into()),
            address,
        },
        viewer: bundle("viewer"),
        desk: bundle("desk"),
        start: bundle("start"),
        reload_port,
    }
}

/// A short hash that distinguishes this build from the previous one: of the program's file and the site's names.
fn build(hashes: &str) -> String {
    let program = std::env::current_exe().and_then(fs::metadata);
    let (length, changed) = program.map_or((0, 0), |file| {
        let changed = file.modified().ok();
        let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        (file.len(), changed.map_or(0, |time| time.as_nanos()))
    });
    short_hash(format!("{length} {changed} {hashes}"))
}

/// Enough of a hash to distinguish successive contents.
pub fn short_hash(content: impl AsRef<[u8]>) -> String {
    let hash = Sha256::digest(content);
    hash.iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// What was read at a path; nothing if that failed, which is logged. Everything beside it is served all the same.
fn logged<T>(path: &Path, read: io::Result<T>) -> Option<T> {
    let logged = read.inspect_err(|error| {
        tracing::warn!(%error, path = %path.display(), "a file for the browser can't be read");
    });
    logged.ok()
}

/// Reads a folder and its subfolders. `address` is its path below the site's root, without a trailing slash.
fn read(folder: &Path, address: &str, files: &mut HashMap<String, Body>) {
    let entries = logged(folder, fs::read_dir(folder)).into_iter().flatten();
    for entry in entries.filter_map(|entry| logged(folder, entry)) {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        let (path, address) = (entry.path(), format!("{address}/{name}"));
        if path.is_dir() {
            read(&path, &address, files);
            continue;
        }
        let is_packed = ["br", "gz"]
            .iter()
            .any(|packed| name.ends_with(&format!(".{packed}")));
        if is_packed || name == HASHES {
            continue;
        }
        let packed = |ending: &str| fs::read(format!("{}.{ending}", path.display())).ok();
        let is_hashed = address.starts_with(&format!("/{PACKAGE}/")) && name.split('.').count() > 2;
        let policy = if is_hashed {
            CachePolicy::Immutable
        } else {
            CachePolicy::Day
        };
        let Some(bytes) = logged(&path, fs::read(&path)) else {
            continue;
        };
        let version = short_hash(&bytes);
        let body = Body::stored(
            content_type(name),
            policy,
            &version,
            bytes,
            packed("br"),
            packed("gz"),
        );
        files.insert(address, body);
    }
}

/// The content types of the site's files.
fn content_type(name: &str) -> HeaderValue {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    HeaderValue::from_static(match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_name_files_by_their_hashes_where_there_are_some() {
        let read = |address: &str| Some(format!("{BYTE_ORDER_MARK}/* {address} */"));
        let hashed = assets("js: 01\nwasm: 02\ncss: 03\n", None, read);
        assert_eq!(hashed.viewer.script, "/pkg/viewer.01.js");
        assert_eq!(hashed.desk.module, "/pkg/desk.02.wasm");
        assert_eq!(hashed.start.script, "/pkg/start.01.js");
        assert_eq!(hashed.style.address, "/pkg/clips.03.css");
        assert_eq!(
            hashed.style.text.as_deref(),
            Some("/* /pkg/clips.03.css */")
        );
        let plain = assets("", Some(3001), |_| None);
        assert_eq!(plain.viewer, plain.desk);
        assert_eq!(plain.start, plain.desk);
        assert_eq!(plain.style.address, "/pkg/clips.css");
    }

    #[test]
    fn files_are_found_by_their_address_with_what_was_compressed_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("pkg")).unwrap();
        for (name, text) in [
            ("hash.txt", "js: 01\n"),
            ("robots.txt", "plain"),
            ("robots.txt.gz", "packed"),
            ("pkg/clips.01.js", "js"),
        ] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let site = StaticFiles::new(folder.path());
        assert_eq!(
            site.file("/robots.txt").unwrap().weight(),
            "plainpacked".len()
        );
        assert!(site.file("/pkg/clips.01.js").is_some());
        assert_eq!(site.missing(), Some("/pkg/clips.css"));
        for missing in ["/hash.txt", "/robots.txt.gz", "/pkg", "/../robots.txt", ""] {
            assert!(site.file(missing).is_none(), "{missing}");
        }
    }

    #[test]
    fn of_a_folder_without_built_pages_nothing_is_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("notes.txt"), "private").unwrap();
        let site = StaticFiles::new(folder.path());
        assert!(site.file("/notes.txt").is_none());
        assert_eq!(site.missing(), Some("/pkg/clips.css"));
    }

    #[test]
    fn a_site_is_whole_once_every_file_that_documents_load_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("pkg");
        fs::create_dir(&package).unwrap();
        fs::write(
            folder.path().join("hash.txt"),
            "js: 01\nwasm: 02\ncss: 03\n",
        )
        .unwrap();
        for name in [
            "clips.03.css",
            "viewer.01.js",
            "viewer.02.wasm",
            "desk.01.js",
            "desk.02.wasm",
            "start.01.js",
            "start.02.wasm",
        ] {
            let site = StaticFiles::new(folder.path());
            assert_eq!(site.missing(), Some(format!("/pkg/{name}").as_str()));
            fs::write(package.join(name), "").unwrap();
        }
        assert_eq!(StaticFiles::new(folder.path()).missing(), None);
    }

    /// Links that lead nowhere, which fail on every system and for every user.
    #[cfg(unix)]
    #[test]
    fn what_cannot_be_read_takes_nothing_else_off_the_site() {
        let folder = tempfile::tempdir().unwrap();
        let package = folder.path().join("pkg");
        fs::create_dir(&package).unwrap();
        // In whatever order they are read, some come before others.
        for number in 0..20 {
            for folder in [folder.path(), &package] {
                std::os::unix::fs::symlink("nowhere", folder.join(format!("{number}.js"))).unwrap();
                fs::write(folder.join(format!("{number}.css")), "a").unwrap();
            }
        }
        let site = StaticFiles::new(folder.path());
        for number in 0..20 {
            for folder in ["", "/pkg"] {
                let file = |ending| site.file(&format!("{folder}/{number}.{ending}"));
                assert!(file("css").is_some(), "{number} in {folder}");
                assert!(file("js").is_none());
            }
        }
    }
}
