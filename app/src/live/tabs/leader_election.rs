//! Elects which of a browser's tabs keep a live stream open. Pure: `relay.rs` passes on messages, and carries out effects.
//!
//! Browsers open about six connections to a server over HTTP/1.1, and a press must not wait for one. Tabs that show the same
//! session therefore share a leader's stream, and leaders are few. Plain HTTP offers no locks (Web Locks need TLS): a tab
//! opens its stream at once and announces a claim; one with an earlier claim answers with that, and the later one follows.

use super::message::{Claim, MessageBody, Moment, Tab, TabMessage, is_passed};
use crate::{domain::revision::Cursor, live::connection::event_source::StreamEvent};

#[cfg(test)]
mod tests;

/// The most streams that one browser keeps open; further tabs poll every few seconds instead.
const MOST_LEADERS: usize = 3;
/// A leader passes on the server's heartbeat, which comes every 15 s: one that misses two of them is gone, in milliseconds.
pub(crate) const SILENCE_MS: f64 = 40_000.0;
/// How long a tab that missed more than its leader keeps reads from a stream of its own, in milliseconds.
const CATCH_UP_MS: f64 = 5_000.0;

/// An effect to carry out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    /// Open a stream.
    Open,
    /// Close it.
    Close,
    /// Tell the other tabs.
    Send(TabMessage),
    /// Follow this leader: tell it the page's cursor.
    Follow(Tab),
    /// Tell a tab what was heard after its cursor.
    Replay { to: Tab, after: Option<Cursor> },
    /// Process this as if the tab's own stream had delivered it.
    Hear(StreamEvent),
    /// The leader is gone, or there is room for another stream: open one after a short delay.
    ComeBack,
    /// There are too many streams: poll instead.
    Poll,
}

/// The role of this tab among those of its browser.
#[derive(Clone, Debug, PartialEq)]
enum TabRole {
    /// It wants no stream at the moment.
    Idle,
    /// It keeps the stream open.
    Leads { since_ms: f64, has_followers: bool },
    /// It receives what a leader passes on, after a replay of what it missed.
    Follows { leader: Claim, has_all: bool },
    /// It has missed more than its leader keeps, and reads it from a stream of its own.
    CatchesUp { since_ms: f64 },
    /// There were too many leaders.
    Polls,
}

/// A tab that keeps a stream open.
#[derive(Clone, Debug)]
struct Other {
    topic: String,
    claim: Claim,
    last_heard_ms: f64,
}

/// The tabs of a browser, as one of them knows them.
#[derive(Clone, Debug)]
pub(crate) struct LeaderElection {
    tab: Tab,
    topic: String,
    is_hidden: bool,
    role: TabRole,
    others: Vec<Other>,
}

impl LeaderElection {
    /// A tab that shows `topic`, and knows of no others yet.
    pub(crate) fn new(tab: Tab, topic: String, is_hidden: bool) -> Self {
        Self {
            tab,
            topic,
            is_hidden,
            role: TabRole::Idle,
            others: Vec::new(),
        }
    }

    /// This tab wants a stream.
    pub(crate) fn lead(&mut self, now: Moment) -> Vec<Effect> {
        // A leader that reopens its stream keeps its followers.
        if !matches!(self.role, TabRole::Leads { .. }) {
            self.role = TabRole::Leads {
                since_ms: now.wall_ms,
                has_followers: false,
            };
        }
        let mut effects = vec![Effect::Open];
        effects.extend(self.claim(true));
        effects
    }

    /// This tab wants no stream any more, or not for a while.
    pub(crate) fn leave(&mut self) -> Vec<Effect> {
        match std::mem::replace(&mut self.role, TabRole::Idle) {
            TabRole::Leads { .. } => vec![Effect::Close, self.say(MessageBody::Left)],
            TabRole::CatchesUp { .. } => vec![Effect::Close],
            TabRole::Idle | TabRole::Follows { .. } | TabRole::Polls => Vec::new(),
        }
    }

    /// The tab was hidden, or is visible again.
    pub(crate) fn set_hidden(&mut self, is_hidden: bool, now: Moment) -> Vec<Effect> {
        if self.is_hidden == is_hidden {
            return Vec::new();
        }
        self.is_hidden = is_hidden;
        match &self.role {
            TabRole::Leads { .. } => self.claim(false).into_iter().collect(),
            TabRole::Follows { leader, .. } if leader.is_hidden && !is_hidden => self.lead(now),
            TabRole::Idle
            | TabRole::Follows { .. }
            | TabRole::CatchesUp { .. }
            | TabRole::Polls => Vec::new(),
        }
    }

