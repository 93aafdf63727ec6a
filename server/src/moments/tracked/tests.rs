//! Which curve a segment's moments are found on, and that what is kept from one look to the next changes nothing.

use app::{
    domain::{
        moments::{moment::Moment, range_edits::KeptMoment},
        offset::Offset,
        role::Audience,
        text::Note,
    },
    live::highlights::LiveHighlights,
};
use proptest::prelude::*;

use super::*;
use crate::random;

/// What a process reads of a session: these presses, and which segment is open.
fn changes(presses: &[(u128, u32)], open_segment: Option<u32>, revision: i64) -> CrowdChanges {
    let press = |&(visitor, offset): &(u128, u32)| CrowdPress {
        segment_index: 1,
        offset: Offset(offset),
        id: TimestampId(random::uuid()),
        revision: Revision(revision),
        visitor: Some(VisitorId(Uuid::from_u128(visitor))),
        weight: 256,
        is_hidden: false,
        note: None,
        label: None,
    };
    CrowdChanges {
        rows: CrowdRows {
            presses: presses.iter().map(press).collect(),
            joins: Vec::new(),
        },
        moments: Vec::new(),
        open_segment,
        learns_delays: true,
        edits: Vec::new(),
        blocked: Vec::new(),
        revision: Revision(revision),
        has_more: false,
    }
}

/// Derives the moments as of now.
fn look(tracked: &mut Tracked) -> Vec<MomentUpdate> {
    tracked.derive(tracked.sharpening())
}

#[test]
fn a_segment_that_is_over_is_split_on_the_curve_that_allows_for_delays() {
    let presses: Vec<_> = [100, 200, 300]
        .into_iter()
        .flat_map(|second| (0..8).map(move |who| (who, second + u32::from(who % 2 == 0) * 8)))
        .collect();
    let mut tracked = Tracked::default();
    tracked.take_in(changes(&presses, Some(1), 1), CrowdRows::default());
    look(&mut tracked);
    let live = tracked.cells(1).to_vec();
    assert!(!live.is_empty() && tracked.sharp.segment(1).is_none());

    tracked.take_in(changes(&[], None, 2), CrowdRows::default());
    look(&mut tracked);
    let sharp = tracked.sharp.segment(1).unwrap();
    assert_eq!(tracked.cells(1), sharp.curve().cells());
    assert_ne!(tracked.cells(1), live);

    tracked.take_in(changes(&[], Some(1), 3), CrowdRows::default());
    look(&mut tracked);
    assert_eq!(tracked.cells(1), live);
    assert!(tracked.cells(2).is_empty());
}

#[test]
fn what_is_over_has_to_be_sharpened_once_it_changed() {
    let mut tracked = Tracked::default();
    for (revision, presses, open_segment, learns_delays, expected) in [
        // Delays were not learnt before.
        (1, vec![(1, 100)], Some(1), true, Sharpening::Anew),
        (2, vec![(2, 100)], Some(1), true, Sharpening::Stays),
        (3, Vec::new(), None, true, Sharpening::Anew),
        (4, Vec::new(), None, true, Sharpening::Stays),
        (5, vec![(3, 100)], None, true, Sharpening::Anew),
        (6, Vec::new(), None, false, Sharpening::Off),
    ] {
        let changed = CrowdChanges {
            learns_delays,
            ..changes(&presses, open_segment, revision)
        };
        tracked.take_in(changed, CrowdRows::default());
        assert_eq!(tracked.sharpening(), expected, "revision {revision}");
        look(&mut tracked);
        assert_eq!(
            tracked.sharpening(),
            Sharpening::Stays,
            "revision {revision}"
        );
    }
}

#[test]
fn a_session_holds_bytes_for_the_seconds_of_its_segments_and_for_its_presses() {
    const DAY: u32 = 24 * 3_600;
    let held = |presses: &[(u128, u32)]| {
        let mut tracked = Tracked::default();
        tracked.take_in(changes(presses, Some(1), 1), CrowdRows::default());
        look(&mut tracked);
        let live = tracked.heap_bytes();
        tracked.take_in(changes(&[], None, 2), CrowdRows::default());
        look(&mut tracked);
        (live, tracked.heap_bytes())
    };
    let day = u64::from(DAY);
    let (live, over) = held(&[(1, DAY)]);
    assert!(
        (11 * day..25 * day).contains(&live),
        "{live} bytes of a silent day"
    );
    assert!(
        (30 * day..60 * day).contains(&over),
        "{over} bytes once it is over"
    );

    let presses: Vec<_> = (0..20_000)
        .map(|press: u32| (u128::from(press % 2_000), press % 3_600))
        .collect();
    let (live, over) = held(&presses);
    for (bytes, copies) in [(live, 1), (over, 2)] {
        let of_press = bytes / 20_000 / copies;
        assert!((40..150).contains(&of_press), "{of_press} bytes of a press");
    }
}

