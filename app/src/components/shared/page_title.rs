//! The title of the browser's tab. The document comes with one; what changes while the page is open is set here.

use leptos::prelude::*;

use crate::words::home::PRODUCT;

/// Sets the title of the browser's tab to what the page is about and the product's name, and again whenever it changes.
pub fn use_page_title(text: Memo<String>) {
    Effect::new(move |_| document().set_title(&of_product(&text.read())));
}

/// A title with the product's name at its end.
pub(crate) fn of_product(title: &str) -> String {
    match title {
        "" => PRODUCT.to_owned(),
        title => format!("{title} · {PRODUCT}"),
    }
}
