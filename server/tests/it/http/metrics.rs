//! What the program tells Prometheus, and that `docs/metrics.md` says the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::{Command, Stdio},
    time::Duration,
};

use reqwest::StatusCode;
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpStream, time::sleep};

use crate::support::{
    clients::{TestClient, press},
    database::{Kind, TestDatabase},
    server_process::{ServerProcess, free_address},
};

/// What was scraped.
#[derive(Debug, Default)]
struct Scrape {
    /// Each metric, with its type and its labels.
    metrics: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Each sample, as it was written, with its value.
    samples: BTreeMap<String, f64>,
}

impl Scrape {
    /// Reads Prometheus' text format. Every line has to be one of its kinds.
    fn read(text: &str) -> Self {
        let mut scrape = Self::default();
        let mut help = "";
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, words) = rest.split_once(' ').unwrap();
                assert!(!words.is_empty(), "{line}");
                help = name;
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert_eq!(name, help, "each metric has a text before its type");
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                let metric = (kind.to_owned(), BTreeSet::new());
                assert!(
                    scrape.metrics.insert(name.to_owned(), metric).is_none(),
                    "{line}"
                );
            } else {
                scrape.sample(line, help);
            }
        }
        scrape
    }

    fn sample(&mut self, line: &str, name: &str) {
        let (sample, value) = line.rsplit_once(' ').unwrap();
        let (series, labels) = match sample.split_once('{') {
            Some((series, labels)) => (series, labels.strip_suffix('}').unwrap()),
            None => (sample, ""),
        };
        let (kind, known) = self.metrics.get_mut(name).unwrap();
        let suffix = series
            .strip_prefix(name)
            .unwrap_or_else(|| panic!("{line}"));
        let suffixes: &[_] = match kind.as_str() {
            "histogram" => &["_sum", "_count", "_bucket"],
            _ => &[""],
        };
        assert!(suffixes.contains(&suffix), "{line}");
        for label in labels.split(',').filter(|label| !label.is_empty()) {
            let (label, value) = label.split_once('=').unwrap();
            assert!(value.starts_with('"') && value.ends_with('"'), "{line}");
            if label != "le" {
                known.insert(label.to_owned());
            }
        }
        let value = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(
            self.samples.insert(sample.to_owned(), value).is_none(),
            "{line}"
        );
    }

    fn of(&self, sample: &str) -> f64 {
        let value = self.samples.get(sample);
        *value.unwrap_or_else(|| panic!("{sample} is not among {:#?}", self.samples))
    }
}

/// The metrics that the page lists: its rows that begin with a name.
fn documented() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let rows = page().lines().filter(|line| line.starts_with("| `clips_"));
    let read = rows.map(|row| {
        let [_, name, kind, labels, words, _] = row.split('|').collect::<Vec<_>>()[..] else {
            panic!("{row}")
        };
        assert!(!words.trim().is_empty(), "{row}");
        let code = |text: &str| text.trim().trim_matches('`').to_owned();
        let labels = labels
            .split(',')
            .map(code)
            .filter(|label| !label.is_empty());
        (code(name), (kind.trim().to_owned(), labels.collect()))
    });
    read.collect()
}

fn page() -> &'static str {
    include_str!("../../../../docs/metrics.md")
}

/// Runs promtool; answers what it complains about.
fn promtool(arguments: &[&str], input: &str) -> String {
    let mut promtool = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool is there: scripts/setup.sh test installs it");
    let mut stdin = promtool.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = promtool.wait_with_output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(output.status.success(), "{arguments:?}: {said}");
    said
}

/// The true program, and where it tells what it measures.
async fn measured(database_url: &str) -> (ServerProcess, String) {
    // The limit of presses does not recover within a test.
    let flags = ["--max-visitor-streams", "1", "--press-seconds", "600"];
    measured_with(&flags, database_url).await
}

async fn measured_with(flags: &[&str], database_url: &str) -> (ServerProcess, String) {
    let address = free_address();
    let program = ServerProcess::start_as(database_url, |command| {
        command.args(["--metrics-listen", &address]).args(flags);
    });
    (program.await, format!("http://{address}/metrics"))
}

async fn scrape(url: &str) -> String {
    let answer = reqwest::get(url).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.unwrap()
}

