//! The dialog about one moment: its title, its range, how far the editing has come, and where to split it.

use leptos::ev::SubmitEvent;

use super::{
    moment_actions::{MomentActions, Performed, way_to},
    typed_moment::TypedMoment,
};
use crate::{
    components::shared::{
        focus::go_on, form_error::FormError, live_text::live_text, modal::use_modal,
        server_call::forgets_absence,
    },
    domain::{
        moments::{
            moment::{EditingState, MomentId},
            moment_edit::MomentEditInput,
            unshown::TakenIn,
        },
        offset::Offset,
    },
    live::{page::feed::Feed, signals::views::*},
    service::ServiceError,
    words::{moderation, moments as words},
};

/// What the dialog was asked to do.
#[derive(Clone, Copy)]
enum Asked {
    /// Saving what was typed.
    Save,
    /// Saving it, and splitting the moment.
    Split,
}

/// The dialog about the moment that `actions.editing` names.
#[component]
pub fn MomentEditor(
    /// The live session.
    feed: Feed,
    /// What is being done with the moments.
    actions: MomentActions,
) -> impl IntoView {
    let before = StoredValue::new(TypedMoment::default());
    let typed = RwSignal::new(TypedMoment::default());
    let error = RwSignal::new(None::<ServiceError>);
    forgets_absence(error, feed);
    // The moment and its peak when the dialog was opened: it may fade meanwhile, and the server may still know it.
    let opened = RwSignal::new(None::<(MomentId, Offset)>);
    // Which opening of the dialog an answer is for: by the time it comes, it may be about another moment.
    let opening = StoredValue::new(0_u32);
    // What to do as soon as nothing is being done with the moment. What was typed is read only then.
    let asked = RwSignal::new(None::<Asked>);
    let close = move || {
        asked.set(None);
        actions.editing.set(None);
    };
    let editing = move |id: Option<MomentId>| id.and_then(|id| actions.find(id));
    let begin = move || {
        let Some(moment) = editing(actions.editing.get_untracked()) else {
            return;
        };
        let split_at = feed.highlights.read_untracked().split_at(&moment);
        let now = TypedMoment::of(&moment, split_at);
        before.set_value(now.clone());
        typed.set(now);
        error.set(None);
        opening.update_value(|opening| *opening += 1);
        opened.set(Some((moment.id, moment.peak)));
    };
    let is_open = move || editing(actions.editing.get()).is_some();
    let dialog = use_modal(is_open, begin);
    let is_busy = move || {
        let opened = opened.get();
        opened.is_some_and(|(id, _)| actions.busy.read().contains(&id))
    };
    let perform = move |edits: Vec<MomentEditInput>| {
        let Some((id, at)) = opened.get_untracked() else {
            return;
        };
        error.set(None);
        let (sent, sent_from) = (typed.get_untracked(), opening.get_value());
        let began = Some(before.with_value(TypedMoment::began_at));
        let highlights = feed.highlights.read_untracked();
        let moment = highlights.moment(id);
        let taken_in = moment.map(|moment| TakenIn::by(&edits, moment, highlights.moments()));
        let taken_in = taken_in.unwrap_or_default();
        drop(highlights);
        let words = move |done: &Performed| words_of(at, &done.edits, taken_in);
        actions.perform(id, edits, began, words, move |done| {
            let is_shown = actions.editing.get_untracked().is_some();
            if opening.get_value() != sent_from || !is_shown {
                return actions.tell(id, done);
            }
            let Some(refusal) = done.refusal else {
                // Of two clicks on Split, the second is part of the first.
                let is_to_split = matches!(asked.get_untracked(), Some(Asked::Split))
                    && !matches!(done.edits.last(), Some(MomentEditInput::Split { .. }));
                // What was typed meanwhile is another edit, which begins from this one.
                if typed.get_untracked() == sent && !is_to_split {
                    close();
                } else {
                    before
                        .update_value(|before| *before = before.clone().after(&done.edits, &sent));
                }
                return;
            };
            asked.set(None);
            // It is told here, and what was done of it can be undone. Saving again does the rest: an edit that changes
            // nothing is not in the log, and can't be undone.
            before.update_value(|before| {
                *before = before.clone().after(&done.edits, &sent);
                before.sees(&refusal);
            });
            error.set(Some(refusal));
        });
    };
    Effect::new(move |_| {
        let Some(what) = asked.get().filter(|_| !is_busy()) else {
            return;
        };
        asked.set(None);
        let edits = before.with_value(|before| match what {
            Asked::Save => typed.read_untracked().edits(before),
            Asked::Split => typed.read_untracked().split(before),
        });
        match edits {
            Ok(edits) if edits.is_empty() => close(),
            Ok(edits) => perform(edits),
            Err(wrong) => error.set(Some(wrong.into())),
        }
    });
    let ask = move |event: SubmitEvent, what: Asked| {
        event.prevent_default();
        // A split saves what was typed, too.
        if !matches!(asked.get_untracked(), Some(Asked::Split)) {
            asked.set(Some(what));
        }
    };
    let field = move |id: &'static str,
                      label: &'static str,
                      of: fn(&mut TypedMoment) -> &mut String,
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
            <form class="form" on:submit=move |event| ask(event, Asked::Save)>
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
            <form
                class="moment-editor__split"
                on:submit=move |event| ask(event, Asked::Split)
            >
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

/// What was done to the moment at this offset by the edits of the dialog, and what became part of it if they moved its start or end.
fn words_of(at: Offset, done: &[MomentEditInput], taken_in: TakenIn) -> String {
    let mut words = match done {
        [MomentEditInput::Split { .. }] => words::split(at),
        [.., MomentEditInput::Split { .. }] => words::edited_and_split(at),
        _ => words::edited(at),
    };
    let is_range = |edit: &MomentEditInput| matches!(edit, MomentEditInput::SetRange { .. });
    if done.iter().any(is_range) {
        words += &words::taken_in(taken_in);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_says_whether_it_saved_what_was_typed() {
        let save = MomentEditInput::SetTitle {
            title: "The boss".into(),
        };
        let split = MomentEditInput::Split { at: Offset(84) };
        let both = [save.clone(), split.clone()];
        let none = TakenIn::default();
        let words = [&[split][..], &both, &[save]].map(|done| words_of(Offset(83), done, none));
        insta::assert_snapshot!(words.join(" "), @"The moment at 00:01:23 was split. The changes to the moment at 00:01:23 are saved, and it was split. The changes to the moment at 00:01:23 are saved.");
    }

    #[test]
    fn a_range_that_was_refused_took_nothing_in() {
        let title = MomentEditInput::SetTitle {
            title: "The boss".into(),
        };
        let (start, end) = (Offset(80), Offset(90));
        let range = MomentEditInput::SetRange { start, end };
        let taken_in = TakenIn {
            moments: 1,
            ..TakenIn::default()
        };
        let saved = words_of(Offset(83), std::slice::from_ref(&title), taken_in);
        assert_eq!(saved, words::edited(Offset(83)));
        let moved = words_of(Offset(83), &[title, range], taken_in);
        assert_eq!(moved, saved + &words::taken_in(taken_in));
    }
}
