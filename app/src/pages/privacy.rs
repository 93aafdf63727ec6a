//! What is stored about the people who use the pages, for how long, and how to be forgotten.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{clips::ClipsError, live::forgotten};

/// What stands in the title of its tab.
pub(super) const TITLE: &str = "What is stored about you";

/// What the page starts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privacy {
    /// Whether the caller was just forgotten.
    pub is_forgotten: bool,
    /// Why they were not.
    pub refused: Option<ClipsError>,
}

/// What is stored about the people who use the pages, for how long, and how to be forgotten.
#[component]
pub fn PrivacyPage(
    /// What it starts from.
    data: Privacy,
) -> impl IntoView {
    let Privacy {
        is_forgotten,
        refused,
    } = data;
    // Whether the address says so or not: a visitor without a cookie has something to forget too, and an address alone is
    // anybody's to write.
    Effect::new(move |_| forgotten::forget_if_told());
    view! {
        <main class="privacy">
            <h1>"What is stored about you"</h1>
            <p class="banner-place" role="status">
                {is_forgotten
                    .then(|| {
                        view! {
                            <span class="banner">
                                "You are forgotten: what you pressed is out of every list, and this browser is a new one."
                            </span>
                        }
                    })}
            </p>
            <section class="panel" aria-labelledby="stored">
                <h2 id="stored">"When you press"</h2>
                <ul class="privacy__list">
                    <li>"The moment, in seconds since the stream’s segment began, and when it arrived."</li>
                    <li>"The note and the name, if you gave them. A name is only what you type."</li>
                    <li>
                        "A number that stands for your browser. It is made from a random cookie, which itself is not stored; nobody is shown it. By it your own presses stay on your page, and moderators can hide or block a browser that spoils the list."
                    </li>
                </ul>
                <p>
                    "Your network address is used to keep single visitors from flooding a list, only while the server runs. It is not stored. Nothing is asked of other sites, and nobody measures what you do here."
                </p>
                <p>
                    "What you press is kept as long as its session is, and so is the log of what moderators did to it. Whoever runs this server can delete sessions, and have ended ones deleted after some days."
                </p>
            </section>
            <section class="panel" aria-labelledby="browser">
                <h2 id="browser">"In this browser"</h2>
                <p>
                    "One cookie with a random number, for 400 days after you last opened a page with sessions of your own; your name, if you typed one, so that you needn’t type it again; presses that could not be sent yet; and, until the tab is closed, what you have typed and not sent. Whoever opened a session or used a moderator link in this browser is known by the same cookie."
                </p>
                <p>
                    "What you pressed, with your notes and the name you gave, so that your page can tell which timestamps are yours: the newest 500 of each session, for 30 days. And for each session that you pressed in, one small cookie that says so, also for 30 days."
                </p>
                <p>
                    "On a shared computer, whoever uses the same browser profile after you sees which presses were made in it. “Forget me” below clears all of this."
                </p>
            </section>
            <section class="panel" aria-labelledby="forget">
                <h2 id="forget">"Forget me"</h2>
                <p>
                    "Takes all that this browser pressed out of every list, with notes and names, deletes its cookie, and clears what this browser keeps. There is no way back. If this browser controls or moderates a session, it loses that: keep the link."
                </p>
                <form
                    class="form"
                    method="post"
                    action="/forget"
                    on:submit=move |_| forgotten::unmark_sessions()
                >
                    <label class="check">
                        <input type="checkbox" name="sure" value="yes" required />
                        " I want to be forgotten"
                    </label>
                    <p class="form__error" role="alert">
                        {refused.map(|error| error.to_string())}
                    </p>
                    <button type="submit" class="button button--danger">
                        "Forget me"
                    </button>
                </form>
            </section>
            <p>
                <a href="/third-party-notices.txt">"Software of others in this, and its licences"</a>
            </p>
            <p>
                <a href="/">"To the first page"</a>
            </p>
        </main>
    }
    .into_any()
}
