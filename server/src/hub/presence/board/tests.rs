//! Boards: what expires, what is bounded, and that late news changes nothing.

use std::time::Duration;

use app::domain::presence::PersonId;
use proptest::prelude::*;

use super::*;

const LASTS: Duration = Duration::from_secs(40);

fn page(tab: u128, number: u32) -> Page {
    Page {
        tab: TabId(Uuid::from_u128(tab)),
        number,
        has_left: false,
        page: StaffPage {
            name: None,
            // Tells which announcement it was.
            person: PersonId(Uuid::from_u128(u128::from(number))),
            editing: None,
        },
    }
}

fn visitor(number: u128) -> VisitorId {
    VisitorId(Uuid::from_u128(number))
}

fn process(number: u128) -> ProcessId {
    ProcessId(Uuid::from_u128(number))
}

fn figures(viewers: u32, pages: Vec<Page>) -> Figures {
    Figures { viewers, pages }
}

/// Which announcements are listed.
fn listed(board: &Board) -> Vec<u128> {
    let staff = board.presence(0).staff.into_iter();
    staff.map(|page| page.person.0.as_u128()).collect()
}

#[test]
fn a_page_that_was_left_stays_away_whatever_comes_late() {
    let (mut board, until) = (Board::default(), Instant::now() + LASTS);
    board.announce(visitor(1), page(1, 4), until);
    assert_eq!(listed(&board), [4]);
    let left = Page {
        has_left: true,
        ..page(1, 6)
    };
    board.announce(visitor(1), left, until);
    board.announce(visitor(1), page(1, 5), until);
    assert!(listed(&board).is_empty());
    // One that another process knows of by an older announcement.
    board.hear(process(1), 1, figures(0, vec![page(1, 5)]), until);
    assert!(listed(&board).is_empty());
    // It was restored from the browser's cache.
    board.announce(visitor(1), page(1, 7), until);
    assert_eq!(listed(&board), [7]);
}

#[test]
fn nobody_speaks_for_the_page_of_another() {
    let (mut board, until) = (Board::default(), Instant::now() + LASTS);
    board.announce(visitor(1), page(1, 4), until);
    board.announce(visitor(2), page(1, 5), until);
    assert_eq!(listed(&board), [4]);
}

#[test]
fn one_browser_takes_no_more_than_its_share_of_the_list() {
    let (mut board, now) = (Board::default(), Instant::now());
    for tab in 0..100 {
        let until = now + LASTS + Duration::from_millis(tab);
        board.announce(visitor(1), page(u128::from(tab), tab as u32), until);
    }
    assert_eq!(listed(&board), (92..100).collect::<Vec<_>>());
    for other in 2..100 {
        let tab = other + 1_000;
        board.announce(visitor(other), page(tab, 500), now + LASTS);
    }
    assert_eq!(board.pages.len(), MOST_PAGES);
    assert_eq!(listed(&board).len(), MOST_PAGES);
}

#[test]
fn those_whose_link_was_revoked_are_removed_and_looked_up_once() {
    let (mut board, until) = (Board::default(), Instant::now() + LASTS);
    board.announce(visitor(1), page(1, 1), until);
    board.announce(visitor(2), page(2, 2), until);
    assert_eq!(board.unchecked(1).len(), 2);
    board.check(1, &HashSet::from([visitor(1)]));
    assert_eq!(listed(&board), [2]);
    assert!(board.unchecked(1).is_empty());
    assert_eq!(board.unchecked(2), HashSet::from([visitor(2)]));
}

#[test]
fn a_process_that_is_new_is_answered_once() {
    let (mut board, until) = (Board::default(), Instant::now() + LASTS);
    board.hear(process(1), 1, figures(1, Vec::new()), until);
    assert!(board.take_owed_answer());
    board.hear(process(1), 2, figures(2, Vec::new()), until);
    assert!(!board.take_owed_answer());
}

