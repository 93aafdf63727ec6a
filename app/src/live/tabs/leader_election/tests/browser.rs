//! A browser of the tests: its tabs, what they say to each other, and a server that sends each stream what is new.

use std::collections::{BTreeSet, VecDeque};

use super::super::*;
use crate::{
    domain::revision::{Epoch, Revision},
    live::tabs::recent_frames::RecentFrames,
};

/// A tab with what the relay would do for it.
pub(super) struct Page {
    tabs: LeaderElection,
    /// Messages that wait to be heard, by sender: each sender's come in order.
    post: Vec<VecDeque<TabMessage>>,
    pub(super) has_stream: bool,
    is_hidden: bool,
    is_closed: bool,
    waits: bool,
    /// What its stream has sent.
    sent: i64,
    /// What the page has taken in, and its last frames.
    revision: i64,
    recent: Option<RecentFrames>,
}

/// The tabs of a browser, and the server.
pub(super) struct Browser {
    pub(super) pages: Vec<Page>,
    /// The revision of every session.
    revision: i64,
    now_ms: f64,
}

fn cursor(revision: i64) -> Cursor {
    Cursor {
        epoch: Epoch(1),
        revision: Revision(revision),
    }
}

impl Browser {
    pub(super) fn new(topics: &[u8]) -> Self {
        let page = |(at, topic): (usize, &u8)| Page {
            tabs: LeaderElection::new(Tab(at as u32), topic.to_string(), false),
            post: vec![VecDeque::new(); topics.len()],
            has_stream: false,
            is_hidden: false,
            is_closed: true,
            waits: false,
            sent: 0,
            revision: 0,
            recent: None,
        };
        Self {
            pages: topics.iter().enumerate().map(page).collect(),
            revision: 0,
            now_ms: 0.0,
        }
    }

    fn act(&mut self, at: usize, act: impl FnOnce(&mut LeaderElection, Moment) -> Vec<Effect>) {
        self.now_ms += 1.0;
        let now = Moment {
            wall_ms: self.now_ms,
            elapsed_ms: self.now_ms,
        };
        let effects = act(&mut self.pages[at].tabs, now);
        for effect in effects {
            match effect {
                Effect::Open => {
                    let page = &mut self.pages[at];
                    page.has_stream = true;
                    page.sent = page.revision;
                    let here = cursor(page.revision);
                    page.recent.get_or_insert_with(|| RecentFrames::new(here));
                    self.stream(at);
                }
                Effect::Close => self.pages[at].has_stream = false,
                Effect::Send(message) => self.say(at, &message),
                Effect::Follow(leader) => {
                    let here = cursor(self.pages[at].revision);
                    let after = Some(here);
                    let recent = &mut self.pages[at].recent;
                    recent.get_or_insert_with(|| RecentFrames::new(here));
                    let message = self.pages[at]
                        .tabs
                        .message(MessageBody::Follow { leader, after });
                    self.say(at, &message);
                }
                Effect::Replay { to, after } => {
                    let recent = self.pages[at].recent.as_ref();
                    let mut all = recent.map_or_else(
                        || vec![StreamEvent::SnapshotNeeded],
                        |recent| recent.after(after),
                    );
                    all.push(StreamEvent::Opened);
                    for heard in all {
                        let to = Some(to);
                        let message = self.pages[at]
                            .tabs
                            .message(MessageBody::Relayed { to, heard });
                        self.say(at, &message);
                    }
                }
                Effect::Hear(heard) => self.take(at, &heard),
                Effect::ComeBack => self.pages[at].waits = true,
                // It reads a snapshot now and then.
                Effect::Poll => {}
            }
        }
    }

    /// The page takes in a frame: nothing may be missing before it.
    fn take(&mut self, at: usize, heard: &StreamEvent) {
        let StreamEvent::Frame { id, json } = heard else {
            return;
        };
        let (page, came) = (&mut self.pages[at], id.parse::<Cursor>().unwrap());
        let revision = came.revision.0;
        assert!(
            revision <= page.revision + 1,
            "tab {at} jumps to {revision}"
        );
        page.revision = page.revision.max(revision);
        if let Some(recent) = &mut page.recent {
            recent.keep(came, json.clone());
        }
    }

    /// The server sends what is new to a page that has a stream.
    fn stream(&mut self, at: usize) {
        while self.pages[at].has_stream && self.pages[at].sent < self.revision {
            self.pages[at].sent += 1;
            let heard = StreamEvent::Frame {
                id: cursor(self.pages[at].sent).to_string(),
                json: String::new(),
            };
            if let Some(message) = self.pages[at].tabs.pass(&heard) {
                self.say(at, &message);
            }
            self.take(at, &heard);
        }
    }

    pub(super) fn write(&mut self) {
        self.revision += 1;
        (0..self.pages.len()).for_each(|at| self.stream(at));
    }

    /// The page takes a snapshot, as it does while its stream is held back, and all streams bring what is in it later.
    pub(super) fn poll(&mut self, at: usize) {
        self.revision += 1;
        let revision = self.revision;
        let page = &mut self.pages[at];
        if !page.is_closed {
            page.revision = revision;
            page.recent = Some(RecentFrames::new(cursor(revision)));
        }
        (0..self.pages.len()).for_each(|at| self.stream(at));
    }

