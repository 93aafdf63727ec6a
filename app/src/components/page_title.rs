//! The title of the browser's tab. The document comes with one; what changes while the page is open is set here.

use leptos::prelude::*;

/// What this product is called.
pub(crate) const PRODUCT: &str = "Clip Timestamps";

/// Sets the title of the browser's tab, and again whenever it changes.
#[component]
pub fn PageTitle(
    /// What the page is about; the product's name follows.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    Effect::new(move |_| document().set_title(&of_product(&text.read())));
}

/// A title with the product's name at its end.
pub(crate) fn of_product(title: &str) -> String {
    match title {
        "" => PRODUCT.to_owned(),
        title => format!("{title} · {PRODUCT}"),
    }
}
