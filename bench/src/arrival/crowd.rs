//! Ten thousand who arrive within ten seconds and stay, while others press, with the limits that are shipped.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{net::TcpStream, task::JoinSet, time::sleep};

use super::{
    at_rate::{Acts, Pace, at_rate},
    browser::{self, Load},
    presses,
    setup::ROWS,
    verdict::Line,
};
use crate::{
    Outcome,
    clock::micros,
    database::{Database, Kind},
    failures::Failure,
    faults::victim::Victim,
    fill,
    http::{Connection, header},
    ours::Session,
    process::{self, Folder},
    stats::Histogram,
};

/// How many arrive.
const ARRIVALS: u64 = 10_000;
/// How many begin in a second: the last one has a second left.
const RATE: u64 = 1_112;
/// All are live after this time.
const WITHIN: Duration = Duration::from_secs(10);
/// Presses a second, and in all: as long as people arrive.
const PRESSES: Pace = Pace {
    rate: 20,
    many: 200,
};
/// The longest that a page may take, in milliseconds: 99 of 100 of them.
const PAGE_P99: f64 = 500.0;
/// How much longer a press may take than without arrivals.
const PRESS_P99: f64 = 1.5;
/// How many of five come from the one network.
const OF_FIVE: u64 = 2;

/// The client network of an arrival, as the proxy in front tells it: two of five share one.
fn network(number: u64) -> String {
    if number % 5 < OF_FIVE {
        return "203.0.113.7".into();
    }
    let [.., second, third, fourth] = number.to_be_bytes();
    format!("10.{second}.{third}.{fourth}")
}

/// What those who arrive know together.
struct Door {
    port: u16,
    page: Load,
    session: Session,
    /// The cursor that pages tell about now; they are compressed here, and not read.
    cursor: tokio::sync::watch::Receiver<String>,
    began: u64,
    pages: Histogram,
    /// When the last one was live, in microseconds.
    last: AtomicU64,
    ended: AtomicU64,
}

/// Measures the same presses without them, then with them.
pub(crate) async fn run() -> Outcome<Vec<Line>> {
    let folder = Folder::new()?;
    let base = Database::new(Kind::Sqlite, &folder).await?;
    let mut server = Victim::new(base.url(), &folder)?
        .with_limits()
        .with("TRUSTED_PROXIES", "127.0.0.0/8");
    server.start().await?;
    let port = server.port();
    let session = Session::open_at(port, fill::BEGAN_MINUTES_AGO).await?;
    fill::fill(&base, &session.code, ROWS).await?;
    // What is written past a server may be unknown to it.
    server.stop()?;
    server.start().await?;
    let alone = presses::press(port, &session, PRESSES).await?;
    sleep(Duration::from_secs(1)).await;

    let (tell, cursor) = tokio::sync::watch::channel(session.cursor_at(port).await?);
    let door = Arc::new(Door {
        port,
        page: Load::new(&format!("/s/{}", session.code), browser::PAGE),
        session: session.clone(),
        cursor,
        began: micros(),
        pages: Histogram::new(),
        last: AtomicU64::new(0),
        ended: AtomicU64::new(0),
    });
    let telling = tokio::spawn(keep_telling(door.clone(), tell));
    let cpu = process::cpu_of_tree(server.pid()?)?;
    let began = Instant::now();
    let arriving = arrive(door.clone());
    let (pressed, arrived) = tokio::join!(presses::press(port, &session, PRESSES), arriving);
    let took = began.elapsed();
    telling.abort();
    let (pressed, arrived) = (pressed?, arrived?);
    sleep(Duration::from_secs(2)).await;
    let used = process::cpu_of_tree(server.pid()?)? - cpu;
    let lines = lines(&door, &alone, &pressed, &arrived);
    eprintln!(
        "{ARRIVALS} arrivals took {:.1} s in all and {:.1} s of CPU; {} panics in the log",
        took.as_secs_f64(),
        Duration::from_micros(used).as_secs_f64(),
        server.panics()
    );
    for complaint in server.complaints() {
        eprintln!("{complaint}");
    }
    drop(arrived);
    server.stop()?;
    Ok(lines)
}

