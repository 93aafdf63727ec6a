//! The button "Clip that!" on staff pages.

use super::press_form::{PressForm, use_press_form};
use crate::{
    domain::{session::Status, timestamp::TimestampId},
    live::{page::feed::Feed, signals::views::*},
    words,
};

/// The button "Clip that!" on staff pages; hidden once the stream has ended.
#[component]
pub fn PressPanel(
    /// The live session.
    feed: Feed,
    /// The id that the plain form sends.
    form_id: TimestampId,
) -> impl IntoView {
    use_press_form(feed, None);
    let is_ended = Memo::new(move |_| matches!(feed.session.read().status, Status::Ended { .. }));
    view! {
        <section class="press-panel" aria-labelledby="press" hidden=move || is_ended.get()>
            <h3 id="press" class="visually-hidden">
                {words::press::MARK_A_MOMENT}
            </h3>
            <PressForm feed form_id=Some(form_id) told=None />
        </section>
    }
}
