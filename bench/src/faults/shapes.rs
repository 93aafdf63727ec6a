//! Clients that never finish what they begin, in seven shapes.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    figures::{Figures, seconds},
    victim::Victim,
};
use crate::{
    Outcome,
    database::{Database, Kind},
    http::Connection,
    process::Folder,
};

/// Every connection is closed within this time.
const CLOSED: Duration = Duration::from_secs(15);
/// How long is waited for it, so that a miss is told with its size.
const LONGEST: Duration = Duration::from_secs(45);
/// How long a dripping client waits between two bytes.
const DRIP: Duration = Duration::from_millis(500);

/// What is sent at once, and what then drips, again and again.
struct Shape {
    name: &'static str,
    at_once: &'static str,
    drips: &'static str,
    /// Whether its own half is closed after what is sent at once.
    hangs_up: bool,
}

const POST: &str = "POST /rpc/submit HTTP/1.1\r\nHost: clips\r\nContent-Type: application/json\r\n";

/// The seven.
const SHAPES: [Shape; 7] = [
    Shape {
        name: "says nothing",
        at_once: "",
        drips: "",
        hangs_up: false,
    },
    Shape {
        name: "half a head",
        at_once: "GET / HTTP/1.1\r\nHo",
        drips: "",
        hangs_up: false,
    },
    Shape {
        name: "a head that drips",
        at_once: "GET / HTTP/1.1\r\nHost: clips\r\nX: ",
        drips: "a",
        hangs_up: false,
    },
    Shape {
        name: "a body that never comes",
        at_once: "Content-Length: 100\r\n\r\n",
        drips: "",
        hangs_up: false,
    },
    Shape {
        name: "a body that drips",
        at_once: "Content-Length: 4000\r\n\r\n{",
        drips: " ",
        hangs_up: false,
    },
    Shape {
        name: "a body that drips in chunks",
        at_once: "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
        drips: "1\r\n \r\n",
        hangs_up: false,
    },
    Shape {
        name: "half a request, then hung up",
        at_once: "GET / HT",
        drips: "",
        hangs_up: true,
    },
];

/// So many clients of each shape at once.
pub(crate) async fn run(many: usize) -> Outcome<()> {
    let mut figures = Figures::new(&format!(
        "{} shapes of slow clients, {many} of each at once",
        SHAPES.len()
    ));
    let folder = Folder::new()?;
    let base = Database::new(Kind::Sqlite, &folder).await?;
    let mut victim = Victim::new(base.url(), &folder)?;
    victim.start().await?;
    let session = victim.session().await?;
    let mut clients = JoinSet::new();
    for number in 0..SHAPES.len() * many {
        clients.spawn(client(victim.port(), number % SHAPES.len()));
    }
    let (mut pages, mut refused) = (Vec::new(), 0);
    let mut times = vec![Vec::new(); SHAPES.len()];
    while !clients.is_empty() {
        let mut connection = Connection::open(victim.port()).await?;
        let began = Instant::now();
        let page = connection.get(&format!("/s/{}", session.code), "").await?;
        refused += u64::from(page.status != 200);
        pages.push(began.elapsed());
        sleep(Duration::from_millis(200)).await;
        while let Some(closed) = clients.try_join_next() {
            let (shape, time) = closed??;
            times[shape].push(time);
        }
    }
    for (shape, times) in SHAPES.iter().zip(&times) {
        figures.within(&format!("closed: {}", shape.name), CLOSED, times);
    }
    figures.none(
        "page loads meanwhile that were not answered with 200",
        refused,
    );
    let slowest = pages.iter().max().copied().unwrap_or_default();
    figures.note(format!(
        "{} page loads meanwhile, the slowest in {}",
        pages.len(),
        seconds(slowest)
    ));
    figures.none("panics in the log", victim.panics());
    victim.stop()?;
    figures.print()
}

/// One client; answers its shape, and how long it was let.
async fn client(port: u16, number: usize) -> Outcome<(usize, Duration)> {
    let shape = &SHAPES[number];
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    stream.set_nodelay(true)?;
    let began = Instant::now();
    if shape.name.contains("body") {
        stream.write_all(POST.as_bytes()).await?;
    }
    stream.write_all(shape.at_once.as_bytes()).await?;
    if shape.hangs_up {
        stream.shutdown().await?;
    }
    let (mut from, mut to) = stream.split();
    let dripping = async {
        loop {
            sleep(DRIP).await;
            // Refused once the server has closed its side.
            if !shape.drips.is_empty() && to.write_all(shape.drips.as_bytes()).await.is_err() {
                return;
            }
        }
    };
    let closed = async {
        let mut answer = Vec::new();
        // With words or without, or reset: it is over.
        let _ = from.read_to_end(&mut answer).await;
    };
    let ended = async {
        tokio::select! {
            () = dripping => {}
            () = closed => {}
        }
    };
    let _ = timeout(LONGEST, ended).await;
    Ok((number, began.elapsed()))
}
