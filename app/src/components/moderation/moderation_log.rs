//! The moderation log: who did what, with the buttons to undo it.

use leptos::prelude::*;

use crate::{
    api,
    components::shared::{form_error::FormError, live_text::escaped, server_call::use_server_call},
    domain::{
        code::Code,
        moderation::{Moderation, ModerationId},
        offset::Offset,
    },
    live::{calls::bulk_moderation, page::feed::Feed},
    service::ServiceError,
    words::{moderation, time::date_and_time},
};

/// The moderation log. Loaded whenever it is shown, and again after something was undone.
#[component]
pub fn ModerationLog(
    /// The live session.
    feed: Feed,
    /// Whether it is shown.
    is_shown: Signal<bool>,
) -> impl IntoView {
    let acts = RwSignal::new(None::<Log>);
    let loading = use_server_call();
    let error = loading.error;
    // Tracked per action, so that a second undo need not wait for the first.
    let being_undone = RwSignal::new(Vec::<ModerationId>::new());
    // How many pages its reader wants to see.
    let pages = StoredValue::new(1_usize);
    let load = move || {
        let log = Log::load(feed.code(), pages.get_value());
        loading.supersede(log, move |log| acts.set(Some(log)));
    };
    let look = move |wanted: usize| {
        pages.set_value(wanted);
        error.set(None);
        load();
    };
    let undo = move |act: ModerationId| {
        if being_undone.with_untracked(|acts| acts.contains(&act)) {
            return;
        }
        being_undone.update(|acts| acts.push(act));
        error.set(None);
        loading.beside(bulk_moderation::undo(feed.code(), act), move |undone| {
            being_undone.update(|acts| acts.retain(|other| *other != act));
            if undone.is_ok() {
                feed.retry_now.run(());
                load();
            }
        });
    };
    Effect::new(move |_| {
        if is_shown.get() {
            look(1);
        }
    });
    view! {
        <section class="panel" aria-labelledby="log">
            <h2 id="log">{moderation::LOG_HEADING}</h2>
            <FormError error />
            {move || {
                in_words(acts.read().as_ref(), error.read().is_some())
                    .map(|words| view! { <p class="empty" inner_html=escaped(words)></p> })
            }}
            <ol class="log" aria-busy=move || (!being_undone.read().is_empty()).then_some("true")>
                <For
                    each=move || acts.get().map(|log| log.acts).unwrap_or_default()
                    key=row_key
                    let:act
                >
                    <LogRow act on_undo=undo />
                </For>
            </ol>
            <div class="log__buttons">
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| look(pages.get_value())
                >
                    {moderation::REFRESH}
                </button>
                <Show when=move || acts.read().as_ref().is_some_and(|log| log.has_older)>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| look(pages.get_value() + 1)
                    >
                        {moderation::SHOW_OLDER}
                    </button>
                </Show>
            </div>
        </section>
    }
    .into_any()
}

/// What can change in an action while the log is open, and re-renders its row: others erase visitors, edit notes, and move
/// or rename moments.
#[derive(Debug, PartialEq, Eq, Hash)]
struct RowKey {
    id: ModerationId,
    timestamps: u32,
    is_undone: bool,
    has_edit: bool,
    note: Option<String>,
    moment_at: Option<Offset>,
    moment_title: Option<String>,
}

fn row_key(act: &Moderation) -> RowKey {
    let note = act.about.as_ref().and_then(|about| about.note.as_ref());
    let moment = act.moment.as_ref();
    RowKey {
        id: act.id,
        timestamps: act.timestamps,
        is_undone: act.undone.is_some(),
        has_edit: act.edit.is_some(),
        note: note.map(ToString::to_string),
        moment_at: moment.map(|moment| moment.at),
        moment_title: moment
            .and_then(|moment| moment.title.as_ref())
            .map(ToString::to_string),
    }
}

/// What is shown of the log.
#[derive(Clone, Debug)]
struct Log {
    acts: Vec<Moderation>,
    /// How many calls it took.
    pages: usize,
    has_older: bool,
}

impl Log {
    /// So many pages of it, the newest first.
    async fn load(code: Code, pages: usize) -> Result<Self, ServiceError> {
        let mut log = Self {
            acts: Vec::new(),
            pages: 0,
            has_older: true,
        };
        while log.has_older && log.pages < pages {
            let before = log.acts.last().map(|act| act.id);
            let page = api::moderation::moderations(code.clone(), before).await?;
            log.has_older = page.len() == Moderation::MOST;
            log.acts.extend(page);
            log.pages += 1;
        }
        Ok(log)
    }
}

#[component]
fn LogRow(act: Moderation, #[prop(into)] on_undo: Callback<ModerationId>) -> impl IntoView {
    let id = act.id;
    let can_be_undone = act.can_be_undone();
    let undone = act.undone.as_ref().map(moderation::undone);
    let is_undone = undone.is_some();
    let notes = moderation::replaced(&act);
    let what = moderation::deed(&act);
    view! {
        <li class="log__row" class:log__row--undone=is_undone>
            <span class="log__what">
                <b>{act.by.to_string()}</b>
                " "
                {what.clone()}
            </span>
            <LogNotes notes />
            <span class="log__when">{date_and_time(act.at)}</span>
            {undone.map(|words| view! { <span class="log__when">{words}</span> })}
            {can_be_undone
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button button--quiet"
                            on:click=move |_| on_undo.run(id)
                        >
                            {moderation::UNDO}
                            <span class="visually-hidden">{format!(": {what}")}</span>
                        </button>
                    }
                })}
        </li>
    }
}

/// The note that an action affected; for an edit, what was there before and after it.
#[component]
fn LogNotes(notes: Vec<String>) -> impl IntoView {
    let notes = notes.into_iter().enumerate().map(|(at, note)| {
        let arrow = (at > 0).then_some(" → ");
        view! {
            {arrow}
            <bdi>{note}</bdi>
        }
    });
    view! { <span class="log__note">{notes.collect_view()}</span> }
}

fn in_words(log: Option<&Log>, has_failed: bool) -> Option<&'static str> {
    match log {
        None if has_failed => None,
        None => Some(moderation::LOADING),
        Some(log) if log.acts.is_empty() => Some(moderation::NOTHING_DONE),
        Some(_) => None,
    }
}
