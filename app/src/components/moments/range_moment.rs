//! Making a moment of the selected range of time, by giving it a title.

use super::{moment_actions::way_to, selection::Selection};
use crate::{
    api,
    components::{
        moderation::row_interaction::UndoableAction,
        shared::{live_text::live_text, modal::use_modal, server_call::use_server_call},
    },
    domain::{
        moderation::ModerationId,
        moments::{moment::MomentId, moment_edit::MomentEditInput, unshown::TakenIn},
        text::Title,
        time_range::TimeRange,
    },
    live::{browser::random, calls::retry, page::feed::Feed, signals::views::*},
    words::{desk, errors, moderation, moments as words},
};

/// The button that makes a moment of the selected range, and its dialog. The button is hidden while no range of one segment is
/// selected.
#[component]
pub fn RangeMoment(
    /// What was done last to the moments, and can be undone.
    done: RwSignal<Option<UndoableAction>>,
    /// The live session.
    feed: Feed,
    /// What is selected.
    selection: Selection,
    /// Called with the moment that was made.
    on_made: Callback<MomentId>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    // What the dialog is about, also if something else is selected meanwhile. The ids stay the same while it is open, so that
    // saving again after a lost answer makes no second moment.
    let opened = RwSignal::new(None::<(TimeRange, MomentId, ModerationId)>);
    let making = use_server_call();
    // The moment that is being made, and its range: by the time of the answer, the dialog may be about another one.
    let sent = RwSignal::new(None::<(TimeRange, MomentId)>);
    let is_about =
        move |moment: MomentId| matches!(*opened.read(), Some((_, id, _)) if id == moment);
    let segments = move || feed.session.read().status.segment();
    let is_of_dialog = move || sent.get().is_some_and(|(_, id)| is_about(id));
    let is_sent = move || making.is_busy() && is_of_dialog();
    let failure = move || {
        let (range, _) = sent.get()?;
        let why = making.error.read().as_ref().map(errors::error)?;
        Some(match is_of_dialog() {
            true => why.into_owned(),
            false => words::not_made(&range, segments(), &why),
        })
    };
    // An open dialog covers what is outside of it.
    let is_open = move || opened.read().is_some();
    let failure_in_dialog = move || failure().filter(|_| is_open());
    let failure_outside = move || failure().filter(|_| !is_open());
    Effect::new(move |before: Option<Option<TimeRange>>| {
        let range = selection.range_of_segment();
        if before.is_some_and(|before| before != range) {
            making.error.set(None);
        }
        range
    });
    let close = move || opened.set(None);
    let dialog = use_modal(move || opened.get().is_some(), || {});
    let open = move |_| {
        if let Some(range) = selection.range_of_segment() {
            typed.set(String::new());
            making.error.set(None);
            opened.set(Some((range, random::moment_id(), random::moderation_id())));
        }
    };
    let save = move || {
        let Some((range, id, act)) = opened.get_untracked() else {
            return;
        };
        sent.set(Some((range, id)));
        let title = typed.get_untracked();
        let taken_in = match Title::parse(&title) {
            Ok(title) => TakenIn::by_new(range, &title, feed.highlights.read_untracked().moments()),
            Err(wrong) => return making.refuse(wrong.into()),
        };
        let edit = MomentEditInput::Make {
            segment_index: range.first.segment_index,
            start: range.first.offset_seconds,
            end: range.last.offset_seconds,
            title,
        };
        let code = feed.code();
        let made = async move {
            let ask =
                || api::moments::edit_moment(code.clone(), id, edit.clone(), act, None, false);
            retry::with_retry(ask).await.map(drop)
        };
        making.start_and(made, move |made| {
            if made.is_ok() {
                feed.retry_now.run(());
                done.set(Some(UndoableAction {
                    acts: vec![act],
                    words: words::made(range.first.offset_seconds, taken_in),
                    about: way_to(id, None),
                }));
                if untrack(|| opened.read().is_none() || is_about(id)) {
                    on_made.run(id);
                    close();
                }
            }
        });
    };
    view! {
        <button
            type="button"
            class="button button--quiet"
            hidden=move || selection.range_of_segment().is_none()
            on:click=open
        >
            {desk::NAME_RANGE}
        </button>
        <p
            class="form__error timeline__failure"
            role="alert"
            inner_html=live_text(failure_outside)
        ></p>
        <dialog
            node_ref=dialog
            class="dialog"
            aria-labelledby="range-moment"
            on:close=move |_| close()
        >
            <h2
                id="range-moment"
                inner_html=live_text(move || { opened.get().map(|(range, ..)| desk::range(&range, segments())) })
            ></h2>
            <form
                class="form"
                on:submit=move |event| {
                    event.prevent_default();
                    let asked = opened.get_untracked();
                    making.in_turn(move || {
                        if opened.get_untracked() == asked {
                            save();
                        }
                    });
                }
            >
                <div class="field">
                    <label for="range-moment-title">{words::TITLE}</label>
                    <input
                        id="range-moment-title"
                        class="input"
                        dir="auto"
                        autocomplete="off"
                        // What is typed meanwhile would be lost: the answer closes the dialog.
                        readonly=is_sent
                        prop:value=move || typed.get()
                        on:input=move |event| {
                            typed.set(event_target_value(&event));
                            if untrack(is_of_dialog) {
                                making.error.set(None);
                            }
                        }
                    />
                </div>
                <p class="form__error" role="alert" inner_html=live_text(failure_in_dialog)></p>
                <div class="dialog__actions">
                    <button type="button" class="button" on:click=move |_| close()>
                        {moderation::CANCEL}
                    </button>
                    <button
                        type="submit"
                        class="button button--primary"
                        aria-busy=move || making.aria_busy()
                    >
                        {words::MAKE}
                    </button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}
