//! Keeps the focused element in place while rows around it are rendered or removed. Pure.
//!
//! Leptos's keyed list removes and reinserts a row if more rows come in before it than it counted up to the row's old
//! index, and a removed row loses the focus. Invisible spacers before the items can compensate: their number keeps the row
//! at its index, and a row that keeps its index isn't touched.

use std::collections::HashSet;

use super::row_heights::{Item, ItemKey};
use crate::domain::timestamp::Place;

/// So many spacers come before the items, unless that would move the focused row: more than a high window has rows.
const SPACERS: usize = 64;

/// The items to draw after those before, with as many spacers as leave the focused row in its place.
pub fn pad(before: &[Item], items: &[Item], focused: Option<Place>) -> Vec<Item> {
    let usual = with_spacers(SPACERS, items);
    let index = |row: Item| {
        let from = before.iter().position(|item| *item == row)?;
        let to = items.iter().position(|item| *item == row)?;
        Some((from, to))
    };
    if let Some((from, to)) = focused.and_then(|place| index(Item::Row(place))) {
        // Not all that was to be drawn was drawn: only the index is sure to be the one that the row has.
        let spacers = from.checked_sub(to);
        return spacers.map_or(usual, |spacers| with_spacers(spacers, items));
    }
    // Without a focused row it is all rows that stay drawn, so that the browser sees what stands still.
    let mut rows = items.iter().filter(|item| matches!(item, Item::Row(_)));
    match rows.find_map(|row| index(*row)) {
        Some((from, to)) if is_moved(before, &usual, from, SPACERS + to) => {
            let spacers = from.checked_sub(to);
            spacers.map_or(usual, |spacers| with_spacers(spacers, items))
        }
        _ => usual,
    }
}

fn with_spacers(spacers: usize, items: &[Item]) -> Vec<Item> {
    let spacers = (0..spacers).map(Item::Spacer);
    spacers.chain(items.iter().copied()).collect()
}

/// Whether the keyed list takes out what had the index `from` and gets the index `to`: so it counts.
fn is_moved(before: &[Item], after: &[Item], from: usize, to: usize) -> bool {
    let keys = |items: &[Item]| items.iter().map(Item::key).collect::<HashSet<ItemKey>>();
    // How many of the first items, up to the old index, are not in the other list.
    let alone = |items: &[Item], others: &HashSet<ItemKey>| {
        let first = items.iter().take(from + 1);
        first.filter(|item| !others.contains(&item.key())).count()
    };
    let (removed, added) = (alone(before, &keys(after)), alone(after, &keys(before)));
    from != to && from + added != to + removed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::live::virtual_list::row_heights::tests::{column, place};

    fn index(items: &[Item], row: Place) -> usize {
        let is_row = |item: &Item| *item == Item::Row(row);
        items.iter().position(is_row).unwrap()
    }

    fn spacers(items: &[Item]) -> usize {
        let is_spacer = |item: &&Item| matches!(item, Item::Spacer(_));
        items.iter().filter(is_spacer).count()
    }

    #[test]
    fn nothing_to_keep_still_has_the_usual_blanks() {
        let items = column(10).items(0..10, &[]);
        assert_eq!(spacers(&pad(&[], &items, None)), SPACERS);
        assert_eq!(spacers(&pad(&[], &items, Some(place(3)))), SPACERS);
    }

    #[test]
    fn a_window_that_leaves_the_focused_row_behind_leaves_it_its_index() {
        let column = column(150);
        let row = place(148);
        let before = pad(&[], &column.items(120..150, &[row]), Some(row));
        let items = column.items(20..55, &[row]);
        let usual = with_spacers(SPACERS, &items);
        assert!(is_moved(
            &before,
            &usual,
            index(&before, row),
            index(&usual, row)
        ));
        let after = pad(&before, &items, Some(row));
        assert_eq!(index(&after, row), index(&before, row));
        // Back with it, as soon as that moves nothing.
        assert_eq!(
            spacers(&pad(&after, &column.items(120..150, &[]), None)),
            SPACERS
        );
    }

    proptest! {
        #[test]
        fn the_focused_row_is_never_moved(
            looks in proptest::collection::vec((0usize..400, 1usize..50, 0u32..40), 1..20),
            focused in 0u32..400,
        ) {
            let row = place(focused);
            let mut rows = 400;
            let mut column = column(rows);
            let mut before = pad(&[], &column.items(0..20, &[row]), None);
            for (first, height, more) in looks {
                (rows..rows + more).for_each(|n| assert!(column.insert(place(n))));
                rows += more;
                let after = pad(&before, &column.items(first..first + height, &[row]), Some(row));
                prop_assert!(!is_moved(&before, &after, index(&before, row), index(&after, row)));
                prop_assert!(spacers(&after) <= 2 * SPACERS);
                before = after;
            }
        }
    }
}
