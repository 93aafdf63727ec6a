//! Which of a browser's tabs keep a live stream open. Browsers open some six connections to a server over HTTP/1.1, and a
//! press must not wait for one: tabs that show the same share the stream of a leader, and all leaders together are few.
//! Pure: `relay.rs` brings the letters of other tabs, and does what is ordered here.
//!
//! There is no lock to be had on plain HTTP (Web Locks need TLS), so the tabs elect by claims. A tab opens its stream at
//! once, and claims it aloud; whoever has an earlier claim to the same answers with that, and the later one follows.

use super::stream::Heard;
use crate::domain::revision::Cursor;

/// The most streams that one browser keeps open; tabs beyond that ask every few seconds instead.
const MOST_LEADERS: usize = 3;

/// A leader passes on the server's heartbeat, which comes every 15 s: one that misses two of them is gone, in milliseconds.
pub(super) const SILENCE_MS: f64 = 40_000.0;

/// How long a tab that missed more than its leader keeps reads from a stream of its own, in milliseconds.
const CATCH_UP_MS: f64 = 5_000.0;

/// A moment by both of the browser's clocks, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// Unix time, which all tabs of a browser share and somebody may set.
    pub(super) wall_ms: f64,
    /// What has passed since this page was opened.
    pub(super) elapsed_ms: f64,
}

/// A tab among those of its browser: a number drawn at random when its page was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tab(pub(super) u32);

/// A claim to keep a stream open. The smaller one holds: of a visible tab before that of a hidden one, which may be frozen
/// any time; then the earlier one.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(super) struct Claim {
    pub(super) is_hidden: bool,
    /// Unix time in milliseconds.
    pub(super) since_ms: f64,
    pub(super) tab: Tab,
}

/// What tabs tell each other. All of them hear it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Letter {
    pub(super) from: Tab,
    /// Which stream it is about: a session and an audience.
    pub(super) topic: String,
    pub(super) word: Word,
}

/// What a letter says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// The sender keeps the stream open, or is just opening it. `asks` for the claims of all others.
    Claim { claim: Claim, asks: bool },
    /// The sender gave its stream back.
    Left,
    /// The sender goes on after this cursor with what the leader hears; none where it has to begin anew.
    Follow { leader: Tab, after: Option<Cursor> },
    /// What the sender heard on its stream, for all that follow it, or for one. To one that begins to follow, the last of
    /// it is that the stream is open: from there on it has all that the others have.
    Passed { to: Option<Tab>, heard: Heard },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Order {
    /// Open a stream.
    Open,
    /// Close it.
    Close,
    /// Tell the other tabs.
    Say(Letter),
    /// Follow this leader: tell it where the page stands.
    Follow(Tab),
    /// Tell a tab what was heard after its cursor.
    Replay { to: Tab, after: Option<Cursor> },
    /// Take this in as if an own stream had brought it.
    Hear(Heard),
    /// The leader is gone, or there is room for another stream: open one after a moment.
    ComeBack,
    /// There are too many streams: poll instead.
    Poll,
}

/// What this tab is among those of its browser.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// It wants no stream just now.
    Idle,
    /// It keeps the stream open.
    Leads { since_ms: f64, has_followers: bool },
    /// It hears what a leader passes on, once that has told what was missed before.
    Follows { leader: Claim, has_all: bool },
    /// It has missed more than its leader knows, and reads it from a stream of its own.
    CatchesUp { since_ms: f64 },
    /// There were too many leaders.
    Polls,
}

/// A tab that keeps a stream open.
#[derive(Clone, Debug)]
struct Other {
    topic: String,
    claim: Claim,
    heard_ms: f64,
}

/// The tabs of a browser, as one of them knows them.
#[derive(Clone, Debug)]
pub(super) struct Tabs {
    tab: Tab,
    topic: String,
    is_hidden: bool,
    part: Part,
    others: Vec<Other>,
}

impl Tabs {
    /// A tab that shows `topic`, and knows of no others yet.
    pub(super) fn new(tab: Tab, topic: String, is_hidden: bool) -> Self {
        Self {
            tab,
            topic,
            is_hidden,
            part: Part::Idle,
            others: Vec::new(),
        }
    }

