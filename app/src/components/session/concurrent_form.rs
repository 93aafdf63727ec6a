//! A form for something that other pages may change at the same time: the browser's side of `domain/concurrent_edit.rs`.

use leptos::ev::SubmitEvent;

use crate::{
    components::shared::{
        live_text::live_text,
        server_call::{ServerCall, use_server_call},
    },
    domain::invalid_input::InvalidInput,
    live::signals::views::*,
    service::ServiceError,
    words::settings,
};

/// The fields of such a form.
pub(super) trait Fields: Copy + Send + Sync + 'static {
    /// What they hold.
    type Value: Clone + PartialEq + Send + Sync + 'static;

    /// Puts this into them.
    fn show(self, value: &Self::Value);

    /// What stands in them.
    ///
    /// # Errors
    /// The rule that it breaks.
    fn typed(self) -> Result<Self::Value, InvalidInput>;

    /// Whether the user has begun something in them that `typed` leaves out so far, such as a colour without a word.
    fn has_more(self) -> bool {
        false
    }
}

/// A form that shows what others change, unless the user has begun to change something. It saves what was typed together with
/// what it showed before.
pub(super) struct ConcurrentForm<F: Fields> {
    fields: F,
    /// What the form showed when its editing began; none until that is known.
    pub(super) began: RwSignal<Option<F::Value>>,
    /// Whether the form says that it is saved.
    pub(super) is_saved: RwSignal<bool>,
    /// The call that saves it.
    pub(super) saving: ServerCall,
}

// Derived ones would ask them of the value, too.
impl<F: Fields> Clone for ConcurrentForm<F> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<F: Fields> Copy for ConcurrentForm<F> {}

impl<F: Fields> ConcurrentForm<F> {
    /// A form that waits for what it is to show (`hear`).
    pub(super) fn new(fields: F) -> Self {
        Self {
            fields,
            began: RwSignal::new(None),
            is_saved: RwSignal::new(false),
            saving: use_server_call(),
        }
    }

    /// A form whose fields show this already, and then what becomes of it.
    pub(super) fn following(fields: F, now: Memo<F::Value>) -> Self {
        let form = Self::new(fields);
        form.began.set(Some(now.get_untracked()));
        Effect::new(move |before: Option<()>| {
            let now = now.get();
            if before.is_some() {
                form.hear(now);
            }
        });
        form
    }

    /// Whether it is known what the form edits: otherwise that must not be overwritten. Tracked.
    pub(super) fn is_known(self) -> bool {
        self.began.read().is_some()
    }

    /// Shows what there is by now, unless the user has begun to change something, or is saving it.
    pub(super) fn hear(self, now: F::Value) {
        if !self.fields.has_more() {
            self.hear_saved(now);
        }
    }

    /// Shows what there is after it was saved, unless something else was typed meanwhile.
    pub(super) fn hear_saved(self, now: F::Value) {
        let is_unchanged = |began| self.fields.typed() == Ok(began);
        let is_untouched = self.began.get_untracked().is_none_or(is_unchanged);
        if is_untouched && !self.saving.is_busy_untracked() {
            self.fields.show(&now);
            self.began.set(Some(now));
        }
    }

    /// Something was typed or chosen: it is no longer said that the form is saved, or why it was not.
    pub(super) fn changed(self) {
        self.saving.error.set(None);
        let is_as_it_began = self.fields.typed().ok() == self.began.get_untracked();
        self.is_saved.update(|is_saved| *is_saved &= is_as_it_began);
    }

    /// Saves what was typed, by a call that is also given what the form showed when that began. `then` gets its answer. What
    /// is saved again meanwhile follows, if it is anything else by then.
    pub(super) fn save<A, C>(
        self,
        event: &SubmitEvent,
        call: impl FnOnce(F::Value, Option<F::Value>) -> C + Send + Sync + 'static,
        then: impl FnOnce(A) + Send + Sync + 'static,
    ) where
        A: 'static,
        C: Future<Output = Result<A, ServiceError>> + 'static,
    {
        event.prevent_default();
        let waits = self.saving.is_busy_untracked();
        self.saving.in_turn(move || {
            if !(waits && self.is_saved.get_untracked()) {
                self.send(call, then);
            }
        });
    }

