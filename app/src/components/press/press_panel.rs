//! The button "Clip that!" on staff pages.

use leptos::prelude::*;

use super::press_form::{PressForm, use_press_form};
use crate::{
    IS_SERVER,
    domain::{session::Status, timestamp::TimestampId},
    live::{browser::storage, page::feed::Feed},
    words,
};

/// The button "Clip that!" on staff pages, in a panel that is hidden once the stream has ended.
#[component]
pub fn PressPanel(
    /// The live session.
    feed: Feed,
    /// The id that the plain form sends.
    form_id: TimestampId,
) -> impl IntoView {
    use_press_form(feed, None);
    let is_ended = Memo::new(move |_| matches!(feed.session.read().status, Status::Ended { .. }));
    // A shortcut of one letter can be switched off (WCAG 2.1.4): speech input types letters that nobody meant as keys.
    let has_shortcut = RwSignal::new(IS_SERVER || storage::has_letter_shortcuts());
    view! {
        <section
            class="panel panel--press"
            class:panel--no-shortcut=move || !has_shortcut.get()
            aria-labelledby="press"
            hidden=move || is_ended.get()
        >
            <h2 id="press" class="visually-hidden">
                {words::press::MARK_A_MOMENT}
            </h2>
            <PressForm feed form_id=Some(form_id) told=None />
            <label class="check needs-scripts">
                <input
                    type="checkbox"
                    checked
                    prop:checked=move || has_shortcut.get()
                    on:change=move |event| {
                        let is_on = event_target_checked(&event);
                        storage::set_letter_shortcuts(is_on);
                        has_shortcut.set(is_on);
                    }
                />
                {words::press::SHORTCUT}
            </label>
        </section>
    }
}
