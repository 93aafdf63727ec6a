//! Every action on Postgres whose answer is lost with the connection, although it is committed: asking once more finds it done.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::{Debug, Write as _},
    sync::Arc,
};

use app::domain::code::Code;
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{
    actions::{IN_PARTS, LATER, Stage, cases, counts},
    rights::{Scene, charged, wide},
};
use crate::support::{
    clients::Events,
    database::{Kind, TestDatabase},
    dump::dump,
    lossy_proxy::LossyProxy,
    test_server::TestServer,
};

/// How many servers try the cases at the same time, each with a database of its own.
const SERVERS: usize = 4;

/// A server behind the proxy.
struct Lane {
    server: Arc<TestServer>,
    proxy: LossyProxy,
}

/// A session in which a case was tried, and what the server that it was tried on shows of it.
struct Tried {
    case: String,
    stage: Stage,
    shown: Value,
}

impl Lane {
    async fn new() -> Self {
        let database = TestDatabase::new(Kind::Postgres).await;
        let proxy = LossyProxy::to(database.url(), is_action).await;
        let server = TestServer::by_way_of(database, proxy.url(), wide()).await;
        let server = Arc::new(server);
        Self { server, proxy }
    }

    /// A session of its own, brought to where this can be done, and how it is asked for.
    async fn prepared(&self, case: &str) -> (Stage, Value) {
        let server = self.server.clone();
        let scene = Scene::new(&server).await;
        let stage = Stage { server, scene };
        let asked = stage.prepared(case).await;
        (stage, asked)
    }

    /// All that is stored of sessions other than these, but for what is written in the background.
    async fn stored(&self, others: &BTreeSet<String>) -> HashSet<String> {
        let mut stored = dump(&self.server.tables().await).await;
        stored.remove("visitor_timestamp");
        let session = stored.remove("session").unwrap_or_default();
        let session = session.into_iter().map(|row| {
            let mut row: Value = serde_json::from_str(&row).unwrap();
            row.as_object_mut().unwrap().remove("visitors_indexed");
            row.to_string()
        });
        let rows = session.chain(stored.into_values().flatten());
        let is_of_others = |row: &String| others.iter().any(|id| row.contains(id));
        rows.filter(|row| !is_of_others(row)).collect()
    }

    /// The ids of all sessions.
    async fn sessions(&self) -> BTreeSet<String> {
        let stored = dump(&self.server.tables().await).await;
        let rows = stored["session"].iter();
        let ids = rows.map(|row| {
            let row: Value = serde_json::from_str(row).unwrap();
            row["id"].as_str().unwrap().to_owned()
        });
        ids.collect()
    }

    /// Does this twice, in one session without a fault, in another one while its commit is lost; answers what was told, and
    /// what went wrong.
    async fn tries(&self, case: &str) -> (String, Vec<String>, Option<Tried>) {
        let mut faults = Vec::new();
        let mut fault =
            |what: &str, which: &dyn Debug| faults.push(format!("{case}: {what}: {which:?}"));
        let mut line = format!("{case:28}");

        let (twin, asked) = self.prepared(case).await;
        twin.shown().await;
        let (commits, charged_at_first) = (self.proxy.commits(), charged(&self.server));
        let (told, usual) = twin.ask(case, &asked).await;
        if told != "200" {
            fault("it can't be done at all", &told);
        }
        let counted = counts(charged_at_first, charged(&self.server));
        if self.proxy.commits() == commits {
            return (line + " writes nothing", faults, None);
        }

        let others = self.sessions().await;
        let (stage, asked) = self.prepared(case).await;
        let (_, cursor) = stage.shown().await;
        let mut streams = stage.streams(&cursor).await;
        let charged_at_first = charged(&self.server);
        self.proxy.lose_next();
        let (told, _) = stage.ask(case, &asked).await;
        if !self.proxy.has_lost() {
            fault("its commit was not lost", &told);
        }
        write!(line, " {told}").unwrap();
        // Moments that follow from it are stored by then.
        stage.shown().await;
        let done = self.stored(&others).await;
        let (told, answer) = stage.ask(case, &asked).await;
        write!(line, ", then {told}").unwrap();
        let differ = paths(&answer, &usual, "");
        if told == "200" && !differ.is_empty() {
            write!(line, ", but for {}", differ.join(", ")).unwrap();
        }
        let counted_here = counts(charged_at_first, charged(&self.server));
        if !is_at_most(&counted_here, &counted) {
            fault("it is counted more than once", &(counted_here, counted));
        }
        let once: Vec<_> = self
            .stored(&others)
            .await
            .symmetric_difference(&done)
            .cloned()
            .collect();
        if !(once.is_empty() || IN_PARTS.contains(&case)) {
            fault("it was done twice", &once);
        }

        let (status, _) = stage.scene.viewer.presses(&stage.scene.code, LATER).await;
        if status == StatusCode::OK {
            let mut told = 0;
            for stream in &mut streams {
                match tells_once_of(stream, LATER).await {
                    Ok(tells) => told += u32::from(tells),
                    Err(twice) => fault("a stream tells it twice", &twice),
                }
            }
            // The staff's ends when links are revoked.
            if told == 0 {
                fault("nothing is live any more", &told);
            }
        }
        let (shown, _) = stage.shown().await;
        let case = case.to_owned();
        (line, faults, Some(Tried { case, stage, shown }))
    }

