//! Walks a rehearsal through the true server, in a throw-away session of its own. Browser only.

use std::{cell::Cell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{NOTE, Rehearsal, has_line};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        act::Act,
        change::Frame,
        code::Code,
        press::Press,
        revision::Cursor,
        role::Audience,
        text::Note,
        timestamp::{Timestamp, TimestampId},
    },
    json,
    live::{
        clock::{elapsed_ms, wall},
        random,
        stream::{Heard, Stream},
    },
};

/// How long the press may take to come back on the live stream, in milliseconds.
const LONGEST_MS: u32 = 5_000;

/// Walks the whole way for the session with this code, and tells after each step how far it has come.
pub(crate) async fn run(code: Code, tell: impl Fn(&Rehearsal)) {
    let mut rehearsal = Rehearsal::begin();
    tell(&rehearsal);
    let asked_at = elapsed_ms();
    match api::rehearsal::open_rehearsal(code).await {
        Ok(opened) => {
            rehearsal.pass(format!("works: answered {}", after(asked_at)));
            tell(&rehearsal);
            walk(&opened.code, &mut rehearsal, &tell).await;
            match api::rehearsal::end_rehearsal(opened.code).await {
                Ok(()) => rehearsal.pass("works: nothing is left of the test press".into()),
                Err(error) => rehearsal.fail(error.to_string()),
            }
        }
        Err(error) => {
            // Whoever answers is there, whatever it says.
            if error != ClipsError::Away {
                rehearsal.pass(format!("works: answered {}", after(asked_at)));
            }
            rehearsal.fail(error.to_string());
            rehearsal.stop();
        }
    }
    tell(&rehearsal);
}

/// From the database to the export.
async fn walk(code: &Code, rehearsal: &mut Rehearsal, tell: &impl Fn(&Rehearsal)) {
    let pressed = match press(code).await {
        Ok(pressed) => pressed,
        Err(error) => {
            rehearsal.fail(error.to_string());
            return tell(rehearsal);
        }
    };
    let at = pressed.timestamp.offset_seconds;
    rehearsal.pass(format!("works: saved at {at} {}", after(pressed.at)));
    tell(rehearsal);
    match pressed.echo.heard().await {
        true => rehearsal.pass(format!("works: seen {}", after(pressed.at))),
        false => rehearsal.fail(
            "The press was saved, but did not come back within 5 s. Something on the way may hold the live stream back."
                .into(),
        ),
    }
    tell(rehearsal);
    match export(code).await {
        Ok(text) if has_line(&text, &pressed.timestamp) => {
            rehearsal.pass("works: the press stands in the file".into());
        }
        Ok(_) => rehearsal.fail("The press is missing in the file.".into()),
        Err(_) => rehearsal.fail("The file could not be fetched.".into()),
    }
    tell(rehearsal);
}

/// A press that was saved.
struct Pressed {
    timestamp: Timestamp,
    /// When it was sent, by the page's own count.
    at: f64,
    echo: Echo,
}

/// Starts the throw-away session, listens to it, and presses.
async fn press(code: &Code) -> Result<Pressed, ClipsError> {
    let start = Act::Start {
        began_minutes_ago: 0,
    };
    api::sessions::act(code.clone(), start).await?;
    let snapshot = api::sessions::snapshot(code.clone(), Audience::Staff).await?;
    let id = random::timestamp_id(wall());
    let echo = Echo::listen(code, snapshot.cursor, id);
    let press = Press {
        id,
        note: Note::parse_optional(NOTE).ok().flatten(),
        name: None,
        waited_ms: 0,
    };
    let at = elapsed_ms();
    let timestamp = api::timestamps::submit(code.clone(), press).await?;
    Ok(Pressed {
        timestamp,
        at,
        echo,
    })
}

/// Waits for a press to come back on the live stream.
struct Echo {
    was_heard: Rc<Cell<bool>>,
    /// Kept open for as long as it is listened to.
    _stream: Option<Stream>,
}

impl Echo {
    fn listen(code: &Code, after: Cursor, id: TimestampId) -> Self {
        let was_heard = Rc::new(Cell::new(false));
        let heard = was_heard.clone();
        let stream = Stream::open(code, Audience::Staff, after, move |news| match news {
            Heard::Frame { json, .. } => {
                let frame: Option<Frame> = json::read(&json);
                if frame.is_some_and(|frame| frame.timestamps.iter().any(|seen| seen.id == id)) {
                    heard.set(true);
                }
            }
            // An `EventSource` comes back by itself within the time that the press has.
            Heard::Opened
            | Heard::Tick { .. }
            | Heard::SnapshotNeeded
            | Heard::Goodbye { .. }
            | Heard::Failed => {}
        });
        Self {
            was_heard,
            _stream: stream,
        }
    }

    /// Whether it came back in time.
    async fn heard(&self) -> bool {
        let asked_at = elapsed_ms();
        while !self.was_heard.get() && elapsed_ms() - asked_at < f64::from(LONGEST_MS) {
            TimeoutFuture::new(20).await;
        }
        self.was_heard.get()
    }
}

/// The text export of a session.
async fn export(code: &Code) -> Result<String, JsValue> {
    let answer = JsFuture::from(window().fetch_with_str(&format!("/s/{code}/export/text"))).await?;
    let answer: web_sys::Response = answer.dyn_into()?;
    if !answer.ok() {
        return Err(answer.status().into());
    }
    let text = JsFuture::from(answer.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// How long it took since then, in words.
fn after(since: f64) -> String {
    // A whole number: Rust's printing of fractions adds 8 kB to the download.
    format!("after {} ms", (elapsed_ms() - since).round() as u32)
}