    /// This tab wants a stream.
    pub(super) fn lead(&mut self, now: Moment) -> Vec<Order> {
        // A leader that opens its stream anew keeps those that follow it.
        if !matches!(self.part, Part::Leads { .. }) {
            self.part = Part::Leads {
                since_ms: now.wall_ms,
                has_followers: false,
            };
        }
        let mut orders = vec![Order::Open];
        orders.extend(self.claim(true));
        orders
    }

    /// This tab wants no stream any more, or not for a while.
    pub(super) fn leave(&mut self) -> Vec<Order> {
        match std::mem::replace(&mut self.part, Part::Idle) {
            Part::Leads { .. } => vec![Order::Close, self.say(Word::Left)],
            Part::CatchesUp { .. } => vec![Order::Close],
            Part::Idle | Part::Follows { .. } | Part::Polls => Vec::new(),
        }
    }

    /// The tab was hidden, or is seen again.
    pub(super) fn set_hidden(&mut self, is_hidden: bool, now: Moment) -> Vec<Order> {
        if self.is_hidden == is_hidden {
            return Vec::new();
        }
        self.is_hidden = is_hidden;
        match &self.part {
            Part::Leads { .. } => self.claim(false).into_iter().collect(),
            Part::Follows { leader, .. } if leader.is_hidden && !is_hidden => self.lead(now),
            Part::Idle | Part::Follows { .. } | Part::CatchesUp { .. } | Part::Polls => Vec::new(),
        }
    }

    /// Takes in what another tab says.
    pub(super) fn hear(&mut self, letter: Letter, now: Moment) -> Vec<Order> {
        let Letter { from, topic, word } = letter;
        if from == self.tab {
            return Vec::new();
        }
        let is_ours = topic == self.topic;
        match word {
            Word::Claim { claim, asks } => {
                self.others.retain(|other| other.claim.tab != from);
                self.others.push(Other {
                    topic,
                    claim,
                    heard_ms: now.elapsed_ms,
                });
                match is_ours {
                    true => self.hear_claim(claim, now),
                    false => self.hear_of_another(asks, now),
                }
            }
            Word::Left => {
                self.others.retain(|other| other.claim.tab != from);
                match &self.part {
                    Part::Follows { leader, .. } if leader.tab == from => {
                        match self.has_room(now) {
                            true => {
                                self.part = Part::Idle;
                                vec![Order::ComeBack]
                            }
                            // It went since it had no room.
                            false => self.poll(),
                        }
                    }
                    Part::Idle
                    | Part::Leads { .. }
                    | Part::Follows { .. }
                    | Part::CatchesUp { .. }
                    | Part::Polls => self.come_back_where_there_is_room(now),
                }
            }
            Word::Follow { leader, after } if is_ours && leader == self.tab => {
                match &mut self.part {
                    Part::Leads { has_followers, .. } => {
                        *has_followers = true;
                        vec![Order::Replay { to: from, after }]
                    }
                    Part::Idle | Part::Follows { .. } | Part::CatchesUp { .. } | Part::Polls => {
                        vec![self.say(Word::Left)]
                    }
                }
            }
            Word::Follow { .. } => Vec::new(),
            Word::Passed { to, heard } => {
                let known = self.others.iter_mut().find(|other| other.claim.tab == from);
                if let Some(known) = known {
                    known.heard_ms = now.elapsed_ms;
                }
                match is_ours {
                    true => self.hear_passed(from, to, heard, now),
                    false => Vec::new(),
                }
            }
        }
    }

    fn hear_passed(&mut self, from: Tab, to: Option<Tab>, heard: Heard, now: Moment) -> Vec<Order> {
        let is_for_all = to.is_none();
        if to.is_some_and(|to| to != self.tab) {
            return Vec::new();
        }
        match &mut self.part {
            Part::Follows { leader, has_all } if leader.tab == from => match heard {
                Heard::Opened => {
                    *has_all = true;
                    Vec::new()
                }
                Heard::SnapshotNeeded => {
                    self.part = Part::CatchesUp {
                        since_ms: now.elapsed_ms,
                    };
                    vec![Order::Open]
                }
                // What everybody hears lies behind what this tab has missed, and will be told to it in its order.
                Heard::Frame { .. } | Heard::Tick { .. } if is_for_all && !*has_all => Vec::new(),
                Heard::Frame { .. }
                | Heard::Tick { .. }
                | Heard::Goodbye { .. }
                | Heard::Failed => vec![Order::Hear(heard)],
            },
            // Two that lead: one of them was away when the other claimed.
            Part::Leads { .. } if is_for_all => self.claim(false).into_iter().collect(),
            Part::Idle
            | Part::Leads { .. }
            | Part::Follows { .. }
            | Part::CatchesUp { .. }
            | Part::Polls => Vec::new(),
        }
    }

