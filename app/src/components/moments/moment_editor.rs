//! The dialog about one moment: its title, its range, how far the editing has come, and where to split it.

use super::moment_actions::{MomentActions, way_to};
use crate::{
    components::shared::{
        focus::go_on, form_error::FormError, live_text::live_text, modal::use_modal,
    },
    domain::{
        clip_url::ClipUrl,
        invalid_input::InvalidInput,
        moments::{
            moment::{EditingState, Moment, MomentId},
            moment_edit::{MomentBeganAt, MomentEditInput},
        },
        offset::Offset,
        text::Title,
    },
    live::{page::feed::Feed, signals::views::*},
    service::ServiceError,
    words::{moderation, moments as words},
};

/// What is typed in the dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Typed {
    title: String,
    start: String,
    end: String,
    state: EditingState,
    clip: String,
    split_at: String,
}

impl Typed {
    fn of(moment: &Moment, split_at: Offset) -> Self {
        Self {
            title: typed_text(moment.title.clone()),
            start: moment.start.to_string(),
            end: moment.end.to_string(),
            state: moment.state,
            clip: typed_text(moment.clip.clone()),
            split_at: split_at.to_string(),
        }
    }

    /// What has to be done so that a moment becomes what was typed: each is an action of its own.
    fn edits(&self, before: &Self) -> Result<Vec<MomentEditInput>, InvalidInput> {
        let mut edits = Vec::new();
        if self.title != before.title {
            edits.push(MomentEditInput::SetTitle {
                title: self.title.clone(),
            });
        }
        if (&self.start, &self.end) != (&before.start, &before.end) {
            let [start, end] = [&self.start, &self.end].map(|typed| Offset::parse(typed));
            let (Some(start), Some(end)) = (start, end) else {
                return Err(InvalidInput::MomentRange);
            };
            edits.push(MomentEditInput::SetRange { start, end });
        }
        if (self.state, &self.clip) != (before.state, &before.clip) {
            edits.push(MomentEditInput::SetState {
                state: (self.state != before.state).then_some(self.state),
                clip: (self.clip != before.clip).then(|| self.clip.clone()),
            });
        }
        for edit in &edits {
            edit.clone().parse()?;
        }
        Ok(edits)
    }

    /// What an edit may replace if the moment is still as these fields say.
    fn began_at(&self) -> MomentBeganAt {
        let [start, end] = [&self.start, &self.end].map(|typed| Offset::parse(typed));
        MomentBeganAt {
            title: Title::parse_optional(&self.title).ok().flatten(),
            clip: ClipUrl::parse_optional(&self.clip).ok().flatten(),
            state: Some(self.state),
            range: start.zip(end),
        }
    }

    /// What stands after these edits, of those that `sent` asked for.
    fn after(self, edits: &[MomentEditInput], sent: &Self) -> Self {
        let mut after = self;
        for edit in edits {
            match edit {
                MomentEditInput::SetTitle { .. } => after.title.clone_from(&sent.title),
                MomentEditInput::SetRange { .. } => {
                    after.start.clone_from(&sent.start);
                    after.end.clone_from(&sent.end);
                }
                MomentEditInput::SetState { .. } => {
                    after.state = sent.state;
                    after.clip.clone_from(&sent.clip);
                }
                MomentEditInput::SetStarred { .. }
                | MomentEditInput::SetHidden { .. }
                | MomentEditInput::Merge { .. }
                | MomentEditInput::Split { .. }
                | MomentEditInput::Make { .. } => {}
            }
        }
        after
    }
}

/// What stands in the field of an optional text.
fn typed_text(text: Option<impl Into<String>>) -> String {
    text.map(Into::into).unwrap_or_default()
}

