//! `doctor`: checks a deployment, and says what to fix.

use std::{net::SocketAddr, path::Path, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::Answer;
use crate::{
    bodies::StaticFiles,
    clock::Clock,
    config::Config,
    open_files,
    store::{DatabaseReport, Schema, StoreError},
};

/// How far two clocks may be apart.
const MAX_CLOCK_SKEW: TimeDelta = TimeDelta::seconds(2);
/// Free disk space below which `doctor` warns, in MiB: a few million presses.
const LEAST_ROOM_MIB: u64 = 512;
/// File descriptors other than connections: database, files, pipes.
const OTHER_FILES: u64 = 100;
/// How long the running server may take to answer.
const PROBE_TIMEOUT: Duration = Duration::from_secs(3);

/// The result of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    Fine(String),
    /// For information; nothing to fix.
    Note(String),
    Wrong {
        what: String,
        mend: String,
    },
}

use Finding::{Fine, Note};

fn wrong(what: impl Into<String>, mend: impl Into<String>) -> Finding {
    Finding::Wrong {
        what: what.into(),
        mend: mend.into(),
    }
}

/// Runs all checks, one line each.
pub(super) async fn run(config: &Config, clock: &Clock) -> Answer {
    let mut findings = match DatabaseReport::of(&config.database_url).await {
        Ok(report) => database(&report, clock.now()),
        Err(StoreError::Missing { path }) => vec![wrong(
            format!("there is no database {}", path.display()),
            "name yours with --database-url",
        )],
        Err(error) => vec![wrong(error.to_string(), "see --database-url")],
    };
    findings.extend(addresses(config));
    findings.extend(config.metrics_listen.map(metrics));
    findings.push(site(&config.site));
    findings.push(running(config.listen).await);
    findings.push(descriptors(
        open_files::most(),
        config.max_connections.get() as u64,
    ));
    let is_wrong = |finding: &Finding| matches!(finding, Finding::Wrong { .. });
    Answer {
        is_well: !findings.iter().any(is_wrong),
        words: findings
            .into_iter()
            .map(line)
            .collect::<Vec<_>>()
            .join("\n"),
    }
}

fn line(finding: Finding) -> String {
    match finding {
        Fine(words) => format!("fine   {words}"),
        Note(words) => format!("note   {words}"),
        Finding::Wrong { what, mend } => format!("WRONG  {what}: {mend}"),
    }
}

fn database(report: &DatabaseReport, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = vec![Fine(format!("the database answers: {}", report.version))];
    findings.push(match report.durability_problems.join(", ") {
        none if none.is_empty() => Fine("its settings lose nothing that was acknowledged".into()),
        durability_problems => wrong(
            format!("it could lose presses that were acknowledged ({durability_problems})"),
            "switch that on again, or take a newer version",
        ),
    });
    if !report.lost_timeouts.is_empty() {
        findings.push(wrong(
            format!("its connections have no {}", report.lost_timeouts.join(", ")),
            "let the pooler pass on the options that connections begin with, or give these to the role (ALTER ROLE … SET …)",
        ));
    }
    findings.push(match &report.schema {
        Schema::Current => Fine("its tables are those of this program".into()),
        Schema::Behind(1) => Note("1 migration is to come; it runs when the server starts".into()),
        Schema::Behind(missing) => Note(format!(
            "{missing} migrations are to come; they run when the server starts"
        )),
        Schema::Newer { .. } => wrong(
            "it is newer than this program",
            "start the newer version of the program",
        ),
    });
    findings.extend(report.damage.iter().map(|damage| {
        wrong(
            format!("it is damaged ({damage})"),
            "stop the server, keep the file, and go back to a backup",
        )
    }));
    findings.push(match &report.unwritable {
        None => Fine("it can be written".into()),
        Some(why) => wrong(
            format!("it can't be written ({why})"),
            "see the rights of its file and folder, or whether it is a read-only copy",
        ),
    });
    findings.extend(clocks(report, now));
    findings.extend(report.file.as_deref().map(room));
    findings
}

