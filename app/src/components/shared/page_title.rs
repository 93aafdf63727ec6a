//! The title of the browser's tab. The document comes with one; it is updated here while the page is open.

use crate::{live::signals::views::*, words::home::PRODUCT_SHORT};

/// Sets the title of the browser's tab to this text and the product's short name, and again whenever it changes.
pub fn use_page_title(text: Memo<String>) {
    Effect::new(move |_| set_page_title(&text.read()));
}

/// Sets the title of the browser's tab to this and the product's short name. Browser only.
pub(crate) fn set_page_title(text: &str) {
    document().set_title(&of_product(text));
}

/// A title with the product's short name at its end.
pub(crate) fn of_product(title: &str) -> String {
    format!("{title} · {PRODUCT_SHORT}")
}
