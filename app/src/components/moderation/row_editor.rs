//! The editor of a row's note, in the row while it is drawn. Browser only.

use std::any::Any;

use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::Element;

use super::{
    moderation_row::EDITOR,
    row_actions::{EDIT, way_to_button},
    row_interaction::RowInteraction,
};
use crate::{
    components::{
        desk::{later::Later, part::Part},
        shared::focus::{NOWHERE, go_on},
    },
    domain::timestamp::TimestampId,
    live::page::feed::Feed,
};

/// An editor that is open until it is dropped.
pub(super) struct RowEditor {
    id: TimestampId,
    /// Its view, which goes with it.
    _view: Box<dyn Any>,
}

impl RowEditor {
    /// Opens the editor of this timestamp in its row. `owner` owns it, because it lasts longer than one run of the effect that
    /// opens it. `None` if there is no such timestamp.
    pub(super) fn open(
        owner: &Owner,
        feed: Feed,
        interaction: RowInteraction,
        id: TimestampId,
        row: &Element,
    ) -> Option<Self> {
        let place = row.query_selector(EDITOR).ok()??.dyn_into().ok()?;
        let list = feed.list.read_untracked();
        let timestamp = list.get(list.place(id)?)?.clone();
        let close = move || {
            interaction.leaving.set(Some(id));
            interaction.editing.set(None);
            focus_edit_button(id, interaction);
        };
        // Made where the view is: the callback lasts as long as it does.
        let view = move || {
            let part = Part::NoteEditor {
                feed,
                interaction,
                timestamp: Box::new(timestamp),
                on_close: Callback::new(move |()| close()),
            };
            view! { <Later part is_wanted=|| true /> }
        };
        Some(Self {
            id,
            _view: Box::new(owner.with(|| mount_to(place, view))),
        })
    }

    /// Whether it is the editor of this timestamp.
    pub(super) fn is_of(&self, id: TimestampId) -> bool {
        self.id == id
    }
}

/// Returns the keyboard focus to the button that opened the editor, or to the list if the row is gone; unless the focus is
/// somewhere else by now.
fn focus_edit_button(id: TimestampId, interaction: RowInteraction) {
    go_on(NOWHERE, way_to_button(id, EDIT));
    request_animation_frame(move || {
        // The page may be left by now.
        interaction.leaving.try_set(None);
    });
}
