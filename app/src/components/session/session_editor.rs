//! Changes a session's title, game, lead and labels.

use leptos::html;

use super::{
    concurrent_form::{ConcurrentForm, Fields},
    label_editor::LabelEditor,
    lead_field::LeadField,
};
use crate::{
    api,
    components::shared::form_error::FormError,
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
    let fields = DetailFields::default();
    let details = Memo::new(move |_| SessionDetails::from(&*feed.session.read()));
    let form = ConcurrentForm::following(fields, details);
    let save = move |event| {
        let call = move |new: SessionDetails, began| {
            let timing = RawTiming {
                lead_seconds: new.timing.lead_seconds.seconds(),
                learns_delays: new.timing.learns_delays,
            };
            let (title, game) = (new.title.into(), new.game.into());
            api::sessions::edit_session(feed.code(), title, game, Some(timing), began)
        };
        form.save(&event, call, move |session| {
            feed.retry_now.run(());
            form.hear(SessionDetails::from(&session));
        });
    };
    let session = feed.session.get_untracked();
    view! {
        <section class="panel" aria-labelledby="names">
            <h2 id="names">{settings::NAMES_HEADING}</h2>
            <form class="form" novalidate on:submit=save on:input=move |_| form.changed()>
                <div class="field">
                    <label for="title">{home::TITLE}</label>
                    <input node_ref=fields.title id="title" class="input" dir="auto" value=session.title.to_string() />
                </div>
                <div class="field">
                    <label for="game">{home::GAME}</label>
                    <input node_ref=fields.game id="game" class="input" dir="auto" value=session.game.to_string() />
                </div>
                <LeadField feed field=fields.lead />
                <label class="check">
                    <input node_ref=fields.learns type="checkbox" checked=session.timing.learns_delays />
                    {settings::LEARNS_DELAYS}
                </label>
                <FormError error=form.saving.error />
                {form.foot()}
            </form>
            <LabelEditor feed />
        </section>
    }
    .into_any()
}

/// The fields of the details.
#[derive(Clone, Copy, Default)]
struct DetailFields {
    title: NodeRef<html::Input>,
    game: NodeRef<html::Input>,
    lead: NodeRef<html::Input>,
    learns: NodeRef<html::Input>,
}

impl Fields for DetailFields {
    type Value = SessionDetails;

    fn show(self, details: &SessionDetails) {
        let seconds = details.timing.lead_seconds.seconds().to_string();
        for (field, text) in [
            (self.title, details.title.as_str()),
            (self.game, details.game.as_str()),
            (self.lead, &seconds),
        ] {
            if let Some(field) = field.get_untracked() {
                field.set_value(text);
            }
        }
        if let Some(learns) = self.learns.get_untracked() {
            learns.set_checked(details.timing.learns_delays);
        }
    }

    fn typed(self) -> Result<SessionDetails, InvalidInput> {
        let value = |field: NodeRef<html::Input>| {
            let field = field.get_untracked();
            field.map(|field| field.value()).unwrap_or_default()
        };
        let lead = value(self.lead).trim().parse();
        let lead: u32 = lead.map_err(|_| LeadError)?;
        let learns = self.learns.get_untracked();
        Ok(SessionDetails {
            title: Title::parse(&value(self.title))?,
            game: Game::parse(&value(self.game))?,
            timing: Timing {
                lead_seconds: lead.try_into()?,
                learns_delays: learns.is_some_and(|field| field.checked()),
            },
        })
    }
}
