//! Every action while one kind of write fails: who asked is told, nothing is left behind, and asking once more does all of it.

use std::{
    collections::HashSet,
    fmt::{Debug, Write as _},
    sync::Arc,
};

use futures::future::join_all;
use reqwest::StatusCode;
use server::visitor_index::VisitorIndex;

use super::{
    actions::{IN_PARTS, LATER, Stage, cases, counts},
    rights::{Scene, charged},
};
use crate::support::{
    clients::Events,
    database::Kind,
    dump::{Dump, dump},
    failing_write::{allow, every_write, forbid, note, noted},
    test_server::TestServer,
};

/// How many cases are tried at the same time.
const AT_ONCE: usize = 4;

/// Does this while each of the writes that it takes fails, and then for good; answers what was written and what was told,
/// and what went wrong.
async fn tried(base: &Stage, case: &str) -> (String, Vec<String>) {
    let mut faults = Vec::new();
    let mut fault =
        |what: &str, which: &dyn Debug| faults.push(format!("{case}: {what}: {which:?}"));
    let stage = base.copied().await;
    let asked = stage.prepared(case).await;
    // Both know the moments before anything is done to them.
    let twin = stage.copied().await;
    let ((_, cursor), _) = (stage.shown().await, twin.shown().await);
    let known = bytes(&stage).await;
    let before = stored(&stage, &known).await;

    let (tables, of_twin) = (stage.server.tables().await, twin.server.tables().await);
    let writes = every_write(&dump(&tables).await);
    note(&of_twin, &writes).await;
    let charged_at_first = charged(&twin.server);
    let (told, _) = twin.ask(case, &asked).await;
    if told != "200" {
        fault("it can't be done at all", &told);
    }
    let written = noted(&of_twin, &writes).await;
    let counted = counts(charged_at_first, charged(&twin.server));

    let mut line = format!("{case:28}");
    if written.is_empty() {
        return (line + " writes nothing", faults);
    }
    let mut streams = stage.streams(&cursor).await;
    let charged_at_first = charged(&stage.server);
    for write in &written {
        forbid(&tables, write).await;
        let (told, _) = stage.ask(case, &asked).await;
        allow(&tables, write).await;
        write!(line, " {} {} {told},", write.operation, write.table).unwrap();
        let left = differences(&stored(&stage, &known).await, &before);
        if !(left.is_empty() || IN_PARTS.contains(&case)) {
            fault("something is left behind", &(write, left));
        }
    }
    let (told, _) = stage.ask(case, &asked).await;
    if told != "200" {
        fault("it can't be done again", &told);
    }
    let counted_here = counts(charged_at_first, charged(&stage.server));
    if counted_here != counted {
        fault("it is not counted once", &(counted_here, counted));
    }
    let ((shown, _), _) = (stage.shown().await, twin.shown().await);
    let bytes = (bytes(&stage).await, bytes(&twin).await);
    let known = bytes.0.intersection(&bytes.1).cloned().collect();
    let differ = differences(&stored(&stage, &known).await, &stored(&twin, &known).await);
    if !differ.is_empty() {
        fault("it was not done as if nothing had failed", &differ);
    }
    let (anew, _) = stage.copied().await.shown().await;
    if shown != anew {
        fault("it is not shown as it is stored", &(shown, anew));
    }
    let (status, _) = stage.scene.viewer.presses(&stage.scene.code, LATER).await;
    if status == StatusCode::OK {
        let mut told = 0;
        for stream in &mut streams {
            told += u32::from(tells_of(stream, LATER).await);
        }
        // The staff's ends when links are revoked.
        if told == 0 {
            fault("nothing is live any more", &told);
        }
    }
    (line.trim_end_matches(',').to_owned(), faults)
}

/// All that is stored, but for what is written in the background, what is drawn by lot with each attempt, and bytes that
/// are not known.
async fn stored(stage: &Stage, known: &HashSet<String>) -> Dump {
    let mut stored = dump(&stage.server.tables().await).await;
    for behind in ["visitor_timestamp", "written"] {
        stored.remove(behind);
    }
    for rows in stored.values_mut() {
        for row in rows.iter_mut() {
            let columns = row
                .split(", ")
                .map(|column| match column.split_once("=X'") {
                    Some((name, bytes)) if !known.contains(bytes) => format!("{name}=new"),
                    _ => column.to_owned(),
                });
            let varies = ["visitors_indexed=", "code="];
            let columns = columns.filter(|column| !varies.iter().any(|of| column.starts_with(of)));
            *row = columns.collect::<Vec<_>>().join(", ");
        }
        rows.sort();
    }
    stored
}

/// The bytes that are stored.
async fn bytes(stage: &Stage) -> HashSet<String> {
    let stored = dump(&stage.server.tables().await).await;
    let columns = stored.values().flatten().flat_map(|row| row.split(", "));
    let bytes = columns.filter_map(|column| column.split_once("=X'"));
    bytes.map(|(_, bytes)| bytes.to_owned()).collect()
}

/// Whether a stream tells of these words before it ends.
async fn tells_of(stream: &mut Events, words: &str) -> bool {
    while let Some(event) = stream.next().await {
        if event.data.to_string().contains(words) {
            return true;
        }
    }
    false
}

/// The rows that only one of them has.
fn differences(one: &Dump, other: &Dump) -> Vec<String> {
    let rows = |dump: &Dump| {
        let rows = dump.values().flatten().cloned();
        rows.collect::<HashSet<_>>()
    };
    let (one, other) = (rows(one), rows(other));
    one.symmetric_difference(&other).cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_write_fails_nothing_is_left_behind_and_the_next_attempt_does_all_of_it() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let index = VisitorIndex::of(&server.store);
    index.find_unindexed().await.unwrap();
    index.index_all().await.unwrap();
    let server = Arc::new(server);
    let base = Stage { server, scene };
    let (mut table, mut faults) = (String::new(), Vec::new());
    for cases in cases().chunks(AT_ONCE) {
        let all = cases.iter().map(|case| tried(&base, case));
        for (line, found) in join_all(all).await {
            writeln!(table, "{line}").unwrap();
            faults.extend(found);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}\n{table}");
    insta::assert_snapshot!(table);
}
