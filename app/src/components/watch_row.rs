//! One row of the watch list, with what a moderator can do to it.

use std::collections::BTreeSet;

use leptos::{html, prelude::*, task::spawn_local};

use super::{
    live_text::{escaped, live_text},
    note_editor::NoteEditor,
};
use crate::{
    api,
    clips::ClipsError,
    domain::{
        moderation::ModerationId,
        text::{Name, Note},
        timestamp::{Timestamp, TimestampId},
    },
    live::feed::Feed,
};

/// What is being done with the rows, and by that what must keep still.
#[derive(Clone, Copy)]
pub struct Hands {
    /// The row whose note is edited; one at a time.
    pub editing: RwSignal<Option<TimestampId>>,
    /// The row whose buttons the pointer is over.
    pub pointing: RwSignal<Option<TimestampId>>,
    /// The row that the keyboard's focus is in.
    pub focused: RwSignal<Option<TimestampId>>,
    /// The row whose editor was closed, until the focus is back in its button.
    pub leaving: RwSignal<Option<TimestampId>>,
    /// Older rows came in, and the page is not yet back where it stood: until then what is drawn stays.
    pub placing: StoredValue<bool>,
    /// The rows that are ticked.
    pub selected: RwSignal<BTreeSet<TimestampId>>,
    /// The row whose viewer something is to be done about.
    pub about: RwSignal<Option<Timestamp>>,
    /// What was done to several rows at once, and can be undone.
    pub done: RwSignal<Option<DoneAct>>,
    /// What was done, for those who hear the page.
    pub said: RwSignal<String>,
}

/// An act that was just done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoneAct {
    /// Its name.
    pub act: ModerationId,
    /// What was done, in words.
    pub words: String,
}

/// One row of the watch list. It stays the same element while its timestamp changes, so that the keyboard's focus and
/// what is being typed outlive what other moderators do.
#[component]
pub fn WatchRow(
    /// The live session.
    feed: Feed,
    /// The timestamp as it stands.
    row: Memo<Timestamp>,
    /// Which of its segment's rows it is, counted from 1, and how many those are: not all of them are drawn.
    standing: Memo<(usize, usize)>,
    /// What is being done with the rows.
    hands: Hands,
) -> impl IntoView {
    let Timestamp {
        id, offset_seconds, ..
    } = row.get_untracked();
    let is_editing = Memo::new(move |_| hands.editing.get() == Some(id));
    let class = move || {
        let row = row.read();
        let of = |is_so: bool, class: &'static str| if is_so { class } else { "" };
        let mine = of(row.mine, " timestamp--mine");
        let hidden = of(row.hidden, " timestamp--hidden");
        let editing = of(is_editing.get(), " timestamp--editing");
        format!("timestamp{mine}{hidden}{editing}")
    };
    view! {
        <li
            class=class
            data-id=id.0.to_string()
            aria-posinset=move || standing.get().0
            aria-setsize=move || standing.get().1
            on:focusin=move |_| hands.focused.set(Some(id))
            on:focusout=move |_| hands.focused.set(None)
        >
            <label class="timestamp__select">
                <input
                    type="checkbox"
                    prop:checked=move || hands.selected.read().contains(&id)
                    on:change=move |event| {
                        let is_ticked = event_target_checked(&event);
                        hands.selected.update(|selected| {
                            if is_ticked { selected.insert(id) } else { selected.remove(&id) };
                        });
                    }
                />
                // Where a timestamp stands never changes: what tells it follows no signal. There are many rows.
                <span class="visually-hidden">{format!("Select {offset_seconds}")}</span>
            </label>
            <span class="timestamp__offset">{offset_seconds.to_string()}</span>
            " "
            {move || match is_editing.get() {
                true => view! { <Editing feed row hands /> }.into_any(),
                false => {
                    view! {
                        <Words row />
                        <Actions feed row hands />
                    }
                        .into_any()
                }
            }}
        </li>
    }
    .into_any()
}

/// What is told of a timestamp, and what can change of it.
#[component]
fn Words(row: Memo<Timestamp>) -> impl IntoView {
    move || {
        let row = row.read();
        let note = row.note.as_ref().map(Note::as_str).map(escaped);
        let name = row.submitted_by.as_ref().map(Name::as_str).map(escaped);
        let hidden = if row.held { "held back" } else { "hidden" };
        view! {
            <span class="timestamp__note" dir="auto" inner_html=note.unwrap_or_default()></span>
            " "
            {name.map(|name| view! { <span class="timestamp__name" dir="auto" inner_html=name></span> " " })}
            {row.mine.then(|| view! { <span class="timestamp__mine">"yours"</span> " " })}
            {row.hidden.then(|| view! { <span class="timestamp__hidden" inner_html=hidden></span> " " })}
        }
        .into_any()
    }
}

