//! The program as an operator runs it: what it prints, and its exit code.

use std::{
    process::{Command, Output, Stdio},
    time::Duration,
};

use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use crate::support::{
    database::{Kind, TestDatabase},
    server_process::{ServerProcess, site, site_of},
    test_server::TestServer,
};

/// Runs the real program. Nobody sits at its terminal.
fn program(arguments: &[&str]) -> Output {
    program_into(Stdio::piped(), arguments)
}

/// The same, with this as its standard output.
fn program_into(output: Stdio, arguments: &[&str]) -> Output {
    let site = site();
    Command::new(env!("CARGO_BIN_EXE_server"))
        .args(arguments)
        .env("SITE", site.path())
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .and_then(|child| child.wait_with_output())
        .unwrap()
}

/// An output that nobody reads any more.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

#[tokio::test]
async fn an_answer_that_can_not_be_written_is_an_error_in_one_line_and_never_a_panic() {
    let server = TestServer::new(Kind::Sqlite).await;
    let url = server.database_url();
    let full = || Stdio::from(std::fs::File::create("/dev/full").unwrap());
    for output in [closed(), full()] {
        let asked = program_into(output, &["doctor", "--database-url", url]);
        let said = String::from_utf8(asked.stderr).unwrap();
        assert_eq!(asked.status.code(), Some(1), "{said}");
        assert!(
            said.starts_with("error: the answer could not be written: ")
                && said.lines().count() == 1,
            "{said}"
        );
    }
    for flag in ["--help", "--version"] {
        let asked = program_into(closed(), &[flag]);
        assert_eq!(asked.status.code(), Some(0), "{flag}: {asked:?}");
        assert!(asked.stderr.is_empty(), "{flag}: {asked:?}");
        assert_eq!(program_into(full(), &[flag]).status.code(), Some(1));
    }
}

#[tokio::test]
async fn the_program_takes_commands_and_says_how_it_went() {
    let server = TestServer::new(Kind::Sqlite).await;
    let code = server.client().opens_session().await;
    let url = server.database_url();

    let minted = program(&["new-control-link", &code, "--database-url", url]);
    assert_eq!(minted.status.code(), Some(0), "{minted:?}");
    let link = String::from_utf8(minted.stdout).unwrap();
    assert!(
        link.contains("#ctl_") && link.lines().count() == 1,
        "{link}"
    );

    let asked = program(&["--database-url", url, "delete-session", &code]);
    assert_eq!(asked.status.code(), Some(1));
    let said = String::from_utf8(asked.stderr).unwrap();
    assert_eq!(
        said,
        "error: nothing was deleted; answer yes on a terminal, or add --yes\n"
    );

    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no.sqlite");
    let nowhere = format!("sqlite://{}", nowhere.display());
    let asked = program(&["new-epoch", "--database-url", &nowhere]);
    assert_eq!(asked.status.code(), Some(1));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    let asked = program(&["doctor", "--database-url", &nowhere]);
    assert_eq!(asked.status.code(), Some(1));
    let said = String::from_utf8(asked.stdout).unwrap();
    assert!(said.starts_with("WRONG  there is no database"), "{said}");
    let missing = said.lines().next().unwrap();
    assert_eq!(missing.matches("--database-url").count(), 1, "{missing}");
}

#[tokio::test]
async fn the_doctor_misses_pages_that_are_not_there() {
    let server = TestServer::new(Kind::Sqlite).await;
    let doctor = ["doctor", "--site", "no-such-folder", "--database-url"];
    let output = program(&[&doctor[..], &[server.database_url()]].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("WRONG  there are no built pages in no-such-folder"),
        "{said}"
    );
}

#[tokio::test]
async fn the_doctor_misses_a_file_that_the_pages_name() {
    let server = TestServer::new(Kind::Sqlite).await;
    let half = site_of("js: 01\nwasm: 02\ncss: 03\n");
    let half = half.path().to_str().unwrap();
    let doctor = ["doctor", "--site", half, "--database-url"];
    let output = program(&[&doctor[..], &[server.database_url()]].concat());
    let said = String::from_utf8(output.stdout).unwrap();
    let lacks = |line: &str| line.starts_with("WRONG") && line.contains("/pkg/clips.03.css");
    assert!(said.lines().any(lacks), "{said}");
}

#[test]
fn a_filter_of_the_log_that_can_not_be_read_is_refused_in_one_line() {
    for arguments in [&["--database-url", "mysql://x"][..], &["doctor"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(arguments)
            .env("RUST_LOG", "server=debg")
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.starts_with("error: RUST_LOG "), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[tokio::test]
async fn a_request_to_stop_that_comes_as_two_signals_still_lets_work_finish() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let mut program = ServerProcess::start(database.url()).await;
    // A request that is under way: the stop waits for it.
    let address = program.url.trim_start_matches("http://");
    let mut half = TcpStream::connect(address).await.unwrap();
    let head = b"POST /rpc/now HTTP/1.1\r\nhost: clips\r\ncontent-length: 9\r\n\r\n";
    half.write_all(head).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    program.asks_to_stop();
    // Two signals that wait at the same time would be one.
    std::thread::sleep(Duration::from_millis(5));
    program.asks_to_stop();
    sleep(Duration::from_millis(300)).await;
    drop(half);
    assert_eq!(program.ended().await, Some(0));
    let log = String::from_utf8(program.log()).unwrap();
    assert!(!log.contains("asked for a second time"), "{log}");
}
