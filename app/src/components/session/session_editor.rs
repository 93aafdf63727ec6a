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
        session::SessionDetails,
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
    let details = Memo::new(move |_| SessionDetails::from(&*feed.session.read()));
    // What the form showed when its editing began.
    let began = StoredValue::new(details.get_untracked());
    let typed = move || read(title, game, lead, learns);
    let show = move |details: SessionDetails| {
        let seconds = details.timing.lead_seconds.seconds().to_string();
        for (field, text) in [
            (title, details.title.as_str()),
            (game, details.game.as_str()),
            (lead, &seconds),
        ] {
            if let Some(field) = field.get_untracked() {
                field.set_value(text);
            }
        }
        if let Some(learns) = learns.get_untracked() {
            learns.set_checked(details.timing.learns_delays);
        }
        began.set_value(details);
    };
    // Somebody else's changes appear, unless the user has begun to change something.
    Effect::new(move |before: Option<()>| {
        let details = details.get();
        let is_unchanged = || typed() == Ok(began.get_value());
        if before.is_some() && !saving.is_busy_untracked() && is_unchanged() {
            show(details);
        }
    });
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
                let (timing, before) = (Some(timing), Some(began.get_value()));
                let save = api::sessions::edit_session(feed.code(), title, game, timing, before);
                saving.start(save, move |session| {
                    // What was typed meanwhile is not saved.
                    if typed().as_ref() == Ok(&new) {
                        show(SessionDetails::from(&session));
                        is_saved.set(true);
                    } else {
                        began.set_value(new);
                    }
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

fn read(
    title: NodeRef<html::Input>,
    game: NodeRef<html::Input>,
    lead: NodeRef<html::Input>,
    learns: NodeRef<html::Input>,
) -> Result<SessionDetails, InvalidInput> {
    let value = |field: NodeRef<html::Input>| {
        let field = field.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    };
    let lead = value(lead).trim().parse();
    let lead: u32 = lead.map_err(|_| LeadError)?;
    let learns = learns.get_untracked();
    Ok(SessionDetails {
        title: Title::parse(&value(title))?,
        game: Game::parse(&value(game))?,
        timing: Timing {
            lead_seconds: lead.try_into()?,
            learns_delays: learns.is_some_and(|field| field.checked()),
        },
    })
}