/// Compares the clock that a server follows, the database's if it has one, with others.
fn clocks(report: &DatabaseReport, now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(time) = report.time {
        let apart = (time - now).abs();
        findings.push(if apart <= MAX_CLOCK_SKEW {
            Fine("the clock agrees with the database's".into())
        } else {
            let seconds = apart.num_seconds();
            wrong(
                format!("the clock and the database's are {seconds} s apart"),
                "let both machines set theirs by NTP",
            )
        });
    }
    if let Some(newest) = report.newest {
        let (whose, now) = match report.time {
            Some(time) => ("the database's clock", time),
            None => ("the clock", now),
        };
        let behind = newest - now;
        findings.push(if behind <= MAX_CLOCK_SKEW {
            Fine(format!("{whose} is past all that is stored"))
        } else {
            wrong(
                format!(
                    "{whose} is {} s behind what is stored",
                    behind.num_seconds()
                ),
                "set it, or wait: what is pressed meanwhile gets the offset 0",
            )
        });
    }
    findings
}

fn room(file: &Path) -> Finding {
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Err(error) => Note(format!("free disk space can't be read: {error}")),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize) >> 20;
            if free >= LEAST_ROOM_MIB {
                Fine(format!("{free} MiB are free at the database's file"))
            } else {
                wrong(
                    format!("only {free} MiB are free at the database's file"),
                    "make room; a full disk refuses presses",
                )
            }
        }
    }
}

/// The public address, and the proxies.
fn addresses(config: &Config) -> Vec<Finding> {
    let url = config.public_url();
    let mut findings = Vec::new();
    findings.push(match config.exposed_at() {
        _ if !config.links_can_be_opened() => wrong(
            format!("links begin with {url}, which nobody else can open"),
            "name the address that others reach with --public-url",
        ),
        None => Fine(format!("links begin with {url}")),
        Some(url) if config.allow_plain_http => Note(format!(
            "{url} is plain http, as --allow-plain-http accepts"
        )),
        Some(url) => wrong(
            format!("{url} is plain http"),
            "put a proxy with https in front, and name its address with --public-url",
        ),
    });
    let (is_https, is_behind) = (
        url.starts_with("https://"),
        !config.trusted_proxies.is_empty(),
    );
    if is_behind && config.public_url.is_none() && config.links_can_be_opened() {
        findings.push(wrong(
            format!("there is a proxy, but links begin with {url}"),
            "name the address at which the proxy is reached with --public-url, like https://clips.example",
        ));
    }
    if is_https && config.public_url.is_some() && !is_behind {
        findings.push(wrong(
            "nobody is believed about where a request comes from, so that all viewers behind the proxy share one rate limit",
            "name the proxy's network with --trusted-proxies, like 127.0.0.1, and let it set X-Forwarded-For",
        ));
    }
    let all = config
        .trusted_proxies
        .iter()
        .find(|network| network.prefix_len() == 0);
    if let Some(network) = all {
        findings.push(wrong(
            format!("--trusted-proxies {network} believes everybody about where they are"),
            "name the proxy's own network",
        ));
    }
    if is_https {
        findings.push(Note(format!(
            "this check doesn't go through the proxy; try: curl -fsS {url}/health"
        )));
    }
    findings
}

/// Who can read the metrics.
fn metrics(listen: SocketAddr) -> Finding {
    if listen.ip().is_loopback() {
        Fine(format!(
            "metrics are served on {listen}, to this machine alone"
        ))
    } else {
        Note(format!(
            "metrics are served on {listen} to everybody who reaches it; let a firewall keep it inside"
        ))
    }
}

/// Whether there is a whole site to serve.
fn site(folder: &Path) -> Finding {
    let shown = folder.display();
    match StaticFiles::new(folder).missing() {
        None => Fine(format!("the built pages are in {shown}")),
        Some(missing) => wrong(
            format!(
                "there are no built pages in {shown}, or not all of them ({missing} is missing)"
            ),
            "build them with make build, or name their folder with --site",
        ),
    }
}

