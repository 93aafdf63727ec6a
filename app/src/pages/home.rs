//! The home page: what this is, a form to open a session, a code to follow, and the sessions that this browser controls.

use leptos::{ev, html, prelude::*};
use serde::{Deserialize, Serialize};

use crate::{
    api,
    components::{
        access::code_form::CodeForm,
        session::status_badge::StatusBadge,
        shared::{
            form_error::FormError, live_text::live_text, privacy_link::PrivacyLink,
            retry_key::use_retry_key, server_call::use_server_call,
        },
    },
    domain::{
        role::Role,
        text::{Game, TextError, Title as SessionTitle},
    },
    service::{OwnSession, ServiceError},
    words::{errors, home as words},
};

/// What the first page starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The sessions that this browser controls or moderates, or why they can't be told.
    pub own: Result<Vec<OwnSession>, ServiceError>,
    /// What came back from a plain form that was refused.
    pub back: Back,
}

/// What a plain form that was refused brings back to the first page, so that nothing that was typed is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// The title that was typed.
    pub title: String,
    /// The game that was typed.
    pub game: String,
    /// Why no session was opened.
    pub refused: Option<ServiceError>,
    /// What was typed for a code.
    pub code: Option<String>,
}

impl Home {
    /// The first page of a browser that nobody knows.
    pub const fn of_nobody() -> Self {
        Self {
            own: Ok(Vec::new()),
            back: Back {
                title: String::new(),
                game: String::new(),
                refused: None,
                code: None,
            },
        }
    }
}

/// The first page.
#[component]
pub fn HomePage(
    /// What it starts from.
    data: Home,
) -> impl IntoView {
    let Home { own, back } = data;
    let typed = back.code.clone();
    view! {
        <main class="home">
            <header class="home__head">
                <h1>{words::PRODUCT}</h1>
                <p class="lead">{words::LEAD}</p>
            </header>
            <OpenForm back />
            <section class="panel" aria-labelledby="join">
                <h2 id="join">{words::JOIN_HEADING}</h2>
                <CodeForm typed />
            </section>
            <OwnSessions own />
            <PrivacyLink />
        </main>
    }
    .into_any()
}

/// Opens a session. A plain form until the scripts have come.
#[component]
fn OpenForm(back: Back) -> impl IntoView {
    let Back {
        title,
        game,
        refused,
        code: _,
    } = back;
    let asked = Wish::read(&title, &game);

    let title_error = RwSignal::new(None::<TextError>);
    let game_error = RwSignal::new(None::<TextError>);
    let (opening, key) = (use_server_call(), use_retry_key());
    match refused {
        // Checked again, because the error names only the first of them.
        Some(ServiceError::Invalid(_)) => {
            title_error.set(asked.title.err());
            game_error.set(asked.game.err());
        }
        other => opening.error.set(other),
    }
    let is_opening = move || opening.is_busy();
    Effect::new(move |_| {
        // Whoever comes back to the page from the browser's memory means another session.
        let listener = window_event_listener(ev::pageshow, move |event| {
            if event.persisted() {
                key.renew();
            }
        });
        on_cleanup(move || listener.remove());
    });
    let title_field = NodeRef::<html::Input>::new();
    let game_field = NodeRef::<html::Input>::new();
    let open = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let value = |field: NodeRef<html::Input>| {
            let field = field.get_untracked();
            field.map(|field| field.value()).unwrap_or_default()
        };
        let Wish { title, game } = Wish::read(&value(title_field), &value(game_field));
        title_error.set(title.as_ref().err().cloned());
        game_error.set(game.as_ref().err().cloned());
        opening.error.set(None);
        let (Ok(title), Ok(game)) = (title, game) else {
            return;
        };
        // The key stays: the browser takes its time to leave, and a second click meanwhile means the same session.
        let open = api::sessions::open_session(title.into(), game.into(), Some(key.get()));
        opening.start(open, move |opened| {
            // A whole load, as after the plain form: the control page finds its key in the fragment.
            let address = opened.control_key.link("", &opened.code);
            let _ = window().location().assign(&address);
        });
    };

    view! {
        <section class="panel" aria-labelledby="open">
            <h2 id="open">{words::OPEN_HEADING}</h2>
            <form class="form" method="post" action="/" on:submit=open>
                <div class="field">
                    <label for="title">{words::TITLE}</label>
                    <input
                        node_ref=title_field
                        id="title"
                        dir="auto"
                        name="title"
                        class="input"
                        value=title
                        placeholder=words::TITLE_EXAMPLE
                        autocomplete="off"
                        aria-describedby="title-error"
                        aria-invalid=move || title_error.read().is_some().then_some("true")
                    />
                    <FieldError id="title-error" error=title_error />
                </div>
                <div class="field">
                    <label for="game">{words::GAME}</label>
                    <input
                        node_ref=game_field
                        id="game"
                        dir="auto"
                        name="game"
                        class="input"
                        value=game
                        placeholder=words::GAME_EXAMPLE
                        autocomplete="off"
                        aria-describedby="game-error"
                        aria-invalid=move || game_error.read().is_some().then_some("true")
                    />
                    <FieldError id="game-error" error=game_error />
                </div>
                <FormError error=opening.error />
                <button
                    type="submit"
                    class="button button--primary"
                    disabled=is_opening
                    inner_html=live_text(move || words::open(is_opening()))
                ></button>
            </form>
        </section>
    }
    .into_any()
}

/// What was typed into the form, judged.
struct Wish {
    title: Result<SessionTitle, TextError>,
    game: Result<Game, TextError>,
}

impl Wish {
    fn read(title: &str, game: &str) -> Self {
        Self {
            title: SessionTitle::parse(title),
            game: Game::parse(game),
        }
    }
}

#[component]
fn FieldError(id: &'static str, error: RwSignal<Option<TextError>>) -> impl IntoView {
    view! {
        <p
            id=id
            class="field__error"
            aria-live="polite"
            inner_html=live_text(move || error.read().as_ref().map(errors::text))
        ></p>
    }
}

/// The sessions that this browser controls or moderates.
#[component]
fn OwnSessions(own: Result<Vec<OwnSession>, ServiceError>) -> impl IntoView {
    let list = match own {
        Ok(own) if own.is_empty() => view! {
            <p class="empty">{words::NO_OWN}</p>
        }
        .into_any(),
        Ok(own) => {
            let rows = own.into_iter().map(|own| view! { <OwnRow own /> });
            view! { <ul class="sessions">{rows.collect_view()}</ul> }.into_any()
        }
        Err(error) => view! { <p class="form__error">{errors::error(&error)}</p> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="own">
            <h2 id="own">{words::OWN_HEADING}</h2>
            {list}
        </section>
    }
}

#[component]
fn OwnRow(own: OwnSession) -> impl IntoView {
    let OwnSession { session, role } = own;
    let code = session.code.clone();
    let (page, title) = (format!("/s/{code}"), session.title.to_string());
    let does = words::does(role);
    let address = match role {
        Role::Viewer => page.clone(),
        Role::Moderator => format!("{page}/mod"),
        Role::Streamer => format!("{page}/control"),
    };
    view! {
        <li class="sessions__row">
            <a class="sessions__title" href=address>
                <bdi>{title}</bdi>
                <span class="visually-hidden">{format!(" ({does})")}</span>
            </a>
            <span class="sessions__game" dir="auto">{session.game.to_string()}</span>
            <span class="sessions__count">{words::timestamps(session.timestamp_count)}</span>
            <StatusBadge status=session.status />
            <a class="sessions__viewer" href=page>
                {words::VIEWERS_PAGE}
            </a>
        </li>
    }
}
