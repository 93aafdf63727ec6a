//! The real server as a process, at its most talkative.

use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A folder that holds pages, as far as the program looks before it starts.
pub(crate) fn site() -> tempfile::TempDir {
    site_of("")
}

/// The same, whose files are named by these hashes in its `hash.txt`; the files themselves have none in their names.
pub(crate) fn site_of(hashes: &str) -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    let package = site.path().join("pkg");
    std::fs::create_dir(&package).unwrap();
    for ending in ["css", "js", "wasm"] {
        std::fs::write(package.join(format!("clips.{ending}")), "").unwrap();
    }
    std::fs::write(site.path().join("hash.txt"), hashes).unwrap();
    site
}

/// An address of this machine that nobody listens on.
pub(crate) fn free_address() -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().to_string()
}

/// The real server, with all that it logs in a file.
pub(crate) struct ServerProcess {
    child: Child,
    pub(crate) url: String,
    log: tempfile::NamedTempFile,
    _site: tempfile::TempDir,
}

impl ServerProcess {
    pub(crate) async fn start(database_url: &str) -> Self {
        Self::start_as(database_url, |_| {}).await
    }

    /// One that is started otherwise than usual.
    pub(crate) async fn start_as(database_url: &str, change: impl FnOnce(&mut Command)) -> Self {
        let address = free_address();
        let log = tempfile::NamedTempFile::new().unwrap();
        let site = site();
        let file = || Stdio::from(File::options().append(true).open(log.path()).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_server"));
        command
            .args(["--listen", &address, "--database-url", database_url])
            .args(["--site".as_ref(), site.path().as_os_str()])
            .env("RUST_LOG", "trace")
            .stdout(file())
            .stderr(file());
        change(&mut command);
        let child = command.spawn().unwrap();
        let url = format!("http://{address}");
        let program = Self {
            child,
            url,
            log,
            _site: site,
        };
        // It creates and migrates its database first.
        for _ in 0..2_400 {
            if reqwest::get(format!("{}/ready", program.url)).await.is_ok() {
                return program;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server is not ready after two minutes");
    }

    /// Asks it to stop, as an operator would.
    pub(crate) fn asks_to_stop(&self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    /// Answers when it has ended, with its exit code.
    pub(crate) async fn ended(&mut self) -> Option<i32> {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Stops it as an operator would; answers when it has ended.
    pub(crate) async fn stop(&mut self) {
        self.asks_to_stop();
        self.ended().await;
    }

    /// What it has said so far.
    pub(crate) fn log(&self) -> Vec<u8> {
        std::fs::read(self.log.path()).unwrap()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
