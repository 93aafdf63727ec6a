//! The home page: what this is, a form to open a session, a code to follow, and the sessions that this browser controls.

pub mod own_sessions;
mod search;

use leptos::{ev, html};
use serde::{Deserialize, Serialize};

use crate::{
    api,
    components::{
        access::code_form::CodeForm,
        shared::{
            live_text::live_text, privacy_link::PrivacyLink, retry_key::use_retry_key,
            server_call::use_server_call,
        },
    },
    domain::{
        code::Code,
        role::Role,
        session::Session,
        text::{Game, TextError, Title as SessionTitle},
    },
    live::signals::views::*,
    service::{OwnSession, ServiceError},
    words::{errors, home as words},
};

use self::own_sessions::OwnSessions;

/// What the first page starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// The sessions that this browser controls or moderates, or why they can't be told.
    pub own: Result<Vec<OwnSession>, ServiceError>,
    /// Why a plain form in the list of these sessions did nothing.
    pub own_refused: Option<ServiceError>,
    /// What came back from a plain form that was refused.
    pub back: Back,
    /// The current year, UTC: dates of other years name theirs.
    pub this_year: i32,
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
    /// The session whose settings the new one is to take over.
    pub like: Option<Code>,
}

impl Home {
    /// The first page of a browser that nobody knows. It shows no date, and is the same in every year.
    pub const fn of_nobody() -> Self {
        Self {
            own: Ok(Vec::new()),
            own_refused: None,
            back: Back {
                title: String::new(),
                game: String::new(),
                refused: None,
                code: None,
                like: None,
            },
            this_year: 0,
        }
    }
}

/// The first page.
#[component]
pub fn HomePage(
    /// What it starts from.
    data: Home,
) -> impl IntoView {
    let Home {
        own,
        own_refused,
        back,
        this_year,
    } = data;
    let typed = back.code.clone();
    let like = back.like.as_ref().and_then(|like| {
        let own = own.as_ref().ok()?.iter();
        own.filter(|own| own.role == Role::Streamer && own.purge_after.is_none())
            .find(|own| own.session.code == *like)
            .map(|own| own.session.clone())
    });
    let is_like_gone = back.like.is_some() && like.is_none() && own.is_ok();
    view! {
        <main class="home">
            <header class="home__head">
                <h1>{words::PRODUCT}</h1>
                <p class="lead">{words::LEAD}</p>
            </header>
            <OpenForm back like is_like_gone />
            <section class="panel" aria-labelledby="join">
                <h2 id="join">{words::JOIN_HEADING}</h2>
                <CodeForm typed />
            </section>
            <OwnSessions own this_year refused=own_refused />
            <PrivacyLink />
        </main>
    }
    .into_any()
}

/// Opens a session. A plain form until the scripts have come.
#[component]
fn OpenForm(
    back: Back,
    /// The session whose settings the new one takes over.
    like: Option<Session>,
    /// Whether one was wanted that this browser doesn't control.
    is_like_gone: bool,
) -> impl IntoView {
    let Back {
        title,
        game,
        refused,
        code: _,
        like: _,
    } = back;
    let asked = Wish::read(&title, &game);
    let game = match &like {
        Some(like) if game.is_empty() => like.game.to_string(),
        _ => game,
    };
    let like_code = like.as_ref().map(|like| like.code.clone());
    let like = like.map(|like| view! { <Like like /> });

    let title_error = RwSignal::new(None::<TextError>);
    let game_error = RwSignal::new(None::<TextError>);
    let (opening, key) = (use_server_call(), use_retry_key());
    let has_opened = StoredValue::new(false);
    match refused {
        // Checked again, because the error names only the first of them.
        Some(ServiceError::Invalid(_)) => {
            title_error.set(asked.title.err());
            game_error.set(asked.game.err());
        }
        other => opening.error.set(other),
    }
    let is_opening = move || opening.is_busy();
    let error = move || match opening.error.read().as_ref() {
        // Nothing else is looked for to open a session.
        Some(ServiceError::NotFound) => Some(words::LIKE_GONE.into()),
        Some(error) => Some(errors::error(error)),
        None => is_like_gone.then(|| words::LIKE_GONE.into()),
    };
    let title_field = NodeRef::<html::Input>::new();
    let game_field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        // Whoever comes back to the page from the browser's memory means another session.
        let listener = window_event_listener(ev::pageshow, move |event| {
            if !event.persisted() {
                return;
            }
            key.renew();
            if has_opened.get_value() {
                has_opened.set_value(false);
                let fields = [title_field, game_field].map(|field| field.get_untracked());
                fields
                    .iter()
                    .flatten()
                    .for_each(|field| field.set_value(""));
            }
        });
        on_cleanup(move || listener.remove());
    });
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
        let open = api::sessions::open_session(
            title.into(),
            game.into(),
            like_code.clone(),
            Some(key.get()),
        );
        opening.start(open, move |opened| {
            has_opened.set_value(true);
            // A whole load, as after the plain form: the control page finds its key in the fragment.
            let address = opened.control_key.link("", &opened.code);
            let _ = window().location().assign(&address);
        });
    };

    view! {
        <section class="panel" aria-labelledby="open">
            <h2 id="open">{words::OPEN_HEADING}</h2>
            <form class="form" method="post" action="/" on:submit=open>
                {like}
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
                <p class="form__error" role="alert" inner_html=live_text(error)></p>
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

/// Says which session the new one takes its settings from.
#[component]
fn Like(like: Session) -> impl IntoView {
    view! {
        <input type="hidden" name="like" value=like.code.to_string() />
        <p class="form__hint">
            {words::LIKE} " " <bdi>{like.title.to_string()}</bdi> ". " <a href="/#open">{words::NOT_LIKE}</a>
        </p>
    }
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
