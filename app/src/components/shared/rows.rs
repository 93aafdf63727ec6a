//! The rows of a list in the document, identified by their markup. Rows that stay are not touched, and new ones are inserted
//! in one piece, because rows arrive by the dozen.

use std::borrow::Borrow;

use leptos::prelude::document;
use web_sys::Element;

use super::updates::set_content;

/// The rows of a list as they were last drawn. `R` is their markup.
pub(crate) struct Rows<R = String> {
    drawn: Vec<(R, Element)>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { drawn: Vec::new() }
    }
}

impl<R: Borrow<str> + PartialEq> Rows<R> {
    /// Makes these the rows of the list with this id. The server's rows stay if they are exactly the same.
    pub(crate) fn draw(&mut self, list: &str, rows: Vec<R>) {
        let mut next = 0;
        self.keep(|row| find(&rows, row, &mut next).is_some());
        self.fill(list, rows);
    }

    /// The same where rows move: as few as possible are drawn again. `draw` does that to all that follow one that moved, which
    /// matters where there are hundreds.
    pub(crate) fn draw_moved(&mut self, list: &str, rows: Vec<R>) {
        let mut next = 0;
        let drawn = self.drawn.iter();
        let places: Vec<_> = drawn.map(|(row, _)| find(&rows, row, &mut next)).collect();
        let mut stays = longest_rise(&places).into_iter();
        self.keep(|_| stays.next() == Some(true));
        self.fill(list, rows);
    }

    /// Changes rows in place. `change` gets what is drawn of each, and its element.
    pub(crate) fn change(&mut self, mut change: impl FnMut(&mut R, &Element)) {
        for (row, element) in &mut self.drawn {
            change(row, element);
        }
    }

    /// Removes the rows that don't stay.
    fn keep(&mut self, mut stays: impl FnMut(&R) -> bool) {
        self.drawn.retain(|(row, element)| {
            let stays = stays(row);
            if !stays {
                element.remove();
            }
            stays
        });
    }

    /// Inserts the rows that are not drawn yet.
    fn fill(&mut self, list: &str, rows: Vec<R>) {
        let Some(list) = document().get_element_by_id(list) else {
            return;
        };
        if self.drawn.is_empty() {
            set_content(&list, &rows.concat());
            let mut next = list.first_element_child();
            for row in rows {
                let Some(element) = next else { break };
                next = element.next_element_sibling();
                self.drawn.push((row, element));
            }
            return;
        }
        let mut before = std::mem::take(&mut self.drawn).into_iter().peekable();
        let mut fresh = Vec::new();
        for row in rows {
            match before.next_if(|(drawn, _)| *drawn == row) {
                Some((row, element)) => {
                    self.put(&list, &mut fresh, Some(&element));
                    self.drawn.push((row, element));
                }
                None => fresh.push(row),
            }
        }
        // Rows that moved were drawn again.
        before.for_each(|(_, element)| element.remove());
        self.put(&list, &mut fresh, None);
    }

    /// Inserts new rows before one that is drawn, or at the end.
    fn put(&mut self, list: &Element, fresh: &mut Vec<R>, before: Option<&Element>) {
        let elements = insert(list, fresh, before);
        self.drawn.extend(fresh.drain(..).zip(elements));
    }
}

/// Where a row is among these. Most stay, in their order: it is looked for from where the one before it was found.
fn find<R: PartialEq>(rows: &[R], row: &R, next: &mut usize) -> Option<usize> {
    let mut places = (*next..rows.len()).chain(0..rows.len().min(*next));
    let found = places.find(|at| rows.get(*at) == Some(row))?;
    *next = found + 1;
    Some(found)
}

/// Inserts elements into a list in one piece, each given as its markup: before another one, or at the end. Returns them.
pub(crate) fn insert<R: Borrow<str>>(
    list: &Element,
    rows: &[R],
    before: Option<&Element>,
) -> Vec<Element> {
    if rows.is_empty() {
        return Vec::new();
    }
    let markup = rows.concat();
    // Nothing can be inserted before a row that somebody removed from the document.
    let before = before.filter(|next| next.insert_adjacent_html("beforebegin", &markup).is_ok());
    let mut last = match before {
        Some(next) => next.previous_element_sibling(),
        None => {
            // This cannot fail for an element.
            let _ = list.insert_adjacent_html("beforeend", &markup);
            list.last_element_child()
        }
    };
    let mut elements = Vec::with_capacity(rows.len());
    while elements.len() < rows.len()
        && let Some(element) = last
    {
        last = element.previous_element_sibling();
        elements.push(element);
    }
    elements.reverse();
    elements
}

/// Which of these places are part of the longest rising sequence among them (patience sorting). What has no place is not.
fn longest_rise(places: &[Option<usize>]) -> Vec<bool> {
    // Of the sequences of each length, where the one ends that ends lowest; and what comes before each place in its sequence.
    let (mut ends, mut before) = (Vec::<usize>::new(), vec![None; places.len()]);
    for (at, place) in places
        .iter()
        .enumerate()
        .filter(|(_, place)| place.is_some())
    {
        let length = ends.partition_point(|end| places[*end] < *place);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut rises = vec![false; places.len()];
    let mut last = ends.last().copied();
    while let Some(at) = last {
        rises[at] = true;
        last = before[at];
    }
    rises
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How long the longest rising sequence is, by trying them all.
    fn longest(places: &[Option<usize>], above: Option<usize>) -> usize {
        let Some((first, rest)) = places.split_first() else {
            return 0;
        };
        let without = longest(rest, above);
        match first.is_some() && *first > above {
            true => without.max(1 + longest(rest, *first)),
            false => without,
        }
    }

    proptest! {
        #[test]
        fn as_many_rows_as_possible_stay_where_they_are(
            places in prop::collection::vec(prop::option::weighted(0.8, 0_usize..12), 0..12),
        ) {
            let rises = longest_rise(&places);
            prop_assert_eq!(rises.len(), places.len());
            let stays = places.iter().zip(rises).filter(|(_, rises)| *rises);
            let stays: Vec<_> = stays.map(|(place, _)| place.unwrap()).collect();
            prop_assert!(stays.windows(2).all(|pair| pair[0] < pair[1]), "{stays:?}");
            prop_assert_eq!(stays.len(), longest(&places, None));
        }
    }
}
