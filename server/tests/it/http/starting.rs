//! A server that starts: where it listens, and from when on.

use std::time::Duration;

use clap::Parser;
use server::{
    config::Config,
    lifecycle::{self, StartError},
};
use tokio::{
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::support::server_process::{free_address, site};

/// A server on this address, as long as this is awaited.
async fn starts(address: &str, database_url: &str) -> Result<(), StartError> {
    let site = site();
    let folder = site.path().to_str().unwrap();
    let flags = ["server", "--listen", address, "--site", folder];
    let flags = [&flags[..], &["--database-url", database_url]].concat();
    let config = Config::try_parse_from(flags).unwrap();
    lifecycle::run(config, std::future::pending()).await
}

#[tokio::test]
async fn nobody_waits_at_the_address_of_a_server_whose_database_is_being_opened() {
    let database = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://clips@{}/clips", database.local_addr().unwrap());
    let address = free_address();
    let opens = async {
        // Whoever has connected to it is given no answer.
        let (_opening, _) = database.accept().await.unwrap();
        TcpStream::connect(&address).await
    };
    tokio::select! {
        refused = starts(&address, &url) => panic!("it did not wait: {refused:?}"),
        connected = opens => {
            let refused = connected.unwrap_err().kind();
            assert_eq!(refused, std::io::ErrorKind::ConnectionRefused);
        }
    }
}

#[tokio::test]
async fn a_postgres_that_can_not_be_reached_is_told_from_one_that_says_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = async {
        let url = format!("postgres://clips:secret@{}/clips", free_address());
        let refused = starts(&free_address(), &url).await;
        refused.unwrap_err().to_string()
    };
    let nothing = async {
        let url = format!(
            "postgres://clips:secret@{}/clips",
            silent.local_addr().unwrap()
        );
        let refused = starts(&free_address(), &url).await;
        refused.unwrap_err().to_string()
    };
    let (nobody, nothing) = tokio::join!(nobody, nothing);
    assert!(nobody.contains("Connection refused"), "{nobody}");
    assert!(nothing.contains("timed out"), "{nothing}");
    for words in [nobody, nothing] {
        let whole = words.contains("pool") || words.contains("secret");
        assert!(!whole && words.lines().count() == 1, "{words}");
    }
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused_before_the_database_is_touched() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let database = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://clips@{}/clips", database.local_addr().unwrap());
    let refused = starts(&address, &url).await;
    assert!(
        matches!(refused, Err(StartError::Listen { .. })),
        "{refused:?}"
    );
    let touched = timeout(Duration::from_millis(100), database.accept()).await;
    assert!(touched.is_err());
}
