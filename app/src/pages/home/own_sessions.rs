//! The sessions that this browser controls or moderates: found by a search, opened again as new ones, deleted and restored.

use gloo_timers::callback::Timeout;
use leptos::ev;
use web_sys::Element;

use super::search::Searched;
use crate::{
    api,
    components::{
        session::status_badge::StatusBadge,
        shared::{
            focus,
            form_error::FormError,
            live_text::live_text,
            server_call::{ServerCall, use_server_call},
        },
    },
    domain::{
        role::{Right, Role},
        session::Status,
    },
    live::{calls::retry, clock, signals::views::*},
    live_document::HELD,
    service::{OwnSession, ServiceError},
    words::{errors, home as words},
};

/// From how many sessions on they can be searched.
const SEARCHED_FROM: usize = 2;

/// How often it is checked whether somebody is still in the middle of something, in milliseconds.
const LOOK_MS: u32 = 100;
/// After this many checks the list stays as it is until somebody comes back to it: a key may stay down forever.
const MOST_LOOKS: u32 = 300;

/// The list, and how it is kept current.
#[derive(Clone, Copy)]
struct OwnList {
    /// The sessions that it is drawn from, or why there are none.
    own: RwSignal<Result<Vec<OwnSession>, ServiceError>>,
    /// The year, UTC, in which they were told.
    this_year: StoredValue<i32>,
    /// Whether a session was deleted or restored in it since it was drawn.
    is_edited: StoredValue<bool>,
    /// The call that asks for the sessions.
    asking: ServerCall,
    /// Whether it waits until nobody is in the middle of something.
    is_waiting: StoredValue<bool>,
}

/// The sessions that this browser controls or moderates.
#[component]
pub fn OwnSessions(
    /// The sessions, or why they can't be told.
    own: Result<Vec<OwnSession>, ServiceError>,
    /// The current year, UTC.
    this_year: i32,
    /// Why a plain form in this list did nothing.
    refused: Option<ServiceError>,
) -> impl IntoView {
    let list = OwnList {
        own: RwSignal::new(own),
        this_year: StoredValue::new(this_year),
        is_edited: StoredValue::new(false),
        asking: use_server_call(),
        is_waiting: StoredValue::new(false),
    };
    let sought = RwSignal::new(String::new());
    use_newest(list);
    let shown = move || match list.own.get() {
        Ok(own) if own.is_empty() => view! { <p class="empty">{words::NO_OWN}</p> }.into_any(),
        Ok(own) => view! { <SearchedList own sought list /> }.into_any(),
        Err(error) => view! { <p class="form__error">{errors::error(&error)}</p> }.into_any(),
    };
    view! {
        <section class="panel" id="own" aria-labelledby="own-heading">
            <h2 id="own-heading" tabindex="-1">{words::OWN_HEADING}</h2>
            {refused
                .map(|error| view! { <p class="form__error" role="alert">{errors::error(&error)}</p> })}
            {shown}
        </section>
    }
}

