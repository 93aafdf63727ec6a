//! Our server, whole, with a session to press in.

use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};
use server::{clock::Clock, random};

use crate::{
    Outcome,
    http::{Answer, Connection, header},
    process::{Folder, Process, free_port},
    sse::{MARK, Stream},
};

/// Where the build lies that this program is part of: optimized for benchmarks and long faults, not for `make test`.
fn target() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.parent().map(PathBuf::from).unwrap_or_default()
}

/// Which program is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// The server that was built along with this program, or what `BENCH_SERVER` names.
    Whole,
    /// The same router over the same store, with one transaction for every press.
    OneRow,
}

/// Starts a server on a database, on one core where one is named.
pub(crate) async fn start(
    which: Which,
    database_url: &str,
    folder: &Folder,
    core: Option<u32>,
) -> Outcome<Process> {
    let port = free_port()?;
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    if let Some(core) = core {
        words.extend(["taskset".into(), "-c".into(), core.to_string().into()]);
    }
    match which {
        Which::Whole => words.push(program()),
        Which::OneRow => words.extend([target().join("bench").into(), "one-row".into()]),
    }
    let command = finished(&words, port, database_url);
    let log = folder.file(&format!("server-{port}.log"));
    Process::start(command, port, "/ready", &log).await
}

/// The server that is measured.
pub(crate) fn program() -> std::ffi::OsString {
    let named = std::env::var_os("BENCH_SERVER");
    named.unwrap_or_else(|| target().join("server").into())
}

/// How that server is started on a port.
pub(crate) fn command(port: u16, database_url: &str) -> Command {
    finished(&[program()], port, database_url)
}

fn finished(words: &[std::ffi::OsString], port: u16, database_url: &str) -> Command {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .args(["--listen", &format!("127.0.0.1:{port}")])
        .args(["--database-url", database_url, "--site"])
        .arg(target().join("../site"))
        // They press by the thousand from one address.
        .env("LIMITS", "false");
    command
}

/// Calls a server function.
pub(crate) async fn call(
    connection: &mut Connection,
    cookie: &str,
    function: &str,
    arguments: &Value,
) -> Outcome<Answer> {
    let headers = format!("Content-Type: application/json\r\n{cookie}");
    let path = format!("/rpc/{function}");
    connection
        .post(&path, &headers, &arguments.to_string())
        .await
}

/// The same, where it must succeed.
pub(crate) async fn ask(
    connection: &mut Connection,
    cookie: &str,
    function: &str,
    arguments: &Value,
) -> Outcome<Value> {
    let answer = call(connection, cookie, function, arguments).await?;
    if answer.status != 200 {
        let words = String::from_utf8_lossy(&answer.body).into_owned();
        return Err(format!("{function}: {} {words}", answer.status).into());
    }
    Ok(serde_json::from_slice(&answer.body)?)
}

/// The cookie of a new visitor, as a header line.
pub(crate) fn new_cookie() -> String {
    let bytes: [u8; 32] = random::bytes();
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("Cookie: visitor={digits}\r\n")
}

/// A session that runs, and the cookie of its streamer.
#[derive(Clone)]
pub(crate) struct Session {
    /// What viewers type.
    pub(crate) code: String,
    /// A header line.
    pub(crate) cookie: String,
}

impl Session {
    /// Opens one, and starts its first segment so many minutes ago.
    pub(crate) async fn open(server: &Process, began_minutes_ago: u32) -> Outcome<Self> {
        Self::open_at(server.port(), began_minutes_ago).await
    }

    /// The same, where only the port is known.
    pub(crate) async fn open_at(port: u16, began_minutes_ago: u32) -> Outcome<Self> {
        let mut connection = Connection::open(port).await?;
        let cookie = new_cookie();
        let title = json!({ "title": "Benchmark", "game": "Load" });
        let opened = ask(&mut connection, &cookie, "open_session", &title).await?;
        let code = opened["code"].as_str().ok_or("no code")?.to_owned();
        let start = json!({
            "code": code,
            "act": { "act": "start", "began_minutes_ago": began_minutes_ago },
        });
        ask(&mut connection, &cookie, "act", &start).await?;
        Ok(Self { code, cookie })
    }

    /// Its live stream, from now on.
    pub(crate) async fn stream(&self, server: &Process) -> Outcome<Stream> {
        self.stream_at(server.port()).await
    }

    /// The same, where only the port is known.
    pub(crate) async fn stream_at(&self, port: u16) -> Outcome<Stream> {
        let cursor = self.cursor_at(port).await?;
        Ok(Stream {
            port,
            path: format!("/s/{}/live?after={cursor}", self.code),
            headers: String::new(),
        })
    }

    /// How far its public list is, whichever way the server tells it.
    pub(crate) async fn cursor_at(&self, port: u16) -> Outcome<String> {
        let mut connection = Connection::open(port).await?;
        let path = format!("/s/{}/snapshot", self.code);
        let answer = connection.get(&path, "Accept: */*\r\n").await?;
        let snapshot: Option<Value> = (answer.status == 200)
            .then(|| serde_json::from_slice(&answer.body).ok())
            .flatten();
        if let Some(cursor) = snapshot.as_ref().and_then(|it| it["cursor"].as_str()) {
            return Ok(cursor.to_owned());
        }
        // Builds before that route tell it to their pages only.
        let wanted = json!({ "code": self.code, "audience": "public" });
        let snapshot = ask(&mut connection, &self.cookie, "snapshot", &wanted).await?;
        Ok(snapshot["cursor"].as_str().ok_or("no cursor")?.to_owned())
    }

    /// The body of one press that was sent at this moment.
    pub(crate) fn press(&self, sent: u64) -> String {
        let id = random::timestamp_id(&Clock::System).0;
        let mark = String::from_utf8_lossy(MARK);
        format!(
            r#"{{"code":"{}","press":{{"id":"{id}","note":"{mark}{sent}"}}}}"#,
            self.code
        )
    }
}

/// Whether an answer says that the server can't just now, and when to come back.
pub(crate) fn is_busy(answer: &Answer) -> bool {
    matches!(answer.status, 429 | 503) && header(&answer.head, "retry-after").is_some()
}
