//! The page's data in the document, as JSON, for the client to read.

use leptos::prelude::document;
use serde::de::DeserializeOwned;

use crate::json;

/// The element that holds the page's data.
pub(crate) const DATA: &str = "data";
/// The attribute of that element which names the page.
const PAGE: &str = "data-page";

/// The name of the page that the document shows. Browser only.
pub fn page_name() -> Option<String> {
    data_element()?.get_attribute(PAGE)
}

/// The data of the page that the document shows; `None` if it can't be read. Browser only.
pub fn page_data<T: DeserializeOwned>() -> Option<T> {
    let json = data_element()?.text_content()?;
    json::read(&json)
}

fn data_element() -> Option<web_sys::Element> {
    document().get_element_by_id(DATA)
}