#[test]
fn notes_count_with_their_text_as_long_as_they_are_there() {
    let mut tracked = Tracked::default();
    let mut read = changes(&[(1, 100)], Some(1), 1);
    let none = tracked.notes.heap_bytes();
    for (text, is_hidden) in [(NOTES[3], false), ("lol", false), ("lol", true)] {
        let press = &mut read.rows.presses[0];
        (press.note, press.is_hidden) = (Some(Note::parse(text).unwrap()), is_hidden);
        let without = tracked.notes.heap_bytes();
        tracked.take_in(read.clone(), CrowdRows::default());
        let with = tracked.notes.heap_bytes();
        assert_eq!(with > without, text == NOTES[3], "{text}");
    }
    assert_eq!(tracked.notes.heap_bytes(), none);
}

/// What happens to a session of one segment.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A visitor presses, at a second, with a note or without.
    Press(u128, u32, Option<usize>),
    /// A press, by its number, is hidden or shown again.
    Hide(usize),
    /// Its visitor takes it back.
    TakeBack(usize),
    /// It gets another note, or none.
    Edit(usize, Option<usize>),
    /// A visitor erases themselves.
    Erase(u128),
    /// A visitor is blocked or not any more.
    Block(u128),
    /// The segment ends or is opened again.
    EndOrReopen,
}

const NOTES: [&str; 4] = ["the fall", "The fall!", "lol", "what a save"];

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let visitor = || 0_u128..12;
    let note = || prop::option::of(0..NOTES.len());
    let second = prop_oneof![4 => 100_u32..104, 3 => 130_u32..134, 1 => 0_u32..200];
    let step = prop_oneof![
        12 => (visitor(), second, note()).prop_map(|(who, at, note)| Step::Press(who, at, note)),
        3 => any::<usize>().prop_map(Step::Hide),
        2 => any::<usize>().prop_map(Step::TakeBack),
        3 => (any::<usize>(), note()).prop_map(|(press, note)| Step::Edit(press, note)),
        1 => visitor().prop_map(Step::Erase),
        1 => visitor().prop_map(Step::Block),
        1 => Just(Step::EndOrReopen),
    ];
    prop::collection::vec(step, 1..80)
}

/// As the database has it then.
fn erase(press: &mut CrowdPress) {
    (press.visitor, press.note, press.is_hidden) = (None, None, true);
}

/// A session as its tables hold it.
#[derive(Default)]
struct Tables {
    presses: Vec<CrowdPress>,
    moments: Vec<MomentRow>,
    blocked: Vec<VisitorId>,
    is_over: bool,
    revision: i64,
}

impl Tables {
    /// Does it. Returns what a process reads of it, and what it reads besides of who was blocked or not any more.
    fn take(&mut self, step: Step) -> (CrowdChanges, CrowdRows) {
        let presses = self.presses.len();
        let (mut changed, mut rows_of_block_changed) = (Vec::new(), Vec::new());
        let note = |note: Option<usize>| note.map(|note| Note::parse(NOTES[note]).unwrap());
        match step {
            Step::Press(who, at, text) => {
                let row = changes(&[(who, at)], None, 0).rows.presses.remove(0);
                self.presses.push(CrowdPress {
                    // Of some visitors, no two processes know the same.
                    weight: if who % 4 == 0 {
                        30 + u16::try_from(at).unwrap()
                    } else {
                        256
                    },
                    note: note(text),
                    ..row
                });
                changed.push(presses);
            }
            Step::Hide(press) if presses > 0 => {
                self.presses[press % presses].is_hidden ^= true;
                changed.push(press % presses);
            }
            Step::Edit(press, text) if presses > 0 => {
                self.presses[press % presses].note = note(text);
                changed.push(press % presses);
            }
            Step::TakeBack(press) if presses > 0 => {
                erase(&mut self.presses[press % presses]);
                changed.push(press % presses);
            }
            Step::Erase(who) => {
                for (number, press) in self.presses.iter_mut().enumerate() {
                    if press.visitor == Some(VisitorId(Uuid::from_u128(who))) {
                        erase(press);
                        changed.push(number);
                    }
                }
            }
            Step::Block(who) => {
                let who = VisitorId(Uuid::from_u128(who));
                match self.blocked.iter().position(|blocked| *blocked == who) {
                    Some(at) => drop(self.blocked.remove(at)),
                    None => self.blocked.push(who),
                }
                let theirs = self
                    .presses
                    .iter()
                    .filter(|press| press.visitor == Some(who));
                rows_of_block_changed = theirs.cloned().collect();
            }
            Step::EndOrReopen => self.is_over ^= true,
            Step::Hide(_) | Step::TakeBack(_) | Step::Edit(..) => {}
        }
        let changed = changed.into_iter().map(|press| self.presses[press].clone());
        let read = self.read(changed.collect(), Vec::new());
        let rows_of_block_changed = CrowdRows {
            presses: rows_of_block_changed,
            joins: Vec::new(),
        };
        (read, rows_of_block_changed)
    }