#[tokio::test]
async fn what_happens_is_counted_and_the_page_lists_all_that_is_measured() {
    let mut scraped = BTreeMap::new();
    for kind in Kind::ALL {
        let database = TestDatabase::new(kind).await;
        let (mut program, url) = measured(database.url()).await;
        let [streamer, viewer] = [(); 2].map(|()| TestClient::new(&program.url));
        let code = streamer.opens_session().await;
        let early = viewer.presses(&code, "too early").await;
        assert_eq!(early.0, StatusCode::CONFLICT);
        streamer.starts(&code).await;
        let cursor = viewer.cursor(&code).await;
        let mut events = viewer.watches(&code, "public", &cursor).await;
        assert_eq!(events.next().await.unwrap().name, "tick");
        let refused = viewer.get(&format!("/s/{code}/live")).await.status();
        assert_eq!(refused, StatusCode::TOO_MANY_REQUESTS);
        let sent = json!({ "code": code, "press": press("once") });
        for _ in 0..2 {
            assert_eq!(viewer.call("submit", &sent).await.0, StatusCode::OK);
        }
        let frame = events.frame(|frame| frame["timestamps"] != json!([])).await;
        assert_eq!(frame.data["timestamps"][0]["note"], "once");
        while viewer.presses(&code, "").await.0 == StatusCode::OK {}

        let mut title = 0;
        let text = loop {
            let text = scrape(&url).await;
            // It is asked for behind the start.
            let has_clock = text.contains("clips_database_clock_offset_seconds");
            // A pump that happened to look by itself before it was called was not late.
            let has_lateness = Scrape::read(&text).of("clips_live_fan_out_seconds_count") > 0.0;
            if has_lateness && (has_clock || kind == Kind::Sqlite) {
                break text;
            }
            title += 1;
            let renamed = json!({ "code": code, "title": title.to_string(), "game": "Gwent" });
            streamer.ask("edit_session", renamed).await;
            sleep(Duration::from_millis(200)).await;
        };
        assert_eq!(promtool(&["check", "metrics"], &text), "", "{text}");
        let read = Scrape::read(&text);
        for (sample, value) in [
            ("clips_presses_accepted_total", 5.0),
            ("clips_presses_repeated_total", 1.0),
            ("clips_presses_refused_total{reason=\"not_started\"}", 1.0),
            ("clips_presses_refused_total{reason=\"rate_limited\"}", 1.0),
            ("clips_limit_refusals_total{action=\"press\"}", 1.0),
            ("clips_recorder_queued_presses", 0.0),
            ("clips_recorder_batch_presses_sum", 7.0),
            ("clips_live_streams{audience=\"public\"}", 1.0),
            ("clips_live_streams{audience=\"staff\"}", 0.0),
            ("clips_live_refusals_total{limit=\"visitor\"}", 1.0),
            ("clips_live_refusals_total{limit=\"server\"}", 0.0),
            ("clips_live_sessions", 1.0),
            ("clips_live_frames_sent_total{audience=\"staff\"}", 0.0),
            ("clips_connection_refusals_total", 0.0),
            ("clips_task_restarts_total{task=\"recorder\"}", 0.0),
        ] {
            assert_eq!(read.of(sample), value, "{sample} on {kind:?}");
        }
        for sample in [
            "clips_connections",
            "clips_recorder_commit_seconds_count",
            "clips_live_frames_built_total",
            "clips_live_frames_sent_total{audience=\"public\"}",
            "clips_live_sent_bytes_total{audience=\"public\"}",
            "clips_live_kept_bytes",
            "clips_live_fan_out_seconds_count",
            "clips_database_wait_seconds_count{transaction=\"presses\"}",
            "clips_database_wait_seconds_count{transaction=\"requests\"}",
            "clips_database_wait_seconds_count{transaction=\"reads\"}",
        ] {
            assert!(read.of(sample) > 0.0, "{sample} on {kind:?}");
        }
        assert!(read.of("clips_clock_offset_seconds").abs() < 1.0);
        scraped.extend(read.metrics);
        program.stop().await;
        assert!(
            reqwest::get(&url).await.is_err(),
            "it stops with the server"
        );
    }
    assert_eq!(
        scraped,
        documented(),
        "docs/metrics.md lists what is measured"
    );
}

#[tokio::test]
async fn connections_are_counted_while_they_are_open_and_so_are_those_that_are_refused() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let few = ["--address-connections", "2"];
    let (program, url) = measured_with(&few, database.url()).await;
    let address = program.url.trim_start_matches("http://");
    let open = async |count: f64| {
        while Scrape::read(&scrape(&url).await).of("clips_connections") != count {
            sleep(Duration::from_millis(20)).await;
        }
    };
    // Whoever asked whether it is ready has hung up.
    open(0.0).await;
    let _first = TcpStream::connect(address).await.unwrap();
    let second = TcpStream::connect(address).await.unwrap();
    open(2.0).await;
    let mut third = TcpStream::connect(address).await.unwrap();
    assert_eq!(third.read(&mut [0]).await.unwrap(), 0);
    let read = Scrape::read(&scrape(&url).await);
    assert_eq!(read.of("clips_connection_refusals_total"), 1.0);
    assert_eq!(read.of("clips_connections"), 2.0);
    drop(second);
    open(1.0).await;
}

#[tokio::test]
async fn nothing_but_metrics_is_told_there_and_they_are_told_nowhere_else() {
    let database = TestDatabase::new(Kind::Sqlite).await;
    let (program, url) = measured(database.url()).await;
    for path in ["/", "/health", "/metrics/", "/s/000000"] {
        let answer = reqwest::get(url.replace("/metrics", path)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let posted = reqwest::Client::new().post(&url).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    let public = reqwest::get(format!("{}/metrics", program.url)).await;
    assert_eq!(public.unwrap().status(), StatusCode::NOT_FOUND);
}

#[test]
fn the_alerts_of_the_page_are_ones() {
    let (_, rest) = page().split_once("## Example alert").unwrap();
    let (_, rest) = rest.split_once("```yaml\n").unwrap();
    let (alerts, _) = rest.split_once("```").unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(alerts.as_bytes()).unwrap();
    promtool(&["check", "rules", file.path().to_str().unwrap()], "");
    let documented = documented();
    let words = alerts.split(|c: char| !c.is_alphanumeric() && c != '_');
    for name in words.filter(|word| word.starts_with("clips_")) {
        let metric = ["_sum", "_count", "_bucket"]
            .iter()
            .find_map(|suffix| name.strip_suffix(suffix))
            .unwrap_or(name);
        assert!(documented.contains_key(metric), "{name}");
    }
}