fn lines(
    door: &Door,
    alone: &Acts<()>,
    pressed: &Acts<()>,
    arrived: &Acts<JoinSet<()>>,
) -> Vec<Line> {
    let mut failures = arrived.failures.clone();
    failures.add(&pressed.failures);
    let refused = failures.statuses(|status| status == 429 || status >= 500);
    let live = arrived.done.len() as u64 - door.ended.load(Ordering::Relaxed);
    let last = Duration::from_micros(door.last.load(Ordering::Relaxed));
    let page = door.pages.milliseconds(0.99);
    let (without, with) = (
        alone.latencies.milliseconds(0.99),
        pressed.latencies.milliseconds(0.99),
    );
    let told = match failures.all() {
        0 => "0".into(),
        _ => format!("{refused} ({failures})"),
    };
    vec![
        Line::figure(
            "10,000 arrivals within 10 s: live in the end",
            &live.to_string(),
            &ARRIVALS.to_string(),
            live == ARRIVALS,
        ),
        Line::figure(
            "- until the last one was live",
            &format!("{:.1} s", last.as_secs_f64()),
            "<= 10 s",
            last <= WITHIN && live == ARRIVALS,
        ),
        Line::figure(
            "- refused: 5xx or 429 (all that failed)",
            &told,
            "0",
            failures.all() == 0,
        ),
        Line::figure(
            "- page, p99",
            &format!("{page:.0} ms"),
            "<= 500 ms",
            page <= PAGE_P99 && door.pages.count() == ARRIVALS,
        ),
        Line::figure(
            "- press, p99, beside the same without arrivals",
            &format!("{with:.1} ms beside {without:.1}: {:.2} x", with / without),
            "<= 1.5 x",
            with <= without * PRESS_P99 && pressed.failures.all() == 0,
        ),
    ]
}

/// Asks now and then how far the list is.
async fn keep_telling(door: Arc<Door>, tell: tokio::sync::watch::Sender<String>) {
    loop {
        sleep(Duration::from_millis(500)).await;
        if let Ok(cursor) = door.session.cursor_at(door.port).await {
            tell.send_replace(cursor);
        }
    }
}

/// Everybody arrives, and stays as long as what this answers.
async fn arrive(door: Arc<Door>) -> Outcome<Acts<JoinSet<()>>> {
    let pace = Pace {
        rate: RATE,
        many: ARRIVALS,
    };
    let began = micros();
    at_rate(pace, |number| {
        let due = began + number * 1_000_000 / RATE;
        one(door.clone(), number, due)
    })
    .await
}

/// The page, and then its stream over the same connection, as the browser whom the page gave its cookie.
async fn one(door: Arc<Door>, number: u64, due: u64) -> Result<JoinSet<()>, Failure> {
    let forwarded = format!("X-Forwarded-For: {}\r\n", network(number));
    let mut connection = Connection::open_from(browser::source(number), door.port).await?;
    let page = Load::new(door.page.path(), &format!("{}{forwarded}", browser::PAGE));
    let answer = page.over(&mut connection).await?;
    door.pages.record(micros() - due);
    let cookie = header(&answer.head, "set-cookie").and_then(|cookie| cookie.split(';').next());
    let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
    let cursor = door.cursor.borrow().clone();
    let path = format!(
        "{}/live?audience=public&frames=lean&after={cursor}",
        door.page.path()
    );
    let headers = format!("{}{forwarded}{cookie}", browser::STREAM);
    let stream = browser::open_stream(connection, &path, &headers).await?;
    door.last
        .fetch_max(micros() - door.began, Ordering::Relaxed);
    let mut reading = JoinSet::new();
    reading.spawn(read(stream, door));
    Ok(reading)
}

thread_local! {
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// Reads what comes, and keeps nothing of it.
async fn read(stream: TcpStream, door: Arc<Door>) {
    while stream.readable().await.is_ok() {
        match BUFFER.with_borrow_mut(|buffer| stream.try_read(buffer)) {
            Ok(0) => break,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    door.ended.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn four_thousand_share_a_network_and_the_others_have_their_own() {
        let mut networks: HashMap<String, u64> = HashMap::new();
        for number in 0..ARRIVALS {
            *networks.entry(network(number)).or_default() += 1;
        }
        assert_eq!(networks.remove("203.0.113.7"), Some(4_000));
        assert_eq!(networks.len(), 6_000);
    }
}
