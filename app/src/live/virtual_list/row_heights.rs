//! The heights of a long column of rows, of which a page renders only those in sight or near it. Pure.
//!
//! The rows are in blocks that know their sums: a change of one row costs a block, not the column.

use std::ops::Range;

use crate::domain::timestamp::Place;

/// How high a row is taken to be until some were drawn, in pixels.
const ESTIMATE: f64 = 33.0;

/// So many rows make a block; one with more is split.
const BLOCK: usize = 256;

/// How far beyond what is in sight rows are drawn, in pixels: what one turn of a wheel brings in.
const MARGIN: f64 = 400.0;

/// The same where the column's end is followed, whose rows are drawn again with every frame.
const MARGIN_FOLLOWED: f64 = 200.0;

/// Rows in the list's order, each with its height in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RowHeights {
    blocks: Vec<Block>,
    /// The lowest height that was measured: that of a row whose words fit into one line, as most do.
    lowest: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Block {
    rows: Vec<(Place, f64)>,
    height: f64,
}

/// How what is in sight (the window, or the list's own box) stands over a column, in pixels below its upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// Where the column begins.
    pub top: f64,
    /// What stays where it is while rows come and go; if nothing does, the column's beginning.
    pub anchor: Option<Anchor>,
    /// How high it is.
    pub height: f64,
}

/// What stays in its place while rows come and go, and where that is, in pixels below the viewport's upper edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Anchor {
    /// A row that is drawn: what comes in above it doesn't move it.
    Row(Place, f64),
    /// The column's end, which the reader follows: what comes in there moves all rows up.
    End(f64),
}

/// An item of what is drawn of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Item {
    /// Rows that are not drawn, and how high they are together, in pixels.
    Gap(f64),
    /// A row.
    Row(Place),
}

impl Block {
    fn sum(&mut self) {
        self.height = self.rows.iter().map(|(_, height)| height).sum();
    }
}

impl RowHeights {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.blocks.iter().map(|block| block.rows.len()).sum()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Inserts a row at its place. Returns whether it is new.
    pub fn insert(&mut self, place: Place) -> bool {
        let at = self.block_of(place);
        let estimate = self.lowest.unwrap_or(ESTIMATE);
        let Some(block) = self.blocks.get_mut(at) else {
            self.blocks.push(Block {
                rows: vec![(place, estimate)],
                height: estimate,
            });
            return true;
        };
        let Err(row) = block.rows.binary_search_by_key(&place, |(place, _)| *place) else {
            return false;
        };
        block.rows.insert(row, (place, estimate));
        block.height += estimate;
        if block.rows.len() > BLOCK {
            // Most rows come at the end: a full block there stays full.
            let is_last = row == BLOCK;
            let mut rest = Block {
                rows: block
                    .rows
                    .split_off(if is_last { BLOCK } else { BLOCK / 2 }),
                height: 0.0,
            };
            rest.sum();
            block.sum();
            self.blocks.insert(at + 1, rest);
        }
        true
    }

    /// Removes a row. Returns whether it was there.
    pub fn remove(&mut self, place: Place) -> bool {
        let Some((block, row)) = self.find(place) else {
            return false;
        };
        self.blocks[block].rows.remove(row);
        if self.blocks[block].rows.is_empty() {
            self.blocks.remove(block);
        } else {
            self.blocks[block].sum();
        }
        true
    }

    /// Learns the height of a row. Returns whether it has changed.
    pub fn measure(&mut self, place: Place, height: f64) -> bool {
        let Some((block, row)) = self.find(place) else {
            return false;
        };
        self.lowest = Some(self.lowest.map_or(height, |lowest| lowest.min(height)));
        let block = &mut self.blocks[block];
        let is_news = (block.rows[row].1 - height).abs() >= 0.5;
        if is_news {
            block.rows[row].1 = height;
            block.sum();
        }
        is_news
    }

    /// How many rows come before this place.
    pub fn rank(&self, place: Place) -> usize {
        let at = self.block_of(place);
        let before: usize = self.blocks[..at.min(self.blocks.len())]
            .iter()
            .map(|block| block.rows.len())
            .sum();
        let within = self.blocks.get(at).map_or(0, |block| {
            block.rows.partition_point(|(known, _)| *known < place)
        });
        before + within
    }

