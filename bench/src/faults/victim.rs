//! The server that faults happen to: it keeps its port and its database over many starts.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    Outcome,
    http::Connection,
    ours::{self, Session},
    process::{Folder, Process, free_port},
};

/// How long a start may take before it counts as failed.
const LONGEST_START: Duration = Duration::from_secs(120);

/// A server that can be killed, stopped and started again.
pub(crate) struct Victim<'a> {
    folder: &'a Folder,
    url: String,
    port: u16,
    environment: Vec<(String, String)>,
    is_limited: bool,
    process: Option<Process>,
}

impl<'a> Victim<'a> {
    /// One over a database, without limits on how much one address may do; not started yet.
    pub(crate) fn new(url: &str, folder: &'a Folder) -> Outcome<Self> {
        Ok(Self {
            folder,
            url: url.into(),
            port: free_port()?,
            environment: Vec::new(),
            is_limited: false,
            process: None,
        })
    }

    /// The same with a variable in its environment.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.into(), value.into()));
        self
    }

    /// The same with the limits that it is shipped with.
    pub(crate) fn with_limits(mut self) -> Self {
        self.is_limited = true;
        self
    }

    /// Where it listens, whether it runs or not.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> Outcome<u32> {
        Ok(self.process.as_ref().ok_or("the server is down")?.pid())
    }

    /// Starts it, and answers when that began; it may not be ready yet.
    pub(crate) fn launch(&mut self) -> Outcome<Instant> {
        let mut command: Command = ours::command(self.port, &self.url);
        command.env("LIMITS", self.is_limited.to_string());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let began = Instant::now();
        let log = self.log();
        self.process = Some(Process::spawn(command, self.port, &log)?);
        Ok(began)
    }

    /// Starts it, and waits until it is ready.
    pub(crate) async fn start(&mut self) -> Outcome<()> {
        let began = self.launch()?;
        while began.elapsed() < LONGEST_START {
            if let Ok(mut connection) = Connection::open(self.port).await
                && let Ok(answer) = connection.get("/ready", "").await
                && answer.status == 200
            {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("the server is not ready:\n{}", self.told()).into())
    }

    /// Kills it as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// Stops it as an operator does; answers how long that took.
    pub(crate) fn stop(&mut self) -> Outcome<Duration> {
        let began = Instant::now();
        if let Some(process) = self.process.take() {
            process.stop()?;
        }
        Ok(began.elapsed())
    }

    /// A session that runs.
    pub(crate) async fn session(&self) -> Outcome<Session> {
        Session::open_at(self.port, 0).await
    }

    /// Its log of all starts so far.
    pub(crate) fn told(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// The last warnings and errors of its log, a few of them.
    pub(crate) fn complaints(&self) -> Vec<String> {
        let told = self.told();
        let complains = |line: &&str| line.contains(" WARN ") || line.contains("ERROR ");
        let last = told.lines().rev().filter(complains).take(3);
        last.map(ToOwned::to_owned).collect()
    }

    /// How many panics its log tells of.
    pub(crate) fn panics(&self) -> u64 {
        let told = self.told();
        told.lines()
            .filter(|line| line.contains("panicked"))
            .count() as u64
    }

    fn log(&self) -> std::path::PathBuf {
        self.folder.file(&format!("victim-{}.log", self.port))
    }
}
