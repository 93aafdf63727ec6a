//! What a page knows: late news, snapshots and frames.

use uuid::Uuid;

use super::*;
use crate::domain::{session, text::Text, timestamp};

fn segment(index: u32, timestamp_count: u32) -> Segment {
    Segment {
        index,
        start_time: DateTime::UNIX_EPOCH,
        end_time: None,
        timestamp_count,
    }
}

fn snapshot(epoch: u64, revision: i64) -> Snapshot {
    Snapshot {
        cursor: Cursor {
            epoch: Epoch(epoch),
            revision: Revision(revision),
        },
        audience: Audience::Public,
        session: Session {
            timestamp_count: u32::try_from(revision).unwrap(),
            ..session::tests::blank()
        },
        segments: Vec::new(),
        page: Page {
            timestamps: Vec::new(),
            more: false,
        },
        highlights: Highlights::default(),
    }
}

fn frame(revision: i64, session: Option<Session>, segments: Vec<Segment>) -> Frame {
    Frame {
        revision: Revision(revision),
        session,
        segments,
        timestamps: Vec::new(),
        removed: Vec::new(),
        erased: Vec::new(),
        highlights: Highlights::default(),
    }
}

/// Returns whether the page has to restart.
fn take(state: State, frame: Frame) -> bool {
    let cursor = snapshot(1, frame.revision.0).cursor;
    state.take_frame(frame, cursor)
}

#[test]
fn a_late_older_snapshot_never_overwrites_a_newer_one() {
    Owner::new().with(|| {
        let state = State::new(snapshot(1, 40), Vec::new(), Vec::new());
        assert_eq!(state.take_snapshot(snapshot(1, 50)), Taken::Anew);
        assert_eq!(state.take_snapshot(snapshot(1, 45)), Taken::Late);
        assert_eq!(state.cursor.get_value(), Some(snapshot(1, 50).cursor));
        assert_eq!(state.session.get_untracked().timestamp_count, 50);
    });
}

#[test]
fn a_snapshot_of_another_history_is_taken_whatever_its_revision() {
    Owner::new().with(|| {
        let state = State::new(snapshot(1, 40), Vec::new(), Vec::new());
        let taken = state.take_snapshot(snapshot(2, 7));
        assert_eq!(taken, Taken::InAnotherHistory);
        assert_eq!(state.epoch(), Epoch(2));
    });
}

#[test]
fn a_page_that_can_not_go_on_takes_whatever_the_server_has() {
    Owner::new().with(|| {
        let state = State::new(snapshot(1, 40), Vec::new(), Vec::new());
        state.cursor.set_value(None);
        assert_eq!(state.take_snapshot(snapshot(1, 30)), Taken::Anew);
    });
}

#[test]
fn a_frame_without_the_session_moves_its_count_and_nothing_else() {
    Owner::new().with(|| {
        let state = State::new(snapshot(1, 40), Vec::new(), Vec::new());
        let before = state.session.get_untracked();
        take(state, frame(41, None, vec![segment(1, 7), segment(2, 5)]));
        take(state, frame(42, None, vec![segment(2, 6)]));
        // What comes late changes nothing.
        take(state, frame(41, None, vec![segment(2, 5)]));
        let expected = Session {
            timestamp_count: 13,
            ..before
        };
        assert_eq!(state.session.get_untracked(), expected);

        let renamed = Session {
            title: Text::parse("Blood and Wine").unwrap(),
            ..expected
        };
        take(state, frame(43, Some(renamed.clone()), Vec::new()));
        assert_eq!(state.session.get_untracked(), renamed);
    });
}

#[test]
fn a_list_that_only_moderators_see_goes_at_once_and_comes_back_with_a_snapshot() {
    Owner::new().with(|| {
        let row = |arrival: u32| Timestamp {
            id: TimestampId(Uuid::from_u128(arrival.into())),
            arrival: Revision(i64::from(arrival)),
            ..timestamp::tests::blank()
        };
        let mut start = snapshot(1, 40);
        start.page.timestamps = vec![row(1)];
        let state = State::new(start, vec![row(2)], Vec::new());
        let ruled = |staff_list| {
            let mut session = state.session.get_untracked();
            session.rules.staff_list = staff_list;
            Some(session)
        };
        assert!(!take(state, frame(41, ruled(true), Vec::new())));
        let ids = |list: &List| list.rows().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(state.list.with_untracked(ids), [row(2).id]);

        // What was erased goes, however late that is heard.
        state.list.update(|list| list.merge_own(row(3)));
        assert_eq!(state.list.with_untracked(ids).len(), 2);
        let late = Frame {
            timestamps: vec![row(1)],
            erased: vec![row(3).id],
            ..frame(39, None, Vec::new())
        };
        assert!(!take(state, late));
        assert_eq!(state.list.with_untracked(ids), [row(2).id]);

        // With the session alone, an empty list would look like one without timestamps.
        assert!(take(state, frame(42, ruled(false), Vec::new())));
        assert!(state.session.get_untracked().rules.staff_list);
    });
}

#[test]
fn changed_segments_take_the_place_of_the_old_ones() {
    let mut segments = vec![segment(1, 4), segment(3, 0)];
    merge_segments(
        &mut segments,
        &[segment(2, 7), segment(3, 1), segment(4, 0)],
    );
    assert_eq!(
        segments,
        [segment(1, 4), segment(2, 7), segment(3, 1), segment(4, 0)]
    );
}
