//! The privacy page: what is stored about people, for how long, and how to have it erased.

use serde::{Deserialize, Serialize};

use crate::{
    live::{browser::erasure, signals::views::*},
    service::ServiceError,
    words::{errors, privacy},
};

/// What the page starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Who was just forgotten, if somebody was.
    pub forgotten: Option<Forgotten>,
    /// Why they were not.
    pub refused: Option<ServiceError>,
}

/// Who was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forgotten {
    /// The visitor that the browser's cookie named.
    Visitor,
    /// Nobody that the server knows: there was no cookie.
    Nobody,
}

/// The privacy page: what is stored about people, for how long, and how to have it erased.
#[component]
pub fn PrivacyPage(
    /// What it starts from.
    data: Privacy,
) -> impl IntoView {
    let Privacy { forgotten, refused } = data;
    let forgotten = forgotten.map(|forgotten| match forgotten {
        Forgotten::Visitor => privacy::FORGOTTEN,
        Forgotten::Nobody => privacy::NOBODY_FORGOTTEN,
    });
    // Whether or not the address says so: a visitor without a cookie has something to erase too, and anybody can write an
    // address.
    Effect::new(move |_| erasure::erase_if_told());
    view! {
        <main class="privacy">
            <h1>{privacy::TITLE}</h1>
            <p class="banner-place" role="status">
                {forgotten
                    .map(|words| {
                        view! {
                            <span class="banner">{words}</span>
                        }
                    })}
            </p>
            <section class="panel" aria-labelledby="stored">
                <h2 id="stored">{privacy::PRESS_HEADING}</h2>
                <ul class="privacy__list">
                    {privacy::STORED.map(|words| view! { <li>{words}</li> })}
                </ul>
                <p>{privacy::ADDRESS}</p>
                <p>{privacy::KEPT}</p>
            </section>
            <section class="panel" aria-labelledby="browser">
                <h2 id="browser">{privacy::BROWSER_HEADING}</h2>
                {privacy::IN_BROWSER.map(|words| view! { <p>{words}</p> })}
            </section>
            <section class="panel" aria-labelledby="forget">
                <h2 id="forget">{privacy::FORGET_ME}</h2>
                <p>{privacy::FORGET_EXPLANATION}</p>
                <form
                    class="form"
                    method="post"
                    action="/forget"
                    on:submit=move |_| erasure::unmark_sessions()
                >
                    <label class="check">
                        <input type="checkbox" name="sure" value="yes" required />
                        {privacy::SURE}
                    </label>
                    <p class="form__error" role="alert">
                        {refused.as_ref().map(errors::error)}
                    </p>
                    <button type="submit" class="button button--danger">
                        {privacy::FORGET_ME}
                    </button>
                </form>
            </section>
            <p>
                <a href="/third-party-notices.txt">{privacy::NOTICES}</a>
            </p>
            <p>
                <a href="/">{errors::HOME}</a>
            </p>
        </main>
    }
    .into_any()
}
