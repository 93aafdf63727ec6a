//! How the letters of `leader_election.rs` travel between tabs: as arrays that browsers copy. Browser only.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::message::{Claim, Letter, Tab, Word};
use crate::{
    domain::change::event,
    live::{browser::broadcast_channel::Channel, connection::event_source::Heard},
};

/// The channel of all tabs that want a live stream. Tabs of earlier builds, which can't read lean frames, are on another one.
const CHANNEL: &str = "live.lean";

const CLAIM: &str = "claim";
const LEFT: &str = "left";
const FOLLOW: &str = "follow";
const OPENED: &str = "opened";
const FRAME: &str = "frame";
const FAILED: &str = "failed";

/// Hears the letters of other tabs; what is no letter, as another build may send, is passed over.
pub(super) fn open(hear: impl Fn(Letter) + 'static) -> Option<Channel> {
    Channel::open(CHANNEL, move |data| {
        if let Some(letter) = data.dyn_ref().and_then(read) {
            hear(letter);
        }
    })
}

/// Sends a letter: sender, topic, what it says, and three details.
pub(super) fn send(channel: &Channel, letter: &Letter) {
    let tab = |tab: Tab| JsValue::from(tab.0);
    let text = |text: &str| JsValue::from_str(text);
    let nobody = JsValue::NULL;
    let (word, more) = match &letter.word {
        Word::Claim { claim, asks } => (
            CLAIM,
            [
                claim.since_ms.into(),
                claim.is_hidden.into(),
                (*asks).into(),
            ],
        ),
        Word::Left => (LEFT, [nobody.clone(), nobody.clone(), nobody]),
        Word::Follow { leader, after } => {
            let after = after.map_or(nobody.clone(), |after| text(&after.to_string()));
            (FOLLOW, [tab(*leader), after, nobody])
        }
        Word::Passed { to, heard } => {
            let to = to.map_or(nobody.clone(), tab);
            match heard {
                Heard::Opened => (OPENED, [to, nobody.clone(), nobody]),
                Heard::Frame { id, json } => (FRAME, [to, text(id), text(json)]),
                Heard::Tick { json } => (event::TICK, [to, text(json), nobody]),
                Heard::SnapshotNeeded => (event::SNAPSHOT, [to, nobody.clone(), nobody]),
                Heard::StreamEnd { json } => (event::GOODBYE, [to, text(json), nobody]),
                Heard::Failed => (FAILED, [to, nobody.clone(), nobody]),
            }
        }
    };
    let array = Array::of3(&tab(letter.from), &text(&letter.topic), &text(word));
    for detail in &more {
        array.push(detail);
    }
    channel.say(&array);
}

fn read(array: &Array) -> Option<Letter> {
    let tab = |at| {
        let number = array.get(at).as_f64()?;
        // A tab's number is written from a `u32`; what is none belongs to no tab.
        Some(Tab(number as u32))
    };
    let text = |at| array.get(at).as_string();
    let passed = |heard| Some(Word::Passed { to: tab(3), heard });
    let from = tab(0)?;
    let word = match text(2)?.as_str() {
        CLAIM => Some(Word::Claim {
            claim: Claim {
                since_ms: array.get(3).as_f64()?,
                is_hidden: array.get(4).as_bool()?,
                tab: from,
            },
            asks: array.get(5).as_bool()?,
        }),
        LEFT => Some(Word::Left),
        FOLLOW => Some(Word::Follow {
            leader: tab(3)?,
            after: text(4).and_then(|after| after.parse().ok()),
        }),
        OPENED => passed(Heard::Opened),
        FRAME => passed(Heard::Frame {
            id: text(4)?,
            json: text(5)?,
        }),
        event::TICK => passed(Heard::Tick { json: text(4)? }),
        event::SNAPSHOT => passed(Heard::SnapshotNeeded),
        event::GOODBYE => passed(Heard::StreamEnd { json: text(4)? }),
        FAILED => passed(Heard::Failed),
        _ => None,
    };
    Some(Letter {
        from,
        topic: text(1)?,
        word: word?,
    })
}
