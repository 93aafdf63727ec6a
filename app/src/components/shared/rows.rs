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
        let mut before = std::mem::take(&mut self.drawn);
        // Most rows stay, in their order: each is looked for from where the one before it was found.
        let mut next = 0;
        before.retain(|(row, element)| {
            let found = (next..rows.len())
                .chain(0..next.min(rows.len()))
                .find(|at| rows.get(*at) == Some(row));
            match found {
                Some(at) => next = at + 1,
                None => element.remove(),
            }
            found.is_some()
        });
        let mut before = before.into_iter().peekable();
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
