//! Keeps the element that has the keyboard's focus where it is while what is drawn around it changes. Pure.
//!
//! Leptos's keyed list takes a row out and puts it in again where more comes in before the row than it counted up to the
//! row's old index, and a row that is taken out loses the focus. Blanks before the pieces, of which nothing is seen, can
//! make up for that: by their number the row keeps its index, and what keeps its index isn't touched.

use std::collections::HashSet;

use super::row_heights::{Piece, PieceKey};
use crate::domain::timestamp::Place;

/// So many blanks come before the pieces, unless that would move the focused row: more than a high window has rows.
const BLANKS: usize = 64;

/// The pieces to draw after those before, with as many blanks as leave the focused row in its place.
pub fn steady(before: &[Piece], pieces: &[Piece], focused: Option<Place>) -> Vec<Piece> {
    let usual = with_blanks(BLANKS, pieces);
    let index = |row: Piece| {
        let from = before.iter().position(|piece| *piece == row)?;
        let to = pieces.iter().position(|piece| *piece == row)?;
        Some((from, to))
    };
    if let Some((from, to)) = focused.and_then(|place| index(Piece::Row(place))) {
        // Not all that was to be drawn was drawn: only the index is sure to be the one that the row has.
        let blanks = from.checked_sub(to);
        return blanks.map_or(usual, |blanks| with_blanks(blanks, pieces));
    }
    // Without a focused row it is all rows that stay drawn, so that the browser sees what stands still.
    let mut rows = pieces.iter().filter(|piece| matches!(piece, Piece::Row(_)));
    match rows.find_map(|row| index(*row)) {
        Some((from, to)) if is_moved(before, &usual, from, BLANKS + to) => {
            let blanks = from.checked_sub(to);
            blanks.map_or(usual, |blanks| with_blanks(blanks, pieces))
        }
        _ => usual,
    }
}

fn with_blanks(blanks: usize, pieces: &[Piece]) -> Vec<Piece> {
    let blanks = (0..blanks).map(Piece::Blank);
    blanks.chain(pieces.iter().copied()).collect()
}

/// Whether the keyed list takes out what had the index `from` and gets the index `to`: so it counts.
fn is_moved(before: &[Piece], after: &[Piece], from: usize, to: usize) -> bool {
    let keys = |pieces: &[Piece]| pieces.iter().map(Piece::key).collect::<HashSet<PieceKey>>();
    // How many of the first pieces, up to the old index, are not in the other list.
    let alone = |pieces: &[Piece], others: &HashSet<PieceKey>| {
        let first = pieces.iter().take(from + 1);
        first.filter(|piece| !others.contains(&piece.key())).count()
    };
    let (removed, added) = (alone(before, &keys(after)), alone(after, &keys(before)));
    from != to && from + added != to + removed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::live::virtual_list::row_heights::tests::{column, place};

    fn index(pieces: &[Piece], row: Place) -> usize {
        let is_row = |piece: &Piece| *piece == Piece::Row(row);
        pieces.iter().position(is_row).unwrap()
    }

    fn blanks(pieces: &[Piece]) -> usize {
        let is_blank = |piece: &&Piece| matches!(piece, Piece::Blank(_));
        pieces.iter().filter(is_blank).count()
    }

    #[test]
    fn nothing_to_keep_still_has_the_usual_blanks() {
        let pieces = column(10).pieces(0..10, &[]);
        assert_eq!(blanks(&steady(&[], &pieces, None)), BLANKS);
        assert_eq!(blanks(&steady(&[], &pieces, Some(place(3)))), BLANKS);
    }

    #[test]
    fn a_window_that_leaves_the_focused_row_behind_leaves_it_its_index() {
        let column = column(150);
        let row = place(148);
        let before = steady(&[], &column.pieces(120..150, &[row]), Some(row));
        let pieces = column.pieces(20..55, &[row]);
        let usual = with_blanks(BLANKS, &pieces);
        assert!(is_moved(
            &before,
            &usual,
            index(&before, row),
            index(&usual, row)
        ));
        let after = steady(&before, &pieces, Some(row));
        assert_eq!(index(&after, row), index(&before, row));
        // Back with it, as soon as that moves nothing.
        assert_eq!(
            blanks(&steady(&after, &column.pieces(120..150, &[]), None)),
            BLANKS
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
            let mut before = steady(&[], &column.pieces(0..20, &[row]), None);
            for (first, height, more) in looks {
                (rows..rows + more).for_each(|n| assert!(column.insert(place(n))));
                rows += more;
                let after = steady(&before, &column.pieces(first..first + height, &[row]), Some(row));
                prop_assert!(!is_moved(&before, &after, index(&before, row), index(&after, row)));
                prop_assert!(blanks(&after) <= 2 * BLANKS);
                before = after;
            }
        }
    }
}
