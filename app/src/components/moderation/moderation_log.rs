//! The moderation log: who did what, with the buttons to undo it.

use leptos::html::Ol;
use web_sys::Element;

use super::{log_changes::use_log_changes, log_pages::Log};
use crate::{
    components::shared::{
        focus::keeping_row,
        form_error::FormError,
        live_text::{escaped, live_text},
        server_call::{on_return, use_server_call},
    },
    domain::{
        moderation::{ModerationAction, ModerationId},
        offset::Offset,
    },
    live::{calls::bulk_moderation, page::feed::Feed, signals::views::*},
    words::{moderation, moderation_log as words, time::date_and_time},
};

/// The moderation log. Loaded when it is shown, and again when others did something. Actions that are new wait behind a button
/// while somebody reads the log.
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
    // The newest log, if actions of it are not shown yet.
    let waiting = RwSignal::new(None::<Log>);
    let list = NodeRef::<Ol>::new();
    // The row of an action that was undone is another one then, without the button that was pressed.
    let draw = move |log: Log| {
        keeping_row(".log__row", None, || acts.set(Some(log)));
    };
    let show = move |log: Log| {
        waiting.set(None);
        pages.set_value(log.pages);
        draw(log);
    };
    // Nobody asks for it: a failure is not told, and the next change or the button makes up for it. Older pages are not loaded
    // again.
    let following = use_server_call();
    let load = move || {
        following.abandon();
        Log::load(feed.code(), pages.get_value())
    };
    // What is read stays where it is.
    let show_gently = move |newest: Log| {
        let Some(shown) = acts.get_untracked() else {
            show(newest);
            return;
        };
        let is_read = list
            .get_untracked()
            .is_some_and(|list| is_being_read(&list));
        let stays = is_read && !shown.acts.is_empty() && newest.new_since(&shown) > 0;
        let whole = shown.clone().continued_by(&newest);
        match stays {
            true => {
                draw(shown.with_states_of(&newest));
                waiting.set(Some(whole));
            }
            false => show(whole),
        }
    };
    let follow = move |()| {
        following.start(Log::load(feed.code(), 1), move |log| {
            // Something that its reader asked for is newer.
            if !loading.is_busy_untracked() {
                show_gently(log);
            }
        });
    };
    use_log_changes(feed, is_shown, Callback::new(follow));
    let unseen = Memo::new(move |_| {
        let (waiting, shown) = (waiting.read(), acts.read());
        let waiting = waiting.as_ref().zip(shown.as_ref());
        waiting.map_or(0, |(newest, shown)| newest.new_since(shown))
    });
    let jump = move |_| {
        if let Some(newest) = waiting.get_untracked() {
            show(newest);
        }
        if let Some(list) = list.get_untracked() {
            // The button goes away. It can only fail for an element that can't be focused.
            let _ = list.focus();
            scroll_up(&list);
        }
    };
    let look = move |wanted: usize| {
        pages.set_value(wanted);
        error.set(None);
        loading.supersede(load(), show);
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
                loading.supersede(load(), show_gently);
            }
        });
    };
    Effect::new(move |_| {
        if is_shown.get() {
            look(1);
        }
    });
    on_return(feed, move || match is_shown.get_untracked() {
        true if error.read_untracked().is_some() => look(pages.get_value()),
        _ => loading.forget_absence(),
    });
    view! {
        <section class="panel" aria-labelledby="log">
            <h2 id="log">{words::HEADING}</h2>
            <FormError error />
            {move || {
                in_words(acts.read().as_ref(), error.read().is_some())
                    .map(|words| view! { <p class="empty" inner_html=escaped(words)></p> })
            }}
            <div>
                <div class="new-pill-above">
                    <button
                        type="button"
                        class="new-pill new-pill--above"
                        hidden=move || unseen.get() == 0
                        on:click=jump
                        inner_html=live_text(move || moderation::new_rows(unseen.get()))
                    ></button>
                </div>
                <ol
                    class="log"
                    node_ref=list
                    tabindex="-1"
                    aria-busy=move || (!being_undone.read().is_empty()).then_some("true")
                >
                    <For
                        each=move || acts.get().map(|log| log.acts).unwrap_or_default()
                        key=row_key
                        let:act
                    >
                        <LogRow act this_year=feed.this_year() on_undo=undo />
                    </For>
                </ol>
            </div>
            <div class="log__buttons">
                <button
                    type="button"
                    class="button button--quiet"
                    on:click=move |_| look(pages.get_value())
                >
                    {words::REFRESH}
                </button>
                <Show when=move || acts.read().as_ref().is_some_and(|log| log.has_older)>
                    <button
                        type="button"
                        class="button button--quiet"
                        on:click=move |_| look(pages.get_value() + 1)
                    >
                        {words::SHOW_OLDER}
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

fn row_key(act: &ModerationAction) -> RowKey {
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

#[component]
fn LogRow(
    act: ModerationAction,
    this_year: i32,
    #[prop(into)] on_undo: Callback<ModerationId>,
) -> impl IntoView {
    let id = act.id;
    let can_be_undone = act.can_be_undone();
    let undone = act.undone.as_ref();
    let undone = undone.map(|undone| words::undone(undone, this_year));
    let is_undone = undone.is_some();
    let notes = words::replaced(&act);
    let what = words::act(&act);
    view! {
        <li class="log__row" class:log__row--undone=is_undone id=row_id(id) tabindex="-1">
            <span class="log__what">
                <b>{act.by.to_string()}</b>
                " "
                {what.clone()}
            </span>
            <LogNotes notes />
            <span class="log__when">{date_and_time(act.at, this_year)}</span>
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

fn row_id(id: ModerationId) -> String {
    ["act-", &id.0.to_string()].concat()
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

/// Whether rows that come in above would move something that somebody looks at, or is about to press.
fn is_being_read(list: &Element) -> bool {
    list.matches(":hover, :focus-within") == Ok(true)
        || scrollers(list).any(|scroller| scroller.scroll_top() > 0)
}

fn scroll_up(list: &Element) {
    scrollers(list).for_each(|scroller| scroller.set_scroll_top(0));
}

/// What scrolls the log: its own box, or the pane around it.
fn scrollers(list: &Element) -> impl Iterator<Item = Element> {
    let pane = list.closest(".desk-side__panels").ok().flatten();
    [Some(list.clone()), pane].into_iter().flatten()
}

fn in_words(log: Option<&Log>, has_failed: bool) -> Option<&'static str> {
    match log {
        None if has_failed => None,
        None => Some(words::LOADING),
        Some(log) if log.acts.is_empty() => Some(words::NOTHING_DONE),
        Some(_) => None,
    }
}
