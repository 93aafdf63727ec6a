//! One row of the moderators' list, with a moderator's actions on it.

use std::borrow::Cow;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{
    note_editor::NoteEditor,
    row_actions::{EDIT, TOGGLE, VIEWER},
    row_interaction::RowInteraction,
};
use crate::{
    components::{
        list::timestamp_markup::timestamp_in_words,
        presence::edited_by::edited_by,
        shared::{
            event_target::{DOES, ROW},
            icon::Icon,
            live_text::escaped,
        },
    },
    domain::{
        labels::Labels,
        lead::Lead,
        offset::Offset,
        presence::Edited,
        timestamp::{Timestamp, TimestampId},
    },
    live::page::feed::Feed,
    words::{errors, moderation, moments},
};

/// What is shown below the text of a row.
#[derive(Clone, PartialEq)]
enum Below {
    Nothing,
    Editor,
    /// Why the row could not be hidden or restored.
    Refusal(Cow<'static, str>),
}

/// One row of the moderators' list. It stays the same element while its timestamp changes, so that the keyboard focus and
/// text being typed survive what other moderators do.
#[component]
pub fn ModerationRow(
    /// The live session.
    feed: Feed,
    /// The current timestamp.
    row: Memo<Timestamp>,
    /// The session's labels.
    labels: Memo<Labels>,
    /// How long before a timestamp a clip starts.
    lead: Memo<Lead>,
    /// Its position among its segment's rows, counted from 1, and how many there are: not all of them are rendered.
    standing: Memo<(usize, usize)>,
    /// What is being done with the rows.
    interaction: RowInteraction,
) -> impl IntoView {
    let Timestamp {
        id,
        offset_seconds: at,
        ..
    } = row.get_untracked();
    let below = Memo::new(move |_| match interaction.failed.read().get(&id) {
        _ if interaction.editing.get() == Some(id) => Below::Editor,
        Some(refusal) => Below::Refusal(errors::error(refusal)),
        None => Below::Nothing,
    });
    let class = move || {
        let row = row.read();
        let of = |is_so: bool, class: &'static str| if is_so { class } else { "" };
        [
            "timestamp timestamp--watched",
            of(row.mine, " timestamp--mine"),
            of(row.hidden, " timestamp--hidden"),
            of(row.held, " timestamp--held"),
            of(*below.read() == Below::Editor, " timestamp--editing"),
        ]
        .concat()
    };
    // A row that goes away under the pointer tells nobody.
    on_cleanup(move || {
        if interaction.pointing.try_get_untracked() == Some(Some(id)) {
            interaction.pointing.set(None);
        }
        interaction.clear_failure(id);
    });
    let start = move || {
        let start = moments::clip_start(lead.get(), at);
        let editors = edited_by(&interaction.presence.editors.read(), Edited::Timestamp(id));
        [
            "<span class=\"timestamp__start\">",
            &start,
            "</span>",
            &editors,
        ]
        .concat()
    };
    let is_ticked = interaction.selected.read_untracked().contains(&id);
    view! {
        <li
            class=class
            data-id=id.0.to_string()
            // Not on the way of the Tab key, but the keys of the desk move from row to row.
            tabindex="-1"
            aria-posinset=move || standing.get().0
            aria-setsize=move || standing.get().1
        >
            // What never changes follows no signal, and is one piece of markup each, because there are many rows.
            <div class="through" inner_html=box_and_offset(at, is_ticked)></div>
            <div class="through" inner_html=start></div>
            <div class="through timestamp__words" inner_html=move || timestamp_in_words(&row.read(), &labels.read())></div>
            <div class="through" inner_html=actions(at)></div>
            {move || match below.get() {
                Below::Nothing => ().into_any(),
                Below::Editor => view! { <Editing feed row interaction /> }.into_any(),
                Below::Refusal(words) => {
                    view! { <span class="form__error" role="alert" inner_html=escaped(&words)></span> }
                        .into_any()
                }
            }}
        </li>
    }
    .into_any()
}

fn box_and_offset(at: Offset, is_ticked: bool) -> String {
    let checked = if is_ticked { " checked" } else { "" };
    let select = moderation::select(at);
    format!(
        "<label class=\"timestamp__select\"><input type=\"checkbox\" data-key=\"x\"{checked}>\
         <span class=\"visually-hidden\">{select}</span></label><span class=\"timestamp__offset\">{at}</span> "
    )
}

/// The buttons, as icons with names. The second one contains each of its icons; the row's class decides which is shown.
fn actions(at: Offset) -> String {
    let named = |icon: Icon, words: &str| {
        icon.markup() + "<span class=\"visually-hidden\">" + words + "</span>"
    };
    let button = |attributes: &str, content: &str, of: &str| {
        format!(
            "<button type=\"button\" class=\"icon-button\" {attributes}>{content}\
             <span class=\"visually-hidden\">{of} {at}</span></button>"
        )
    };
    let [hide, restore, show] = moderation::TOGGLES;
    let toggles = [
        ("hide", Icon::Hide, hide),
        ("restore", Icon::Show, restore),
        ("show", Icon::Show, show),
    ];
    let toggles = toggles.map(|(class, icon, words)| {
        format!(
            "<span class=\"timestamp__{class}\">{}</span>",
            named(icon, words)
        )
    });
    let [edit, toggle, viewer] = moderation::ROW_TITLES;
    [
        "<span class=\"timestamp__actions\">",
        &button(
            &format!("{DOES}=\"{EDIT}\" data-key=\"e\" title=\"{edit}\""),
            &named(Icon::Edit, moderation::EDIT_NOTE),
            "",
        ),
        &button(
            &format!("{DOES}=\"{TOGGLE}\" data-key=\"h\" title=\"{toggle}\""),
            &toggles.concat(),
            "",
        ),
        &button(
            &format!("{DOES}=\"{VIEWER}\" aria-haspopup=\"dialog\" title=\"{viewer}\""),
            &named(Icon::Viewer, moderation::VIEWER),
            moderation::OF,
        ),
        "</span>",
    ]
    .concat()
}

#[component]
fn Editing(feed: Feed, row: Memo<Timestamp>, interaction: RowInteraction) -> impl IntoView {
    let timestamp = row.get_untracked();
    let (id, at) = (timestamp.id, timestamp.offset_seconds);
    let close = move || {
        interaction.leaving.set(Some(id));
        interaction.editing.set(None);
        focus_edit_button(id, interaction);
    };
    view! {
        <NoteEditor
            code=feed.code()
            timestamp
            on_saved=move |()| {
                interaction.said.set(moderation::note_saved(at));
                feed.retry_now.run(());
                close();
            }
            on_cancel=move |()| close()
        />
    }
    .into_any()
}

/// Returns the keyboard focus to the button that opened the editor.
fn focus_edit_button(id: TimestampId, interaction: RowInteraction) {
    request_animation_frame(move || {
        let button = document().query_selector(&format!("[{ROW}='{}'] [{DOES}='{EDIT}']", id.0));
        if let Ok(Some(button)) = button
            && let Ok(button) = button.dyn_into::<HtmlElement>()
        {
            // It can only fail for an element that can't be focused.
            let _ = button.focus();
        }
        // The page may be left by now.
        interaction.leaving.try_set(None);
    });
}
