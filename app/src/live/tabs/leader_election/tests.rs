//! The election: whatever the tabs say to each other, one leads, and nobody opens too many streams.

use proptest::prelude::*;

use self::browser::Browser;
use super::*;

mod browser;

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
    /// A page asks for what its stream does not bring.
    Poll(usize),
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
        1 => page.clone().prop_map(Event::Poll),
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
                Event::Poll(at) => browser.poll(at),
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
    let message = |from, body| TabMessage {
        from: Tab(from),
        topic: "7KQ2MX public".to_owned(),
        body,
    };
    let now = |ms| Moment {
        wall_ms: ms,
        elapsed_ms: ms,
    };
    let mut tabs = LeaderElection::new(Tab(9), "7KQ2MX public".to_owned(), false);
    tabs.lead(now(5.0));
    let body = MessageBody::Claim {
        claim: claim(2),
        asks: false,
    };
    let effects = tabs.hear(message(2, body), now(6.0));
    let left = tabs.say(MessageBody::Left);
    assert_eq!(effects, [Effect::Close, left, Effect::Follow(Tab(2))]);
    let frame = StreamEvent::Frame {
        id: "id".to_owned(),
        json: "json".to_owned(),
    };
    let mut passed = |from, to, heard: &StreamEvent| {
        let heard = heard.clone();
        tabs.hear(message(from, MessageBody::Relayed { to, heard }), now(7.0))
    };
    let presence = StreamEvent::Presence {
        json: "json".to_owned(),
    };
    let taken = [Effect::Hear(frame.clone())];
    // Only what is told to it, until it has all that it missed.
    for heard in [&frame, &presence] {
        assert_eq!(passed(2, None, heard), []);
    }
    assert_eq!(passed(2, Some(Tab(9)), &frame), taken);
    assert_eq!(passed(2, Some(Tab(9)), &StreamEvent::Opened), []);
    assert_eq!(passed(2, None, &frame), taken);
    assert_eq!(passed(2, None, &presence), [Effect::Hear(presence.clone())]);
    assert_eq!(passed(2, Some(Tab(8)), &frame), []);
    assert_eq!(passed(3, None, &frame), []);
    assert_eq!(
        tabs.hear(message(2, MessageBody::Left), now(8.0)),
        [Effect::ComeBack]
    );
}