    fn read(&mut self, presses: Vec<CrowdPress>, moments: Vec<MomentRow>) -> CrowdChanges {
        self.revision += 1;
        let open_segment = (!self.is_over).then_some(1);
        let mut read = changes(&[], open_segment, self.revision);
        (read.rows.presses, read.moments, read.blocked) = (presses, moments, self.blocked.clone());
        read
    }

    /// Looks, writes what has to be written, and looks again, until there is nothing to write.
    fn settle(&mut self, tracked: &mut Tracked) -> Vec<Moment> {
        loop {
            let updates = look(tracked);
            if updates.is_empty() {
                return tracked.shown().all(Audience::Staff).moments;
            }
            let written = updates.into_iter().map(|update| self.write(update));
            let written: Vec<_> = written.collect();
            let read = self.read(Vec::new(), written);
            tracked.take_in(read, CrowdRows::default());
        }
    }

    fn write(&mut self, update: MomentUpdate) -> MomentRow {
        match update {
            MomentUpdate::New {
                segment_index,
                anchor,
            } => {
                let row = MomentRow {
                    segment_index,
                    kept: KeptMoment {
                        id: MomentId(random::uuid()),
                        anchor: anchor.seconds(),
                        is_shown: true,
                        is_curated: false,
                        is_described: false,
                        absorbed_into: None,
                        absorbed_by: None,
                    },
                    curation: Curation::default(),
                };
                self.moments.push(row.clone());
                row
            }
            MomentUpdate::Changed {
                id,
                anchor,
                is_shown,
            } => self.change(id, |kept| {
                (kept.anchor, kept.is_shown) = (anchor.seconds(), is_shown);
            }),
            MomentUpdate::Absorbed { id, into } => {
                self.change(id, |kept| kept.absorbed_into = Some(into))
            }
        }
    }

    fn change(&mut self, id: MomentId, change: impl FnOnce(&mut KeptMoment)) -> MomentRow {
        let mut rows = self.moments.iter_mut();
        let row = rows.find(|row| row.kept.id == id).unwrap();
        change(&mut row.kept);
        row.clone()
    }
}

proptest! {
    /// Among others, the notes: they are collected anew only where something changed. A page that moves from the first to the
    /// second hears of all that it has not heard yet.
    #[test]
    fn a_process_that_followed_shows_what_one_that_reads_everything_anew_does(
        steps in steps(),
        hears in prop::collection::vec(any::<bool>(), 8),
    ) {
        let (mut tables, mut tracked) = (Tables::default(), Tracked::default());
        let (mut page, mut heard) = (LiveHighlights::default(), Revision(0));
        for (step, hears) in steps.into_iter().zip(hears.into_iter().cycle()) {
            let (read, rows_of_block_changed) = tables.take(step);
            let rows_of_block_changed = match tracked.block_changed(&read).is_empty() {
                true => CrowdRows::default(),
                false => rows_of_block_changed,
            };
            tracked.take_in(read, rows_of_block_changed);
            let followed = tables.settle(&mut tracked);

            let everything = tables.read(tables.presses.clone(), tables.moments.clone());
            let mut anew = Tracked::default();
            anew.take_in(everything, CrowdRows::default());
            prop_assert_eq!(&followed, &tables.settle(&mut anew));
            prop_assert_eq!(tracked.session.audience(), anew.session.audience());

            let now = anew.revision();
            let mut moved = page.clone();
            moved.merge(anew.shown().after(heard, Audience::Staff), now);
            let opened = LiveHighlights::new(anew.shown().all(Audience::Staff), now);
            prop_assert_eq!(moved.ranked(), opened.ranked());
            if hears {
                page.merge(tracked.shown().after(heard, Audience::Staff), tracked.revision());
                heard = tracked.revision();
            }
        }
    }

}

#[test]
fn a_session_of_these_steps_has_a_moment_with_a_note() {
    let (mut tables, mut tracked) = (Tables::default(), Tracked::default());
    for who in 0..12 {
        let (read, _) = tables.take(Step::Press(who, 100, Some(0)));
        tracked.take_in(read, CrowdRows::default());
    }
    let moments = tables.settle(&mut tracked);
    let notes = moments.iter().map(|moment| moment.notes.len());
    assert_eq!(notes.collect::<Vec<_>>(), [1]);
}
