//! Which of a browser's tabs keep a live stream open. Browsers open some six connections to a server over HTTP/1.1, and a
//! press must not wait for one: tabs that show the same share the stream of a leader, and all leaders together are few.
//! Pure: `line.rs` brings the letters of other tabs, and does what is told here.
//!
//! There is no lock to be had on plain HTTP (Web Locks need TLS), so the tabs elect by claims. A tab opens its stream at
//! once, and claims it aloud; whoever has an earlier claim to the same answers with that, and the later one follows.

use super::stream::Heard;
use crate::domain::revision::Cursor;

/// The most streams that one browser keeps open; tabs beyond that ask every few seconds instead.
const MOST_LEADERS: usize = 3;

/// A leader passes on the server's heartbeat, which comes every 15 s: one that misses two of them is gone, in milliseconds.
const SILENCE_MS: f64 = 40_000.0;

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
    /// What the sender heard on its stream, for all that follow it, or for one.
    Passed { to: Option<Tab>, heard: Heard },
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Deed {
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
    /// There are too many streams: ask instead.
    Ask,
}

/// What this tab is among those of its browser.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// It wants no stream just now.
    None,
    /// It keeps the stream open.
    Leads { since_ms: f64, has_followers: bool },
    /// It hears what a leader passes on.
    Follows(Claim),
    /// There were too many leaders.
    Asks,
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
            part: Part::None,
            others: Vec::new(),
        }
    }

    /// This tab wants a stream. `now_ms` is Unix time in milliseconds, here and below.
    pub(super) fn lead(&mut self, now_ms: f64) -> Vec<Deed> {
        self.part = Part::Leads {
            since_ms: now_ms,
            has_followers: false,
        };
        let mut deeds = vec![Deed::Open];
        deeds.extend(self.claim(true));
        deeds
    }

    /// This tab wants no stream any more, or not for a while.
    pub(super) fn leave(&mut self) -> Vec<Deed> {
        match std::mem::replace(&mut self.part, Part::None) {
            Part::Leads { .. } => vec![Deed::Close, self.say(Word::Left)],
            Part::None | Part::Follows(_) | Part::Asks => Vec::new(),
        }
    }

    /// The tab was hidden, or is seen again.
    pub(super) fn hide(&mut self, is_hidden: bool, now_ms: f64) -> Vec<Deed> {
        if self.is_hidden == is_hidden {
            return Vec::new();
        }
        self.is_hidden = is_hidden;
        match &self.part {
            Part::Leads { .. } => self.claim(false).into_iter().collect(),
            Part::Follows(leader) if leader.is_hidden && !is_hidden => self.lead(now_ms),
            Part::None | Part::Follows(_) | Part::Asks => Vec::new(),
        }
    }

    /// Takes in what another tab says.
    pub(super) fn hear(&mut self, letter: Letter, now_ms: f64) -> Vec<Deed> {
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
                    heard_ms: now_ms,
                });
                match is_ours {
                    true => self.hear_claim(claim, now_ms),
                    false => self.hear_of_another(asks, now_ms),
                }
            }
            Word::Left => {
                self.others.retain(|other| other.claim.tab != from);
                match &self.part {
                    Part::Follows(leader) if leader.tab == from => match self.has_room(now_ms) {
                        true => {
                            self.part = Part::None;
                            vec![Deed::ComeBack]
                        }
                        // It went since it had no room.
                        false => self.ask(),
                    },
                    Part::None | Part::Leads { .. } | Part::Follows(_) | Part::Asks => {
                        self.come_back_where_there_is_room(now_ms)
                    }
                }
            }
            Word::Follow { leader, after } if is_ours && leader == self.tab => {
                match &mut self.part {
                    Part::Leads { has_followers, .. } => {
                        *has_followers = true;
                        vec![Deed::Replay { to: from, after }]
                    }
                    Part::None | Part::Follows(_) | Part::Asks => vec![self.say(Word::Left)],
                }
            }
            Word::Follow { .. } => Vec::new(),
            Word::Passed { to, heard } => {
                let known = self.others.iter_mut().find(|other| other.claim.tab == from);
                if let Some(known) = known {
                    known.heard_ms = now_ms;
                }
                match &self.part {
                    Part::Follows(leader)
                        if is_ours && leader.tab == from && to.is_none_or(|to| to == self.tab) =>
                    {
                        vec![Deed::Hear(heard)]
                    }
                    // Two that lead: one of them was away when the other claimed.
                    Part::Leads { .. } if is_ours && to.is_none() => {
                        self.claim(false).into_iter().collect()
                    }
                    Part::None | Part::Leads { .. } | Part::Follows(_) | Part::Asks => Vec::new(),
                }
            }
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

    /// Forgets the tabs that fell silent.
    pub(super) fn look(&mut self, now_ms: f64) -> Vec<Deed> {
        self.others
            .retain(|other| now_ms - other.heard_ms < SILENCE_MS);
        self.come_back_where_there_is_room(now_ms)
    }

    /// Whether it hears what another tab passes on.
    pub(super) fn follows(&self) -> bool {
        matches!(self.part, Part::Follows(_))
    }

    fn hear_claim(&mut self, theirs: Claim, now_ms: f64) -> Vec<Deed> {
        match (&self.part, self.own_claim()) {
            (Part::None, _) => Vec::new(),
            (Part::Leads { .. }, Some(own)) if theirs < own => {
                let mut deeds = self.leave();
                deeds.extend(self.follow(theirs));
                deeds
            }
            (Part::Leads { .. }, _) => self.claim(false).into_iter().collect(),
            // Nobody who is seen should hang on a tab that may be frozen.
            (Part::Follows(leader), _)
                if leader.tab == theirs.tab && theirs.is_hidden && !self.is_hidden =>
            {
                self.lead(now_ms)
            }
            (Part::Asks, _) if theirs.is_hidden && !self.is_hidden => self.lead(now_ms),
            (Part::Follows(leader), _) if leader.tab == theirs.tab => {
                self.part = Part::Follows(theirs);
                Vec::new()
            }
            (Part::Follows(leader), _) if theirs < *leader => self.follow(theirs),
            (Part::Follows(_), _) => Vec::new(),
            (Part::Asks, _) => self.follow(theirs),
        }
    }

    fn hear_of_another(&mut self, asks: bool, now_ms: f64) -> Vec<Deed> {
        match self.own_claim() {
            None => self.come_back_where_there_is_room(now_ms),
            Some(own) if self.streams_before(own) >= MOST_LEADERS => {
                let mut deeds = self.leave();
                deeds.extend(self.ask());
                deeds
            }
            Some(_) if asks => self.claim(false).into_iter().collect(),
            Some(_) => Vec::new(),
        }
    }

    fn follow(&mut self, leader: Claim) -> Vec<Deed> {
        self.part = Part::Follows(leader);
        vec![Deed::Follow(leader.tab)]
    }

    fn ask(&mut self) -> Vec<Deed> {
        self.part = Part::Asks;
        vec![Deed::Ask]
    }

    fn come_back_where_there_is_room(&mut self, now_ms: f64) -> Vec<Deed> {
        if self.part != Part::Asks || !self.has_room(now_ms) {
            return Vec::new();
        }
        self.part = Part::None;
        vec![Deed::ComeBack]
    }

    /// Whether this tab could keep a stream open if it claimed one now.
    fn has_room(&self, now_ms: f64) -> bool {
        self.streams_before(self.claim_since(now_ms)) < MOST_LEADERS
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
            Part::None | Part::Follows(_) | Part::Asks => None,
        }
    }

    fn claim(&self, asks: bool) -> Option<Deed> {
        let claim = self.own_claim()?;
        Some(self.say(Word::Claim { claim, asks }))
    }

    fn say(&self, word: Word) -> Deed {
        Deed::Say(self.letter(word))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, VecDeque};

    use proptest::prelude::*;

    use super::*;

    /// A tab with what the line would do for it.
    struct Page {
        tabs: Tabs,
        /// Letters that wait to be heard, by sender: each sender's come in order.
        post: Vec<VecDeque<Letter>>,
        has_stream: bool,
        is_hidden: bool,
        is_closed: bool,
        waits: bool,
    }

    struct Browser {
        pages: Vec<Page>,
        now_ms: f64,
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
            };
            Self {
                pages: topics.iter().enumerate().map(page).collect(),
                now_ms: 0.0,
            }
        }

        fn act(&mut self, at: usize, act: impl FnOnce(&mut Tabs, f64) -> Vec<Deed>) {
            self.now_ms += 1.0;
            let deeds = act(&mut self.pages[at].tabs, self.now_ms);
            for deed in deeds {
                match deed {
                    Deed::Open => self.pages[at].has_stream = true,
                    Deed::Close => self.pages[at].has_stream = false,
                    Deed::Say(letter) => self.say(at, &letter),
                    Deed::Follow(leader) => {
                        let word = Word::Follow {
                            leader,
                            after: None,
                        };
                        let letter = self.pages[at].tabs.letter(word);
                        self.say(at, &letter);
                    }
                    Deed::Replay { .. } | Deed::Hear(_) | Deed::Ask => {}
                    Deed::ComeBack => self.pages[at].waits = true,
                }
            }
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
                self.pages[at].is_closed = false;
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
            self.act(at, |tabs, now_ms| tabs.hide(is_hidden, now_ms));
        }

        fn deliver(&mut self, at: usize, from: usize) -> bool {
            let letter = self.pages[at].post[from].pop_front();
            let is_there = letter.is_some();
            if let Some(letter) = letter {
                self.act(at, |tabs, now_ms| tabs.hear(letter, now_ms));
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
                    Part::Follows(leader) => !self.pages[leader.tab.0 as usize].has_stream,
                    Part::None | Part::Leads { .. } | Part::Asks => false,
                };
                let comes = |at: &usize| self.pages[*at].waits || is_lost(&self.pages[*at]);
                if let Some(at) = open.into_iter().find(comes) {
                    self.pages[at].waits = false;
                    self.act(at, Tabs::lead);
                    is_quiet = false;
                }
                if is_quiet {
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
                    Part::Leads { .. } | Part::Asks => {}
                    Part::None => panic!("a tab hears nothing"),
                    Part::Follows(leader) => {
                        assert!(self.pages[leader.tab.0 as usize].has_stream);
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
    }

    const PAGES: usize = 7;

    fn event() -> impl Strategy<Value = Event> {
        let page = 0..PAGES;
        prop_oneof![
            3 => page.clone().prop_map(Event::Open),
            1 => page.clone().prop_map(Event::Close),
            1 => page.clone().prop_map(Event::Crash),
            1 => page.clone().prop_map(Event::Hide),
            8 => (page.clone(), page).prop_map(|(at, from)| Event::Deliver(at, from)),
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
        let mut tabs = Tabs::new(Tab(9), "7KQ2MX public".to_owned(), false);
        tabs.lead(5.0);
        let asks = false;
        let deeds = tabs.hear(
            letter(
                2,
                Word::Claim {
                    claim: claim(2),
                    asks,
                },
            ),
            6.0,
        );
        let left = tabs.say(Word::Left);
        assert_eq!(deeds, [Deed::Close, left, Deed::Follow(Tab(2))]);
        let passed = |from, to| {
            letter(
                from,
                Word::Passed {
                    to,
                    heard: Heard::Failed,
                },
            )
        };
        let heard = [Deed::Hear(Heard::Failed)];
        assert_eq!(tabs.hear(passed(2, None), 7.0), heard);
        assert_eq!(tabs.hear(passed(2, Some(Tab(9))), 7.0), heard);
        assert_eq!(tabs.hear(passed(2, Some(Tab(8))), 7.0), []);
        assert_eq!(tabs.hear(passed(3, None), 7.0), []);
        assert_eq!(tabs.hear(letter(2, Word::Left), 8.0), [Deed::ComeBack]);
    }
}
