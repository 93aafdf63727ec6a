//! A disk that is full, and has room again. The limit on the size of a process's files stands for it: the system refuses
//! the same writes, and nobody has to be root.

use std::{
    collections::BTreeSet,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use reqwest::StatusCode;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};
use tempfile::TempDir;
use tokio::time::sleep;

use crate::support::{clients::TestClient, server_process::site};

/// What the server's files may hold at first, in blocks of 512 bytes.
const BLOCKS: u32 = 2_000;

/// The real program, ended with the test.
struct Server {
    process: Child,
    url: String,
    _site: TempDir,
}

impl Server {
    /// Starts it with little room.
    async fn start(file: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = free.local_addr().unwrap().to_string();
        drop(free);
        // Without the trap the system would end it at the first write that is refused.
        let script = format!("trap '' XFSZ; ulimit -S -f {BLOCKS}; exec \"$0\" \"$@\"");
        let (url, site) = (format!("http://{address}"), site());
        let process = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_server")])
            .args(["--limits", "false", "--listen", &address, "--database-url"])
            .arg(format!("sqlite://{}", file.display()))
            .args(["--site".as_ref(), site.path().as_os_str()])
            .env("RUST_LOG", "off")
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            process,
            url,
            _site: site,
        };
        for _ in 0..600 {
            if reqwest::get(format!("{}/ready", server.url)).await.is_ok() {
                return server;
            }
            sleep(Duration::from_millis(50)).await;
        }
        panic!("the server did not start");
    }

    /// Gives it as much room as there is.
    fn make_room(&self) {
        let process = Pid::from_child(&self.process);
        let limit = Rlimit {
            current: None,
            maximum: None,
        };
        prlimit(Some(process), Resource::Fsize, limit).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

async fn texts(tables: &DatabaseConnection, sql: &str) -> Vec<String> {
    let sql = Statement::from_string(DbBackend::Sqlite, sql);
    let rows = tables.query_all_raw(sql).await.unwrap();
    let texts = rows.iter().map(|row| row.try_get_by_index(0).unwrap());
    texts.collect()
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_forgotten_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("clips.sqlite");
    let server = Server::start(&file).await;
    let person = TestClient::new(&server.url);
    let code = person.opens_session().await;
    person.starts(&code).await;
    let mut acknowledged = BTreeSet::new();
    let mut refused = 0;
    for at in 0..2_000 {
        let note = format!("press {at}");
        match person.presses(&code, &note).await.0 {
            StatusCode::OK => assert!(acknowledged.insert(note)),
            StatusCode::SERVICE_UNAVAILABLE => refused += 1,
            other => panic!("{note} was answered {other}"),
        }
        if refused == 20 {
            break;
        }
    }
    assert_eq!(refused, 20, "the disk was never full");
    for page in ["", "/mod", "/control", "/snapshot", "/export/csv"] {
        let answer = person.get(&format!("/s/{code}{page}")).await;
        assert_eq!(answer.status(), StatusCode::OK, "{page}");
    }

    server.make_room();

    let mut is_well = false;
    for at in 0..200 {
        let note = format!("again {at}");
        if person.presses(&code, &note).await.0 == StatusCode::OK {
            acknowledged.insert(note);
            is_well = true;
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    assert!(is_well, "the server did not recover");
    for at in 0..20 {
        let note = format!("after {at}");
        assert_eq!(person.presses(&code, &note).await.0, StatusCode::OK);
        acknowledged.insert(note);
    }
    drop(server);
    let tables = Database::connect(format!("sqlite://{}", file.display()));
    let tables = tables.await.unwrap();
    assert_eq!(texts(&tables, "PRAGMA integrity_check").await, ["ok"]);
    let stored = texts(&tables, "SELECT note FROM timestamp").await;
    assert_eq!(BTreeSet::from_iter(stored), acknowledged);
}
