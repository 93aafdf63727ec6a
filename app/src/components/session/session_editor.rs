//! Changes a session's title, game, lead and labels.

use leptos::html;

use super::{label_editor::LabelEditor, lead_field::LeadField};
use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call,
    },
    domain::{
        invalid_input::InvalidInput,
        lead::{LeadError, RawTiming, Timing},
        text::{Game, Title},
    },
    live::{page::feed::Feed, signals::views::*},
    words::{home, settings},
};

/// Changes a session's title, game, lead and labels.
#[component]
pub fn SessionEditor(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let title = NodeRef::<html::Input>::new();
    let game = NodeRef::<html::Input>::new();
    let lead = NodeRef::<html::Input>::new();
    let learns = NodeRef::<html::Input>::new();
    let saving = use_server_call();
    let is_saved = RwSignal::new(false);
    let typed = move || read(title, game, lead, learns);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        match typed() {
            Ok(new) => {
                let (title, game) = (new.title.clone().into(), new.game.clone().into());
                let timing = RawTiming {
                    lead_seconds: new.timing.lead_seconds.seconds(),
                    learns_delays: new.timing.learns_delays,
                };
                let save = api::sessions::edit_session(feed.code(), title, game, Some(timing));
                saving.start(save, move |_| {
                    // What was typed meanwhile is not saved.
                    is_saved.set(typed() == Ok(new));
                });
            }
            Err(wrong) => saving.refuse(wrong),
        }
    };
    let session = feed.session.get_untracked();
    view! {
        <section class="panel" aria-labelledby="names">
            <h2 id="names">{settings::NAMES_HEADING}</h2>
            <form class="form" novalidate on:submit=save>
                <div class="field">
                    <label for="title">{home::TITLE}</label>
                    <input node_ref=title id="title" class="input" dir="auto" value=session.title.to_string() />
                </div>
                <div class="field">
                    <label for="game">{home::GAME}</label>
                    <input node_ref=game id="game" class="input" dir="auto" value=session.game.to_string() />
                </div>
                <LeadField feed field=lead />
                <label class="check">
                    <input node_ref=learns type="checkbox" checked=session.timing.learns_delays />
                    {settings::LEARNS_DELAYS}
                </label>
                <FormError error=saving.error />
                <p class="form__done" role="status" inner_html=live_text(move || is_saved.get().then_some(settings::SAVED))></p>
                <button type="submit" class="button" aria-busy=move || saving.aria_busy()>
                    {settings::SAVE}
                </button>
            </form>
            <LabelEditor feed />
        </section>
    }
    .into_any()
}

/// What was typed.
#[derive(Clone, PartialEq)]
struct Typed {
    title: Title,
    game: Game,
    timing: Timing,
}

fn read(
    title: NodeRef<html::Input>,
    game: NodeRef<html::Input>,
    lead: NodeRef<html::Input>,
    learns: NodeRef<html::Input>,
) -> Result<Typed, InvalidInput> {
    let value = |field: NodeRef<html::Input>| {
        let field = field.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    };
    let lead = value(lead).trim().parse();
    let lead: u32 = lead.map_err(|_| LeadError)?;
    let learns = learns.get_untracked();
    Ok(Typed {
        title: Title::parse(&value(title))?,
        game: Game::parse(&value(game))?,
        timing: Timing {
            lead_seconds: lead.try_into()?,
            learns_delays: learns.is_some_and(|field| field.checked()),
        },
    })
}
