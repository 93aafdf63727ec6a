//! The rehearsal: one button sends a test press the whole way, and each step shows how it went.

use leptos::{prelude::*, task::spawn_local};

use super::live_text::live_text;
use crate::{
    domain::code::Code,
    live::rehearsal::{self, Progress, Rehearsal, Step},
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
        // It goes on to its end where the page is left meanwhile, so that nothing of it stays behind.
        spawn_local(rehearsal::run(code, move |now| {
            rehearsal.try_set(Some(now.clone()));
        }));
    };
    let steps = Step::ALL.map(|step| view! { <StepRow step rehearsal /> });
    view! {
        <section class="panel" aria-labelledby="rehearsal">
            <h2 id="rehearsal">"Rehearsal"</h2>
            <p>
                "Sends a test press the whole way, before your viewers do. It counts nowhere."
            </p>
            <ol class="steps">{steps.collect_view()}</ol>
            <p
                class=move || verdict(rehearsal.read().as_ref()).0
                role="status"
                inner_html=live_text(move || verdict(rehearsal.read().as_ref()).1)
            ></p>
            <button
                type="button"
                class="button"
                aria-busy=move || is_running.get().then_some("true")
                on:click=rehearse
                inner_html=live_text(move || if is_running.get() { "Rehearsing …" } else { "Rehearse" })
            ></button>
        </section>
    }
    .into_any()
}

#[component]
fn StepRow(step: Step, rehearsal: RwSignal<Option<Rehearsal>>) -> impl IntoView {
    let face = Memo::new(move |_| face(rehearsal.read().as_ref(), step));
    view! {
        <li class=move || format!("step step--{}", face.get().0) data-step=move || face.get().0>
            <span class="step__name">{step.name()}</span>
            " "
            <span class="step__detail" inner_html=live_text(move || face.get().1)></span>
        </li>
    }
    .into_any()
}

/// The class of a step, and its words.
fn face(rehearsal: Option<&Rehearsal>, step: Step) -> (&'static str, String) {
    let progress = rehearsal.map(|rehearsal| rehearsal.progress(step));
    let is_over = rehearsal.is_some_and(|rehearsal| !rehearsal.is_running());
    match progress {
        Some(Progress::Running) => ("running", "under way …".to_owned()),
        Some(Progress::Passed(words)) => ("ok", words.clone()),
        Some(Progress::Failed(words)) => ("failed", words.clone()),
        Some(Progress::Todo) if is_over => ("todo", "not tried".to_owned()),
        Some(Progress::Todo) | None => ("todo", "not yet".to_owned()),
    }
}

/// The class and the words of the whole.
fn verdict(rehearsal: Option<&Rehearsal>) -> (&'static str, Option<&'static str>) {
    match rehearsal {
        None => ("form__done", None),
        Some(rehearsal) if rehearsal.is_running() => ("form__done", None),
        Some(rehearsal) if rehearsal.is_passed() => (
            "form__done",
            Some("All green: a press reaches your list and your file."),
        ),
        Some(_) => (
            "form__error",
            Some("A step failed. Rehearse again, or show it to whoever runs this server."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_never_had_its_turn_says_so() {
        assert_eq!(face(None, Step::Export).1, "not yet");
        let mut rehearsal = Rehearsal::begin();
        assert_eq!(face(Some(&rehearsal), Step::Export).1, "not yet");
        rehearsal.fail("The server can’t be reached right now.".into());
        rehearsal.stop();
        assert_eq!(
            face(Some(&rehearsal), Step::Export),
            ("todo", "not tried".to_owned())
        );
        assert_eq!(verdict(Some(&rehearsal)).0, "form__error");
    }
}