    /// What this tab heard on its own stream, for those that follow it. Ticks also say that it is still there.
    pub(super) fn pass(&self, heard: &Heard) -> Option<Letter> {
        let Part::Leads { has_followers, .. } = &self.part else {
            return None;
        };
        let is_passed = match heard {
            // What this tab alone needs, and what says nothing yet of what comes through.
            Heard::Opened | Heard::SnapshotNeeded => false,
            Heard::Tick { .. } => true,
            Heard::Frame { .. } | Heard::Goodbye { .. } | Heard::Failed => *has_followers,
        };
        is_passed.then(|| {
            self.letter(Word::Passed {
                to: None,
                heard: heard.clone(),
            })
        })
    }

    /// A letter of this tab.
    pub(super) fn letter(&self, word: Word) -> Letter {
        Letter {
            from: self.tab,
            topic: self.topic.clone(),
            word,
        }
    }

    /// Forgets the tabs that fell silent, and ends what was only for a while.
    pub(super) fn look(&mut self, now: Moment) -> Vec<Order> {
        self.others
            .retain(|other| now.elapsed_ms - other.heard_ms < SILENCE_MS);
        match &self.part {
            // It may lead for good, or follow with what it has now.
            Part::CatchesUp { since_ms } if now.elapsed_ms - since_ms > CATCH_UP_MS => {
                self.part = Part::Leads {
                    since_ms: now.wall_ms,
                    has_followers: false,
                };
                self.claim(true).into_iter().collect()
            }
            Part::Idle
            | Part::Leads { .. }
            | Part::Follows { .. }
            | Part::CatchesUp { .. }
            | Part::Polls => self.come_back_where_there_is_room(now),
        }
    }

    /// Whether it hears what another tab passes on.
    pub(super) fn follows(&self) -> bool {
        matches!(self.part, Part::Follows { .. })
    }

    fn hear_claim(&mut self, theirs: Claim, now: Moment) -> Vec<Order> {
        match (&self.part, self.own_claim()) {
            (Part::Idle | Part::CatchesUp { .. }, _) => Vec::new(),
            (Part::Leads { .. }, Some(own)) if theirs < own => {
                let mut orders = self.leave();
                orders.extend(self.follow(theirs));
                orders
            }
            (Part::Leads { .. }, _) => self.claim(false).into_iter().collect(),
            // Nobody who is seen should hang on a tab that may be frozen.
            (Part::Follows { leader, .. }, _)
                if leader.tab == theirs.tab && theirs.is_hidden && !self.is_hidden =>
            {
                self.lead(now)
            }
            (Part::Polls, _) if theirs.is_hidden && !self.is_hidden => self.lead(now),
            // It leads again after it was away: it knows nothing of those that followed it.
            (Part::Follows { leader, .. }, _)
                if leader.tab == theirs.tab && leader.since_ms != theirs.since_ms =>
            {
                self.follow(theirs)
            }
            (Part::Follows { leader, has_all }, _) if leader.tab == theirs.tab => {
                self.part = Part::Follows {
                    leader: theirs,
                    has_all: *has_all,
                };
                Vec::new()
            }
            (Part::Follows { leader, .. }, _) if theirs < *leader => self.follow(theirs),
            (Part::Follows { .. }, _) => Vec::new(),
            (Part::Polls, _) => self.follow(theirs),
        }
    }

