//! Edits a session's rules: who has to give a name, who sees the list, who may pause, and the filtered words.

use leptos::html;

use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call,
    },
    domain::{
        held::{HeldWords, HeldWordsError},
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
    let names = NodeRef::<html::Input>::new();
    let staff_list = NodeRef::<html::Input>::new();
    let pause = NodeRef::<html::Input>::new();
    let held_words = NodeRef::<html::Textarea>::new();
    let saving = use_server_call();
    let loading = use_server_call();
    let is_saved = RwSignal::new(false);
    let is_known = RwSignal::new(false);
    // What the form showed when its editing began; none until that is known.
    let began = StoredValue::new(None::<Settings>);
    let show = move |settings: &Settings| {
        let Rules {
            names_required,
            staff_list: is_staff_list,
            moderators_pause,
        } = settings.rules;
        for (field, is_set) in [
            (names, names_required),
            (staff_list, is_staff_list),
            (pause, moderators_pause),
        ] {
            if let Some(field) = field.get_untracked() {
                field.set_checked(is_set);
            }
        }
        if let Some(field) = held_words.get_untracked() {
            field.set_value(&one_a_line(&settings.held_words));
        }
    };
    let typed = move || {
        let is_ticked = |field: NodeRef<html::Input>| {
            let field = field.get_untracked();
            field.is_some_and(|field| field.checked())
        };
        let words = held_words.get_untracked().map(|field| field.value());
        let held_words = HeldWords::parse(&words.unwrap_or_default())?;
        Ok::<_, HeldWordsError>(Settings {
            rules: Rules {
                names_required: is_ticked(names),
                staff_list: is_ticked(staff_list),
                moderators_pause: is_ticked(pause),
            },
            held_words,
        })
    };
    let is_changed = move || {
        let began = began.get_value();
        began.is_some_and(|began| typed() != Ok(began))
    };
    let load = move || {
        let settings = retry::with_timeout(api::sessions::settings(feed.code()));
        loading.supersede(settings, move |settings| {
            if !is_changed() && !saving.is_busy_untracked() {
                is_known.set(true);
                show(&settings);
                began.set_value(Some(settings));
            }
        });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let settings = match typed() {
            Ok(settings) => settings,
            Err(wrong) => return saving.refuse(wrong.into()),
        };
        let sent = settings.clone().into();
        let save = api::sessions::set_settings(feed.code(), sent, began.get_value());
        saving.start(save, move |()| {
            feed.retry_now.run(());
            // What was changed meanwhile is not saved.
            is_saved.set(typed().as_ref() == Ok(&settings));
            began.set_value(Some(settings));
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
    Effect::new(move |_| {
        if !is_shown.get() {
            is_saved.set(false);
        }
    });
    view! {
        <section class="panel" aria-labelledby="rules">
            <h2 id="rules">{words::settings::RULES_HEADING}</h2>
            // Unknown settings must not be overwritten.
            <form class="form" on:submit=save inert=move || !is_known.get()>
                <label class="check">
                    <input node_ref=names type="checkbox" />
                    {words::settings::NAMES_REQUIRED}
                </label>
                <label class="check">
                    <input node_ref=staff_list type="checkbox" />
                    {words::settings::STAFF_LIST}
                </label>
                <label class="check">
                    <input node_ref=pause type="checkbox" />
                    {words::settings::MODERATORS_PAUSE}
                </label>
                <div class="field">
                    <label for="held">{words::settings::HELD_WORDS}</label>
                    <textarea
                        node_ref=held_words
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
                <FormError error=saving.error />
                <Show when=move || !is_known.get()>
                    <FormError error=loading.error />
                </Show>
                <p class="form__done" role="status" inner_html=live_text(move || is_saved.get().then_some(words::settings::SAVED))></p>
                <button type="submit" class="button" aria-busy=move || saving.aria_busy()>
                    {words::settings::SAVE}
                </button>
            </form>
        </section>
    }
    .into_any()
}

fn one_a_line(held: &HeldWords) -> String {
    let words: Vec<_> = held.words().iter().map(ToString::to_string).collect();
    words.join("\n")
}
