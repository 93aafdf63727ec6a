//! Text that changes while a page is open, always set as the entire text of its element, so that a translator's changes to
//! the previous text disappear with it.

use std::borrow::Cow;

use leptos::{
    prelude::IntoAttributeValue,
    tachys::{html::element::InnerHtmlValue, renderer::types::Element},
};

/// The text of an element; empty if there is nothing to say.
pub(crate) trait Words {
    /// As a text.
    fn into_text(self) -> String;
}

impl Words for String {
    fn into_text(self) -> String {
        self
    }
}

impl Words for &'static str {
    fn into_text(self) -> String {
        self.to_owned()
    }
}

impl Words for Cow<'static, str> {
    fn into_text(self) -> String {
        self.into_owned()
    }
}

impl Words for u32 {
    fn into_text(self) -> String {
        self.to_string()
    }
}

impl<W: Words> Words for Option<W> {
    fn into_text(self) -> String {
        self.map_or_else(String::new, Words::into_text)
    }
}

/// These words, for the `inner_html` of an element that holds nothing else.
pub(crate) fn live_text<W: Words>(words: impl Fn() -> W + Send + 'static) -> LiveText {
    LiveText(Box::new(move || PlainText(words().into_text())))
}

/// A text that changes. Boxed, because all that surrounds an attribute is compiled again for each type.
pub(crate) struct LiveText(Box<dyn Fn() -> PlainText + Send>);

impl IntoAttributeValue for LiveText {
    type Output = Box<dyn Fn() -> PlainText + Send>;

    fn into_attribute_value(self) -> Self::Output {
        self.0
    }
}

/// A text in place of markup. In documents it is escaped; in a browser it is set as a text, because a dozen of them change
/// with each frame, and reading each as markup took a tenth of the frame's script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PlainText(String);

impl InnerHtmlValue for PlainText {
    type AsyncOutput = Self;
    type State = (Element, Self);
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.len()
    }

    fn to_html(self, buffer: &mut String) {
        *buffer += &escaped(&self.0);
    }

    fn to_template(_: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Self::State {
        self.build(element)
    }

    fn build(self, element: &Element) -> Self::State {
        element.set_text_content(Some(&self.0));
        (element.clone(), self)
    }

    fn rebuild(self, (element, known): &mut Self::State) {
        if self != *known {
            element.set_text_content(Some(&self.0));
            *known = self;
        }
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

/// A text as markup, escaped as browsers serialize it.
pub(crate) fn escaped(text: &str) -> String {
    let mut markup = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => markup += "&amp;",
            '<' => markup += "&lt;",
            '>' => markup += "&gt;",
            '\u{a0}' => markup += "&nbsp;",
            other => markup.push(other),
        }
    }
    markup
}

/// A text as the value of an attribute in double quotes.
pub(crate) fn attribute(text: &str) -> String {
    escaped(text).replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_text_holds_it_stays_a_text() {
        let markup = |text: PlainText| {
            let mut markup = String::new();
            text.to_html(&mut markup);
            markup
        };
        let words = live_text(|| "a <b> & &lt; c".to_owned());
        assert_eq!(markup(words.0()), "a &lt;b&gt; &amp; &amp;lt; c");
        assert_eq!(markup(live_text(|| None::<String>).0()), "");
    }
}
