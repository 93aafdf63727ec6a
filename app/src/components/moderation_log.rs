//! The moderation log: who hid what, and the buttons that undo it.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api,
    clips::ClipsError,
    domain::moderation::{Moderation, ModerationId},
    live::feed::Feed,
};

/// The moderation log. It is read when it is unfolded, and again after something was undone.
#[component]
pub fn ModerationLog(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let acts = RwSignal::new(None::<Vec<Moderation>>);
    let error = RwSignal::new(None::<ClipsError>);
    let load = move || {
        spawn_local(async move {
            match api::moderation::moderations(feed.code()).await {
                Ok(all) => {
                    error.try_set(None);
                    acts.try_set(Some(all));
                }
                Err(refusal) => {
                    error.try_set(Some(refusal));
                }
            }
        });
    };
    let undo = move |act: ModerationId| {
        spawn_local(async move {
            match api::moderation::undo(feed.code(), act).await {
                Ok(()) => {
                    feed.nudge.run(());
                    load();
                }
                Err(refusal) => {
                    error.try_set(Some(refusal));
                }
            }
        });
    };
    view! {
        <details
            class="panel fold"
            on:toggle=move |event| {
                if event_target::<web_sys::HtmlDetailsElement>(&event).open() {
                    load();
                }
            }
        >
            <summary>
                <h2>"Moderation log"</h2>
            </summary>
            <p class="form__error" role="alert">
                {move || error.get().map(|error| error.to_string())}
            </p>
            {move || {
                in_words(acts.read().as_deref(), error.read().is_some())
                    .map(|words| view! { <p class="empty">{words}</p> })
            }}
            <ol class="log">
                <For
                    each=move || acts.get().unwrap_or_default()
                    key=|act| (act.id, act.timestamps, act.undone.is_some())
                    let:act
                >
                    <LogRow act on_undo=undo />
                </For>
            </ol>
            <button type="button" class="button button--quiet" on:click=move |_| load()>
                "Look again"
            </button>
        </details>
    }
    .into_any()
}

#[component]
fn LogRow(act: Moderation, #[prop(into)] on_undo: Callback<ModerationId>) -> impl IntoView {
    let id = act.id;
    let can_be_undone = act.can_be_undone();
    let at = |time: chrono::DateTime<chrono::Utc>| time.format("%d %b %H:%M UTC").to_string();
    let undone = act
        .undone
        .as_ref()
        .map(|undone| format!("undone by {}, {}", undone.by, at(undone.at)));
    let is_undone = undone.is_some();
    let note = act.about.as_ref().and_then(|about| about.note.clone());
    let what = act.to_string();
    view! {
        <li class="log__row" class:log__row--undone=is_undone>
            <span class="log__what">
                <b>{act.by.to_string()}</b>
                " "
                {what.clone()}
            </span>
            {note.map(|note| view! { <span class="log__note">{format!("“{note}”")}</span> })}
            <span class="log__when">{at(act.at)}</span>
            {undone.map(|words| view! { <span class="log__when">{words}</span> })}
            {can_be_undone
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| on_undo.run(id)
                        >
                            "Undo"
                            <span class="visually-hidden">{format!(": {what}")}</span>
                        </button>
                    }
                })}
        </li>
    }
}

fn in_words(acts: Option<&[Moderation]>, has_failed: bool) -> Option<&'static str> {
    match acts {
        None if has_failed => None,
        None => Some("Loading …"),
        Some([]) => Some("Nothing was done yet."),
        Some(_) => None,
    }
}