    fn say(&mut self, from: usize, message: &TabMessage) {
        for (at, page) in self.pages.iter_mut().enumerate() {
            if at != from && !page.is_closed {
                page.post[from].push_back(message.clone());
            }
        }
    }

    pub(super) fn open(&mut self, at: usize) {
        if self.pages[at].is_closed {
            let page = &mut self.pages[at];
            page.is_closed = false;
            // Its document is as old as it took to load.
            page.revision = self.revision - i64::from(self.revision > 0);
            page.recent = None;
            self.act(at, LeaderElection::lead);
        }
    }

    /// One that crashes tells nobody.
    pub(super) fn close(&mut self, at: usize, crashes: bool) {
        if !crashes && !self.pages[at].is_closed {
            self.act(at, |tabs, _| tabs.leave());
        }
        let page = &mut self.pages[at];
        page.is_closed = true;
        page.has_stream = false;
        page.waits = false;
        page.post.iter_mut().for_each(VecDeque::clear);
        page.tabs = LeaderElection::new(page.tabs.tab, page.tabs.topic.clone(), page.is_hidden);
    }

    pub(super) fn hide(&mut self, at: usize) {
        self.pages[at].is_hidden ^= true;
        let is_hidden = self.pages[at].is_hidden;
        self.act(at, |tabs, now| tabs.set_hidden(is_hidden, now));
    }

    pub(super) fn deliver(&mut self, at: usize, from: usize) -> bool {
        let message = self.pages[at].post[from].pop_front();
        let is_there = message.is_some();
        if let Some(message) = message {
            self.act(at, |tabs, now| tabs.hear(message, now));
        }
        is_there
    }

    /// All that was said is heard, all that wait come back, and whoever follows a leader that is gone notices.
    pub(super) fn settle(&mut self) {
        for _ in 0..50 {
            let mut is_quiet = true;
            for at in 0..self.pages.len() {
                for from in 0..self.pages.len() {
                    while self.deliver(at, from) {
                        is_quiet = false;
                    }
                }
            }
            if !is_quiet {
                continue;
            }
            // Two heartbeats that everybody hears, or misses.
            for _ in 0..2 {
                self.now_ms += SILENCE_MS / 2.0;
                self.beat();
            }
            let open: Vec<_> = (0..self.pages.len())
                .filter(|at| !self.pages[*at].is_closed)
                .collect();
            for at in &open {
                self.act(*at, LeaderElection::look);
            }
            let is_lost = |page: &Page| match &page.tabs.role {
                TabRole::Follows { leader, .. } => !self.pages[leader.tab.0 as usize].has_stream,
                TabRole::Idle
                | TabRole::Leads { .. }
                | TabRole::CatchesUp { .. }
                | TabRole::Polls => false,
            };
            let comes = |at: &usize| self.pages[*at].waits || is_lost(&self.pages[*at]);
            if let Some(at) = open.into_iter().find(comes) {
                self.pages[at].waits = false;
                self.act(at, LeaderElection::lead);
                is_quiet = false;
            }
            let mut post = self.pages.iter().flat_map(|page| &page.post);
            if is_quiet && post.all(VecDeque::is_empty) {
                return;
            }
        }
        panic!("the tabs don't come to rest");
    }

    fn beat(&mut self) {
        let tick = StreamEvent::Tick {
            json: String::new(),
        };
        for at in 0..self.pages.len() {
            if let Some(message) = self.pages[at].tabs.pass(&tick) {
                self.say(at, &message);
            }
        }
        for at in 0..self.pages.len() {
            for from in 0..self.pages.len() {
                while self.deliver(at, from) {}
            }
        }
    }

    pub(super) fn check(&self) {
        let open = || self.pages.iter().filter(|page| !page.is_closed);
        let topics: BTreeSet<_> = open().map(|page| page.tabs.topic.clone()).collect();
        let streams = open().filter(|page| page.has_stream).count();
        assert_eq!(streams, topics.len().min(MOST_LEADERS));
        for topic in topics {
            let mut tabs = open().filter(|page| page.tabs.topic == topic);
            let leaders: Vec<_> = tabs.clone().filter(|page| page.has_stream).collect();
            assert!(leaders.len() <= 1, "{topic} has {} streams", leaders.len());
            let is_seen = tabs.any(|page| !page.is_hidden);
            if let [leader] = leaders[..] {
                assert!(!is_seen || !leader.is_hidden, "a hidden tab leads {topic}");
            }
        }
        for page in open() {
            assert_eq!(
                page.has_stream,
                matches!(page.tabs.role, TabRole::Leads { .. })
            );
            match &page.tabs.role {
                TabRole::Leads { .. } => assert_eq!(page.revision, self.revision),
                TabRole::Polls => {}
                TabRole::Idle => panic!("a tab hears nothing"),
                TabRole::CatchesUp { .. } => panic!("a tab keeps a stream of its own"),
                TabRole::Follows { leader, has_all } => {
                    assert!(*has_all && self.pages[leader.tab.0 as usize].has_stream);
                    assert_eq!(page.revision, self.revision);
                }
            }
        }
    }
}
