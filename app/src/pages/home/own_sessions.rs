//! The sessions that this browser controls or moderates: found by a search, opened again as new ones, deleted and restored.

use leptos::{ev, html};

use super::search_folding::without_case_and_accents;
use crate::{
    api,
    components::{
        session::status_badge::StatusBadge,
        shared::{form_error::FormError, live_text::live_text, server_call::use_server_call},
    },
    domain::{
        role::{Right, Role},
        session::Status,
    },
    live::signals::views::*,
    service::{OwnSession, ServiceError},
    words::{errors, home as words},
};

/// From how many sessions on they can be searched.
const SEARCHED_FROM: usize = 2;

/// The sessions that this browser controls or moderates.
#[component]
pub fn OwnSessions(
    /// The sessions, or why they can't be told.
    own: Result<Vec<OwnSession>, ServiceError>,
    /// Why a plain form in this list did nothing.
    refused: Option<ServiceError>,
) -> impl IntoView {
    let own = RwSignal::new(own);
    let sought = RwSignal::new(String::new());
    use_newest(own);
    let list = move || match own.get() {
        Ok(own) if own.is_empty() => view! { <p class="empty">{words::NO_OWN}</p> }.into_any(),
        Ok(own) => view! { <SearchedList own sought /> }.into_any(),
        Err(error) => view! { <p class="form__error">{errors::error(&error)}</p> }.into_any(),
    };
    view! {
        <section class="panel" id="own" aria-labelledby="own-heading">
            <h2 id="own-heading">{words::OWN_HEADING}</h2>
            {refused
                .map(|error| view! { <p class="form__error" role="alert">{errors::error(&error)}</p> })}
            {list}
        </section>
    }
}

