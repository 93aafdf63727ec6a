//! The rehearsal before the stream: one button, and how each step of the way went.

use leptos::{prelude::*, task::spawn_local};

use crate::{
    domain::code::Code,
    live::rehearsal::{Outcome, Step, rehearse},
};

/// The rehearsal before the stream.
#[component]
pub fn RehearsalPanel(
    /// The session that is rehearsed; nothing is written to it.
    code: Code,
) -> impl IntoView {
    let steps = Step::ALL.map(|step| (step, RwSignal::new(Outcome::ToDo)));
    let is_running = RwSignal::new(false);
    let begin = move |_| {
        for (_, outcome) in steps {
            outcome.set(Outcome::ToDo);
        }
        is_running.set(true);
        let code = code.clone();
        spawn_local(async move {
            let tell = move |told: Step, outcome: Outcome| {
                for (step, place) in steps {
                    if step == told {
                        place.try_set(outcome.clone());
                    }
                }
            };
            rehearse(code, tell).await;
            is_running.try_set(false);
        });
    };
    view! {
        <section class="panel" aria-labelledby="rehearsal">
            <h2 id="rehearsal">"Rehearsal"</h2>
            <p>"Sends a test press the whole way, before your viewers do. It counts nowhere."</p>
            <ol class="steps">
                {steps
                    .map(|(step, outcome)| {
                        view! {
                            <li class=move || format!("step step--{}", class(&outcome.read()))>
                                <span class="step__name">{step.name()}</span>
                                " "
                                <span class="step__detail">{move || words(&outcome.read())}</span>
                            </li>
                        }
                    })
                    .into_iter()
                    .collect_view()}
            </ol>
            <button type="button" class="button" disabled=move || is_running.get() on:click=begin>
                {move || if is_running.get() { "Rehearsing …" } else { "Rehearse" }}
            </button>
        </section>
    }
    .into_any()
}

fn class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::ToDo => "todo",
        Outcome::Running => "running",
        Outcome::Works(_) => "ok",
        Outcome::Failed(_) => "failed",
    }
}

fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::ToDo => "not yet".into(),
        Outcome::Running => "waiting …".into(),
        Outcome::Works(seen) => seen.clone(),
        Outcome::Failed(why) => why.clone(),
    }
}
