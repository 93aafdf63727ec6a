//! The button "Clip that!" with its form, and the presses that are not saved yet.

mod feedback;
mod missing_name;
mod own_editor;
pub mod own_list;
mod own_row;
pub(super) mod press_fields;
pub mod press_form;
pub mod press_labels;
pub mod press_panel;
pub mod unsent_list;
