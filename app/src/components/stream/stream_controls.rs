//! The streamer's buttons: Start, Pause, Resume, End, Reopen.

use leptos::html;
use web_sys::{Event, HtmlDetailsElement, HtmlElement, HtmlInputElement, SubmitEvent};

use crate::{
    api,
    components::shared::{
        confirm::Confirm,
        focus::{NOWHERE, go_on},
        live_text::live_text,
        one_intention::use_cool_down,
        server_call::ServerCall,
    },
    domain::{
        invalid_input::InvalidInput,
        session::Status,
        stream_command::{ActRefused, Button, StreamCommand, typed_minutes},
    },
    live::{page::feed::Feed, press::outcome::refusal_holds, signals::views::*},
    service::ServiceError,
    words::{errors, stream},
};

/// The button that ends the stream, as a selector.
pub(crate) const END_BUTTON: &str = ".stream-controls button[value=end]";

/// The places of the buttons: what replaces the first one stands there too.
const PLACES: [&str; 2] = [
    ".stream-controls__buttons > :first-child",
    ".stream-controls__buttons > :last-child",
];

/// The streamer's buttons. A plain form until the scripts have loaded.
#[component]
pub fn StreamControls(
    /// The live session.
    feed: Feed,
    /// Why the plain form was refused, on the page that follows it.
    #[prop(optional_no_strip)]
    told: Option<ServiceError>,
    /// Whether only Pause and Resume are there, for moderators.
    #[prop(optional)]
    only_pause: bool,
) -> impl IntoView {
    let buttons = Memo::new(move |_| {
        let mut buttons = feed.session.read().status.allowed();
        buttons.retain(|button| !only_pause || matches!(button, Button::Pause | Button::Resume));
        buttons
    });
    let began = NodeRef::<html::Input>::new();
    // What was wrong with the minutes is put right where they are.
    let opens_began = matches!(
        told,
        Some(
            ServiceError::Invalid(_)
                | ServiceError::Act(ActRefused::BeganTooEarly { .. } | ActRefused::BeganTooLongAgo)
        )
    );
    let acting = ServerCall::starting_with(told);
    acting.forgets_absence(feed);
    let cooling = use_cool_down();
    let asks_to_end = RwSignal::new(false);
    // Confirmed, but not sent yet; and whether the newest command is the end.
    let [is_to_end, is_ending] = [(); 2].map(|()| RwSignal::new(false));
    let status = Memo::new(move |_| feed.session.read().status.clone());
    // What the page showed when the request was made: another segment may be open by the time it is answered.
    let asked_at = RwSignal::new(0);

    let press = move |button: Button, segment: u32| {
        if acting.is_busy_untracked() {
            return;
        }
        // Nobody means what is folded away, which browsers may have filled in again on going back.
        let unfolded =
            |field: &HtmlInputElement| matches!(field.closest("details[open]"), Ok(Some(_)));
        let minutes = match button {
            Button::Start | Button::Resume => began.get_untracked().filter(unfolded),
            Button::Pause | Button::End | Button::Reopen => None,
        };
        let minutes = minutes.map(|field| field.value());
        let Some(began_minutes_ago) = typed_minutes(&minutes.unwrap_or_default()) else {
            return acting.refuse(InvalidInput::Minutes);
        };
        let act = act(button, segment, began_minutes_ago);
        cooling.begin();
        is_ending.set(button == Button::End);
        // The live stream brings the new status; if it is waiting to reconnect, retry now.
        let act = api::sessions::act(feed.code(), act);
        acting.start(act, move |session| {
            feed.retry_now.run(());
            // An end that is confirmed meanwhile also means the segment that an awaited Resume began. The answer may be older
            // than what the page shows.
            asked_at.update(|at| *at = (*at).max(session.status.segment()));
            // The field for the minutes goes away.
            go_on(".stream-controls__began", PLACES[0].to_owned());
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let is_awaited = acting.is_busy_untracked() || cooling.is_on_untracked();
        match pressed(&event, &status.read_untracked()) {
            // After the dialog the focus is back on End: a second Enter is part of the first.
            Some(Button::End) if is_ending.get_untracked() && is_awaited => {}
            Some(Button::End) => {
                asked_at.set(status.read_untracked().segment());
                asks_to_end.set(true);
            }
            // By now the button may do the opposite of what it did. End only asks.
            Some(_) if cooling.is_on_untracked() => {}
            Some(button) => press(button, status.read_untracked().segment()),
            None => {}
        }
    };

    // The end waits for the command that is awaited, and does not depend on it: it ends what is paused, too.
    Effect::new(move |_| {
        if is_to_end.get() && !acting.is_busy() {
            is_to_end.set(false);
            press(Button::End, asked_at.get_untracked());
        }
    });
    // Nobody who presses just after the buttons have changed can have read them, whoever changed them.
    Effect::new(move |before: Option<()>| {
        drop(buttons.read());
        if before.is_some() {
            cooling.begin();
        }
    });
    // Who ends the stream, or was about to, goes on with the button that is left.
    Effect::new(move |was_asked: Option<bool>| {
        let is_asked = asks_to_end.get();
        let has_ended = buttons.read().len() < PLACES.len() && !is_asked;
        let [first, last] = PLACES;
        let held = || document().active_element()?.closest(last).ok()?;
        if has_ended && (was_asked == Some(true) || held().is_some()) {
            go_on("dialog", first.to_owned());
        }
        is_asked
    });

    // A place stays the same element, so that whoever pauses has the focus on the button that resumes.
    let places = [0, 1].map(|place| {
        let button = move || buttons.read().get(place).copied();
        let meant = StoredValue::new(None::<Button>);
        let mean = move || meant.set_value(button());
        view! {
            <button
                type="submit"
                name="act"
                hidden=move || button().is_none()
                value=move || button().map(value)
                class=move || button().map_or("button", class)
                aria-busy=move || {
                    acting.aria_busy().filter(|_| button() != Some(Button::End) || is_ending.get())
                }
                data-cooling=move || {
                    cooling.attribute().filter(|_| button() != Some(Button::End))
                }
                on:pointerdown=move |_| mean()
                // The second click of a double click hits the button that replaced the first one's. Somebody else may replace it
                // while it is pressed.
                on:click=move |event| {
                    let meant = meant.try_update_value(Option::take).flatten();
                    let is_other = meant.is_some_and(|meant| Some(meant) != button());
                    if event.detail() > 1 || is_other {
                        event.prevent_default();
                    }
                }
                // Some browsers take the focus from a button that is hidden at once, others with the next frame.
                on:focusout=|event| {
                    if event_target::<HtmlElement>(&event).hidden() {
                        go_on(NOWHERE, PLACES[0].to_owned());
                    }
                }
                on:keydown=move |_| mean()
                inner_html=live_text(move || button().map(stream::button))
            ></button>
        }
    });

    // The plain form sends the field even if it is folded away.
    let fold = move |event: Event| {
        if let Some(field) = began.get_untracked()
            && !event_target::<HtmlDetailsElement>(&event).open()
        {
            field.set_value("0");
        }
    };

    // The clock then starts where the stream did.
    let began_words = move || stream::began(status.read().is_not_started());

    view! {
        <form
            class="stream-controls"
            method="post"
            action=format!("/s/{}/control", feed.code())
            inert=move || feed.is_revoked()
            on:submit=submit
        >
            <input type="hidden" name="segment" value=move || status.read().segment() />
            <Show when=move || !only_pause && matches!(*status.read(), Status::Paused { .. })>
                <details class="stream-controls__began" open=opens_began on:toggle=fold>
                    <summary>{stream::ALREADY_RUNNING}</summary>
                    <div class="stream-controls__minutes">
                        <label id="began-label" for="began" inner_html=live_text(began_words)></label>
                        <input
                            node_ref=began
                            id="began"
                            name="began_minutes_ago"
                            class="input input--short"
                            inputmode="numeric"
                            autocomplete="off"
                            aria-labelledby="began-label began-unit"
                            value="0"
                        />
                        <span id="began-unit">{stream::MINUTES_AGO}</span>
                    </div>
                </details>
            </Show>
            <div class="stream-controls__buttons">
                {places.into_iter().collect_view()}
            </div>
            <p class="form__error" role="alert" inner_html=live_text(move || {
                    let error = acting.error.read();
                    let error = error.as_ref().filter(|error| refusal_holds(error, &status.read()));
                    error.map(errors::error)
                })></p>
        </form>
        <Confirm
            open=asks_to_end
            question=stream::END_QUESTION
            explanation=stream::END_EXPLANATION
            yes=stream::END_YES
            on_yes=move |()| {
                is_ending.set(true);
                is_to_end.set(true);
            }
        />
    }
    .into_any()
}

/// The act of a button, with the segment that the page shows.
fn act(button: Button, segment: u32, began_minutes_ago: u32) -> StreamCommand {
    match button {
        Button::Start => StreamCommand::Start { began_minutes_ago },
        Button::Pause => StreamCommand::Pause { segment },
        Button::Resume => StreamCommand::Resume {
            segment,
            began_minutes_ago,
        },
        Button::End => StreamCommand::End { segment },
        Button::Reopen => StreamCommand::Reopen { segment },
    }
}

/// Which button sent the form; the Enter key in the field means the first one.
fn pressed(event: &SubmitEvent, status: &Status) -> Option<Button> {
    let sender = event
        .submitter()
        .and_then(|sender| sender.get_attribute("value"));
    let allowed = status.allowed();
    match sender {
        Some(word) => allowed.into_iter().find(|button| value(*button) == word),
        None => allowed.first().copied(),
    }
}

fn value(button: Button) -> &'static str {
    match button {
        Button::Start => "start",
        Button::Pause => "pause",
        Button::Resume => "resume",
        Button::End => "end",
        Button::Reopen => "reopen",
    }
}

fn class(button: Button) -> &'static str {
    match button {
        Button::Start | Button::Resume => "button button--primary button--large",
        Button::Pause | Button::Reopen => "button button--large",
        Button::End => "button button--danger button--large",
    }
}
