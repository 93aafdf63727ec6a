//! Changes a session's title and game.

use leptos::{html, prelude::*};

use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call,
    },
    domain::text::{Game, TextError, Title},
    live::page::feed::Feed,
    words::{home, settings},
};

/// Changes a session's title and game.
#[component]
pub fn SessionEditor(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let title = NodeRef::<html::Input>::new();
    let game = NodeRef::<html::Input>::new();
    let saving = use_server_call();
    let is_saved = RwSignal::new(false);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        match read(title, game) {
            Ok((new_title, new_game)) => {
                let (title_text, game_text) = (new_title.clone().into(), new_game.clone().into());
                let save = api::sessions::edit_session(feed.code(), title_text, game_text);
                saving.start(save, move |_| {
                    // What was typed meanwhile is not saved.
                    is_saved.set(read(title, game) == Ok((new_title, new_game)));
                });
            }
            Err(wrong) => saving.refuse(wrong.into()),
        }
    };
    let session = feed.session.get_untracked();
    view! {
        <section class="panel" aria-labelledby="names">
            <h2 id="names">{settings::NAMES_HEADING}</h2>
            <form class="form" on:submit=save>
                <div class="field">
                    <label for="title">{home::TITLE}</label>
                    <input node_ref=title id="title" class="input" dir="auto" value=session.title.to_string() />
                </div>
                <div class="field">
                    <label for="game">{home::GAME}</label>
                    <input node_ref=game id="game" class="input" dir="auto" value=session.game.to_string() />
                </div>
                <FormError error=saving.error />
                <p class="form__done" role="status" inner_html=live_text(move || is_saved.get().then_some(settings::SAVED))></p>
                <button type="submit" class="button" aria-busy=move || saving.aria_busy()>
                    {settings::SAVE}
                </button>
            </form>
        </section>
    }
    .into_any()
}

fn read(
    title: NodeRef<html::Input>,
    game: NodeRef<html::Input>,
) -> Result<(Title, Game), TextError> {
    let value = |field: NodeRef<html::Input>| {
        let field = field.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    };
    Ok((Title::parse(&value(title))?, Game::parse(&value(game))?))
}
