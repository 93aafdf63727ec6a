//! The lines below the bar that tell of something out of the ordinary. There are none most of the time.

use chrono::TimeDelta;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::state::DeskState;
use crate::{
    components::{
        access::access_gate::KeyBanner,
        links::secret_link::SecretLink,
        press::unsent_list::UnsentList,
        session::{page_header::SessionPage, session_head::SESSION_TITLE},
        shared::{
            focus::go_on,
            live_text::live_text,
            noscript::{NeedsScripts, WithoutScripts},
        },
        stream::{connection_banner::ConnectionBanner, stream_controls::END_BUTTON},
    },
    domain::session::Status,
    live::{
        page::link_redemption::{KeyState, PageAccess},
        signals::views::*,
    },
    words::{desk as words, session},
};

/// A session whose open segment began so many hours ago may have been forgotten; after a pause they count anew.
const LONG_HOURS: i64 = 12;

/// What is out of the ordinary: no connection, a link to save, a session that was forgotten, presses that are not saved.
#[component]
pub fn Notices(
    /// The desk.
    desk: DeskState,
    /// How this browser got here.
    access: PageAccess,
    /// Where links to this server begin.
    public_url: String,
) -> impl IntoView {
    let feed = desk.feed;
    let is_streamers = desk.page == SessionPage::Control;
    let without_scripts = match is_streamers {
        true => session::CONTROL_WITHOUT_SCRIPTS,
        false => session::MODERATE_WITHOUT_SCRIPTS,
    };
    Effect::new(move |_| {
        // Nobody can be in what is inert.
        if feed.is_revoked() {
            go_on(
                ".desk__main, .dock__main, .stream-controls",
                SESSION_TITLE.to_owned(),
            );
        }
    });
    let is_new = Memo::new(move |_| feed.session.read().status.is_not_started());
    let secret = move || {
        let secret = match access.key.get() {
            KeyState::Redeemed { fresh } => fresh?,
            KeyState::None | KeyState::Redeeming | KeyState::NotKept | KeyState::Refused(_) => {
                return None;
            }
        };
        Some(view! {
            <SecretLink
                code=feed.code()
                public_url=public_url.clone()
                secret
                is_slim=true
                next=SESSION_TITLE
                on_saved=move |()| access.clear_key()
            />
        })
    };
    view! {
        <div class="desk__notices">
            <WithoutScripts>
                <p class="banner banner--warning">{without_scripts}</p>
            </WithoutScripts>
            <ConnectionBanner feed />
            <KeyBanner access />
            {is_streamers.then_some(secret)}
            <Show when=move || is_streamers && is_new.get()>
                <SaveTheAddress />
            </Show>
            {is_streamers.then(|| view! { <LongActive desk /> })}
            <UnsentList />
        </div>
    }
    .into_any()
}

/// Tells a user who opened the session without scripts to save the key in the address: nothing else shows it.
#[component]
fn SaveTheAddress() -> impl IntoView {
    view! {
        <WithoutScripts>
            <section class="panel panel--accent" aria-labelledby="save">
                <h2 id="save">{session::SAVE_ADDRESS}</h2>
                <p>{session::SAVE_ADDRESS_EXPLANATION}</p>
            </section>
        </WithoutScripts>
    }
}

/// Asks whether a session that has been active for very long was forgotten.
#[component]
fn LongActive(desk: DeskState) -> impl IntoView {
    let hours = Memo::new(move |_| {
        let Status::Active { start_time, .. } = desk.feed.session.read().status else {
            return None;
        };
        let active = desk.feed.now.get()? - start_time;
        let is_long = active >= TimeDelta::hours(LONG_HOURS);
        (is_long && !desk.feed.is_revoked())
            .then(|| u32::try_from(active.num_hours()).unwrap_or(u32::MAX))
    });
    let end = move |_| {
        let button = document().query_selector(END_BUTTON).ok().flatten();
        // It asks for confirmation.
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            button.click();
        }
    };
    view! {
        <NeedsScripts>
            <p class="banner banner--warning" hidden=move || hours.get().is_none()>
                <span inner_html=live_text(move || hours.get().map(words::long_active))></span>
                <button type="button" class="button button--quiet" on:click=end>
                    {words::END_IT}
                </button>
            </p>
        </NeedsScripts>
    }
    .into_any()
}