    /// Handles a message of another tab.
    pub(crate) fn hear(&mut self, message: TabMessage, now: Moment) -> Vec<Effect> {
        let TabMessage { from, topic, body } = message;
        if from == self.tab {
            return Vec::new();
        }
        let is_ours = topic == self.topic;
        match body {
            MessageBody::Claim { claim, asks } => {
                self.others.retain(|other| other.claim.tab != from);
                self.others.push(Other {
                    topic,
                    claim,
                    last_heard_ms: now.elapsed_ms,
                });
                match is_ours {
                    true => self.hear_claim(claim, now),
                    false => self.hear_of_another(asks, now),
                }
            }
            MessageBody::Left => {
                self.others.retain(|other| other.claim.tab != from);
                match &self.role {
                    TabRole::Follows { leader, .. } if leader.tab == from => {
                        match self.has_room(now) {
                            true => {
                                self.role = TabRole::Idle;
                                vec![Effect::ComeBack]
                            }
                            // It left because it had no room.
                            false => self.poll(),
                        }
                    }
                    TabRole::Idle
                    | TabRole::Leads { .. }
                    | TabRole::Follows { .. }
                    | TabRole::CatchesUp { .. }
                    | TabRole::Polls => self.come_back_where_there_is_room(now),
                }
            }
            MessageBody::Follow { leader, after } if is_ours && leader == self.tab => {
                match &mut self.role {
                    TabRole::Leads { has_followers, .. } => {
                        *has_followers = true;
                        vec![Effect::Replay { to: from, after }]
                    }
                    TabRole::Idle
                    | TabRole::Follows { .. }
                    | TabRole::CatchesUp { .. }
                    | TabRole::Polls => {
                        vec![self.say(MessageBody::Left)]
                    }
                }
            }
            MessageBody::Follow { .. } => Vec::new(),
            MessageBody::Relayed { to, heard } => {
                let known = self.others.iter_mut().find(|other| other.claim.tab == from);
                if let Some(known) = known {
                    known.last_heard_ms = now.elapsed_ms;
                }
                match is_ours {
                    true => self.hear_passed(from, to, heard, now),
                    false => Vec::new(),
                }
            }
        }
    }

    fn hear_passed(
        &mut self,
        from: Tab,
        to: Option<Tab>,
        heard: StreamEvent,
        now: Moment,
    ) -> Vec<Effect> {
        let is_for_all = to.is_none();
        if to.is_some_and(|to| to != self.tab) {
            return Vec::new();
        }
        match &mut self.role {
            TabRole::Follows { leader, has_all } if leader.tab == from => match heard {
                StreamEvent::Opened => {
                    *has_all = true;
                    Vec::new()
                }
                StreamEvent::SnapshotNeeded => {
                    self.role = TabRole::CatchesUp {
                        since_ms: now.elapsed_ms,
                    };
                    vec![Effect::Open]
                }
                // Broadcast events come after what this tab has missed, and will be replayed to it in order.
                StreamEvent::Frame { .. }
                | StreamEvent::Tick { .. }
                | StreamEvent::Presence { .. }
                    if is_for_all && !*has_all =>
                {
                    Vec::new()
                }
                StreamEvent::Frame { .. }
                | StreamEvent::Tick { .. }
                | StreamEvent::Presence { .. }
                | StreamEvent::StreamEnd { .. }
                | StreamEvent::Failed => vec![Effect::Hear(heard)],
            },
            // Two leaders: one of them was away when the other claimed.
            TabRole::Leads { .. } if is_for_all => self.claim(false).into_iter().collect(),
            TabRole::Idle
            | TabRole::Leads { .. }
            | TabRole::Follows { .. }
            | TabRole::CatchesUp { .. }
            | TabRole::Polls => Vec::new(),
        }
    }

    /// An event of this tab's own stream, for its followers.
    pub(crate) fn pass(&self, heard: &StreamEvent) -> Option<TabMessage> {
        let TabRole::Leads { has_followers, .. } = &self.role else {
            return None;
        };
        is_passed(heard, *has_followers).then(|| {
            self.message(MessageBody::Relayed {
                to: None,
                heard: heard.clone(),
            })
        })
    }

    /// A message of this tab.
    pub(crate) fn message(&self, body: MessageBody) -> TabMessage {
        TabMessage {
            from: self.tab,
            topic: self.topic.clone(),
            body,
        }
    }

