//! A list that drops its oldest rows: nobody notices.

use super::*;

#[test]
fn a_page_that_keeps_only_the_newest_keeps_all_of_the_visitors_own_and_their_count() {
    const NEWEST: usize = 10;
    let pressed = |n: u8| Timestamp {
        offset_seconds: Offset(u32::from(n)),
        segment_index: 1,
        ..row(n, i64::from(n))
    };
    let (mut list, mut all) = (
        List::new(page(vec![], false)),
        List::new(page(vec![], false)),
    );
    for n in 1..=200 {
        // Every ninth is the visitor's own, and half of those are hidden from others.
        for list in [&mut list, &mut all] {
            if n % 9 == 0 {
                list.merge_own(pressed(n));
            }
            let [shown, removed] = match n % 18 {
                9 => [vec![], vec![id(n)]],
                _ => [vec![id(n)], vec![]],
            };
            let rows = shown.iter().map(|_| pressed(n)).collect();
            list.merge_frame(frame(n.into(), rows, removed));
        }
        list.drop_oldest(NEWEST);
        let known = (1..=n).filter(|n| list.place(id(*n)).is_some()).count();
        assert!(known <= 2 * NEWEST + list.own_len(), "{known} of {n}");
        assert_eq!(
            (list.own_len(), list.uncounted()),
            (all.own_len(), all.uncounted())
        );
        assert_eq!(list.len(), list.rows().count());
        let newest = |list: &List| list.rows().rev().take(NEWEST).cloned().collect::<Vec<_>>();
        assert_eq!(newest(&list), newest(&all));
    }
}

#[test]
fn an_own_row_that_others_do_not_see_stays_uncounted_when_it_is_out_of_reach() {
    // Hidden before the page was loaded: no removal was heard of.
    let mut list = List::new(page(vec![], false));
    list.merge_own(Timestamp {
        hidden: true,
        ..row(1, 1)
    });
    for n in 2..=50 {
        list.merge_frame(frame(n.into(), vec![row(n, n.into())], vec![]));
        list.drop_oldest(10);
        assert_eq!((list.own_len(), list.uncounted()), (1, 1), "{n}");
    }
}
