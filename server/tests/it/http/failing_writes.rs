//! Every action while one kind of write fails: who asked is told, nothing is left behind, and asking once more does all of it.

use std::{
    collections::HashSet,
    fmt::{Debug, Write as _},
};

use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{random, security::limits::Action, visitor_index::VisitorIndex};

use super::{
    moment_edits::every_edit,
    moments::moments,
    rights::{Scene, charged, functions, wide},
};
use crate::support::{
    clients::Events,
    database::Kind,
    dump::{Dump, dump},
    failing_write::{allow, every_write, forbid, note, noted},
    test_server::TestServer,
};

/// What is tried beside every server function with its usual arguments. An undo is named after what it undoes.
const OTHERS: [&str; 23] = [
    "act start",
    "act resume",
    "act end",
    "act reopen",
    "edit_moment set_title",
    "edit_moment set_state",
    "edit_moment set_range",
    "edit_moment split",
    "edit_moment merge",
    "edit_moment set_hidden",
    "undo edit_note",
    "undo block",
    "undo set_title",
    "undo set_state",
    "undo set_range",
    "undo split",
    "undo merge",
    "undo set_hidden",
    "open_session like",
    "replace_control_link again",
    "redeem again",
    "edit_session timing",
    // By a form; there is no server function for it.
    "forget",
];

/// What is done in several transactions: what was done before one of them failed stays.
const IN_PARTS: [&str; 1] = ["forget"];

/// How many cases are tried at the same time.
const AT_ONCE: usize = 4;

/// What is pressed at last.
const LATER: &str = "it goes on";

/// A session that somebody is about to do something in.
struct Stage {
    server: TestServer,
    scene: Scene,
}

impl Stage {
    /// The same, over a copy of all data.
    async fn copied(&self) -> Self {
        let server = self.server.copied(wide()).await;
        let mut scene = self.scene.clone();
        for person in [&mut scene.streamer, &mut scene.moderator, &mut scene.viewer] {
            *person = person.on(&server.url);
        }
        Self { server, scene }
    }

    /// Brings the session to where this can be done, and answers how it is asked for.
    async fn prepared(&self, case: &str) -> Value {
        let (code, streamer) = (&self.scene.code, &self.scene.streamer);
        let act = |act: &str| json!({ "act": act, "segment": 1, "began_minutes_ago": 0 });
        let of_session = json!({ "code": code });
        let (function, variant) = case.split_once(' ').unwrap_or((case, ""));
        let mut asked = match function {
            "forget" => json!({}),
            _ => self.scene.arguments(function),
        };
        match (function, variant) {
            ("act", "start") => {
                asked["code"] = json!(streamer.opens_session().await);
                asked["act"] = act("start");
            }
            ("act", "resume" | "reopen") => {
                let before = if variant == "resume" { "pause" } else { "end" };
                streamer.acts(code, act(before)).await;
                asked["act"] = act(variant);
            }
            ("act", "end") => asked["act"] = act("end"),
            ("trash_session", _) => drop(streamer.acts(code, act("pause")).await),
            ("restore_session", _) => {
                streamer.acts(code, act("pause")).await;
                streamer.ask("trash_session", of_session).await;
            }
            ("hide_filtered", _) => asked["filter"]["text"] = json!("note"),
            // One of whom something is shown.
            ("hide_visitor", _) => asked["id"] = self.scene.arguments("take_back")["id"].clone(),
            ("restore", _) => asked["ids"] = json!([self.scene.viewers]),
            ("open_session", "like") => asked["like"] = json!(code),
            ("open_rehearsal", _) => drop(streamer.ask("open_rehearsal", of_session).await),
            ("end_rehearsal", _) => {
                asked["code"] = streamer.ask("open_rehearsal", of_session).await["code"].clone();
            }
            // More than are kept.
            ("replace_control_link", "again") => {
                for _ in 0..21 {
                    streamer
                        .ask("replace_control_link", of_session.clone())
                        .await;
                }
            }
            ("redeem", _) => {
                asked["key"] = self.scene.control_key.clone();
                if variant == "again" {
                    self.scene.viewer.ask("redeem", asked.clone()).await;
                }
            }
            ("edit_session", "timing") => {
                asked["timing"] = json!({ "lead_seconds": 7, "learns_delays": true });
            }
            ("edit_moment", edit) if !edit.is_empty() => asked["edit"] = self.edit(edit).await,
            ("undo", "edit_note" | "block") => asked["act"] = self.done(variant).await,
            ("undo", edit) if !edit.is_empty() => {
                let mut edited = self.scene.arguments("edit_moment");
                edited["edit"] = self.edit(edit).await;
                asked["act"] = edited["act"].clone();
                streamer.ask("edit_moment", edited).await;
            }
            ("forget", _) => self.leave_traces().await,
            _ => {}
        }
        for id in ["act", "idempotency_key"] {
            if asked[id].is_null() {
                asked[id] = json!(random::uuid());
            }
        }
        asked
    }