/// Whether the server is running. Sends a plain request to its own address, because what is in front of it usually speaks
/// TLS.
async fn running(listen: SocketAddr) -> Finding {
    let asked = timeout(PROBE_TIMEOUT, async {
        let mut stream = TcpStream::connect(listen).await?;
        let request =
            format!("GET /health HTTP/1.1\r\nhost: {listen}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.take(64 * 1024).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    });
    match asked.await {
        Ok(Ok(answer)) if answer.starts_with(b"HTTP/1.1 200") => {
            Fine(format!("a server answers on {listen}"))
        }
        Ok(Ok(_)) => wrong(
            format!("something else than this server answers on {listen}"),
            "choose another address with --listen",
        ),
        Ok(Err(_)) => Note(format!("no server runs on {listen} now")),
        Err(_) => wrong(
            format!("the server on {listen} takes more than 3 s to answer"),
            "see its log",
        ),
    }
}

/// Whether the process may open as many connections as it is configured for.
fn descriptors(limit: Option<u64>, connections: u64) -> Finding {
    let wanted = connections + OTHER_FILES;
    match limit {
        Some(limit) if limit < wanted => wrong(
            format!(
                "a process that is started here may open {limit} files, and {connections} connections want {wanted}"
            ),
            "raise it (ulimit -Hn, or LimitNOFILE= of a systemd unit), or lower --max-connections",
        ),
        Some(_) | None => Fine(format!(
            "{connections} connections fit into the limit of open files"
        )),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn found(arguments: &[&str]) -> String {
        let config = Config::try_parse_from([&["server"], arguments].concat()).unwrap();
        let lines = addresses(&config).into_iter().map(line);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_proxy_that_nobody_believes_is_wrong() {
        let url = ["--public-url", "https://clips.example"];
        assert!(found(&url).contains("share one rate limit"));
        let named = [&url[..], &["--trusted-proxies", "127.0.0.1"]].concat();
        assert!(!found(&named).contains("WRONG"));
        let everybody = [&url[..], &["--trusted-proxies", "0.0.0.0/0"]].concat();
        assert!(found(&everybody).contains("believes everybody"));
    }

    #[test]
    fn plain_http_is_wrong_where_others_come_by() {
        assert!(!found(&[]).contains("WRONG"));
        let plain = ["--public-url", "http://192.168.1.20:3000"];
        assert!(found(&plain).contains("WRONG"));
        assert!(!found(&[&plain[..], &["--allow-plain-http"]].concat()).contains("WRONG"));
    }

    #[test]
    fn links_that_nobody_else_can_open_are_wrong() {
        let everywhere = ["--listen", "[::]:3000", "--allow-plain-http"];
        assert!(found(&everywhere).contains("WRONG  links begin with http://[::]:3000"));
        let named = ["--public-url", "http://192.168.1.20:3000"];
        assert!(!found(&[&everywhere[..], &named].concat()).contains("WRONG"));
        let behind = ["--trusted-proxies", "127.0.0.1"];
        assert!(found(&behind).contains("WRONG  there is a proxy"));
    }

    #[test]
    fn metrics_that_others_may_reach_are_noted() {
        assert!(matches!(metrics(([127, 0, 0, 1], 9464).into()), Fine(_)));
        assert!(matches!(metrics(([0, 0, 0, 0], 9464).into()), Note(_)));
    }

    #[test]
    fn a_process_that_may_open_too_few_files_is_wrong() {
        assert!(matches!(
            descriptors(Some(1_024), 16_000),
            Finding::Wrong { .. }
        ));
        assert!(matches!(descriptors(Some(65_536), 16_000), Fine(_)));
        assert!(matches!(descriptors(None, 16_000), Fine(_)));
    }
}
