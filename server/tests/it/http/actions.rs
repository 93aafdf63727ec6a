//! Everything that can be asked of the server, each brought to where it can be done: what the tests of failing writes and of lost
//! commits share.

use std::sync::Arc;

use reqwest::StatusCode;
use serde_json::{Value, json};
use server::{random, security::limits::Action};

use super::{
    moment_edits::every_edit,
    moments::moments,
    rights::{Scene, functions, wide},
};
use crate::support::{clients::Events, test_server::TestServer};

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

/// Everything that is tried, by its name.
pub(super) fn cases() -> Vec<String> {
    let others = OTHERS.map(str::to_owned);
    functions().into_iter().chain(others).collect()
}

/// What is done in several transactions: what was done before one of them failed stays.
pub(super) const IN_PARTS: [&str; 1] = ["forget"];

/// What is pressed at last.
pub(super) const LATER: &str = "it goes on";

/// A session that somebody is about to do something in.
pub(super) struct Stage {
    pub(super) server: Arc<TestServer>,
    pub(super) scene: Scene,
}

impl Stage {
    /// The same, over a copy of all data.
    pub(super) async fn copied(&self) -> Self {
        let server = Arc::new(self.server.copied(wide()).await);
        let mut scene = self.scene.clone();
        for person in [&mut scene.streamer, &mut scene.moderator, &mut scene.viewer] {
            *person = person.on(&server.url);
        }
        Self { server, scene }
    }

    /// Brings the session to where this can be done, and answers how it is asked for.
    pub(super) async fn prepared(&self, case: &str) -> Value {
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

    /// Asks for it; answers 200 or why not, and all that was answered.
    pub(super) async fn ask(&self, case: &str, asked: &Value) -> (String, Value) {
        let function = case.split(' ').next().unwrap_or_default();
        let person = match function {
            "submit" | "join_moment" | "redeem" => &self.scene.viewer,
            "forget" => &self.scene.moderator,
            _ => &self.scene.streamer,
        };
        if function == "forget" {
            let (_, to) = person.form("/forget", &[("sure", "yes")]).await;
            let told = match to.as_str() {
                "/privacy?forgotten=yes" => "200",
                _ => "303 refused",
            };
            return (told.into(), json!(to));
        }
        let (status, answer) = person.call(function, asked).await;
        let told = match status {
            StatusCode::OK => "200".into(),
            _ => format!("{} {}", status.as_u16(), answer["error"]),
        };
        (told, answer)
    }

    /// What the staff is shown, and its cursor. The moments are stored then; what that writes may not be in the cursor yet.
    pub(super) async fn shown(&self) -> (Value, Value) {
        let snapshot = json!({ "code": self.scene.code, "audience": "staff" });
        let (_, mut shown) = self.scene.streamer.call("snapshot", &snapshot).await;
        let cursor = shown["cursor"].take();
        (shown, cursor)
    }

    /// The live streams that there are, after a cursor.
    pub(super) async fn streams(&self, cursor: &Value) -> Vec<Events> {
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
}

/// How much was counted between two readings, but for reads: what is copied is read with each attempt.
pub(super) fn counts<const N: usize>(before: [u64; N], after: [u64; N]) -> Vec<(Action, u64)> {
    let counts = std::iter::zip(before, after).map(|(before, after)| after - before);
    let counts = std::iter::zip(Action::ALL, counts);
    let changes = counts.filter(|(action, count)| *action != Action::Read && *count > 0);
    changes.collect()
}