    /// The row with so many before it.
    pub fn nth(&self, mut rank: usize) -> Option<Place> {
        for block in &self.blocks {
            match block.rows.get(rank) {
                Some((place, _)) => return Some(*place),
                None => rank -= block.rows.len(),
            }
        }
        None
    }

    /// The ranks of the rows that are drawn for this viewport.
    pub fn window(&self, viewport: Viewport) -> Range<usize> {
        let (top, margin) = match viewport.anchor {
            None => (viewport.top, MARGIN),
            Some(Anchor::Row(place, top)) => (top - self.height_before(self.rank(place)), MARGIN),
            Some(Anchor::End(end)) => (end - self.height_before(self.len()), MARGIN_FOLLOWED),
        };
        let from = self.rank_at(-margin - top);
        let to = self.rank_at(viewport.height + margin - top);
        from..(to + 1).min(self.len()).max(from)
    }

    /// What is drawn: the rows with these ranks, those that are pinned, and gaps in the place of all others.
    pub fn items(&self, window: Range<usize>, pinned: &[Place]) -> Vec<Item> {
        let pins = pinned.iter().filter(|place| self.find(**place).is_some());
        let mut drawn: Vec<usize> = window.chain(pins.map(|place| self.rank(*place))).collect();
        drawn.sort_unstable();
        drawn.dedup();
        let mut items = Vec::with_capacity(drawn.len() + 2);
        let mut next = 0;
        for rank in drawn {
            items.extend(self.gap(next..rank));
            items.extend(self.nth(rank).map(Item::Row));
            next = rank + 1;
        }
        items.extend(self.gap(next..self.len()));
        items
    }

    fn gap(&self, ranks: Range<usize>) -> Option<Item> {
        let height = self.height_before(ranks.end) - self.height_before(ranks.start);
        (!ranks.is_empty()).then_some(Item::Gap(height))
    }

    /// How high the first so many rows are together.
    fn height_before(&self, mut rank: usize) -> f64 {
        let mut height = 0.0;
        for block in &self.blocks {
            if rank < block.rows.len() {
                let within = block.rows[..rank].iter().map(|(_, height)| height);
                return height + within.sum::<f64>();
            }
            rank -= block.rows.len();
            height += block.height;
        }
        height
    }

    /// The rank of the row that lies so many pixels below the column's upper edge.
    fn rank_at(&self, mut y: f64) -> usize {
        let mut rank = 0;
        for block in &self.blocks {
            if y < block.height {
                for (_, height) in &block.rows {
                    if y < *height {
                        return rank;
                    }
                    y -= height;
                    rank += 1;
                }
                return rank;
            }
            y -= block.height;
            rank += block.rows.len();
        }
        rank
    }

    /// The block that holds this place, or would.
    fn block_of(&self, place: Place) -> usize {
        let begins_before =
            |block: &Block| block.rows.first().is_some_and(|(first, _)| *first <= place);
        self.blocks.partition_point(begins_before).saturating_sub(1)
    }

