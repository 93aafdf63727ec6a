//! Connections: those that stall are closed, those that say nothing too, and the others don't notice.

use std::time::Duration;

use futures::future::join_all;
use server::{hub, listener::Settings};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::task::AbortOnDropHandle;

use super::limits::started;
use crate::support::{
    clients::TestClient,
    database::{Kind, TestDatabase},
    server_process::ServerProcess,
    test_server::TestServer,
};

/// Long enough for a busy machine; what is waited for takes a few seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection whose own buffer is small, so that the server soon feels that nobody reads.
async fn connect(url: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4 * 1024).unwrap();
    let address = url.trim_start_matches("http://").parse().unwrap();
    socket.connect(address).await.unwrap()
}

async fn ask(connection: &mut TcpStream, code: &str, cursor: &str) {
    let head = format!(
        "GET /s/{code}/live?audience=public&after={cursor} HTTP/1.1\r\nhost: clips\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await.unwrap();
}

/// Presses until so many are done, each with a long note.
async fn presses(person: &TestClient, code: &str, many: usize) {
    for _ in 0..many {
        person.presses(code, &"🎬".repeat(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_stops_reading_is_closed_and_the_others_read_on() {
    let server = TestServer::held_to(Settings {
        stalled: Duration::from_secs(2),
        ..Settings::default()
    })
    .await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let cursor = streamer.cursor(&code).await;
    // More than what lies between: 500 rows of half a kilobyte.
    presses(&streamer, &code, 500).await;
    let mut stalled = connect(&server.url).await;
    ask(&mut stalled, &code, &cursor).await;
    // The answer has begun; nothing more is read.
    stalled.read_u8().await.unwrap();
    let now = viewer.cursor(&code).await;
    let mut others = viewer.watches(&code, "public", &now).await;
    assert_eq!(others.next().await.unwrap().name, "tick");

    timeout(PATIENCE, async {
        while server.hub.streams() != 1 {
            let (_, made) = viewer.presses(&code, "meanwhile").await;
            others
                .frame(|frame| frame["timestamps"][0]["id"] == made["id"])
                .await;
            sleep(Duration::from_millis(200)).await;
        }
    })
    .await
    .expect("the stalled stream is closed");

    presses(&viewer, &code, 1).await;
    assert!(others.next().await.is_some());
}

/// Reads a little now and then, so that it is never taken for one that has stopped.
async fn trickle(mut connection: TcpStream) {
    let mut little = [0; 256];
    while let Ok(1..) = connection.read(&mut little).await {
        sleep(Duration::from_millis(100)).await;
    }
}

/// A number, once it has stayed the same for a while.
async fn settled(number: impl Fn() -> usize) -> usize {
    let (mut last, mut looks) = (number(), 0);
    while looks < 25 {
        sleep(Duration::from_millis(20)).await;
        let now = number();
        looks = if now == last { looks + 1 } else { 0 };
        last = now;
    }
    last
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_takes_an_event_too_slowly_is_closed() {
    let server = TestServer::held_to(Settings {
        slowest_event: Duration::from_secs(2),
        stalled: 10 * PATIENCE,
        ..Settings::default()
    })
    .await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = started(&streamer).await;
    let cursor = streamer.cursor(&code).await;
    presses(&streamer, &code, 500).await;
    let now = viewer.cursor(&code).await;
    let mut others = viewer.watches(&code, "public", &now).await;
    assert_eq!(others.next().await.unwrap().name, "tick");
    let mut slow = connect(&server.url).await;
    ask(&mut slow, &code, &cursor).await;
    slow.read_u8().await.unwrap();
    let reading = tokio::spawn(trickle(slow));
    timeout(PATIENCE, async {
        while server.hub.streams() != 1 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("the slow stream is closed");
    reading.abort();
    assert_eq!(server.hub.unsent_bytes(), 0);

    viewer.presses(&code, "on and on").await;
    others
        .frame(|frame| frame["timestamps"][0]["note"] == "on and on")
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_slow_readers_hold_no_more_than_they_may_and_the_others_are_served_meanwhile() {
    const MOST: u32 = 4 << 20;
    let live = hub::Settings {
        unsent_bytes: MOST,
        ..hub::Settings::default()
    };
    let server = TestServer::with(Kind::Sqlite, live).await;
    let (streamer, viewer) = (server.client(), server.client());
    let code = started(&streamer).await;
    let cursor = streamer.cursor(&code).await;
    for _ in 0..500 {
        streamer.presses(&code, &"a".repeat(100)).await;
    }
    // So that the ring holds nothing of it, and each stream reads what it missed from the database.
    let now = viewer.cursor(&code).await;
    let mut first = viewer.watches(&code, "public", &now).await;
    assert_eq!(first.next().await.unwrap().name, "tick");

    // A few at a time, until there is no room for another one.
    let mut slow = Vec::new();
    while settled(|| server.hub.unsent_bytes()).await <= 3 << 20 {
        assert!(slow.len() < 100);
        for _ in 0..4 {
            let mut connection = connect(&server.url).await;
            ask(&mut connection, &code, &cursor).await;
            slow.push(AbortOnDropHandle::new(tokio::spawn(trickle(connection))));
        }
    }
    let honest = async {
        let mut page = viewer.watches(&code, "public", &cursor).await;
        loop {
            let event = page.next().await.unwrap();
            if event.name != "tick" {
                return event.name;
            }
        }
    };
    let first_told = timeout(PATIENCE, honest).await.expect("it is served");
    assert_eq!(first_told, "snapshot");
    assert!(server.hub.unsent_bytes() <= MOST as usize);
    viewer.presses(&code, "meanwhile").await;
    first
        .frame(|frame| frame["timestamps"][0]["note"] == "meanwhile")
        .await;

    drop(slow);
    let is_free = async {
        while server.hub.unsent_bytes() > 0 {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, is_free).await.expect("all of it is free");
    let mut page = viewer.watches(&code, "public", &cursor).await;
    page.frame(|frame| frame["timestamps"][499]["note"].is_string())
        .await;
}

#[tokio::test]
async fn a_reader_that_takes_nothing_leaves_a_stop_the_time_to_close_the_database() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let mut program = ServerProcess::start(database.url()).await;
    let streamer = TestClient::new(&program.url);
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let cursor = streamer.cursor(&code).await;
    let anybody = TestClient::new(&program.url).without_cookie();
    presses(&anybody, &code, 500).await;
    let mut stalled = connect(&program.url).await;
    ask(&mut stalled, &code, &cursor).await;
    stalled.read_u8().await.unwrap();
    // Until what was missed fills all that lies between.
    sleep(Duration::from_secs(3)).await;

    program.stop().await;
    let log = String::from_utf8(program.log()).unwrap();
    let said = |words| log.contains(words);
    assert!(said("some requests were not finished in time"));
    assert!(!said("could not be recorded") && !said("did not let go"));
    assert!(said("stopped"));
}

#[tokio::test]
async fn whoever_asks_twice_for_a_stop_waits_for_nobody() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let mut program = ServerProcess::start(database.url()).await;
    // A request that is under way, and never finished: a stop waits for it as long as it may.
    let mut half = connect(&program.url).await;
    let head = b"POST /rpc/now HTTP/1.1\r\nhost: clips\r\ncontent-length: 9\r\n\r\n";
    half.write_all(head).await.unwrap();
    sleep(Duration::from_millis(300)).await;
    program.asks_to_stop();
    sleep(Duration::from_millis(300)).await;
    program.asks_to_stop();
    assert_eq!(program.ended().await, Some(1));
    let log = String::from_utf8(program.log()).unwrap();
    assert!(log.contains("asked for a second time"));
    assert!(!log.contains("some requests were not finished"), "{log}");
}

#[tokio::test]
async fn a_connection_that_never_asks_is_closed() {
    let server = TestServer::held_to(Settings::default()).await;
    let mut silent = connect(&server.url).await;
    let mut half = connect(&server.url).await;
    half.write_all(b"GET / HTTP/1.1\r\nho").await.unwrap();
    for connection in [&mut silent, &mut half] {
        let mut answer = Vec::new();
        // Closed with or without words (408).
        let closed = timeout(PATIENCE, connection.read_to_end(&mut answer)).await;
        assert!(closed.is_ok());
    }
}

#[tokio::test]
async fn who_finds_no_connection_free_waits_for_one() {
    let server = TestServer::held_to(Settings {
        connections: 1,
        ..Settings::default()
    })
    .await;
    let holding = connect(&server.url).await;
    let person = server.client();
    let waiting = tokio::spawn(async move { person.get("/health").await.status() });
    sleep(Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    drop(holding);
    assert_eq!(timeout(PATIENCE, waiting).await.unwrap().unwrap(), 200);
}

/// Whether a new connection is served.
async fn is_served(url: &str) -> bool {
    let mut connection = connect(url).await;
    let asked = connection
        .write_all(b"GET /health HTTP/1.1\r\nhost: clips\r\nconnection: close\r\n\r\n")
        .await;
    let mut answer = String::new();
    let read = timeout(PATIENCE, connection.read_to_string(&mut answer)).await;
    asked.is_ok() && read.unwrap().is_ok() && answer.ends_with("ok")
}

#[tokio::test]
async fn one_network_does_not_take_all_connections() {
    const MOST: usize = 8;
    let few = Settings {
        network_connections: MOST,
        ..Settings::default()
    };
    let server = TestServer::held_to(few.clone()).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    // One that became a live stream is counted on, and so are those that say nothing.
    let mut live = connect(&server.url).await;
    ask(&mut live, &code, "0.0").await;
    live.read_u8().await.unwrap();
    let mut holding = Vec::new();
    while is_served(&server.url).await {
        assert!(holding.len() < MOST);
        holding.push(connect(&server.url).await);
    }
    drop(holding);
    let freed = async {
        while !is_served(&server.url).await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, freed)
        .await
        .expect("a place that was given back is taken again");
    drop(live);

    // Behind a proxy stand many.
    let believed = vec!["127.0.0.0/8".parse().unwrap()];
    let server = TestServer::held_to(Settings {
        proxies: believed.into(),
        ..few
    })
    .await;
    let holding = (0..MOST).map(|_| connect(&server.url));
    let _holding = join_all(holding).await;
    assert!(is_served(&server.url).await);
}

#[tokio::test]
async fn a_live_stream_takes_the_connection_that_was_used_before_and_ends_with_it() {
    let server = TestServer::held_to(Settings::default()).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    streamer.starts(&code).await;
    let cursor = streamer.cursor(&code).await;
    let mut connection = connect(&server.url).await;
    connection
        .write_all(b"GET /health HTTP/1.1\r\nhost: clips\r\n\r\n")
        .await
        .unwrap();
    assert!(
        read_to(&mut connection, "ok")
            .await
            .starts_with("HTTP/1.1 200")
    );

    ask(&mut connection, &code, &cursor).await;
    let head = read_to(&mut connection, "\r\n\r\n").await.to_lowercase();
    for line in [
        "http/1.1 200 ok\r\n",
        "\r\ncontent-type: text/event-stream\r\n",
        "\r\ncache-control: no-store\r\n",
        "\r\nx-content-type-options: nosniff\r\n",
        "\r\nconnection: close\r\n",
        "\r\ndate: ",
    ] {
        assert!(head.contains(line), "{head}");
    }
    assert!(!head.contains("content-length"), "{head}");
    streamer.presses(&code, "over the same connection").await;
    read_to(&mut connection, "over the same connection").await;
    assert_eq!(server.hub.streams(), 1);

    drop(connection);
    timeout(PATIENCE, async {
        while server.hub.streams() != 0 {
            sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .expect("whoever hangs up gives the place back, though nothing is sent");
}

#[tokio::test]
async fn who_asks_for_the_head_of_a_live_stream_alone_gets_no_events_and_keeps_the_connection() {
    let server = TestServer::held_to(Settings::default()).await;
    let streamer = server.client();
    let code = streamer.opens_session().await;
    let mut connection = connect(&server.url).await;
    let head = format!("HEAD /s/{code}/live HTTP/1.1\r\nhost: clips\r\n\r\n");
    connection.write_all(head.as_bytes()).await.unwrap();
    let head = read_to(&mut connection, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(server.hub.streams(), 0);
    connection
        .write_all(b"GET /health HTTP/1.1\r\nhost: clips\r\n\r\n")
        .await
        .unwrap();
    assert!(
        read_to(&mut connection, "ok")
            .await
            .starts_with("HTTP/1.1 200")
    );
}

/// What comes, up to these words.
async fn read_to(connection: &mut TcpStream, words: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(words) {
        let byte = timeout(PATIENCE, connection.read_u8())
            .await
            .unwrap()
            .unwrap();
        read.push(char::from(byte));
    }
    read
}
