//! What the program tells the service manager that started it.

use std::{os::unix::net::UnixDatagram, time::Duration};

use tokio::sync::mpsc;

use crate::support::{
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
};

/// How long it may be silent, in microseconds.
const WATCHDOG_USEC: &str = "1000000";

#[tokio::test]
async fn it_hears_that_the_server_is_starting_ready_alive_and_stopping() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    let (heard, mut hears) = mpsc::unbounded_channel();
    // As a manager does, it takes each message when it comes.
    std::thread::spawn(move || {
        let mut message = [0; 64];
        while let Ok(length) = socket.recv(&mut message) {
            let message = String::from_utf8_lossy(&message[..length]);
            if heard.send(message.trim_end().to_owned()).is_err() {
                return;
            }
        }
    });
    let mut program = ServerProcess::start_as(database.url(), |command| {
        command
            .env("NOTIFY_SOCKET", &path)
            .env("WATCHDOG_USEC", WATCHDOG_USEC);
    })
    .await;

    let mut next = async || {
        let next = tokio::time::timeout(Duration::from_secs(10), hears.recv());
        next.await.expect("a message within 10 s").unwrap()
    };
    // Migrations may take longer than a manager waits by itself.
    assert_eq!(next().await, "EXTEND_TIMEOUT_USEC=60000000");
    assert_eq!(next().await, "READY=1");
    for _ in 0..3 {
        assert_eq!(next().await, "WATCHDOG=1");
    }
    program.asks_to_stop();
    while next().await != "STOPPING=1" {}
    assert_eq!(program.ended().await, Some(0));
}