/// Asks for the sessions again when somebody comes back to the page: they may have opened or deleted one in another tab, or on
/// the page that they come from.
fn use_newest(list: OwnList) {
    Effect::new(move |_| {
        let listeners = [
            window_event_listener(ev::visibilitychange, move |_| {
                if !document().hidden() {
                    list.ask();
                }
            }),
            window_event_listener(ev::pageshow, move |event| {
                if event.persisted() {
                    list.ask();
                }
            }),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
}

impl OwnList {
    /// Asks for the sessions, and shows them. If somebody is in the middle of something by then, they are asked for again
    /// afterwards: the answer may be from before it.
    fn ask(self) {
        let newest = retry::with_timeout(api::sessions::own_sessions());
        self.asking.supersede(newest, move |newest| {
            if !is_held() {
                self.show(newest);
            } else if !self.is_waiting.get_value() {
                self.is_waiting.set_value(true);
                self.ask_once_free(MOST_LOOKS);
            }
        });
    }

    /// Asks for them as soon as nothing holds that up.
    fn ask_once_free(self, looks: u32) {
        let look = move || {
            let is_held = is_held();
            if is_held && looks > 0 {
                return self.ask_once_free(looks - 1);
            }
            self.is_waiting.set_value(false);
            if !is_held {
                self.ask();
            }
        };
        Timeout::new(LOOK_MS, look).forget();
    }

    /// Draws the list anew, unless that changes nothing: whoever is in the search field would lose their place in it.
    fn show(self, newest: Vec<OwnSession>) {
        let newest = Ok(newest);
        if !self.is_edited.get_value() && *self.own.read_untracked() == newest {
            return;
        }
        self.is_edited.set_value(false);
        // The page may be older than the year.
        self.this_year.set_value(clock::this_year());
        keep_place();
        self.own.set(newest);
    }

    /// A session was deleted or restored in the list.
    fn edited(self) {
        self.is_edited.set_value(true);
        // An answer on its way may be from before it.
        if self.asking.is_busy_untracked() {
            self.ask();
        }
    }
}

/// Whether a pointer or key is down, which `watchdog.js` tracks, or a session is being deleted or restored.
fn is_held() -> bool {
    let held = ["[", HELD, "], #own [aria-busy]"].concat();
    let held = document().query_selector(&held);
    held.is_ok_and(|held| held.is_some())
}

/// Leaves whoever is in the list in their place when it is drawn again.
fn keep_place() {
    let focused = document().active_element();
    let Some(places) = focused.as_ref().and_then(places) else {
        return;
    };
    request_animation_frame(move || {
        let is_there = |place: &String| matches!(document().query_selector(place), Ok(Some(_)));
        if let Some(place) = places.into_iter().find(is_there) {
            focus::go_on("#own", place);
        }
    });
}

/// The selectors of where the focus goes on from this element when the list is drawn again, the best first: the same control,
/// the first one of its row, the heading. The button that deletes a session may be the one that restores it by then.
fn places(focused: &Element) -> Option<[String; 3]> {
    let id = focused.closest("#own [id]").ok()??.get_attribute("id")?;
    let button = button_of(&id);
    let same = match focused.get_attribute("href") {
        Some(href) => format!("#own :not([hidden]) > [href='{href}']"),
        None if focused.local_name() == "button" => button.clone(),
        None => format!("#{id}"),
    };
    let first = format!("#{id} .sessions__title[href], {button}");
    Some([same, first, "#own-heading".to_owned()])
}

/// The selector of the button that the row with this id shows: the one that deletes its session, or restores it.
fn button_of(id: &str) -> String {
    format!("#{id} form:not([hidden]) button")
}

#[component]
fn SearchedList(own: Vec<OwnSession>, sought: RwSignal<String>, list: OwnList) -> impl IntoView {
    let is_long = own.len() >= SEARCHED_FROM;
    let searched: Vec<_> = own.iter().map(Searched::new).collect();
    let nothing = {
        let searched = searched.clone();
        move || {
            let sought = sought.read();
            let is_found = searched.iter().any(|session| session.is_match(&sought));
            (!is_found).then_some(words::NOTHING_FOUND)
        }
    };
    let rows = own.into_iter().zip(searched);
    let rows = rows.map(|(own, searched)| {
        view! { <OwnRow own list is_sought=move || searched.is_match(&sought.read()) /> }
    });
    view! {
        {is_long
            .then(|| {
                view! {
                    <div class="field needs-scripts">
                        <label for="find-own">{words::SEARCH}</label>
                        <input
                            id="find-own"
                            type="search"
                            class="input"
                            autocomplete="off"
                            placeholder=words::SEARCH_HINT
                            prop:value=sought.get_untracked()
                            on:input=move |event| sought.set(event_target_value(&event))
                        />
                    </div>
                }
            })}
        <ul class="sessions">{rows.collect_view()}</ul>
        <p class="sessions__none" role="status" inner_html=live_text(nothing)></p>
    }
}

#[component]
fn OwnRow(
    own: OwnSession,
    list: OwnList,
    is_sought: impl Fn() -> bool + Send + Sync + 'static,
) -> impl IntoView {
    let is_deleted = RwSignal::new(own.purge_after.is_some());
    let (code, purge_after) = (own.session.code.clone(), own.purge_after);
    let call = use_server_call();
    let id = format!("own-{code}");
    let shown_button = StoredValue::new(button_of(&id));
    let settle = move |deleted: bool| {
        is_deleted.set(deleted);
        list.edited();
        // The button that had the focus is hidden with what it did.
        focus::go_on(focus::NOWHERE, shown_button.get_value());
    };
    let delete = {
        let code = code.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            call.start(api::sessions::trash_session(code.clone()), move |()| {
                settle(true);
            });
        }
    };
    let restore = {
        let code = code.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            call.start(api::sessions::restore_session(code.clone()), move |()| {
                settle(false);
            });
        }
    };
    let may_delete =
        own.role.may(Right::Control) && !matches!(own.session.status, Status::Active { .. });
    let this_year = list.this_year.get_value();
    let deleted_note = move || {
        is_deleted
            .get()
            .then(|| words::deleted(purge_after, this_year))
    };
    let which = words::which(&own.session);
    view! {
        <li
            id=id
            class="sessions__row"
            class:sessions__row--deleted=move || is_deleted.get()
            hidden=move || !is_sought()
        >
            <SessionFacts own is_deleted this_year />
            <form
                class="sessions__action"
                method="post"
                action=format!("/s/{code}/trash")
                hidden=move || !may_delete || is_deleted.get()
                on:submit=delete
            >
                <button
                    type="submit"
                    class="button button--quiet"
                    aria-busy=move || call.aria_busy()
                >
                    {words::DELETE}
                    <span class="visually-hidden">{[" ", &which].concat()}</span>
                </button>
            </form>
            <form
                class="sessions__undo"
                method="post"
                action=format!("/s/{code}/restore")
                hidden=move || !is_deleted.get()
                on:submit=restore
            >
                <span role="status" inner_html=live_text(deleted_note)></span>
                <button
                    type="submit"
                    class="button"
                    aria-busy=move || call.aria_busy()
                >
                    {words::RESTORE}
                    <span class="visually-hidden">{[" ", &which].concat()}</span>
                </button>
            </form>
            <FormError error=call.error />
        </li>
    }
}

/// What is known of a session, and the pages that belong to it.
#[component]
fn SessionFacts(own: OwnSession, is_deleted: RwSignal<bool>, this_year: i32) -> impl IntoView {
    let OwnSession {
        session,
        role,
        created_at,
        ..
    } = own;
    let which = words::which(&session);
    let code = session.code.clone();
    let (page, title) = (format!("/s/{code}"), session.title.to_string());
    let does = words::does(role);
    let address = match role {
        Role::Viewer => page.clone(),
        Role::Moderator => format!("{page}/mod"),
        Role::Streamer => format!("{page}/control"),
    };
    let leads = move || (!is_deleted.get()).then(|| address.clone());
    let same_again = role.may(Right::Control).then(|| {
        view! {
            <a class="sessions__viewer" href=format!("/?like={code}#open")>
                {words::SAME_AGAIN}
                <span class="visually-hidden">{[" ", &which].concat()}</span>
            </a>
        }
    });
    view! {
        <div class="sessions__name">
            <a class="sessions__title" href=leads>
                <bdi>{title}</bdi>
                <span class="visually-hidden">{format!(" ({does}, code {code})")}</span>
            </a>
            <p class="sessions__which">
                <span class="sessions__code" translate="no">
                    {code.to_string()}
                </span>
                " "
                {created_at.map(|at| words::opened(at, this_year))}
            </p>
        </div>
        // Isolated instead of turned around: a game that is read from the right stays below a title that is not.
        <span class="sessions__game">
            <bdi>{session.game.to_string()}</bdi>
        </span>
        <span class="sessions__count">{words::timestamps(session.timestamp_count)}</span>
        <StatusBadge status=session.status />
        <span class="sessions__links" hidden=move || is_deleted.get()>
            <a class="sessions__viewer" href=page>
                {words::VIEWERS_PAGE}
                <span class="visually-hidden">{[" ", &which].concat()}</span>
            </a>
            {same_again}
        </span>
    }
}
