//! Tabs, by the pattern of the ARIA Authoring Practices: one stop of the Tab key, and arrow keys between them.

use crate::live::signals::views::*;
use leptos::ev::KeyboardEvent;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::roving::{self, ACROSS};

/// One tab. The element that it shows has the id `pane-` and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tab {
    /// Its name, which no other tab of the page has.
    pub name: &'static str,
    /// What it says.
    pub label: &'static str,
    /// The letter that leads to it after G.
    pub key: &'static str,
}

impl Tab {
    /// The id of its button.
    pub(crate) fn id(self) -> String {
        ["tab-", self.name].concat()
    }

    /// The id of the element that it shows.
    pub(crate) fn pane(self) -> String {
        ["pane-", self.name].concat()
    }
}

/// A row of tabs. Without scripts it is hidden, and everything that it would show is shown.
#[component]
pub fn TabList(
    /// What it is for, for those who hear the page.
    label: &'static str,
    /// The tabs.
    tabs: Vec<Tab>,
    /// The name of the selected one.
    selected: RwSignal<&'static str>,
    /// Whether the letters are shortcuts.
    has_keys: RwSignal<bool>,
) -> impl IntoView {
    let names: Vec<_> = tabs.iter().map(|tab| tab.name).collect();
    let on_key = move |event: KeyboardEvent| {
        if let Some(name) = next(&names, selected.get_untracked(), &event) {
            event.prevent_default();
            selected.set(name);
            focus(name);
        }
    };
    let tabs = tabs.into_iter().map(|tab| {
        let is_selected = move || selected.get() == tab.name;
        view! {
            <button
                type="button"
                role="tab"
                class="tabs__tab"
                id=tab.id()
                aria-controls=tab.pane()
                aria-selected=move || if is_selected() { "true" } else { "false" }
                tabindex=move || if is_selected() { "0" } else { "-1" }
                title=move || has_keys.get().then(|| ["G ", tab.key].concat())
                on:click=move |_| selected.set(tab.name)
            >
                {tab.label}
            </button>
        }
    });
    view! {
        <div role="tablist" class="tabs needs-scripts" aria-label=label on:keydown=on_key>
            {tabs.collect_view()}
        </div>
    }
    .into_any()
}

/// Focuses the button of a tab. Browser only.
pub(crate) fn focus(name: &str) {
    let button = document().get_element_by_id(&["tab-", name].concat());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // It can only fail for an element that can't be focused.
        let _ = button.focus();
    }
}

/// The tab that a key leads to, from the selected one.
fn next(
    names: &[&'static str],
    selected: &'static str,
    event: &KeyboardEvent,
) -> Option<&'static str> {
    let at = names.iter().position(|name| *name == selected)?;
    let to = roving::place(event, ACROSS, at, names.len())?;
    names.get(to).copied()
}