    fn find(&self, place: Place) -> Option<(usize, usize)> {
        let at = self.block_of(place);
        let rows = &self.blocks.get(at)?.rows;
        let row = rows.binary_search_by_key(&place, |(place, _)| *place);
        row.ok().map(|row| (at, row))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::domain::{offset::Offset, revision::Revision};

    pub(in crate::live) fn place(n: u32) -> Place {
        Place {
            segment_index: 1,
            offset_seconds: Offset(n),
            arrival: Revision(i64::from(n)),
        }
    }

    pub(in crate::live) fn column(rows: u32) -> RowHeights {
        let mut heights = RowHeights::default();
        (0..rows).for_each(|n| assert!(heights.insert(place(n))));
        heights
    }

    fn viewport(top: f64) -> Viewport {
        Viewport {
            top,
            anchor: None,
            height: 900.0,
        }
    }

    #[test]
    fn a_long_column_draws_what_is_near_the_window() {
        let heights = column(100_000);
        for top in [0.0, -ESTIMATE * 50_000.0, -ESTIMATE * 99_990.0] {
            assert!(heights.window(viewport(top)).len() <= 54, "{top}");
        }
        assert_eq!(heights.window(viewport(-ESTIMATE * 1_000.0)), 987..1040);
    }

    #[test]
    fn a_column_outside_of_the_window_draws_nothing_or_its_edge() {
        let heights = column(1_000);
        assert_eq!(heights.window(viewport(5_000.0)).len(), 1);
        assert_eq!(heights.window(viewport(-90_000.0)).len(), 0);
        assert_eq!(RowHeights::default().window(viewport(0.0)), 0..0);
    }

    #[test]
    fn rows_that_come_in_above_do_not_move_what_is_looked_at() {
        let mut heights = RowHeights::default();
        (500..1_000).for_each(|n| assert!(heights.insert(place(n))));
        let viewport = Viewport {
            anchor: Some(Anchor::Row(place(700), 100.0)),
            ..viewport(-ESTIMATE * 200.0)
        };
        let first = |heights: &RowHeights| heights.nth(heights.window(viewport).start);
        let before = first(&heights);
        (0..500).for_each(|n| assert!(heights.insert(place(n))));
        assert_eq!(first(&heights), before);
    }

    #[test]
    fn whoever_follows_the_end_sees_the_rows_that_come_in_there() {
        let mut heights = column(500);
        let viewport = Viewport {
            anchor: Some(Anchor::End(900.0)),
            ..viewport(900.0 - ESTIMATE * 500.0)
        };
        (500..900).for_each(|n| assert!(heights.insert(place(n))));
        let window = heights.window(viewport);
        assert_eq!(window.end, 900);
        assert!(window.len() <= 35, "and none further up: {window:?}");
    }

    #[test]
    fn a_pinned_row_is_drawn_wherever_the_window_is() {
        let heights = column(1_000);
        let items = heights.items(500..502, &[place(3)]);
        let gap = |rows| Item::Gap(rows * ESTIMATE);
        let expected = [
            gap(3.0),
            Item::Row(place(3)),
            gap(496.0),
            Item::Row(place(500)),
            Item::Row(place(501)),
            gap(498.0),
        ];
        assert_eq!(items, expected);
    }

    proptest! {
        #[test]
        fn it_is_what_a_plain_column_would_be(
            acts in proptest::collection::vec((0u32..2_000, 0u8..6, 10u16..200), 1..1_500),
            top in -60_000.0..2_000.0,
        ) {
            let mut heights = RowHeights::default();
            let mut plain = BTreeMap::new();
            let mut lowest = None::<f64>;
            for (n, act, height) in acts {
                let (place, height) = (place(n), f64::from(height));
                match act {
                    0 => prop_assert_eq!(heights.remove(place), plain.remove(&place).is_some()),
                    1 => {
                        heights.measure(place, height);
                        plain.entry(place).and_modify(|known| {
                            *known = height;
                            lowest = Some(lowest.map_or(height, |lowest| lowest.min(height)));
                        });
                    }
                    _ => {
                        prop_assert_eq!(heights.insert(place), !plain.contains_key(&place));
                        plain.entry(place).or_insert(lowest.unwrap_or(ESTIMATE));
                    }
                }
            }
            prop_assert_eq!(heights.len(), plain.len());
            for (rank, known) in plain.keys().enumerate() {
                prop_assert_eq!(heights.nth(rank), Some(*known));
                prop_assert_eq!(heights.rank(*known), rank);
            }
            let total: f64 = plain.values().sum();
            prop_assert!((heights.height_before(plain.len()) - total).abs() < 1e-6);

            // Every row that touches the window is drawn, and few others.
            let window = heights.window(viewport(top));
            let mut y = top;
            for (rank, height) in plain.values().enumerate() {
                if y + height > 0.0 && y < 900.0 {
                    prop_assert!(window.contains(&rank));
                }
                y += height;
            }
            let drawn: f64 = heights.height_before(window.end) - heights.height_before(window.start);
            prop_assert!(drawn <= 900.0 + 2.0 * MARGIN + 400.0);

            // What is drawn and the gaps are as high as the column.
            let items = heights.items(window, &[]);
            let drawn: f64 = items.iter().map(|item| match item {
                Item::Gap(height) => *height,
                Item::Row(place) => plain[place],
            }).sum();
            prop_assert!((drawn - total).abs() < 1e-6);
        }
    }
}