/// Asks for the sessions again when somebody comes back to the page: they may have opened or deleted one in another tab, or on
/// the page that they come from.
fn use_newest(own: RwSignal<Result<Vec<OwnSession>, ServiceError>>) {
    let call = use_server_call();
    let ask = move || {
        call.supersede(api::sessions::own_sessions(), move |newest| {
            // Nothing is drawn anew that somebody is in.
            let focused = document().active_element();
            let is_in_use =
                focused.is_some_and(|focused| matches!(focused.closest("#own"), Ok(Some(_))));
            if !is_in_use {
                own.set(Ok(newest));
            }
        });
    };
    Effect::new(move |_| {
        let listeners = [
            window_event_listener(ev::visibilitychange, move |_| {
                if !document().hidden() {
                    ask();
                }
            }),
            window_event_listener(ev::pageshow, move |event| {
                if event.persisted() {
                    ask();
                }
            }),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
}

#[component]
fn SearchedList(own: Vec<OwnSession>, sought: RwSignal<String>) -> impl IntoView {
    let is_long = own.len() >= SEARCHED_FROM;
    let texts: Vec<_> = own.iter().map(searched_text).collect();
    let nothing = {
        let texts = texts.clone();
        move || {
            let sought = sought.read();
            let is_found = texts.iter().any(|text| is_match(text, &sought));
            (!is_found).then_some(words::NOTHING_FOUND)
        }
    };
    let rows = own.into_iter().zip(texts);
    let rows = rows.map(|(own, text)| {
        view! { <OwnRow own is_sought=move || is_match(&text, &sought.read()) /> }
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

/// What a search looks at.
fn searched_text(own: &OwnSession) -> String {
    let session = &own.session;
    let parts = [
        session.title.as_str(),
        session.game.as_str(),
        session.code.as_str(),
    ];
    without_case_and_accents(&parts.join("\n"))
}

/// Whether every word that is sought occurs in the text.
fn is_match(text: &str, sought: &str) -> bool {
    let sought = without_case_and_accents(sought);
    sought.split_whitespace().all(|word| text.contains(word))
}

#[component]
fn OwnRow(own: OwnSession, is_sought: impl Fn() -> bool + Send + Sync + 'static) -> impl IntoView {
    let is_deleted = RwSignal::new(own.purge_after.is_some());
    let (code, purge_after) = (own.session.code.clone(), own.purge_after);
    let call = use_server_call();
    let (delete_button, restore_button) = (
        NodeRef::<html::Button>::new(),
        NodeRef::<html::Button>::new(),
    );
    // The button that had the focus is hidden with what it did.
    let focus = |button: NodeRef<html::Button>| {
        request_animation_frame(move || {
            if let Some(button) = button.get_untracked() {
                // Whoever can't focus it loses no more than their place.
                let _ = button.focus();
            }
        });
    };
    let delete = {
        let code = code.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            call.start(api::sessions::trash_session(code.clone()), move |()| {
                is_deleted.set(true);
                focus(restore_button);
            });
        }
    };
    let restore = {
        let code = code.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            call.start(api::sessions::restore_session(code.clone()), move |()| {
                is_deleted.set(false);
                focus(delete_button);
            });
        }
    };
    let may_delete =
        own.role.may(Right::Control) && !matches!(own.session.status, Status::Active { .. });
    let deleted_note = move || is_deleted.get().then(|| words::deleted(purge_after));
    let title = own.session.title.to_string();
    view! {
        <li
            class="sessions__row"
            class:sessions__row--deleted=move || is_deleted.get()
            hidden=move || !is_sought()
        >
            <SessionFacts own is_deleted />
            <form
                class="sessions__action"
                method="post"
                action=format!("/s/{code}/trash")
                hidden=move || !may_delete || is_deleted.get()
                on:submit=delete
            >
                <button
                    node_ref=delete_button
                    type="submit"
                    class="button button--quiet"
                    aria-busy=move || call.aria_busy()
                >
                    {words::DELETE}
                    <span class="visually-hidden">{format!(" {title}")}</span>
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
                    node_ref=restore_button
                    type="submit"
                    class="button"
                    aria-busy=move || call.aria_busy()
                >
                    {words::RESTORE}
                    <span class="visually-hidden">{format!(" {title}")}</span>
                </button>
            </form>
            <FormError error=call.error />
        </li>
    }
}

/// What is known of a session, and the pages that belong to it.
#[component]
fn SessionFacts(own: OwnSession, is_deleted: RwSignal<bool>) -> impl IntoView {
    let OwnSession { session, role, .. } = own;
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
                <span class="visually-hidden">{format!(" {title}")}</span>
            </a>
        }
    });
    view! {
        <a class="sessions__title" href=leads>
            <bdi>{title}</bdi>
            <span class="visually-hidden">{format!(" ({does})")}</span>
        </a>
        <span class="sessions__game" dir="auto">{session.game.to_string()}</span>
        <span class="sessions__count">{words::timestamps(session.timestamp_count)}</span>
        <StatusBadge status=session.status />
        <span class="sessions__links" hidden=move || is_deleted.get()>
            <a class="sessions__viewer" href=page>
                {words::VIEWERS_PAGE}
            </a>
            {same_again}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn accents_are_no_hindrance(before in "[a-z]{0,8}", after in "[a-z]{0,8}") {
            for (typed, sought) in [("é", "e"), ("Ö", "o\u{308}"), ("ﬁ", "FI"), ("ñ", "Ñ")] {
                let text = without_case_and_accents(&[&before, typed, &after].concat());
                prop_assert!(is_match(&text, &[&before, sought, &after].concat()));
            }
        }

        #[test]
        fn a_text_is_found_by_any_of_its_words_in_any_case(words in "[A-Za-zÄé]{1,8}( [A-Za-zÄé]{1,8}){0,4}") {
            let text = without_case_and_accents(&words);
            let sought: Vec<_> = words.split(' ').rev().collect();
            prop_assert!(is_match(&text, &sought.join("  ").to_uppercase()));
            prop_assert!(is_match(&text, " "));
            let other = words + "9";
            prop_assert!(!is_match(&text, &other));
        }
    }
}