    /// One of the edits of a moment, which can be done now.
    async fn edit(&self, edit: &str) -> Value {
        let (code, streamer) = (&self.scene.code, &self.scene.streamer);
        let usual = self.scene.arguments("edit_moment");
        let do_first = async |edit: Value| {
            let mut asked = usual.clone();
            asked["edit"] = edit;
            asked["act"] = json!(random::uuid());
            streamer.ask("edit_moment", asked).await;
        };
        if matches!(edit, "split" | "merge") {
            do_first(json!({ "edit": "set_range", "start": 0, "end": 30 })).await;
        }
        if edit == "merge" {
            do_first(json!({ "edit": "split", "at": 10 })).await;
            let parts = moments(streamer, code, "staff", 2).await;
            let mut ids = parts.iter().map(|part| &part["id"]);
            let other = ids.find(|id| **id != self.scene.moment);
            return json!({ "edit": "merge", "others": [other] });
        }
        let mut edits = every_edit().into_iter();
        edits.find(|one| one["edit"] == edit).unwrap()
    }

    /// The moderator does something; answers the name of that action.
    async fn done(&self, function: &str) -> Value {
        let moderator = &self.scene.moderator;
        let asked = self.scene.arguments(function);
        moderator.ask(function, asked).await;
        let log = json!({ "code": self.scene.code });
        let log = moderator.ask("moderations", log).await;
        // Both are of the same time, so in any order.
        let other = self.scene.arguments("undo")["act"].clone();
        let mut ids = log.as_array().unwrap().iter().map(|action| &action["id"]);
        ids.find(|id| **id != other).unwrap().clone()
    }

    /// The moderator, who will be forgotten, does what a visitor and what a moderator can.
    async fn leave_traces(&self) {
        let moderator = &self.scene.moderator;
        moderator.presses(&self.scene.code, "of a moderator").await;
        for function in ["join_moment", "edit_note"] {
            moderator
                .ask(function, self.scene.arguments(function))
                .await;
        }
    }

    /// Asks for it; answers 200, or why not.
    async fn ask(&self, case: &str, asked: &Value) -> String {
        let function = case.split(' ').next().unwrap_or_default();
        let person = match function {
            "submit" | "join_moment" | "redeem" => &self.scene.viewer,
            "forget" => &self.scene.moderator,
            _ => &self.scene.streamer,
        };
        if function == "forget" {
            let (_, to) = person.form("/forget", &[("sure", "yes")]).await;
            return match to.as_str() {
                "/privacy?forgotten=yes" => "200".into(),
                _ => "303 refused".into(),
            };
        }
        let (status, answer) = person.call(function, asked).await;
        match status {
            StatusCode::OK => "200".into(),
            _ => format!("{} {}", status.as_u16(), answer["error"]),
        }
    }

    /// What the staff is shown, and its cursor. The moments are stored then; what that writes may not be in the cursor yet.
    async fn shown(&self) -> (Value, Value) {
        let snapshot = json!({ "code": self.scene.code, "audience": "staff" });
        let (_, mut shown) = self.scene.streamer.call("snapshot", &snapshot).await;
        let cursor = shown["cursor"].take();
        (shown, cursor)
    }

