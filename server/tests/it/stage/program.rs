//! The true program as a process, at its most talkative.

use std::{
    fs::File,
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A folder that holds pages, as far as the program looks before it starts.
pub(crate) fn site() -> tempfile::TempDir {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("pkg")).unwrap();
    site
}

/// The true program, with all that it says in a file.
pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    log: tempfile::NamedTempFile,
    _site: tempfile::TempDir,
}

impl Program {
    pub(crate) async fn start(database_url: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let address = format!("127.0.0.1:{port}");
        let log = tempfile::NamedTempFile::new().unwrap();
        let site = site();
        let file = || Stdio::from(File::options().append(true).open(log.path()).unwrap());
        let child = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["--listen", &address, "--database-url", database_url])
            .args(["--site".as_ref(), site.path().as_os_str()])
            .env("RUST_LOG", "trace")
            .stdout(file())
            .stderr(file())
            .spawn()
            .unwrap();
        let url = format!("http://{address}");
        let program = Self {
            child,
            url,
            log,
            _site: site,
        };
        for _ in 0..400 {
            if reqwest::get(format!("{}/ready", program.url)).await.is_ok() {
                return program;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server is not ready after 20 s");
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

impl Drop for Program {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}
