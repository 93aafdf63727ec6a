//! What changes on a page while it is open, as a list of contents and attributes. Only what differs from the last list is
//! set. An element that somebody removed is skipped, and one that somebody changed is overwritten as a whole.

use leptos::prelude::document;
use web_sys::Element;

/// The content of an element, or one of its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Update {
    /// The id of the element.
    id: &'static str,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Content(String),
    Attribute(&'static str, Option<String>),
}

impl Update {
    /// The entire content of the element, as markup.
    pub(crate) fn content(id: &'static str, markup: String) -> Self {
        Self {
            id,
            what: What::Content(markup),
        }
    }

    /// An attribute; `None` removes it.
    pub(crate) fn attribute(
        id: &'static str,
        name: &'static str,
        value: impl Into<Option<String>>,
    ) -> Self {
        Self {
            id,
            what: What::Attribute(name, value.into()),
        }
    }

    /// An attribute that is `true`, or not there.
    pub(crate) fn flag(id: &'static str, name: &'static str, is_set: bool) -> Self {
        Self::attribute(id, name, is_set.then(|| "true".to_owned()))
    }

    /// Whether the element is shown.
    pub(crate) fn shown(id: &'static str, is_shown: bool) -> Self {
        let hidden = (!is_shown).then(String::new);
        Self::attribute(id, "hidden", hidden)
    }

    fn apply(&self) {
        let Some(element) = document().get_element_by_id(self.id) else {
            return;
        };
        // Setting or removing an attribute only fails for an invalid name.
        let _ = match &self.what {
            What::Content(markup) => {
                set_content(&element, markup);
                Ok(())
            }
            What::Attribute(name, Some(value)) => element.set_attribute(name, value),
            What::Attribute(name, None) => element.remove_attribute(name),
        };
    }
}

/// Sets the content of an element, unless it is exactly that already.
pub(crate) fn set_content(element: &Element, markup: &str) {
    if element.inner_html() != markup {
        element.set_inner_html(markup);
    }
}

/// Sets what differs from the updates before.
pub(crate) fn apply(updates: &[Update], before: &[Update]) {
    for (at, update) in updates.iter().enumerate() {
        if before.get(at) != Some(update) {
            update.apply();
        }
    }
}
