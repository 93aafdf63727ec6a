//! The wire format of messages between tabs: arrays that browsers copy. Browser only.

use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

use super::message::{Claim, MessageBody, Tab, TabMessage};
use crate::{
    domain::change::event,
    live::{browser::broadcast_channel::Channel, connection::event_source::StreamEvent},
};

/// The channel of all tabs that want a live stream. Tabs of earlier builds, which can't read lean frames, use another one.
const CHANNEL: &str = "live.lean";

const CLAIM: &str = "claim";
const LEFT: &str = "left";
const FOLLOW: &str = "follow";
const OPENED: &str = "opened";
const FRAME: &str = "frame";
const FAILED: &str = "failed";

/// Hears the messages of other tabs; what is no message, as another build may send, is passed over.
pub(super) fn open(hear: impl Fn(TabMessage) + 'static) -> Option<Channel> {
    Channel::open(CHANNEL, move |data| {
        if let Some(message) = data.dyn_ref().and_then(read) {
            hear(message);
        }
    })
}

/// Sends a message: sender, topic, what it says, and three details.
pub(super) fn send(channel: &Channel, message: &TabMessage) {
    let tab = |tab: Tab| JsValue::from(tab.0);
    let text = |text: &str| JsValue::from_str(text);
    let nobody = JsValue::NULL;
    let (body, more) = match &message.body {
        MessageBody::Claim { claim, asks } => (
            CLAIM,
            [
                claim.since_ms.into(),
                claim.is_hidden.into(),
                (*asks).into(),
            ],
        ),
        MessageBody::Left => (LEFT, [nobody.clone(), nobody.clone(), nobody]),
        MessageBody::Follow { leader, after } => {
            let after = after.map_or(nobody.clone(), |after| text(&after.to_string()));
            (FOLLOW, [tab(*leader), after, nobody])
        }
        MessageBody::Relayed { to, heard } => {
            let to = to.map_or(nobody.clone(), tab);
            match heard {
                StreamEvent::Opened => (OPENED, [to, nobody.clone(), nobody]),
                StreamEvent::Frame { id, json } => (FRAME, [to, text(id), text(json)]),
                StreamEvent::Tick { json } => (event::TICK, [to, text(json), nobody]),
                StreamEvent::Presence { json } => (event::PRESENCE, [to, text(json), nobody]),
                StreamEvent::SnapshotNeeded => (event::SNAPSHOT, [to, nobody.clone(), nobody]),
                StreamEvent::StreamEnd { json } => (event::GOODBYE, [to, text(json), nobody]),
                StreamEvent::Failed => (FAILED, [to, nobody.clone(), nobody]),
            }
        }
    };
    let array = Array::of3(&tab(message.from), &text(&message.topic), &text(body));
    for detail in &more {
        array.push(detail);
    }
    channel.say(&array);
}

fn read(array: &Array) -> Option<TabMessage> {
    let tab = |at| {
        let number = array.get(at).as_f64()?;
        // A tab's number is written from a `u32`; what is none belongs to no tab.
        Some(Tab(number as u32))
    };
    let text = |at| array.get(at).as_string();
    let passed = |heard| Some(MessageBody::Relayed { to: tab(3), heard });
    let from = tab(0)?;
    let body = match text(2)?.as_str() {
        CLAIM => Some(MessageBody::Claim {
            claim: Claim {
                since_ms: array.get(3).as_f64()?,
                is_hidden: array.get(4).as_bool()?,
                tab: from,
            },
            asks: array.get(5).as_bool()?,
        }),
        LEFT => Some(MessageBody::Left),
        FOLLOW => Some(MessageBody::Follow {
            leader: tab(3)?,
            after: text(4).and_then(|after| after.parse().ok()),
        }),
        OPENED => passed(StreamEvent::Opened),
        FRAME => passed(StreamEvent::Frame {
            id: text(4)?,
            json: text(5)?,
        }),
        event::TICK => passed(StreamEvent::Tick { json: text(4)? }),
        event::PRESENCE => passed(StreamEvent::Presence { json: text(4)? }),
        event::SNAPSHOT => passed(StreamEvent::SnapshotNeeded),
        event::GOODBYE => passed(StreamEvent::StreamEnd { json: text(4)? }),
        FAILED => passed(StreamEvent::Failed),
        _ => None,
    };
    Some(TabMessage {
        from,
        topic: text(1)?,
        body: body?,
    })
}