    /// Removes tabs that have fallen silent, and ends temporary roles.
    pub(crate) fn look(&mut self, now: Moment) -> Vec<Effect> {
        self.others
            .retain(|other| now.elapsed_ms - other.last_heard_ms < SILENCE_MS);
        match &self.role {
            // It may become a leader, or follow with what it has now.
            TabRole::CatchesUp { since_ms } if now.elapsed_ms - since_ms > CATCH_UP_MS => {
                self.role = TabRole::Leads {
                    since_ms: now.wall_ms,
                    has_followers: false,
                };
                self.claim(true).into_iter().collect()
            }
            TabRole::Idle
            | TabRole::Leads { .. }
            | TabRole::Follows { .. }
            | TabRole::CatchesUp { .. }
            | TabRole::Polls => self.come_back_where_there_is_room(now),
        }
    }

    /// Whether it follows another tab.
    pub(crate) fn follows(&self) -> bool {
        matches!(self.role, TabRole::Follows { .. })
    }

    fn hear_claim(&mut self, theirs: Claim, now: Moment) -> Vec<Effect> {
        match (&self.role, self.own_claim()) {
            (TabRole::Idle | TabRole::CatchesUp { .. }, _) => Vec::new(),
            (TabRole::Leads { .. }, Some(own)) if theirs < own => {
                let mut effects = self.leave();
                effects.extend(self.follow(theirs));
                effects
            }
            (TabRole::Leads { .. }, _) => self.claim(false).into_iter().collect(),
            // A visible tab should not depend on one that may be frozen.
            (TabRole::Follows { leader, .. }, _)
                if leader.tab == theirs.tab && theirs.is_hidden && !self.is_hidden =>
            {
                self.lead(now)
            }
            (TabRole::Polls, _) if theirs.is_hidden && !self.is_hidden => self.lead(now),
            // It leads again after being away, and doesn't know its followers any more.
            (TabRole::Follows { leader, .. }, _)
                if leader.tab == theirs.tab && leader.since_ms != theirs.since_ms =>
            {
                self.follow(theirs)
            }
            (TabRole::Follows { leader, has_all }, _) if leader.tab == theirs.tab => {
                self.role = TabRole::Follows {
                    leader: theirs,
                    has_all: *has_all,
                };
                Vec::new()
            }
            (TabRole::Follows { leader, .. }, _) if theirs < *leader => self.follow(theirs),
            (TabRole::Follows { .. }, _) => Vec::new(),
            (TabRole::Polls, _) => self.follow(theirs),
        }
    }

    fn hear_of_another(&mut self, asks: bool, now: Moment) -> Vec<Effect> {
        match self.own_claim() {
            None => self.come_back_where_there_is_room(now),
            Some(own) if self.streams_before(own) >= MOST_LEADERS => {
                let mut effects = self.leave();
                effects.extend(self.poll());
                effects
            }
            Some(_) if asks => self.claim(false).into_iter().collect(),
            Some(_) => Vec::new(),
        }
    }

    fn follow(&mut self, leader: Claim) -> Vec<Effect> {
        self.role = TabRole::Follows {
            leader,
            has_all: false,
        };
        vec![Effect::Follow(leader.tab)]
    }

    fn poll(&mut self) -> Vec<Effect> {
        self.role = TabRole::Polls;
        vec![Effect::Poll]
    }

    fn come_back_where_there_is_room(&mut self, now: Moment) -> Vec<Effect> {
        if self.role != TabRole::Polls || !self.has_room(now) {
            return Vec::new();
        }
        self.role = TabRole::Idle;
        vec![Effect::ComeBack]
    }

    /// Whether this tab could keep a stream open if it claimed one now.
    fn has_room(&self, now: Moment) -> bool {
        self.streams_before(self.claim_since(now.wall_ms)) < MOST_LEADERS
    }

    /// How many other streams are kept open by tabs whose claims take precedence over this one.
    fn streams_before(&self, claim: Claim) -> usize {
        let others = self.others.iter();
        let others = others.filter(|other| other.topic != self.topic && other.claim < claim);
        let topics: Vec<_> = others.map(|other| &other.topic).collect();
        let is_first = |(at, topic): &(usize, &&String)| !topics[..*at].contains(topic);
        topics.iter().enumerate().filter(is_first).count()
    }

    fn claim_since(&self, since_ms: f64) -> Claim {
        Claim {
            is_hidden: self.is_hidden,
            since_ms,
            tab: self.tab,
        }
    }

    fn own_claim(&self) -> Option<Claim> {
        match &self.role {
            TabRole::Leads { since_ms, .. } => Some(self.claim_since(*since_ms)),
            TabRole::Idle
            | TabRole::Follows { .. }
            | TabRole::CatchesUp { .. }
            | TabRole::Polls => None,
        }
    }

    fn claim(&self, asks: bool) -> Option<Effect> {
        let claim = self.own_claim()?;
        Some(self.say(MessageBody::Claim { claim, asks }))
    }

    fn say(&self, body: MessageBody) -> Effect {
        Effect::Send(self.message(body))
    }
}