    fn hear_of_another(&mut self, asks: bool, now: Moment) -> Vec<Order> {
        match self.own_claim() {
            None => self.come_back_where_there_is_room(now),
            Some(own) if self.streams_before(own) >= MOST_LEADERS => {
                let mut orders = self.leave();
                orders.extend(self.poll());
                orders
            }
            Some(_) if asks => self.claim(false).into_iter().collect(),
            Some(_) => Vec::new(),
        }
    }

    fn follow(&mut self, leader: Claim) -> Vec<Order> {
        self.part = Part::Follows {
            leader,
            has_all: false,
        };
        vec![Order::Follow(leader.tab)]
    }

    fn poll(&mut self) -> Vec<Order> {
        self.part = Part::Polls;
        vec![Order::Poll]
    }

    fn come_back_where_there_is_room(&mut self, now: Moment) -> Vec<Order> {
        if self.part != Part::Polls || !self.has_room(now) {
            return Vec::new();
        }
        self.part = Part::Idle;
        vec![Order::ComeBack]
    }

    /// Whether this tab could keep a stream open if it claimed one now.
    fn has_room(&self, now: Moment) -> bool {
        self.streams_before(self.claim_since(now.wall_ms)) < MOST_LEADERS
    }

    /// How many other streams are kept open by tabs whose claims hold before this one.
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
        match &self.part {
            Part::Leads { since_ms, .. } => Some(self.claim_since(*since_ms)),
            Part::Idle | Part::Follows { .. } | Part::CatchesUp { .. } | Part::Polls => None,
        }
    }

    fn claim(&self, asks: bool) -> Option<Order> {
        let claim = self.own_claim()?;
        Some(self.say(Word::Claim { claim, asks }))
    }

    fn say(&self, word: Word) -> Order {
        Order::Say(self.letter(word))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::revision::{Epoch, Revision},
        live::recent::Recent,
    };

    /// A tab with what the line would do for it.
    struct Page {
        tabs: Tabs,
        /// Letters that wait to be heard, by sender: each sender's come in order.
        post: Vec<VecDeque<Letter>>,
        has_stream: bool,
        is_hidden: bool,
        is_closed: bool,
        waits: bool,
        /// What the page has taken in, and its last frames.
        revision: i64,
        recent: Recent,
    }

    struct Browser {
        pages: Vec<Page>,
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
        fn new(topics: &[u8]) -> Self {
            let page = |(at, topic): (usize, &u8)| Page {
                tabs: Tabs::new(Tab(at as u32), topic.to_string(), false),
                post: vec![VecDeque::new(); topics.len()],
                has_stream: false,
                is_hidden: false,
                is_closed: true,
                waits: false,
                revision: 0,
                recent: Recent::new(cursor(0)),
            };
            Self {
                pages: topics.iter().enumerate().map(page).collect(),
                revision: 0,
                now_ms: 0.0,
            }
        }

        fn act(&mut self, at: usize, act: impl FnOnce(&mut Tabs, Moment) -> Vec<Order>) {
            self.now_ms += 1.0;
            let now = Moment {
                wall_ms: self.now_ms,
                elapsed_ms: self.now_ms,
            };
            let orders = act(&mut self.pages[at].tabs, now);
            for order in orders {
                match order {
                    Order::Open => {
                        self.pages[at].has_stream = true;
                        self.stream(at);
                    }
                    Order::Close => self.pages[at].has_stream = false,
                    Order::Say(letter) => self.say(at, &letter),
                    Order::Follow(leader) => {
                        let after = Some(cursor(self.pages[at].revision));
                        let letter = self.pages[at].tabs.letter(Word::Follow { leader, after });
                        self.say(at, &letter);
                    }
                    Order::Replay { to, after } => {
                        let mut all = self.pages[at].recent.after(after);
                        all.push(Heard::Opened);
                        for heard in all {
                            let to = Some(to);
                            let letter = self.pages[at].tabs.letter(Word::Passed { to, heard });
                            self.say(at, &letter);
                        }
                    }
                    Order::Hear(heard) => self.take(at, &heard),
                    Order::ComeBack => self.pages[at].waits = true,
                    // It reads a snapshot now and then.
                    Order::Poll => {}
                }
            }
        }

        /// The page takes in a frame: nothing may be missing before it.
        fn take(&mut self, at: usize, heard: &Heard) {
            let Heard::Frame { id, json } = heard else {
                return;
            };
            let (page, came) = (&mut self.pages[at], id.parse::<Cursor>().unwrap());
            let revision = came.revision.0;
            assert!(
                revision <= page.revision + 1,
                "tab {at} jumps to {revision}"
            );
            page.revision = page.revision.max(revision);
            page.recent.keep(came, json.clone());
        }

        /// The server sends what is new to a page that has a stream.
        fn stream(&mut self, at: usize) {
            while self.pages[at].has_stream && self.pages[at].revision < self.revision {
                let heard = Heard::Frame {
                    id: cursor(self.pages[at].revision + 1).to_string(),
                    json: String::new(),
                };
                if let Some(letter) = self.pages[at].tabs.pass(&heard) {
                    self.say(at, &letter);
                }
                self.take(at, &heard);
            }
        }

        fn write(&mut self) {
            self.revision += 1;
            (0..self.pages.len()).for_each(|at| self.stream(at));
        }

        fn say(&mut self, from: usize, letter: &Letter) {
            for (at, page) in self.pages.iter_mut().enumerate() {
                if at != from && !page.is_closed {
                    page.post[from].push_back(letter.clone());
                }
            }
        }

        fn open(&mut self, at: usize) {
            if self.pages[at].is_closed {
                let page = &mut self.pages[at];
                page.is_closed = false;
                // Its document is as old as it took to load.
                page.revision = self.revision - i64::from(self.revision > 0);
                page.recent = Recent::new(cursor(page.revision));
                self.act(at, Tabs::lead);
            }
        }

        /// One that crashes tells nobody.
        fn close(&mut self, at: usize, crashes: bool) {
            if !crashes && !self.pages[at].is_closed {
                self.act(at, |tabs, _| tabs.leave());
            }
            let page = &mut self.pages[at];
            page.is_closed = true;
            page.has_stream = false;
            page.waits = false;
            page.post.iter_mut().for_each(VecDeque::clear);
            page.tabs = Tabs::new(page.tabs.tab, page.tabs.topic.clone(), page.is_hidden);
        }

        fn hide(&mut self, at: usize) {
            self.pages[at].is_hidden ^= true;
            let is_hidden = self.pages[at].is_hidden;
            self.act(at, |tabs, now| tabs.set_hidden(is_hidden, now));
        }

        fn deliver(&mut self, at: usize, from: usize) -> bool {
            let letter = self.pages[at].post[from].pop_front();
            let is_there = letter.is_some();
            if let Some(letter) = letter {
                self.act(at, |tabs, now| tabs.hear(letter, now));
            }
            is_there
        }

        /// All that was said is heard, all that wait come back, and whoever follows a leader that is gone notices.
        fn settle(&mut self) {
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
                    self.act(*at, Tabs::look);
                }
                let is_lost = |page: &Page| match &page.tabs.part {
                    Part::Follows { leader, .. } => !self.pages[leader.tab.0 as usize].has_stream,
                    Part::Idle | Part::Leads { .. } | Part::CatchesUp { .. } | Part::Polls => false,
                };
                let comes = |at: &usize| self.pages[*at].waits || is_lost(&self.pages[*at]);
                if let Some(at) = open.into_iter().find(comes) {
                    self.pages[at].waits = false;
                    self.act(at, Tabs::lead);
                    is_quiet = false;
                }
                let mut post = self.pages.iter().flat_map(|page| &page.post);
                if is_quiet && post.all(VecDeque::is_empty) {
                    return;
                }
            }
            panic!("The tabs don't come to rest.");
        }

        fn beat(&mut self) {
            let tick = Heard::Tick {
                json: String::new(),
            };
            for at in 0..self.pages.len() {
                if let Some(letter) = self.pages[at].tabs.pass(&tick) {
                    self.say(at, &letter);
                }
            }
            for at in 0..self.pages.len() {
                for from in 0..self.pages.len() {
                    while self.deliver(at, from) {}
                }
            }
        }

        fn check(&self) {
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
                    matches!(page.tabs.part, Part::Leads { .. })
                );
                match &page.tabs.part {
                    Part::Leads { .. } => assert_eq!(page.revision, self.revision),
                    Part::Polls => {}
                    Part::Idle => panic!("a tab hears nothing"),
                    Part::CatchesUp { .. } => panic!("a tab keeps a stream of its own"),
                    Part::Follows { leader, has_all } => {
                        assert!(*has_all && self.pages[leader.tab.0 as usize].has_stream);
                        assert_eq!(page.revision, self.revision);
                    }
                }
            }
        }
    }

    #[derive(Clone, Copy, Debug)]
    enum Event {
        Open(usize),
        Close(usize),
        Crash(usize),
        Hide(usize),
        Deliver(usize, usize),
        Write,
        /// More than a leader keeps of what it heard.
        WriteMany,
    }

    const PAGES: usize = 7;

    fn event() -> impl Strategy<Value = Event> {
        let page = 0..PAGES;
        prop_oneof![
            3 => page.clone().prop_map(Event::Open),
            1 => page.clone().prop_map(Event::Close),
            1 => page.clone().prop_map(Event::Crash),
            1 => page.clone().prop_map(Event::Hide),
            4 => Just(Event::Write),
            1 => Just(Event::WriteMany),
            12 => (page.clone(), page).prop_map(|(at, from)| Event::Deliver(at, from)),
        ]
    }

    proptest! {
        #[test]
        fn however_tabs_come_and_go_each_session_has_one_stream_and_a_browser_three(
            topics in proptest::collection::vec(0..5u8, PAGES),
            events in proptest::collection::vec(event(), 0..120),
        ) {
            let mut browser = Browser::new(&topics);
            for event in events {
                match event {
                    Event::Open(at) => browser.open(at),
                    Event::Close(at) => browser.close(at, false),
                    Event::Crash(at) => browser.close(at, true),
                    Event::Hide(at) => browser.hide(at),
                    Event::Deliver(at, from) => {
                        browser.deliver(at, from);
                    }
                    Event::Write => browser.write(),
                    Event::WriteMany => (0..70).for_each(|_| browser.write()),
                }
            }
            browser.settle();
            browser.check();
        }
    }

    #[test]
    fn seven_tabs_of_one_session_share_the_stream_of_the_first() {
        let mut browser = Browser::new(&[0; PAGES]);
        for at in 0..PAGES {
            browser.open(at);
            browser.settle();
        }
        browser.check();
        assert!(browser.pages[0].has_stream);
    }

    #[test]
    fn what_a_leader_hears_is_taken_in_by_those_that_follow_it_alone() {
        let claim = |tab| Claim {
            is_hidden: false,
            since_ms: 1.0,
            tab: Tab(tab),
        };
        let letter = |from, word| Letter {
            from: Tab(from),
            topic: "7KQ2MX public".to_owned(),
            word,
        };
        let now = |ms| Moment {
            wall_ms: ms,
            elapsed_ms: ms,
        };
        let mut tabs = Tabs::new(Tab(9), "7KQ2MX public".to_owned(), false);
        tabs.lead(now(5.0));
        let word = Word::Claim {
            claim: claim(2),
            asks: false,
        };
        let orders = tabs.hear(letter(2, word), now(6.0));
        let left = tabs.say(Word::Left);
        assert_eq!(orders, [Order::Close, left, Order::Follow(Tab(2))]);
        let frame = Heard::Frame {
            id: "id".to_owned(),
            json: "json".to_owned(),
        };
        let mut passed = |from, to, heard: &Heard| {
            let heard = heard.clone();
            tabs.hear(letter(from, Word::Passed { to, heard }), now(7.0))
        };
        let taken = [Order::Hear(frame.clone())];
        // Only what is told to it, until it has all that it missed.
        assert_eq!(passed(2, None, &frame), []);
        assert_eq!(passed(2, Some(Tab(9)), &frame), taken);
        assert_eq!(passed(2, Some(Tab(9)), &Heard::Opened), []);
        assert_eq!(passed(2, None, &frame), taken);
        assert_eq!(passed(2, Some(Tab(8)), &frame), []);
        assert_eq!(passed(3, None, &frame), []);
        assert_eq!(
            tabs.hear(letter(2, Word::Left), now(8.0)),
            [Order::ComeBack]
        );
    }
}
