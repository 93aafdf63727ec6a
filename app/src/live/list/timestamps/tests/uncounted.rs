//! The visitor's own rows that the public numbers leave out: a list that is loaded anew need not reach back to them.

use super::*;

fn pressed(n: u8) -> Timestamp {
    Timestamp {
        offset_seconds: Offset(u32::from(n)),
        segment_index: 1,
        ..row(n, i64::from(n))
    }
}

#[test]
fn a_press_of_which_no_frame_was_due_yet_may_still_be_counted() {
    let mut list = List::new(page(vec![pressed(1)], false));
    list.merge_own(pressed(5));
    assert_eq!(list.uncounted_as_of(Revision(4)), []);
    assert_eq!(list.uncounted_as_of(Revision(5)), [id(5)]);
}

#[test]
fn an_early_press_is_uncounted_only_until_others_are_shown_it() {
    let mut list = List::new(page(vec![pressed(9)], true));
    list.merge_own(pressed(1));
    assert_eq!(list.uncounted(), 0);
    list.set_uncounted(id(1));
    assert_eq!(list.uncounted(), 1);
    let restored = Timestamp {
        revision: Revision(12),
        ..pressed(1)
    };
    list.merge_frame(frame(12, vec![restored], vec![]));
    assert_eq!(list.uncounted(), 0);
}

proptest! {
    /// Hidden ones were hidden from the start or later; the list is then loaded anew with the newest that others are shown, in
    /// the open page and after a reload.
    #[test]
    fn what_was_known_to_be_left_out_still_is_when_the_list_is_loaded_anew(
        presses in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 1..30),
        newest in 1_usize..30,
    ) {
        let mut list = List::new(page(vec![], false));
        let (mut own, mut public) = (Vec::new(), Vec::new());
        for (n, (is_own, is_hidden, is_hidden_later)) in (1_u8..).zip(&presses) {
            if *is_own {
                list.merge_own(pressed(n));
                own.push((n, *is_hidden));
            }
            let is_listed = !is_hidden || *is_hidden_later;
            let shown = is_listed.then(|| pressed(n)).into_iter().collect();
            list.merge_frame(frame(n.into(), shown, vec![]));
            if !is_hidden {
                public.push(pressed(n));
            }
        }
        for (n, (_, is_hidden, is_hidden_later)) in (1_u8..).zip(&presses) {
            if *is_hidden && *is_hidden_later {
                list.merge_frame(frame(99, vec![], vec![id(n)]));
            }
        }
        let uncounted = list.uncounted_as_of(Revision(99));
        uncounted.iter().for_each(|id| list.set_uncounted(*id));

        let more = public.len() > newest;
        let anew = page(public.split_off(public.len().saturating_sub(newest)), more);
        let mut reloaded = List::new(anew.clone());
        own.iter().for_each(|(n, _)| reloaded.merge_own(pressed(*n)));
        uncounted.iter().for_each(|id| reloaded.set_uncounted(*id));
        list.restart(anew);
        for list in [list, reloaded] {
            prop_assert_eq!(list.own_rows().count(), own.len());
            for (press, is_counted) in list.own_rows() {
                let (_, is_hidden) = own.iter().find(|(n, _)| id(*n) == press.id).unwrap();
                prop_assert_eq!(is_counted, !is_hidden, "{:?}", press.id);
            }
        }
    }
}
