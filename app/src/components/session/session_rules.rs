//! Edits a session's rules: who has to give a name, who sees the list, who may pause, and the filtered words.

use leptos::html;

use super::concurrent_form::{ConcurrentForm, Fields};
use crate::{
    api,
    components::shared::{
        focus::{NOWHERE, go_on},
        form_error::FormError,
        server_call::{on_return, use_server_call},
    },
    domain::{
        held::HeldWords,
        invalid_input::InvalidInput,
        rules::{Rules, Settings},
    },
    live::{calls::retry, page::feed::Feed, signals::views::*},
    words,
};

/// Edits a session's rules. Loaded whenever they are shown or one of them has changed, unless the user has begun to change
/// something. A change of the filtered words alone is not heard of.
#[component]
pub fn SessionRules(
    /// The live session.
    feed: Feed,
    /// Whether they are shown.
    is_shown: Signal<bool>,
) -> impl IntoView {
    let fields = RuleFields::default();
    let form = ConcurrentForm::new(fields);
    let loading = use_server_call();
    // Whether it was asked for with the button that goes away then.
    let is_retried = StoredValue::new(false);
    let load = move || {
        let settings = retry::with_timeout(api::sessions::settings(feed.code()));
        loading.supersede(settings, move |settings| {
            form.hear(settings);
            if is_retried.get_value() {
                is_retried.set_value(false);
                go_on(NOWHERE, "#pane-rules form input".to_owned());
            }
        });
    };
    let save = move |event| {
        let call = move |settings: Settings, began| {
            api::sessions::set_settings(feed.code(), settings.into(), began)
        };
        form.save(&event, call, move |()| {
            feed.retry_now.run(());
            // With what others have changed. A request in progress may return the old rules.
            load();
        });
    };
    let rules = Memo::new(move |_| feed.session.read().rules);
    Effect::new(move |_| {
        rules.get();
        if is_shown.get() {
            load();
        }
    });
    on_return(feed, move || {
        if is_shown.get_untracked() && !form.is_known() {
            load();
        }
    });
    Effect::new(move |_| {
        if !is_shown.get() {
            form.is_saved.set(false);
        }
    });
    view! {
        <section class="panel" aria-labelledby="rules">
            <h2 id="rules">{words::settings::RULES_HEADING}</h2>
            // Outside of the form, which nobody hears of while it is inert.
            <Show when=move || !form.is_known() && loading.error.read().is_some()>
                <FormError error=loading.error />
                <button
                    type="button"
                    class="button"
                    aria-busy=move || loading.aria_busy()
                    on:click=move |_| {
                        load();
                        is_retried.set_value(true);
                    }
                >
                    {words::errors::TRY_AGAIN}
                </button>
            </Show>
            // Unknown settings must not be overwritten.
            <form
                class="form"
                inert=move || !form.is_known()
                on:submit=save
                on:input=move |_| form.changed()
            >
                <label class="check">
                    <input node_ref=fields.names type="checkbox" />
                    {words::settings::NAMES_REQUIRED}
                </label>
                <label class="check">
                    <input node_ref=fields.staff_list type="checkbox" />
                    {words::settings::STAFF_LIST}
                </label>
                <label class="check">
                    <input node_ref=fields.pause type="checkbox" />
                    {words::settings::MODERATORS_PAUSE}
                </label>
                <div class="field">
                    <label for="held">{words::settings::HELD_WORDS}</label>
                    <textarea
                        node_ref=fields.held_words
                        id="held"
                        dir="auto"
                        class="input input--tall"
                        rows="4"
                        autocomplete="off"
                        spellcheck="false"
                        aria-describedby="held-hint"
                    />
                    <span id="held-hint" class="field__hint">
                        {words::settings::HELD_WORDS_HINT}
                    </span>
                </div>
                <FormError error=form.saving.error />
                {form.foot()}
            </form>
        </section>
    }
    .into_any()
}

/// The fields of the rules.
#[derive(Clone, Copy, Default)]
struct RuleFields {
    names: NodeRef<html::Input>,
    staff_list: NodeRef<html::Input>,
    pause: NodeRef<html::Input>,
    held_words: NodeRef<html::Textarea>,
}

impl Fields for RuleFields {
    type Value = Settings;

    fn show(self, settings: &Settings) {
        let Rules {
            names_required,
            staff_list,
            moderators_pause,
        } = settings.rules;
        for (field, is_set) in [
            (self.names, names_required),
            (self.staff_list, staff_list),
            (self.pause, moderators_pause),
        ] {
            if let Some(field) = field.get_untracked() {
                field.set_checked(is_set);
            }
        }
        if let Some(field) = self.held_words.get_untracked() {
            field.set_value(&one_a_line(&settings.held_words));
        }
    }

    fn typed(self) -> Result<Settings, InvalidInput> {
        let is_ticked = |field: NodeRef<html::Input>| {
            let field = field.get_untracked();
            field.is_some_and(|field| field.checked())
        };
        let words = self.held_words.get_untracked().map(|field| field.value());
        let held_words = HeldWords::parse(&words.unwrap_or_default())?;
        Ok(Settings {
            rules: Rules {
                names_required: is_ticked(self.names),
                staff_list: is_ticked(self.staff_list),
                moderators_pause: is_ticked(self.pause),
            },
            held_words,
        })
    }
}

fn one_a_line(held: &HeldWords) -> String {
    let words: Vec<_> = held.words().iter().map(ToString::to_string).collect();
    words.join("\n")
}
