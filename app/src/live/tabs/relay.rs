//! Shares a page's live stream with the other tabs of its browser: feeds their messages to the election, and carries out
//! its effects. Browser only.

use super::{
    leader_election::{Effect, LeaderElection},
    message::{MessageBody, Moment, Tab, TabMessage},
    recent_frames::RecentFrames,
    wire_format,
};
use crate::{
    domain::{change::Tick, revision::Cursor},
    json,
    live::{
        browser::random,
        clock,
        connection::{
            event_source::StreamEvent,
            state_machine::{ConnectionEvent, Why},
            stream_controller::{StreamController, is_hidden},
        },
    },
};

impl StreamController {
    /// Opens the channel to the other tabs of this browser, if it can and has not.
    pub(crate) fn meet_tabs(self) {
        if self.with_parts(|parts| parts.tabs.is_some()) == Some(true) {
            return;
        }
        let channel =
            wire_format::open(move |message| self.with_tabs(|tabs, now| tabs.hear(message, now)));
        let tabs = channel.map(|channel| (self.tabs_of_this_browser(), channel));
        self.with_parts(|parts| parts.tabs = tabs);
    }

    /// The identity of this tab among those of its browser.
    fn tabs_of_this_browser(self) -> LeaderElection {
        let (code, audience) = (self.code(), self.state.audience.word());
        let topic = format!("{code} {audience}");
        LeaderElection::new(Tab(random::number()), topic, is_hidden())
    }

    /// Feeds an event to the election, and carries out its effects. Nothing where the page was left.
    pub(crate) fn with_tabs(self, act: impl FnOnce(&mut LeaderElection, Moment) -> Vec<Effect>) {
        let now = Moment {
            wall_ms: clock::wall_ms(),
            elapsed_ms: clock::elapsed_ms(),
        };
        let effects = self.with_parts(|parts| {
            let (tabs, _) = parts.tabs.as_mut()?;
            Some(act(tabs, now))
        });
        for effect in effects.flatten().into_iter().flatten() {
            match effect {
                Effect::Open => self.open_stream(),
                Effect::Close => {
                    // Taken out first: what is dropped must not find the parts borrowed.
                    let old = self.with_parts(|parts| parts.stream.take());
                    drop(old);
                }
                Effect::Send(message) => self.say(&message),
                Effect::Follow(leader) => {
                    let after = self.cursor();
                    self.with_parts(|parts| {
                        parts.recent = parts.recent.take().or_else(|| after.map(RecentFrames::new));
                    });
                    self.send_body(MessageBody::Follow { leader, after });
                }
                Effect::Replay { to, after } => {
                    for heard in self.replay(after) {
                        let to = Some(to);
                        self.send_body(MessageBody::Relayed { to, heard });
                    }
                }
                Effect::Hear(heard) => self.hear(heard),
                Effect::ComeBack => self.dispatch(ConnectionEvent::Dismissed),
                Effect::Poll => self.dispatch(ConnectionEvent::Muted(Why::ManyTabs)),
            }
        }
    }

    fn say(self, message: &TabMessage) {
        self.with_parts(|parts| {
            if let Some((_, channel)) = &parts.tabs {
                wire_format::send(channel, message);
            }
        });
    }

    fn send_body(self, body: MessageBody) {
        let message = self.with_parts(|parts| {
            let (tabs, _) = parts.tabs.as_ref()?;
            Some(tabs.message(body))
        });
        if let Some(message) = message.flatten() {
            self.say(&message);
        }
    }

    /// Passes on to other tabs what the stream has brought.
    pub(crate) fn pass(self, heard: &StreamEvent) {
        let message = self.with_parts(|parts| {
            let (tabs, _) = parts.tabs.as_ref()?;
            tabs.pass(heard)
        });
        if let Some(message) = message.flatten() {
            self.say(&message);
        }
    }

    /// What another tab has missed since its cursor, the time if it is known, who is here, and the end of the replay.
    fn replay(self, after: Option<Cursor>) -> Vec<StreamEvent> {
        let heard = self.with_parts(|parts| Some(parts.recent.as_ref()?.after(after)));
        let mut heard = heard
            .flatten()
            .unwrap_or_else(|| vec![StreamEvent::SnapshotNeeded]);
        let reading = self.state.read_clock();
        if self.is_live() && !reading.is_provisional {
            let tick = Tick { now: reading.time };
            let json = json::write(&tick);
            heard.push(StreamEvent::Tick { json });
        }
        let presence = self.state.told_presence();
        heard.extend(presence.map(|json| StreamEvent::Presence { json }));
        heard.push(StreamEvent::Opened);
        heard
    }

    /// Whether it hears what another tab passes on.
    pub(crate) fn follows(self) -> bool {
        let follows = self.with_parts(|parts| {
            let tabs = parts.tabs.as_ref();
            tabs.is_some_and(|(tabs, _)| tabs.follows())
        });
        follows == Some(true)
    }
}
