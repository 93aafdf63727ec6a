//! The rehearsal: one button sends a test press the whole way, and each step shows its result.

use leptos::task::spawn_local;

use crate::{
    components::shared::live_text::live_text,
    domain::code::Code,
    live::{
        rehearsal::{self, Progress, Rehearsal, Step},
        signals::views::*,
    },
    words,
};

/// The rehearsal.
#[component]
pub fn RehearsalPanel(
    /// The session's code.
    code: Code,
) -> impl IntoView {
    let rehearsal = RwSignal::new(None::<Rehearsal>);
    let is_running =
        Memo::new(move |_| rehearsal.read().as_ref().is_some_and(Rehearsal::is_running));
    let rehearse = move |_| {
        if is_running.get_untracked() {
            return;
        }
        let code = code.clone();
        // Not a `ServerCall`: each step has its own result, and it runs to its end even if this panel is gone. What a page that
        // was closed leaves is deleted by the next rehearsal.
        spawn_local(rehearsal::run(code, move |now| {
            rehearsal.try_set(Some(now.clone()));
        }));
    };
    let steps = Step::ALL.map(|step| view! { <StepRow step rehearsal /> });
    view! {
        <section class="panel" aria-labelledby="rehearsal">
            <h2 id="rehearsal">{words::rehearsal::HEADING}</h2>
            <p>{words::rehearsal::EXPLANATION}</p>
            <ol class="steps">{steps.collect_view()}</ol>
            <p
                class=move || class(rehearsal.read().as_ref())
                role="status"
                inner_html=live_text(move || rehearsal.read().as_ref().and_then(words::rehearsal::verdict))
            ></p>
            <button
                type="button"
                class="button"
                aria-busy=move || is_running.get().then_some("true")
                on:click=rehearse
                inner_html=live_text(move || words::rehearsal::button(is_running.get()))
            ></button>
        </section>
    }
    .into_any()
}

#[component]
fn StepRow(step: Step, rehearsal: RwSignal<Option<Rehearsal>>) -> impl IntoView {
    let state = move || state(rehearsal.read().as_ref(), step);
    let detail = move || {
        let rehearsal = rehearsal.read();
        let is_over = rehearsal.as_ref().is_some_and(|all| !all.is_running());
        let progress = rehearsal.as_ref().map(|all| all.progress(step));
        words::rehearsal::progress(progress, is_over)
    };
    view! {
        <li class=move || format!("step step--{}", state()) data-step=state>
            <span class="step__name">{words::rehearsal::step(step)}</span>
            " "
            <span class="step__detail" inner_html=live_text(detail)></span>
        </li>
    }
    .into_any()
}

/// How far a step has come, as the stylesheet and the tests call it.
fn state(rehearsal: Option<&Rehearsal>, step: Step) -> &'static str {
    match rehearsal.map(|rehearsal| rehearsal.progress(step)) {
        Some(Progress::Running) => "running",
        Some(Progress::Passed(_)) => "ok",
        Some(Progress::Failed(_)) => "failed",
        Some(Progress::Todo) | None => "todo",
    }
}

/// The class of what came of the whole.
fn class(rehearsal: Option<&Rehearsal>) -> &'static str {
    match rehearsal {
        Some(rehearsal) if !rehearsal.is_running() && !rehearsal.is_passed() => "form__error",
        Some(_) | None => "form__done",
    }
}
