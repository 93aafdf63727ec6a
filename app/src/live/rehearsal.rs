//! The rehearsal: a test press goes the whole way in a throw-away session, and each step says how it went.

use std::time::Duration;

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use super::{
    clock, random,
    stream::{Heard, Stream},
};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        access::Opened,
        act::Act,
        change::Frame,
        code::Code,
        press::Press,
        role::Audience,
        text::{Name, Note},
        timestamp::TimestampId,
    },
};

/// What the test press says.
const NOTE: &str = "Rehearsal";

/// The longest that the live stream may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the page looks whether the live stream has brought the press, in milliseconds.
const LOOK_MS: u32 = 50;

/// The steps of the way, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// The server opens a throw-away session and starts it.
    Server,
    /// The test press is stored.
    Database,
    /// The test press comes back on the live stream.
    LiveStream,
    /// The test press is in the exported file.
    Export,
    /// The throw-away session is deleted.
    CleanUp,
}

/// How a step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not tried yet.
    ToDo,
    /// It is being tried.
    Running,
    /// It worked; what was seen.
    Works(String),
    /// It failed; why.
    Failed(String),
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Self; 5] = [
        Self::Server,
        Self::Database,
        Self::LiveStream,
        Self::Export,
        Self::CleanUp,
    ];

    /// What the step is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Database => "Database",
            Self::LiveStream => "Live stream",
            Self::Export => "Export",
            Self::CleanUp => "Cleaned up",
        }
    }
}

/// Rehearses a session; `tell` hears how each step goes. The throw-away session is deleted also after a failure.
pub async fn rehearse(code: Code, tell: impl Fn(Step, Outcome) + Copy) {
    tell(Step::Server, Outcome::Running);
    let opened = match open(code).await {
        Ok(opened) => opened,
        Err(error) => return tell(Step::Server, Outcome::Failed(error.to_string())),
    };
    tell(Step::Server, Outcome::Works("works".into()));
    walk(&opened.code, tell).await;
    tell(Step::CleanUp, Outcome::Running);
    tell(
        Step::CleanUp,
        match api::rehearsal::end_rehearsal(opened.code).await {
            Ok(()) => Outcome::Works("works: nothing is left of it".into()),
            Err(error) => Outcome::Failed(error.to_string()),
        },
    );
}

async fn open(code: Code) -> Result<Opened, ClipsError> {
    let opened = api::rehearsal::open_rehearsal(code).await?;
    let start = Act::Start {
        began_minutes_ago: 0,
    };
    api::sessions::act(opened.code.clone(), start).await?;
    Ok(opened)
}

/// The way of the press: stops at the first step that fails.
async fn walk(code: &Code, tell: impl Fn(Step, Outcome)) {
    tell(Step::Database, Outcome::Running);
    let seen = StoredValue::new(Vec::<TimestampId>::new());
    let (stream, id) = match store(code, seen).await {
        Ok(stored) => stored,
        Err(error) => return tell(Step::Database, Outcome::Failed(error.to_string())),
    };
    tell(
        Step::Database,
        Outcome::Works("works: the press is stored".into()),
    );

    tell(Step::LiveStream, Outcome::Running);
    let comes_back = comes_back(seen, id).await;
    drop(stream);
    if !comes_back {
        let words = "The press did not come back within 5 s. A proxy may hold live streams back.";
        return tell(Step::LiveStream, Outcome::Failed(words.into()));
    }
    tell(
        Step::LiveStream,
        Outcome::Works("works: the press came back".into()),
    );

    tell(Step::Export, Outcome::Running);
    tell(
        Step::Export,
        match exported(code).await {
            Some(text) if text.contains(NOTE) => {
                Outcome::Works("works: the press is in the file".into())
            }
            Some(_) => Outcome::Failed("The press is missing in the file.".into()),
            None => Outcome::Failed("The file could not be loaded.".into()),
        },
    );
}

/// Opens the live stream, then sends the press.
async fn store(
    code: &Code,
    seen: StoredValue<Vec<TimestampId>>,
) -> Result<(Option<Stream>, TimestampId), ClipsError> {
    let snapshot = api::sessions::snapshot(code.clone(), Audience::Staff).await?;
    let stream = Stream::open(code, Audience::Staff, snapshot.cursor, move |heard| {
        if let Heard::Frame { json, .. } = heard
            && let Ok(frame) = serde_json::from_str::<Frame>(&json)
        {
            seen.update_value(|seen| seen.extend(frame.timestamps.iter().map(|row| row.id)));
        }
    });
    let press = Press {
        id: random::timestamp_id(snapshot.now),
        note: Note::parse_optional(NOTE).unwrap_or_default(),
        name: Name::parse_optional(NOTE).unwrap_or_default(),
        waited_ms: 0,
    };
    let id = press.id;
    api::timestamps::submit(code.clone(), press).await?;
    Ok((stream, id))
}

async fn comes_back(seen: StoredValue<Vec<TimestampId>>, id: TimestampId) -> bool {
    let began = clock::elapsed_ms();
    while !seen.with_value(|seen| seen.contains(&id)) {
        if clock::elapsed_ms() - began > PATIENCE.as_secs_f64() * 1000.0 {
            return false;
        }
        TimeoutFuture::new(LOOK_MS).await;
    }
    true
}

async fn exported(code: &Code) -> Option<String> {
    let address = format!("/s/{code}/export/text");
    let answer = JsFuture::from(window().fetch_with_str(&address))
        .await
        .ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?;
    text.as_string().filter(|_| answer.ok())
}
