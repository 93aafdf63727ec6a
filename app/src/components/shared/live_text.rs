//! Text that changes while a page is open, always set as the entire text of its element, so that a translator's changes to
//! the previous text disappear with it.

use std::borrow::Cow;

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
pub(crate) fn live_text<W: Words>(words: impl Fn() -> W) -> impl Fn() -> String {
    move || escaped(&words().into_text())
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
        let markup = live_text(|| "a <b> & &lt; c".to_owned());
        assert_eq!(markup(), "a &lt;b&gt; &amp; &amp;lt; c");
        assert_eq!(live_text(|| None::<String>)(), "");
    }
}