    /// Tries these, and then asks a server that was started just now what it shows.
    async fn tries_all(&self, cases: Vec<String>) -> Vec<(String, Vec<String>)> {
        let (mut found, mut all_tried) = (Vec::new(), Vec::new());
        for case in &cases {
            let (line, faults, tried) = self.tries(case).await;
            found.push((line, faults));
            all_tried.extend(tried);
        }
        let anew = Arc::new(self.server.beside(server::hub::Settings::default()).await);
        for Tried { case, stage, shown } in all_tried {
            let mut scene = stage.scene;
            scene.streamer = scene.streamer.on(&anew.url);
            let server = anew.clone();
            let (stored, _) = Stage { server, scene }.shown().await;
            if stored != shown {
                let fault = format!("{case}: it is not shown as it is stored: {shown} {stored}");
                found.push((String::new(), vec![fault]));
            }
        }
        found
    }
}

/// Whether these are the writes of an action. Moments, the index by visitor and the rows of deleted sessions are written in
/// the background.
fn is_action(writes: &[String]) -> bool {
    let any = |words: &str| writes.iter().any(|sql| sql.contains(words));
    let only_deletes = writes.iter().all(|sql| sql.starts_with("DELETE"));
    let indexes = any("\"visitors_indexed\" =") || any("INSERT INTO \"visitor_timestamp\"");
    let finds_moments = any(" \"moment\" ") && !any(" \"moderation\" ");
    !(only_deletes || indexes || finds_moments)
}

/// Where an answer is not as usual, but for ids, secrets and codes.
fn paths(answer: &Value, usual: &Value, path: &str) -> Vec<String> {
    match (answer, usual) {
        (Value::Object(one), Value::Object(other)) => {
            let names: BTreeSet<_> = one.keys().chain(other.keys()).collect();
            let each = names.into_iter().flat_map(|name| {
                let of = |object: &Value| object.get(name).cloned().unwrap_or(json!("missing"));
                paths(&of(answer), &of(usual), &format!("{path}.{name}"))
            });
            each.collect()
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            let each = std::iter::zip(one, other);
            each.flat_map(|(one, other)| paths(one, other, path))
                .collect()
        }
        (Value::String(one), Value::String(other)) if is_drawn(one) && is_drawn(other) => vec![],
        (one, other) if one == other => vec![],
        _ => vec![path.trim_start_matches('.').to_owned()],
    }
}

/// Whether this may be an id, a secret or a code.
fn is_drawn(text: &str) -> bool {
    let secret = text.trim_start_matches("ctl_").trim_start_matches("mod_");
    let is_code = text.parse::<Code>().is_ok_and(|code| code.as_str() == text);
    is_code || (secret.len() >= 32 && secret.chars().all(|of| of == '-' || of.is_ascii_hexdigit()))
}

/// Whether nothing was counted more often than usual.
fn is_at_most<A: PartialEq>(counted: &[(A, u64)], usual: &[(A, u64)]) -> bool {
    counted.iter().all(|(action, count)| {
        let mut usual = usual.iter();
        usual.any(|(of, most)| of == action && count <= most)
    })
}

/// Whether a stream tells of these words before it ends.
///
/// # Errors
/// The frame that does not follow on those before it.
async fn tells_once_of(stream: &mut Events, words: &str) -> Result<bool, String> {
    let mut newest = 0;
    while let Some(event) = stream.next().await {
        if event.name.is_empty() {
            let (_, revision) = event.id.split_once('.').unwrap();
            let revision: i64 = revision.parse().unwrap();
            if revision <= newest {
                return Err(format!("{newest} before {event:?}"));
            }
            newest = revision;
        }
        if event.data.to_string().contains(words) {
            return Ok(true);
        }
    }
    Ok(false)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_although_its_answer_was_lost_is_found_done_by_the_retry() {
    let mut of_lanes = vec![Vec::new(); SERVERS];
    for (at, case) in cases().into_iter().enumerate() {
        of_lanes[at % SERVERS].push(case);
    }
    let all = of_lanes.into_iter().map(async |cases| {
        let lane = Lane::new().await;
        lane.tries_all(cases).await
    });
    let (mut lines, mut faults) = (BTreeSet::new(), Vec::new());
    for (line, found) in join_all(all).await.into_iter().flatten() {
        lines.insert(line);
        faults.extend(found);
    }
    let table: String = lines
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(faults.is_empty(), "{faults:#?}\n{table}");
    insta::assert_snapshot!(table);
}
