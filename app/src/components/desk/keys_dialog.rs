//! The keys of the desk in a dialog, with the switch for those that are single characters.

use super::state::{DeskState, PANES, tabs};
use crate::{
    components::{
        moderation::row_actions,
        moments::moment_actions::moment_or_control,
        shared::{focus::go_on, modal::use_modal},
    },
    live::signals::views::*,
    words::desk as words,
};

/// The keys of the desk. It opens when `desk.shows_keys` becomes true.
#[component]
pub fn KeysDialog(
    /// The desk.
    desk: DeskState,
) -> impl IntoView {
    let open = desk.shows_keys;
    let opened_from = StoredValue::new(None::<String>);
    let dialog = use_modal(
        move || open.get(),
        move || {
            let focused = document().active_element();
            let way =
                |focused| row_actions::way_back(focused).or_else(|| moment_or_control(focused));
            opened_from.set_value(focused.as_ref().and_then(way));
        },
    );
    let line = |keys: &[&'static str], what: String| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> });
        view! {
            <div>
                <dt>{keys.collect_view()}</dt>
                <dd>{what}</dd>
            </div>
        }
    };
    let keys = match desk.is_dock {
        true => words::DOCK_KEYS.as_slice(),
        false => words::KEY_LIST.as_slice(),
    };
    let actions = keys
        .iter()
        .map(|(key, what)| line(&[key], (*what).to_owned()));
    let places = PANES.into_iter().chain(tabs(desk.page));
    let places = places.filter(|_| !desk.is_dock);
    let places = places.map(|tab| line(&["G", tab.key], words::go_to(tab.label)));
    view! {
        <dialog
            node_ref=dialog
            class="dialog dialog--wide keys"
            aria-label=words::KEYS
            on:close=move |_| {
                open.set(false);
                // What had the focus may have been drawn again meanwhile, or be out of sight.
                if let Some(way) = opened_from.get_value() {
                    go_on("dialog", way);
                }
            }
        >
            <h2>{words::KEYS}</h2>
            <label class="check">
                <input
                    type="checkbox"
                    aria-describedby="keys-hint"
                    prop:checked=move || desk.has_keys.get()
                    on:change=move |event| desk.set_keys(event_target_checked(&event))
                />
                " " {words::SINGLE_KEYS}
            </label>
            <p id="keys-hint" class="field__hint">
                {words::SINGLE_KEYS_HINT}
            </p>
            <dl class="keys__list">{actions.collect_view()} {places.collect_view()}</dl>
            <div class="dialog__actions">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    {words::CLOSE}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}
