//! What pages are told of moments and curves, and that those who follow show what those who open do.

use app::{domain::offset::Offset, live::highlights::LiveHighlights};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

/// What a page gets to hear.
#[derive(Clone, Copy, Debug)]
enum Heard {
    Frame,
    FrameWithout,
    Snapshot,
    /// One that was made some steps before.
    LateSnapshot(usize),
    SnapshotWithout,
}

fn moment(id: u128, excess: u32) -> Moment {
    Moment {
        id: MomentId(Uuid::from_u128(id)),
        segment_index: 1,
        start: Offset(10),
        peak: Offset(20),
        end: Offset(30),
        is_start_set: false,
        presses: 9,
        visitors: 7,
        excess,
        notes: Vec::new(),
        labels: Vec::new(),
        title: None,
        starred: false,
        hidden: false,
        state: app::domain::moments::moment::EditingState::Open,
        clip: None,
    }
}

#[test]
fn what_has_not_changed_is_not_told_again_save_where_it_may_have_changed_meanwhile() {
    let mut shown = Shown::default();
    let id = moment(1, 50).id;
    shown.set_moment(id, Some(moment(1, 50)), Revision(4), Touched::Not);
    shown.set_moment(id, Some(moment(1, 50)), Revision(9), Touched::Not);
    assert!(shown.after(Revision(4), Audience::Public).is_empty());
    shown.set_moment(id, Some(moment(1, 50)), Revision(12), Touched::Around);
    assert_eq!(shown.after(Revision(9), Audience::Public).moments.len(), 1);
    shown.set_moment(id, None, Revision(13), Touched::Not);
    assert_eq!(shown.after(Revision(12), Audience::Public).faded, [id]);
    assert!(shown.all(Audience::Staff).is_empty());
}

#[test]
fn viewers_hear_once_of_what_is_hidden_from_them_and_nothing_of_what_becomes_of_it() {
    let mut shown = Shown::default();
    let id = moment(1, 50).id;
    let hidden = |excess| Moment {
        hidden: true,
        ..moment(1, excess)
    };
    shown.set_moment(id, Some(moment(1, 50)), Revision(4), Touched::Not);
    shown.set_moment(id, Some(hidden(50)), Revision(6), Touched::ByPeople);
    shown.set_moment(id, Some(hidden(60)), Revision(8), Touched::Around);
    let told = |after, audience| {
        let told = shown.after(Revision(after), audience);
        (told.moments.len(), told.faded.len())
    };
    assert_eq!(
        [4, 6, 8].map(|at| told(at, Audience::Public)),
        [(0, 1), (0, 0), (0, 0)]
    );
    assert_eq!(
        [4, 6, 8].map(|at| told(at, Audience::Staff)),
        [(1, 0), (1, 0), (0, 0)]
    );
    assert!(shown.all(Audience::Public).is_empty());
    assert_eq!(shown.all(Audience::Staff).moments, [hidden(60)]);
}

#[test]
fn an_id_leads_to_the_moment_that_it_became_part_of() {
    let mut shown = Shown::default();
    let [first, second, third] = [1, 2, 3].map(|id| moment(id, 50));
    for moment in [&first, &second, &third] {
        shown.set_moment(moment.id, Some(moment.clone()), Revision(1), Touched::Not);
    }
    shown.redirect(first.id, Some(second.id));
    shown.redirect(second.id, Some(third.id));
    assert_eq!(shown.moment(first.id), Some(&third));
    shown.redirect(second.id, None);
    assert_eq!(shown.moment(first.id), Some(&second));
}

proptest! {
    /// What a page learns in steps is what another one learns at once, even if some of them came without moments and it
    /// asked for a snapshot later, and if another process took over that reads everything anew.
    #[test]
    fn a_page_that_follows_shows_what_one_that_opens_does(
        steps in prop::collection::vec(
            (0u128..4, prop::option::of((0u32..5, any::<bool>())), 0u32..2, prop::collection::vec(0u32..4, 0..12)),
            1..30,
        ),
        hears in prop::collection::vec(prop::option::of(prop_oneof![
            3 => Just(Heard::Frame),
            1 => Just(Heard::FrameWithout),
            1 => Just(Heard::Snapshot),
            1 => (1usize..4).prop_map(Heard::LateSnapshot),
            1 => Just(Heard::SnapshotWithout),
        ]), 30),
        takes_over in prop::collection::vec(prop::bool::weighted(0.2), 30),
        audience in prop_oneof![Just(Audience::Public), Just(Audience::Staff)],
    ) {
        let mut shown = Shown::default();
        let mut stored = std::collections::BTreeMap::new();
        let (mut page, mut heard) = (LiveHighlights::default(), Revision(0));
        let mut past = Vec::new();
        let steps = steps.into_iter().zip(hears).zip(takes_over);
        for ((((id, told, doublings, values), hears), takes_over), revision) in steps.zip(1..) {
            let revision = Revision(revision);
            let told = told.map(|(excess, hidden)| Moment { hidden, ..moment(id, excess) });
            stored.insert(MomentId(Uuid::from_u128(id)), told.clone());
            if takes_over {
                shown = Shown::default();
                for (id, moment) in &stored {
                    shown.set_moment(*id, moment.clone(), revision, Touched::Not);
                }
            }
            shown.set_moment(MomentId(Uuid::from_u128(id)), told, revision, Touched::Not);
            shown.set_curve(1, 5 << doublings, &values, revision);
            past.push((shown.all(audience), revision));
            let Some(told) = hears else { continue };
            match told {
                Heard::Frame => page.merge(shown.after(heard, audience), revision),
                Heard::FrameWithout => page.merge(Highlights::pending(), revision),
                Heard::Snapshot => page.restart(shown.all(audience), revision),
                Heard::SnapshotWithout => page.restart(Highlights::pending(), revision),
                Heard::LateSnapshot(before) => {
                    // A page takes no other one before it heard what follows from it.
                    let late = past.iter().rev().nth(before);
                    if let Some((all, at)) = late {
                        page.restart(all.clone(), *at);
                    }
                    continue;
                }
            }
            heard = revision;
        }
        let last = Revision(1_000);
        if page.is_pending() {
            page.restart(shown.all(audience), last);
        } else {
            page.merge(shown.after(heard, audience), last);
        }
        prop_assert!(!page.is_pending());
        let opened = LiveHighlights::new(shown.all(audience), last);
        prop_assert_eq!(page.ranked(), opened.ranked());
        let curve = |page: &LiveHighlights| {
            let curve = page.curves().first();
            let values = curve.map(|curve| curve.values.clone()).unwrap_or_default();
            let end = values.iter().rposition(|value| *value > 0);
            values[..end.map_or(0, |end| end + 1)].to_vec()
        };
        prop_assert_eq!(curve(&page), curve(&opened));
    }
}
