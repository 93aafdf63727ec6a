//! How a page shares its live stream with the other tabs of its browser: brings their letters to the rules, and does what
//! those order. Browser only.

use leptos::prelude::*;

use super::{
    leader_election::{Order, Tabs},
    message::{Letter, Moment, Tab, Word},
    recent_frames::Recent,
    wire_format,
};
use crate::{
    domain::{change::Tick, revision::Cursor},
    json,
    live::{
        browser::random,
        clock,
        connection::{
            event_source::Heard,
            state_machine::{ConnectionEvent, Why},
            stream_controller::{Line, is_hidden},
        },
    },
};

impl Line {
    /// Opens the way to the other tabs of this browser, where it can and has not.
    pub(crate) fn meet_tabs(self) {
        if self.parts.with_value(|parts| parts.tabs.is_some()) {
            return;
        }
        let channel =
            wire_format::open(move |letter| self.with_tabs(|tabs, now| tabs.hear(letter, now)));
        let tabs = channel.map(|channel| (self.tabs_of_this_browser(), channel));
        self.parts.update_value(|parts| parts.tabs = tabs);
    }

    /// Who this tab is among those of its browser.
    fn tabs_of_this_browser(self) -> Tabs {
        let audience = self.state.audience.word();
        let topic = self
            .state
            .code
            .with_value(|code| format!("{code} {audience}"));
        Tabs::new(Tab(random::number()), topic, is_hidden())
    }

    /// Tells the rules of the browser's tabs what happened, and does what they order. Nothing where the page was left.
    pub(crate) fn with_tabs(self, act: impl FnOnce(&mut Tabs, Moment) -> Vec<Order>) {
        let now = Moment {
            wall_ms: clock::wall_ms(),
            elapsed_ms: clock::elapsed_ms(),
        };
        let orders = self.parts.try_update_value(|parts| {
            let (tabs, _) = parts.tabs.as_mut()?;
            Some(act(tabs, now))
        });
        for order in orders.flatten().into_iter().flatten() {
            match order {
                Order::Open => self.open_stream(),
                Order::Close => {
                    // Taken out first: what is dropped must not find the parts borrowed.
                    let old = self.parts.try_update_value(|parts| parts.stream.take());
                    drop(old);
                }
                Order::Say(letter) => self.say(&letter),
                Order::Follow(leader) => {
                    let after = self.state.cursor.get_value();
                    self.parts.update_value(|parts| {
                        parts.recent = parts.recent.take().or_else(|| after.map(Recent::new));
                    });
                    self.say_word(Word::Follow { leader, after });
                }
                Order::Replay { to, after } => {
                    for heard in self.replay(after) {
                        let to = Some(to);
                        self.say_word(Word::Passed { to, heard });
                    }
                }
                Order::Hear(heard) => self.hear(heard),
                Order::ComeBack => self.tell(ConnectionEvent::Dismissed),
                Order::Poll => self.tell(ConnectionEvent::Muted(Why::ManyTabs)),
            }
        }
    }

    fn say(self, letter: &Letter) {
        self.parts.try_with_value(|parts| {
            if let Some((_, channel)) = &parts.tabs {
                wire_format::send(channel, letter);
            }
        });
    }

    fn say_word(self, word: Word) {
        let letter = self.parts.try_with_value(|parts| {
            let (tabs, _) = parts.tabs.as_ref()?;
            Some(tabs.letter(word))
        });
        if let Some(letter) = letter.flatten() {
            self.say(&letter);
        }
    }

    /// Passes on to other tabs what the stream has brought.
    pub(crate) fn pass(self, heard: &Heard) {
        let letter = self.parts.try_with_value(|parts| {
            let (tabs, _) = parts.tabs.as_ref()?;
            tabs.pass(heard)
        });
        if let Some(letter) = letter.flatten() {
            self.say(&letter);
        }
    }

    /// What another tab has missed since its cursor, the time where it is known, and that this was all.
    fn replay(self, after: Option<Cursor>) -> Vec<Heard> {
        let mut heard = self.parts.with_value(|parts| match &parts.recent {
            Some(recent) => recent.after(after),
            None => vec![Heard::SnapshotNeeded],
        });
        let reading = self.state.read_clock();
        if self.is_live() && !reading.is_provisional {
            let tick = Tick { now: reading.time };
            let json = json::write(&tick);
            heard.push(Heard::Tick { json });
        }
        heard.push(Heard::Opened);
        heard
    }

    /// Whether it hears what another tab passes on.
    pub(crate) fn follows(self) -> bool {
        self.parts.with_value(|parts| {
            let tabs = parts.tabs.as_ref();
            tabs.is_some_and(|(tabs, _)| tabs.follows())
        })
    }
}
