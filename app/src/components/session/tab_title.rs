//! The title of the browser's tab, which shows the status of the stream while another tab is open.

use leptos::prelude::*;

use crate::{components::shared::page_title::use_page_title, live::page::feed::Feed, words::tab};

/// Keeps the title of a session's tab up to date.
pub fn use_tab_title(feed: Feed) {
    let title =
        Memo::new(move |_| tab::title(&feed.session.read(), feed.now.get(), feed.connection.get()));
    use_page_title(title);
}
