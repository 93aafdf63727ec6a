//! A segment's rows of the moderators' list in the document, as they were last drawn. Rows that stay are not moved, so that
//! they keep the focus and the browser sees what stands still; new ones are inserted in one piece.

use js_sys::Number;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::moderation_row::Row;
use crate::{
    components::shared::{rows::insert, updates::set_content},
    domain::timestamp::TimestampId,
};

const GAP: &str = "<li class=\"timestamps__gap\" aria-hidden=\"true\"></li>";

/// What is drawn of a segment, in its order.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Drawn {
    /// Room for rows that are not drawn, in pixels.
    Gap(f64),
    /// A row.
    Row(Row),
}

/// All of it as markup. A gap has no height in it: the page's policy allows no inline styles in markup.
pub(super) fn markup(drawn: &[Drawn], is_ticked: impl Fn(TimestampId) -> bool) -> String {
    let items = drawn.iter().map(|item| match item {
        Drawn::Gap(_) => GAP.to_owned(),
        Drawn::Row(row) => row.markup(is_ticked(row.id)),
    });
    items.collect()
}

/// A segment's rows in the document. Browser only.
#[derive(Default)]
pub(super) struct DrawnRows {
    items: Vec<(Drawn, Element)>,
}

impl DrawnRows {
    /// Draws these in the list. At first they are there already, as markup. Returns the rows that are gone.
    pub(super) fn draw(
        &mut self,
        list: &Element,
        items: Vec<Drawn>,
        is_ticked: impl Fn(TimestampId) -> bool,
    ) -> Vec<TimestampId> {
        if self.items.is_empty() {
            self.take_over(list, items, is_ticked);
            return Vec::new();
        }
        let mut before = std::mem::take(&mut self.items).into_iter().peekable();
        let (mut gone, mut fresh) = (Vec::new(), Vec::new());
        for item in items {
            match item {
                Drawn::Gap(height) => {
                    let old = before.next_if(|(old, _)| matches!(old, Drawn::Gap(_)));
                    let next = old.as_ref().or_else(|| before.peek());
                    self.put(list, &mut fresh, next.map(|(_, element)| element));
                    let gap = match old {
                        Some((Drawn::Gap(before), gap)) if before == height => Some(gap),
                        Some((_, gap)) => Some(sized(gap, height)),
                        None => {
                            let next = before.peek().map(|(_, element)| element);
                            let gap = insert(list, &[GAP.to_owned()], next).pop();
                            gap.map(|gap| sized(gap, height))
                        }
                    };
                    self.items.extend(gap.map(|gap| (Drawn::Gap(height), gap)));
                }
                Drawn::Row(row) => {
                    while let Some((old, element)) = before.next_if(|(old, _)| is_before(old, &row))
                    {
                        remove(&old, &element, &mut gone);
                    }
                    match before.next_if(|(old, _)| is_same(old, &row)) {
                        Some((old, element)) => {
                            self.put(list, &mut fresh, Some(&element));
                            if let Drawn::Row(old) = old {
                                row.redraw(&old, &element);
                            }
                            self.items.push((Drawn::Row(row), element));
                        }
                        None => fresh.push((row.markup(is_ticked(row.id)), row)),
                    }
                }
            }
        }
        for (old, element) in before {
            remove(&old, &element, &mut gone);
        }
        self.put(list, &mut fresh, None);
        gone
    }

    /// The element of a row, if it is drawn.
    pub(super) fn element(&self, id: TimestampId) -> Option<&Element> {
        let is_it = |item: &Drawn| matches!(item, Drawn::Row(row) if row.id == id);
        let mut items = self.items.iter();
        items
            .find(|(item, _)| is_it(item))
            .map(|(_, element)| element)
    }

    fn take_over(
        &mut self,
        list: &Element,
        items: Vec<Drawn>,
        is_ticked: impl Fn(TimestampId) -> bool,
    ) {
        if usize::try_from(list.child_element_count()) != Ok(items.len()) {
            set_content(list, &markup(&items, is_ticked));
        }
        let mut next = list.first_element_child();
        for item in items {
            let Some(element) = next else { break };
            next = element.next_element_sibling();
            let element = match item {
                Drawn::Gap(height) => sized(element, height),
                Drawn::Row(_) => element,
            };
            self.items.push((item, element));
        }
    }

    /// Inserts new rows before an element that is drawn, or at the end.
    fn put(&mut self, list: &Element, fresh: &mut Vec<(String, Row)>, before: Option<&Element>) {
        let (markup, rows): (Vec<_>, Vec<_>) = fresh.drain(..).unzip();
        let elements = insert(list, &markup, before);
        self.items
            .extend(rows.into_iter().map(Drawn::Row).zip(elements));
    }
}

fn is_same(item: &Drawn, row: &Row) -> bool {
    matches!(item, Drawn::Row(old) if old.place == row.place)
}

/// Whether something that was drawn is not drawn any more, if this is the next row that is.
fn is_before(item: &Drawn, row: &Row) -> bool {
    match item {
        Drawn::Gap(_) => true,
        Drawn::Row(old) => old.place < row.place,
    }
}

fn remove(item: &Drawn, element: &Element, gone: &mut Vec<TimestampId>) {
    element.remove();
    if let Drawn::Row(row) = item {
        gone.push(row.id);
    }
}

/// A gap of this height.
fn sized(gap: Element, height: f64) -> Element {
    // Written by the browser: Rust's way of writing fractions adds 8 kB to the download.
    let height = Number::from(height).to_string_with_radix(10);
    if let (Some(gap), Ok(height)) = (gap.dyn_ref::<HtmlElement>(), height) {
        // It can only fail for a style that can't be changed.
        let _ = gap
            .style()
            .set_property("height", &(String::from(height) + "px"));
    }
    gap
}