    /// The live streams that there are, after a cursor.
    async fn streams(&self, cursor: &Value) -> Vec<Events> {
        let Scene { code, streamer, .. } = &self.scene;
        let viewer = self.server.client();
        let mut streams = Vec::new();
        // There are none of a session in the trash.
        let Some(cursor) = cursor.as_str() else {
            return streams;
        };
        for (person, audience) in [(&viewer, "public"), (streamer, "staff")] {
            streams.push(person.watches(code, audience, cursor).await);
        }
        streams
    }

    /// All that is stored, but for what is written in the background, what is drawn by lot with each attempt, and bytes that
    /// are not known.
    async fn stored(&self, known: &HashSet<String>) -> Dump {
        let mut stored = dump(&self.server.tables().await).await;
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
                let columns =
                    columns.filter(|column| !varies.iter().any(|of| column.starts_with(of)));
                *row = columns.collect::<Vec<_>>().join(", ");
            }
            rows.sort();
        }
        stored
    }

    /// The bytes that are stored.
    async fn bytes(&self) -> HashSet<String> {
        let stored = dump(&self.server.tables().await).await;
        let columns = stored.values().flatten().flat_map(|row| row.split(", "));
        let bytes = columns.filter_map(|column| column.split_once("=X'"));
        bytes.map(|(_, bytes)| bytes.to_owned()).collect()
    }
}

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
    let known = stage.bytes().await;
    let before = stage.stored(&known).await;

    let (tables, of_twin) = (stage.server.tables().await, twin.server.tables().await);
    let writes = every_write(&dump(&tables).await);
    note(&of_twin, &writes).await;
    let charged_at_first = charged(&twin.server);
    let told = twin.ask(case, &asked).await;
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
        let told = stage.ask(case, &asked).await;
        allow(&tables, write).await;
        write!(line, " {} {} {told},", write.operation, write.table).unwrap();
        let left = differences(&stage.stored(&known).await, &before);
        if !(left.is_empty() || IN_PARTS.contains(&case)) {
            fault("something is left behind", &(write, left));
        }
    }
    let told = stage.ask(case, &asked).await;
    if told != "200" {
        fault("it can't be done again", &told);
    }
    let counted_here = counts(charged_at_first, charged(&stage.server));
    if counted_here != counted {
        fault("it is not counted once", &(counted_here, counted));
    }
    let ((shown, _), _) = (stage.shown().await, twin.shown().await);
    let bytes = (stage.bytes().await, twin.bytes().await);
    let known = bytes.0.intersection(&bytes.1).cloned().collect();
    let differ = differences(&stage.stored(&known).await, &twin.stored(&known).await);
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

/// How much was counted between two readings, but for reads: what is copied is read with each attempt.
fn counts<const N: usize>(before: [u64; N], after: [u64; N]) -> Vec<(Action, u64)> {
    let counts = std::iter::zip(before, after).map(|(before, after)| after - before);
    let counts = std::iter::zip(Action::ALL, counts);
    let changes = counts.filter(|(action, count)| *action != Action::Read && *count > 0);
    changes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_write_fails_nothing_is_left_behind_and_the_next_attempt_does_all_of_it() {
    let server = TestServer::new(Kind::Sqlite).await;
    let scene = Scene::new(&server).await;
    let index = VisitorIndex::of(&server.store);
    index.find_unindexed().await.unwrap();
    index.index_all().await.unwrap();
    let base = Stage { server, scene };
    let (mut table, mut faults) = (String::new(), Vec::new());
    let functions = functions();
    let cases = functions.iter().map(String::as_str).chain(OTHERS);
    for cases in cases.collect::<Vec<_>>().chunks(AT_ONCE) {
        let all = cases.iter().map(|case| tried(&base, case));
        for (line, found) in join_all(all).await {
            writeln!(table, "{line}").unwrap();
            faults.extend(found);
        }
    }
    assert!(faults.is_empty(), "{faults:#?}\n{table}");
    insta::assert_snapshot!(table);
}