/// The dialog about the moment that `actions.editing` names.
#[component]
pub fn MomentEditor(
    /// The live session.
    feed: Feed,
    /// What is being done with the moments.
    actions: MomentActions,
) -> impl IntoView {
    let before = StoredValue::new(Typed::default());
    let typed = RwSignal::new(Typed::default());
    let error = RwSignal::new(None::<ServiceError>);
    // The moment and its peak when the dialog was opened: it may fade meanwhile, and the server may still know it.
    let opened = RwSignal::new(None::<(MomentId, Offset)>);
    let close = move || actions.editing.set(None);
    let editing = move |id: Option<MomentId>| id.and_then(|id| actions.find(id));
    let begin = move || {
        let Some(moment) = editing(actions.editing.get_untracked()) else {
            return;
        };
        let split_at = feed.highlights.read_untracked().split_at(&moment);
        let now = Typed::of(&moment, split_at);
        before.set_value(now.clone());
        typed.set(now);
        error.set(None);
        opened.set(Some((moment.id, moment.peak)));
    };
    let is_open = move || editing(actions.editing.get()).is_some();
    let dialog = use_modal(is_open, begin);
    let is_busy = move || {
        let opened = opened.get();
        opened.is_some_and(|(id, _)| actions.busy.read().contains(&id))
    };
    let perform = move |edits: Vec<MomentEditInput>, words: fn(Offset) -> String| {
        let Some((id, at)) = opened.get_untracked() else {
            return;
        };
        error.set(None);
        let sent = typed.get_untracked();
        let began = Some(before.with_value(Typed::began_at));
        let words = move |_| words(at);
        actions.perform(id, edits, began, words, move |done| {
            let Some(refusal) = done.refusal else {
                close();
                return;
            };
            // It is told here, and what was done of it can be undone. Saving again does the rest: an edit that changes
            // nothing is not in the log, and can't be undone.
            before.update_value(|before| {
                *before = before.clone().after(&done.edits, &sent);
                // Having been shown what somebody else wrote, a user who saves again means to replace it.
                match &refusal {
                    ServiceError::TitleEdited { title } => before.title = typed_text(title.clone()),
                    ServiceError::ClipEdited { clip } => before.clip = typed_text(clip.clone()),
                    ServiceError::StateEdited(state) => before.state = *state,
                    ServiceError::RangeEdited { start, end } => {
                        before.start = start.to_string();
                        before.end = end.to_string();
                    }
                    _ => {}
                }
            });
            error.set(Some(refusal));
        });
    };
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match before.with_value(|before| typed.read_untracked().edits(before)) {
            Ok(edits) if edits.is_empty() => close(),
            Ok(edits) => perform(edits, words::edited),
            Err(wrong) => error.set(Some(wrong.into())),
        }
    };
    let split = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match Offset::parse(&typed.read_untracked().split_at) {
            Some(at) => perform(vec![MomentEditInput::Split { at }], words::split),
            None => error.set(Some(InvalidInput::MomentRange.into())),
        }
    };
    let field = move |id: &'static str,
                      label: &'static str,
                      of: fn(&mut Typed) -> &mut String,
                      is_time: bool| {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <input
                    id=id
                    class="input"
                    class:input--time=is_time
                    dir=if is_time { "ltr" } else { "auto" }
                    autocomplete="off"
                    prop:value=move || of(&mut typed.get()).clone()
                    on:input=move |event| {
                        typed.update(|typed| *of(typed) = event_target_value(&event));
                        error.set(None);
                    }
                />
            </div>
        }
    };
    let states = EditingState::ALL.map(|state| {
        view! {
            <option value=state.name() prop:selected=move || typed.read().state == state>
                {words::state(state)}
            </option>
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog dialog--wide"
            aria-labelledby="moment-editor"
            on:close=move |_| {
                close();
                // What opened it may have been drawn again meanwhile.
                if let Some((id, _)) = opened.get_untracked() {
                    go_on("dialog", way_to(id, Some("e")));
                }
            }
        >
            <h2
                id="moment-editor"
                inner_html=live_text(move || opened.get().map(|(_, at)| words::moment_at(at)))
            ></h2>
            <form class="form" on:submit=save>
                {field("moment-title", words::TITLE, |typed| &mut typed.title, false)}
                <div class="moment-editor__row">
                    {field("moment-start", words::START, |typed| &mut typed.start, true)}
                    {field("moment-end", words::END, |typed| &mut typed.end, true)}
                    <div class="field">
                        <label for="moment-state">{words::STATE}</label>
                        <select
                            id="moment-state"
                            class="input"
                            on:change=move |event| {
                                let chosen = event_target_value(&event);
                                let state = EditingState::ALL.into_iter();
                                let state = state.into_iter().find(|state| state.name() == chosen);
                                typed.update(|typed| typed.state = state.unwrap_or_default());
                            }
                        >
                            {states.into_iter().collect_view()}
                        </select>
                    </div>
                </div>
                {field("moment-clip", words::CLIP_URL, |typed| &mut typed.clip, false)}
                <FormError error />
                <div class="dialog__actions">
                    <button type="button" class="button" on:click=move |_| close()>
                        {moderation::CANCEL}
                    </button>
                    <button
                        type="submit"
                        class="button button--primary"
                        aria-busy=move || is_busy().then_some("true")
                    >
                        {moderation::SAVE}
                    </button>
                </div>
            </form>
            <form class="moment-editor__split" on:submit=split>
                {field("moment-split", words::SPLIT_AT, |typed| &mut typed.split_at, true)}
                <button
                    type="submit"
                    class="button"
                    aria-busy=move || is_busy().then_some("true")
                >
                    {words::SPLIT}
                </button>
            </form>
        </dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{super::moment_markup::tests::moment, *};

    fn typed() -> Typed {
        Typed::of(&moment(&[]), Offset(84))
    }

    #[test]
    fn only_what_was_changed_is_done_and_each_is_an_action() {
        let before = typed();
        assert_eq!(before.edits(&before), Ok(Vec::new()));
        let after = Typed {
            title: "The boss".into(),
            end: "1:40".into(),
            state: EditingState::Cut,
            ..before.clone()
        };
        let edits = after.edits(&before).unwrap();
        assert_eq!(
            edits,
            [
                MomentEditInput::SetTitle {
                    title: "The boss".into()
                },
                MomentEditInput::SetRange {
                    start: Offset(80),
                    end: Offset(100)
                },
                MomentEditInput::SetState {
                    state: Some(EditingState::Cut),
                    clip: None
                },
            ]
        );
    }

    #[test]
    fn saving_again_does_only_what_was_not_done() {
        let before = typed();
        let sent = Typed {
            title: "The boss".into(),
            end: "1:40".into(),
            state: EditingState::Cut,
            clip: "https://a.example".into(),
            ..before.clone()
        };
        let edits = sent.edits(&before).unwrap();
        for done in 0..=edits.len() {
            let after = before.clone().after(&edits[..done], &sent);
            assert_eq!(sent.edits(&after).unwrap(), edits[done..]);
        }
    }

    #[test]
    fn an_edit_begins_at_what_was_shown_and_then_at_what_was_saved() {
        let shown = Moment {
            title: Title::parse("The boss").ok(),
            clip: ClipUrl::parse_optional("https://a.example").unwrap(),
            state: EditingState::Cut,
            ..moment(&[])
        };
        let before = Typed::of(&shown, Offset(84));
        let began_at = MomentBeganAt {
            range: Some((shown.start, shown.end)),
            title: shown.title,
            clip: shown.clip,
            state: Some(shown.state),
        };
        assert_eq!(before.began_at(), began_at);
        let sent = Typed {
            title: " The boss falls ".into(),
            ..before.clone()
        };
        let edits = sent.edits(&before).unwrap();
        let saved = MomentBeganAt {
            title: Title::parse("The boss falls").ok(),
            ..began_at
        };
        assert_eq!(before.after(&edits, &sent).began_at(), saved);
    }

    #[test]
    fn what_breaks_a_rule_is_refused_before_anything_is_done() {
        let before = typed();
        let title = "x".repeat(Title::MAX + 1);
        let clip = "https://a.example/".to_owned() + &"x".repeat(ClipUrl::MAX);
        for wrong in [
            Typed {
                title,
                ..before.clone()
            },
            Typed {
                clip,
                ..before.clone()
            },
            Typed {
                start: "soon".into(),
                ..before.clone()
            },
            Typed {
                end: "0:01".into(),
                ..before.clone()
            },
        ] {
            assert!(wrong.edits(&before).is_err(), "{wrong:?}");
        }
    }
}