#[component]
fn Actions(feed: Feed, row: Memo<Timestamp>, hands: Hands) -> impl IntoView {
    let Timestamp {
        id,
        offset_seconds: at,
        ..
    } = row.get_untracked();
    let is_busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ClipsError>);
    let edit_button = NodeRef::<html::Button>::new();
    let let_go = move || {
        if hands.pointing.try_get_untracked() == Some(Some(id)) {
            hands.pointing.set(None);
        }
    };
    // A row that goes away under the pointer tells nobody.
    on_cleanup(let_go);
    let toggle = move |_| {
        if is_busy.get_untracked() {
            return;
        }
        error.set(None);
        is_busy.set(true);
        let hides = !row.read_untracked().hidden;
        spawn_local(async move {
            let answer = match hides {
                true => api::timestamps::hide(feed.code(), vec![id], None).await,
                false => api::timestamps::restore(feed.code(), vec![id], None).await,
            };
            if is_busy.try_set(false).is_some() {
                return;
            }
            // The live stream brings the row as it is now; where it waits for its next attempt, that is now.
            match answer {
                Ok(()) => {
                    hands.said.set(match hides {
                        true => format!("{at} is hidden from viewers."),
                        false => format!("{at} is shown again."),
                    });
                    feed.nudge.run(());
                }
                Err(refusal) => error.set(Some(refusal)),
            }
        });
    };
    let does = move || match (row.read().hidden, row.read().held) {
        (false, _) => "Hide",
        (true, false) => "Restore",
        (true, true) => "Show",
    };
    let named = || view! { <span class="visually-hidden">{format!(" {at}")}</span> };
    view! {
        <span
            class="timestamp__actions"
            on:pointerenter=move |_| hands.pointing.set(Some(id))
            on:pointerleave=move |_| let_go()
        >
            <button
                node_ref=edit_button
                type="button"
                class="button button--quiet"
                data-edit=id.0.to_string()
                on:click=move |_| hands.editing.set(Some(id))
            >
                "Edit note"
                {named()}
            </button>
            <button
                type="button"
                class="button button--quiet"
                aria-busy=move || is_busy.get().then_some("true")
                on:click=toggle
            >
                <span inner_html=live_text(does)></span>
                {named()}
            </button>
            <button
                type="button"
                class="button button--quiet"
                aria-haspopup="dialog"
                on:click=move |_| hands.about.set(Some(row.get_untracked()))
            >
                "Viewer …"
                <span class="visually-hidden">{format!(" of {at}")}</span>
            </button>
            {move || {
                error
                    .get()
                    .map(|error| {
                        let words = escaped(&error.to_string());
                        view! { <span class="form__error" role="alert" inner_html=words></span> }
                    })
            }}
        </span>
    }
    .into_any()
}

#[component]
fn Editing(feed: Feed, row: Memo<Timestamp>, hands: Hands) -> impl IntoView {
    let timestamp = row.get_untracked();
    let (id, at) = (timestamp.id, timestamp.offset_seconds);
    let close = move || {
        hands.leaving.set(Some(id));
        hands.editing.set(None);
        focus_edit_button(id, hands);
    };
    view! {
        <NoteEditor
            code=feed.code()
            timestamp
            on_saved=move |()| {
                hands.said.set(format!("The note of {at} is saved."));
                feed.nudge.run(());
                close();
            }
            on_cancel=move |()| close()
        />
    }
    .into_any()
}

/// The button that opened the editor comes back, and the keyboard's focus with it.
fn focus_edit_button(id: TimestampId, hands: Hands) {
    request_animation_frame(move || {
        use wasm_bindgen::JsCast;

        let button = document().query_selector(&format!("[data-edit='{}']", id.0));
        if let Ok(Some(button)) = button
            && let Ok(button) = button.dyn_into::<web_sys::HtmlElement>()
        {
            // It can only fail for an element that can't be focused.
            let _ = button.focus();
        }
        // The page may be left by now.
        hands.leaving.try_set(None);
    });
}
