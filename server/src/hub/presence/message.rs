//! What processes tell each other about who is here: JSON, in notifications of bounded size.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::board::{Figures, ProcessId};
use crate::store::SessionId;

/// The most bytes of a message: Postgres takes fewer than 8,000.
const MOST_BYTES: usize = 7_900;
/// What a message takes besides its sessions, at most.
const FRAME_BYTES: usize = 128;

/// What a process knows by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Message {
    /// Which process says so.
    pub(super) process: ProcessId,
    /// Counts its messages: they may arrive in another order.
    pub(super) sequence: u64,
    sessions: Vec<Told>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Told {
    session: Uuid,
    figures: Figures,
}

impl Message {
    /// Reads a message; `None` if it is none that this version understands.
    pub(super) fn read(payload: &str) -> Option<Self> {
        serde_json::from_str(payload).ok()
    }

    /// What it says of each session.
    pub(super) fn figures(self) -> impl Iterator<Item = (SessionId, Figures)> {
        let told = self.sessions.into_iter();
        told.map(|told| (SessionId(told.session), told.figures))
    }
}

/// These sessions' figures as messages, as few as possible. Pages for which a message has no room are left out: other
/// processes then don't list them.
pub(super) fn messages(
    process: ProcessId,
    sequence: &AtomicU64,
    figures: impl IntoIterator<Item = (SessionId, Figures)>,
) -> Vec<String> {
    let message = |sessions: Vec<Told>| {
        json(&Message {
            process,
            sequence: sequence.fetch_add(1, Ordering::Relaxed),
            sessions,
        })
    };
    let (mut messages, mut sessions, mut bytes) = (Vec::new(), Vec::new(), FRAME_BYTES);
    for (session, mut figures) in figures {
        let told = loop {
            let told = Told {
                session: session.0,
                figures,
            };
            let length = json(&told).len() + 1;
            if FRAME_BYTES + length <= MOST_BYTES || told.figures.pages.is_empty() {
                break (told, length);
            }
            figures = told.figures;
            figures.pages.pop();
        };
        let (told, length) = told;
        if bytes + length > MOST_BYTES {
            messages.push(message(std::mem::take(&mut sessions)));
            bytes = FRAME_BYTES;
        }
        bytes += length;
        sessions.push(told);
    }
    if !sessions.is_empty() {
        messages.push(message(sessions));
    }
    messages
}

fn json(value: &impl Serialize) -> String {
    // Plain structures of numbers and strings: this can't fail.
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use app::domain::{
        presence::{Edited, PersonId, StaffPage, TabId},
        text::Text,
        timestamp::TimestampId,
    };
    use proptest::prelude::*;

    use super::{super::board::Page, *};

    fn figures() -> impl Strategy<Value = Figures> {
        let page = (
            any::<u128>(),
            any::<u32>(),
            any::<bool>(),
            "[a-z\"\\\\😀]{1,40}",
        );
        let page = page.prop_map(|(id, number, has_left, name)| Page {
            tab: TabId(Uuid::from_u128(id)),
            number,
            has_left,
            page: StaffPage {
                name: Text::parse(&name).ok(),
                person: PersonId(Uuid::from_u128(id)),
                editing: Some(Edited::Timestamp(TimestampId(Uuid::from_u128(id)))),
            },
        });
        let pages = proptest::collection::vec(page, 0..33);
        (any::<u32>(), pages).prop_map(|(viewers, pages)| Figures { viewers, pages })
    }

    proptest! {
        #[test]
        fn messages_are_small_and_say_everything_but_pages_without_room(
            said in proptest::collection::vec((any::<u128>(), figures()), 0..12),
        ) {
            let process = ProcessId(Uuid::from_u128(7));
            let said: Vec<_> = said.into_iter().map(|(id, figures)| (SessionId(Uuid::from_u128(id)), figures)).collect();
            let messages = messages(process, &AtomicU64::new(u64::MAX / 2), said.clone());
            let mut heard = Vec::new();
            for (at, message) in messages.iter().enumerate() {
                prop_assert!(message.len() < 8_000, "{} bytes", message.len());
                let message = Message::read(message).unwrap();
                prop_assert_eq!(message.process, process);
                prop_assert_eq!(message.sequence, u64::MAX / 2 + at as u64);
                heard.extend(message.figures());
            }
            prop_assert_eq!(heard.len(), said.len());
            for ((session, heard), (of, said)) in heard.iter().zip(&said) {
                prop_assert_eq!(session, of);
                prop_assert_eq!(heard.viewers, said.viewers);
                prop_assert!(said.pages.starts_with(&heard.pages));
                prop_assert!(heard.pages.len() >= said.pages.len().min(16));
            }
        }
    }

    #[test]
    fn many_sessions_with_viewers_only_travel_together() {
        let viewers = |id: u128| {
            let figures = Figures {
                viewers: 12_345,
                pages: Vec::new(),
            };
            (SessionId(Uuid::from_u128(id)), figures)
        };
        let process = ProcessId(Uuid::from_u128(7));
        let messages = messages(process, &AtomicU64::default(), (0..1_000).map(viewers));
        assert!(messages.len() <= 15, "{}", messages.len());
    }

    #[test]
    fn what_is_no_message_is_passed_over() {
        for payload in ["", "{}", "1 2", "[]", "{\"process\":1}"] {
            assert!(Message::read(payload).is_none(), "{payload}");
        }
    }
}
