//! On paper: how many of the rows are printed. Those far from what is in sight are not drawn, and drawing all of them for a printer
//! would take too long.

use leptos::html;

use crate::{
    live::{signals::views::*, virtual_list::filtered::FilteredRows},
    words::moderation,
};

/// The line that says so. Empty unless rows are missing.
#[component]
pub fn PrintedRows(
    /// The list.
    list: NodeRef<html::Div>,
    /// The rows that match its filter.
    filtered: RwSignal<FilteredRows>,
    /// Whether the server has older ones.
    has_older: Memo<bool>,
) -> impl IntoView {
    let line = NodeRef::<html::P>::new();
    Effect::new(move |_| {
        // At once: whoever asks to print may not let effects run before.
        let printing = window_event_listener_untyped("beforeprint", move |_| {
            let (Some(line), Some(list)) = (line.get_untracked(), list.get_untracked()) else {
                return;
            };
            let drawn = list.query_selector_all(".timestamps > .timestamp");
            let drawn = drawn.map_or(0, |drawn| drawn.length() as usize);
            let loaded = filtered.read_untracked().len();
            let printed = moderation::printed(drawn, loaded, has_older.get_untracked());
            line.set_text_content(printed.as_deref());
        });
        on_cleanup(move || printing.remove());
    });
    view! { <p class="printed-rows" node_ref=line></p> }.into_any()
}