/// What happens to a board.
#[derive(Clone, Debug)]
enum Event {
    Announced {
        visitor: u8,
        tab: u8,
        number: u8,
    },
    Heard {
        process: u8,
        sequence: u8,
        viewers: u8,
        tabs: Vec<(u8, u8)>,
    },
}

fn event() -> impl Strategy<Value = Event> {
    let tabs = proptest::collection::vec((0..6u8, 0..9u8), 0..4);
    prop_oneof![
        (0..3u8, 0..6u8, 0..9u8).prop_map(|(visitor, tab, number)| Event::Announced {
            visitor,
            tab,
            number
        }),
        (0..3u8, 0..9u8, any::<u8>(), tabs).prop_map(|(process, sequence, viewers, tabs)| {
            Event::Heard {
                process,
                sequence,
                viewers,
                tabs,
            }
        }),
    ]
}

/// The figures with this sequence number are always the same.
fn told(process: u8, sequence: u8, viewers: u8, tabs: &[(u8, u8)]) -> (u64, Figures) {
    let pages = tabs
        .iter()
        .map(|(tab, number)| page(u128::from(*tab), u32::from(*number)));
    let sequence = u64::from(sequence) * 3 + u64::from(process);
    (sequence, figures(u32::from(viewers), pages.collect()))
}

proptest! {
    #[test]
    fn everything_expires_and_no_list_outgrows_its_bounds(
        events in proptest::collection::vec((event(), 0..60u64), 0..120),
    ) {
        let start = Instant::now();
        let (mut board, mut now) = (Board::default(), start);
        for (event, seconds) in events {
            now += Duration::from_secs(seconds);
            board.expire(now);
            let until = now + LASTS;
            match event {
                Event::Announced { visitor: of, tab, number } => {
                    board.announce(visitor(u128::from(of)), page(u128::from(tab), u32::from(number)), until);
                }
                Event::Heard { process: from, sequence, viewers, tabs } => {
                    let (sequence, figures) = told(from, sequence, viewers, &tabs);
                    board.hear(process(u128::from(from)), sequence, figures, until);
                }
            }
            prop_assert!(board.pages.iter().all(|own| own.until > now && own.until <= until));
            prop_assert!(board.others.len() <= MOST_PROCESSES);
            prop_assert!(board.presence(0).staff.len() <= MOST_PAGES);
        }
        board.expire(now + LASTS);
        prop_assert!(board.is_empty());
        prop_assert_eq!(board.presence(7), Presence { viewers: 7, staff: Vec::new() });
    }

    #[test]
    fn the_order_in_which_processes_are_heard_makes_no_difference(
        said in proptest::collection::vec(
            (0..3u8, any::<u8>(), proptest::collection::vec((0..6u8, 0..9u8), 0..4)), 0..12),
        order in proptest::collection::vec(any::<proptest::sample::Index>(), 12),
    ) {
        // Each process numbers what it says.
        let said: Vec<_> = said
            .iter()
            .enumerate()
            .map(|(sequence, (from, viewers, tabs))| (*from, told(*from, sequence as u8, *viewers, tabs)))
            .collect();
        let hear = |said: &[(u8, (u64, Figures))]| {
            let (mut board, until) = (Board::default(), Instant::now() + LASTS);
            for (from, (sequence, figures)) in said {
                board.hear(process(u128::from(*from)), *sequence, figures.clone(), until);
            }
            board.presence(1)
        };
        let mut shuffled = said.clone();
        for (at, other) in order.iter().enumerate().take(said.len()) {
            shuffled.swap(at, other.index(said.len()));
        }
        prop_assert_eq!(hear(&shuffled), hear(&said));
        let last: BTreeMap<_, _> = said.iter().map(|(from, (_, figures))| (from, figures.viewers)).collect();
        prop_assert_eq!(hear(&said).viewers, 1 + last.values().sum::<u32>());
    }
}
