//! The page that the service worker shows: it takes presses and shows those that wait, and makes way for the real page as
//! soon as there is a connection.

use std::sync::LazyLock;

use leptos::prelude::*;
use serde::Serialize;

use crate::{
    components::shared::{live_text::escaped, page_title::of_product},
    document::{Style, rendered, stylesheet},
    domain::{
        press::{LONGEST_WAIT_MS, PressRefused},
        role::Audience,
        text::{Field, Name, Note, TextError},
    },
    embedded::DATA,
    json,
    live::{browser::storage, press::outbox},
    script_text::without_comments,
    service::ServiceError,
    words::{errors, home::PRODUCT, offline as words, press, viewer},
};

/// What the page does: it is too little for a bundle, and has to start without one.
static SCRIPT: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("page.js")));

/// The text of the one inline script of the page: its policy allows no other.
pub fn inline_script() -> &'static str {
    SCRIPT.as_str()
}

/// What the script knows of the app.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    keys: Keys,
    longest_wait_ms: u64,
    longest_kept_ms: i64,
    /// The most characters of each field, by its id.
    fields: Of<usize>,
    words: Words,
}

/// The names in the browser's storage, or how they begin.
#[derive(Serialize)]
struct Keys {
    press: &'static str,
    own: &'static str,
    typed: &'static str,
    name: &'static str,
    ahead: &'static str,
    forgotten: &'static str,
}

/// Something of each field of the form.
#[derive(Serialize)]
struct Of<T> {
    note: T,
    name: T,
}

/// In place of braces, the script puts a number or a time.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Words {
    waiting: &'static str,
    late: String,
    labelled: &'static str,
    kept: &'static str,
    lost: &'static str,
    left: String,
    one_left: String,
    over: String,
    too_long: Of<String>,
}

impl Data {
    fn new() -> Self {
        let too_late = ServiceError::Press(PressRefused::WaitedTooLong);
        let any = |left, number: &str| press::characters_left(left).replace(number, "{}");
        Self {
            keys: Keys {
                press: storage::PRESS,
                own: storage::OWN,
                typed: storage::TYPED,
                name: storage::NAME,
                ahead: storage::AHEAD,
                forgotten: storage::FORGOTTEN,
            },
            longest_wait_ms: LONGEST_WAIT_MS,
            longest_kept_ms: outbox::MAX_AGE.num_milliseconds(),
            fields: Of {
                note: Note::MAX,
                name: Name::MAX,
            },
            words: Words {
                waiting: press::WAITING,
                late: press::refused(&too_late, Audience::Public).into_owned(),
                labelled: words::LABELLED,
                kept: words::KEPT,
                lost: words::LOST,
                left: any(0, "0"),
                one_left: press::characters_left(1),
                over: any(-2, "2"),
                too_long: Of {
                    note: too_long(Field::Note, Note::MAX),
                    name: too_long(Field::Name, Name::MAX),
                },
            },
        }
    }
}

fn too_long(field: Field, most: usize) -> String {
    errors::text(&TextError::TooLong {
        field,
        characters: most + 1,
        most,
    })
}

/// The page as a whole document.
pub(super) fn html(style: &Style) -> String {
    let data = json::write(&Data::new()).replace('<', "\\u003c");
    let style = stylesheet(style);
    rendered(move || {
        view! {
            <!DOCTYPE html>
            // Its script is its app, and runs as soon as the page is there.
            <html lang="en" data-app="runs">
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="dark light" />
                    <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
                    <title inner_html=escaped(&of_product(words::HEADING))></title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    {style}
                    <script type="application/json" id=DATA inner_html=data></script>
                </head>
                <body>
                    <header class="page-header">
                        <span class="brand">{PRODUCT}</span>
                    </header>
                    <main class="viewer">
                        <div class="banner-place">
                            <div class="banner">
                                <span>{words::AWAY}</span>
                                <button id="try-now" type="button" class="button button--quiet">
                                    {viewer::TRY_NOW}
                                </button>
                            </div>
                        </div>
                        <div class="viewer__stage">
                            <div class="session-head">
                                <h1 class="session-head__title">{words::HEADING}</h1>
                                <p class="session-head__game">
                                    {words::SESSION} <span id="code" translate="no"></span>
                                </p>
                            </div>
                            <Form />
                        </div>
                        <section class="panel" aria-labelledby="waiting">
                            <h2 id="waiting">
                                {words::WAITING} <span id="count" class="count" translate="no"></span>
                            </h2>
                            <p id="none" class="empty">{words::NONE}</p>
                            <ul id="unsent" class="unsent" aria-labelledby="waiting"></ul>
                            <p id="times" class="field__hint">{words::TIMES}</p>
                        </section>
                    </main>
                    <script inner_html=SCRIPT.as_str()></script>
                </body>
            </html>
        }
    })
}

/// The form, as the viewers' page has it.
#[component]
fn Form() -> impl IntoView {
    view! {
        <form id="press-form" class="press-form">
            <button id="press-button" type="submit" class="press-button" aria-describedby="advice">
                <span class="press-button__label">{press::CLIP_THAT}</span>
            </button>
            <p id="press-result" class="press-result" role="status" aria-live="polite"></p>
            <p id="advice" class="field__hint">{words::ADVICE}</p>
            <div class="field">
                <label for="note">{press::WHAT_HAPPENED}</label>
                <input
                    id="note"
                    dir="auto"
                    class="input"
                    placeholder=press::OPTIONAL
                    autocomplete="off"
                    enterkeyhint="send"
                    aria-describedby="note-left"
                />
                <span id="note-left" class="field__count"></span>
            </div>
            <div class="field">
                <label for="name">{press::YOUR_NAME}</label>
                <input
                    id="name"
                    dir="auto"
                    class="input"
                    placeholder=press::OPTIONAL
                    autocomplete="nickname"
                />
            </div>
        </form>
    }
}
