//! Runs a rehearsal against the real server, in a throw-away session of its own. Browser only.

use std::{cell::Cell, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{Failure, NOTE, Rehearsal, Success, has_line};
use crate::{
    api,
    domain::{
        change::Frame,
        code::Code,
        press::Press,
        revision::Cursor,
        role::Audience,
        stream_command::StreamCommand,
        text::Note,
        timestamp::{Timestamp, TimestampId},
    },
    json,
    live::{
        browser::random,
        calls::retry,
        clock::{elapsed_ms, wall},
        connection::event_source::{Stream, StreamEvent},
    },
    service::ServiceError,
};

/// How long the press may take to arrive on the live stream, in milliseconds.
const LONGEST_MS: u32 = 5_000;

/// Runs all steps for the session with this code, and reports the progress after each.
pub(crate) async fn run(code: Code, tell: impl Fn(&Rehearsal)) {
    let mut rehearsal = Rehearsal::begin();
    tell(&rehearsal);
    let asked_at = elapsed_ms();
    let answered = || Success::Answered {
        ms: since(asked_at),
    };
    let key = random::idempotency_key();
    let open = || retry::with_timeout(api::rehearsal::open_rehearsal(code.clone(), Some(key)));
    let opened = match open().await {
        Ok(opened) => {
            rehearsal.pass(answered());
            tell(&rehearsal);
            walk(&opened.code, &mut rehearsal, &tell).await;
            Some(opened)
        }
        Err(error) => {
            // Any answer of its own means that the server is there.
            use ServiceError::{RefusedOnTheWay, Unreachable};
            if !matches!(error, Unreachable | RefusedOnTheWay) {
                rehearsal.pass(answered());
            }
            let may_be_open = error.is_retryable();
            rehearsal.fail(Failure::Refused(error));
            tell(&rehearsal);
            // What was opened all the same has a code, which the answer to a retry tells.
            match may_be_open {
                true => open().await.ok(),
                false => None,
            }
        }
    };
    match opened {
        Some(opened) => {
            let end = || api::rehearsal::end_rehearsal(opened.code.clone());
            match retry::with_retry(end).await {
                // It may have been deleted by a request whose answer was lost.
                Ok(()) | Err(ServiceError::NotFound) => rehearsal.pass(Success::NothingLeft),
                Err(error) => rehearsal.fail(Failure::Refused(error)),
            }
        }
        None => rehearsal.stop(),
    }
    tell(&rehearsal);
}

/// From the database to the export.
async fn walk(code: &Code, rehearsal: &mut Rehearsal, tell: &impl Fn(&Rehearsal)) {
    let pressed = match press(code).await {
        Ok(pressed) => pressed,
        Err(error) => {
            rehearsal.fail(Failure::Refused(error));
            return tell(rehearsal);
        }
    };
    let at = pressed.timestamp.offset_seconds;
    rehearsal.pass(Success::Saved {
        at,
        ms: since(pressed.at),
    });
    tell(rehearsal);
    match pressed.echo.heard().await {
        true => rehearsal.pass(Success::Seen {
            ms: since(pressed.at),
        }),
        false => rehearsal.fail(Failure::NotSeen),
    }
    tell(rehearsal);
    let export = async { export(code).await.map_err(|_| ServiceError::Unreachable) };
    match retry::with_timeout(export).await {
        Ok(text) if has_line(&text, &pressed.timestamp) => {
            rehearsal.pass(Success::InFile);
        }
        Ok(_) => rehearsal.fail(Failure::NotInFile),
        Err(_) => rehearsal.fail(Failure::NoFile),
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
async fn press(code: &Code) -> Result<Pressed, ServiceError> {
    let start = StreamCommand::Start {
        began_minutes_ago: 0,
    };
    retry::with_timeout(api::sessions::act(code.clone(), start)).await?;
    let snapshot = api::sessions::snapshot(code.clone(), Audience::Staff);
    let snapshot = retry::with_timeout(snapshot).await?;
    let id = random::timestamp_id(wall());
    let echo = Echo::listen(code, snapshot.cursor, id);
    let press = Press {
        id,
        note: Note::parse_optional(NOTE).ok().flatten(),
        name: None,
        label: None,
        waited_ms: 0,
    };
    let at = elapsed_ms();
    let submit = api::timestamps::submit(code.clone(), press.into());
    let timestamp = retry::with_timeout(submit).await?;
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
            StreamEvent::Frame { json, .. } => {
                let frame: Option<Frame> = json::read(&json);
                if frame.is_some_and(|frame| frame.timestamps.iter().any(|seen| seen.id == id)) {
                    heard.set(true);
                }
            }
            // An `EventSource` comes back by itself within the time that the press has.
            StreamEvent::Opened
            | StreamEvent::Tick { .. }
            | StreamEvent::Presence { .. }
            | StreamEvent::SnapshotNeeded
            | StreamEvent::StreamEnd { .. }
            | StreamEvent::Failed => {}
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

/// How long it took since then, in milliseconds.
fn since(then: f64) -> u32 {
    // A whole number: Rust's printing of fractions adds 8 kB to the download.
    (elapsed_ms() - then).round() as u32
}