    fn send<A, C>(
        self,
        call: impl FnOnce(F::Value, Option<F::Value>) -> C,
        then: impl FnOnce(A) + 'static,
    ) where
        A: 'static,
        C: Future<Output = Result<A, ServiceError>> + 'static,
    {
        self.is_saved.set(false);
        let sent = match self.fields.typed() {
            Ok(typed) => typed,
            Err(wrong) => return self.saving.refuse(wrong),
        };
        let call = call(sent.clone(), self.began.get_untracked());
        self.saving.start(call, move |answer| {
            self.take_saved(sent);
            then(answer);
        });
    }

    /// This was saved: whatever else stands in the fields was typed meanwhile, and begins from it.
    fn take_saved(self, sent: F::Value) {
        self.is_saved.set(self.fields.typed().as_ref() == Ok(&sent));
        self.began.set(Some(sent));
    }

    /// What ends the form: whether it is saved, and the button that saves it.
    pub(super) fn foot(self) -> impl IntoView {
        foot(self.is_saved, self.saving)
    }
}

/// One function for all forms, so that it is compiled once.
fn foot(is_saved: RwSignal<bool>, saving: ServerCall) -> impl IntoView {
    let said = move || is_saved.get().then_some(settings::SAVED);
    let said = view! { <p class="form__done" role="status" inner_html=live_text(said)></p> };
    let save = view! {
        <button type="submit" class="button" aria-busy=move || saving.aria_busy()>
            {settings::SAVE}
        </button>
    };
    (said, save)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lead::LeadError;

    /// A single field that takes anything, and whether something was chosen for later.
    #[derive(Clone, Copy)]
    struct Field(RwSignal<u32>, RwSignal<bool>);

    impl Fields for Field {
        type Value = u32;

        fn show(self, value: &u32) {
            self.0.set(*value);
        }

        fn typed(self) -> Result<u32, InvalidInput> {
            Ok(self.0.get_untracked())
        }

        fn has_more(self) -> bool {
            self.1.get_untracked()
        }
    }

    /// A form that shows this, and its field.
    fn showing(value: u32) -> (ConcurrentForm<Field>, RwSignal<u32>) {
        let field = RwSignal::new(0);
        let form = ConcurrentForm::new(Field(field, RwSignal::new(false)));
        form.hear(value);
        (form, field)
    }

    #[test]
    fn a_form_that_nobody_has_touched_shows_what_others_change() {
        Owner::new().with(|| {
            let (form, field) = showing(1);
            form.hear(2);
            assert_eq!(field.get_untracked(), 2);
            field.set(3);
            form.hear(4);
            assert_eq!(field.get_untracked(), 3);
            assert_eq!(form.began.get_untracked(), Some(2));
            // Put back, it follows again.
            field.set(2);
            form.hear(4);
            assert_eq!(field.get_untracked(), 4);
        });
    }

    #[test]
    fn a_form_in_which_something_was_chosen_for_later_stays_as_it_is_until_it_is_saved() {
        Owner::new().with(|| {
            let (form, field) = showing(1);
            form.fields.1.set(true);
            form.hear(2);
            assert_eq!(field.get_untracked(), 1);
            assert_eq!(form.began.get_untracked(), Some(1));
            form.take_saved(1);
            form.hear_saved(2);
            assert_eq!(field.get_untracked(), 2);
            assert_eq!(form.began.get_untracked(), Some(2));
        });
    }

    #[test]
    fn what_became_of_a_save_is_said_until_something_is_typed() {
        Owner::new().with(|| {
            let (form, field) = showing(1);
            form.saving.refuse(LeadError.into());
            assert!(form.saving.error.get_untracked().is_some());
            form.changed();
            assert_eq!(form.saving.error.get_untracked(), None);
            form.take_saved(1);
            for (typed, is_saved) in [(1, true), (2, false), (1, false)] {
                field.set(typed);
                form.changed();
                assert_eq!(form.is_saved.get_untracked(), is_saved);
            }
        });
    }

    #[test]
    fn what_is_typed_during_a_save_begins_from_what_was_sent() {
        Owner::new().with(|| {
            for (typed, is_saved) in [(2, true), (3, false), (1, false)] {
                let (form, field) = showing(1);
                field.set(typed);
                form.take_saved(2);
                assert_eq!(form.is_saved.get_untracked(), is_saved);
                form.hear(4);
                assert_eq!(field.get_untracked(), if is_saved { 4 } else { typed });
            }
        });
    }
}
