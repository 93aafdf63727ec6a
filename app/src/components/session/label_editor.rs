//! Edits the labels that viewers can press.

use crate::{
    api,
    components::shared::{
        form_error::FormError, live_text::live_text, server_call::use_server_call,
    },
    domain::labels::{Colour, LabelEdit, LabelId, Labels, MOST_LABELS, RawLabel},
    live::{page::feed::Feed, signals::views::*},
    words::settings,
};

/// One line of the form.
#[derive(Clone, Copy)]
struct Line {
    /// Counted from 1.
    number: usize,
    /// The label that is edited here; none for one that is added.
    id: RwSignal<Option<LabelId>>,
    word: RwSignal<String>,
    colour: RwSignal<Colour>,
}

/// Edits the labels that viewers can press: as many lines as there can be labels, and those without a word are left out.
#[component]
pub fn LabelEditor(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let lines: Vec<_> = (1..=MOST_LABELS).map(Line::new).collect();
    let lines = StoredValue::new(lines);
    let saving = use_server_call();
    let labels = Memo::new(move |_| feed.session.read().labels.clone());
    show(&lines.get_value(), &labels.read_untracked());
    // What the form showed when its editing began.
    let began = StoredValue::new(typed(&lines.get_value()));
    let show = move |labels: &Labels| {
        let lines = lines.get_value();
        show(&lines, labels);
        began.set_value(typed(&lines));
    };
    // Somebody else's changes appear, unless the user has begun to change something.
    Effect::new(move |before: Option<()>| {
        let labels = labels.read();
        let is_unchanged = || typed(&lines.get_value()) == began.get_value();
        if before.is_some() && !saving.is_busy_untracked() && is_unchanged() {
            show(&labels);
        }
    });
    let is_saved = RwSignal::new(false);
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        is_saved.set(false);
        let sent = typed(&lines.get_value());
        // For the message: the server parses them again.
        let parsed = sent.iter().cloned().map(LabelEdit::try_from);
        if let Err(wrong) = parsed.collect::<Result<Vec<_>, _>>() {
            return saving.refuse(wrong.into());
        }
        let before = Some(began.get_value());
        let save = api::sessions::set_labels(feed.code(), sent.clone(), before);
        saving.start(save, move |session| {
            // What was typed meanwhile is not saved.
            if typed(&lines.get_value()) == sent {
                show(&session.labels);
                is_saved.set(true);
            } else {
                began.set_value(sent);
            }
        });
    };
    let rows = lines.get_value().into_iter().map(row).collect_view();
    view! {
        <form class="form" aria-labelledby="labels-heading" on:submit=save>
            <h3 id="labels-heading">{settings::LABELS_HEADING}</h3>
            <p class="field__hint">{settings::LABELS_HINT}</p>
            {rows}
            <FormError error=saving.error />
            <p class="form__done" role="status" inner_html=live_text(move || is_saved.get().then_some(settings::SAVED))></p>
            <button type="submit" class="button" aria-busy=move || saving.aria_busy()>
                {settings::SAVE}
            </button>
        </form>
    }
    .into_any()
}

fn row(line: Line) -> impl IntoView {
    let number = line.number;
    let colours = Colour::ALL.map(|colour| {
        let is_chosen = move || line.colour.get() == colour;
        view! {
            <option value=colour.name() prop:selected=is_chosen>
                {settings::colour(colour)}
            </option>
        }
    });
    view! {
        <div class="label-line" data-label=number.to_string()>
            <input
                class="input"
                dir="auto"
                autocomplete="off"
                aria-label=settings::label_word(number)
                prop:value=move || line.word.get()
                on:input=move |event| line.word.set(event_target_value(&event))
            />
            <select
                class="input"
                aria-label=settings::label_colour(number)
                on:change=move |event| {
                    let name = event_target_value(&event);
                    let chosen = Colour::ALL.into_iter().find(|colour| colour.name() == name);
                    line.colour.set(chosen.unwrap_or(line.colour.get_untracked()));
                }
            >
                {colours.into_iter().collect_view()}
            </select>
            <button type="button" class="button button--quiet" on:click=move |_| line.clear()>
                {settings::REMOVE}
                <span class="visually-hidden">{settings::remove_label(number)}</span>
            </button>
        </div>
    }
}

impl Line {
    fn new(number: usize) -> Self {
        Self {
            number,
            id: RwSignal::new(None),
            word: RwSignal::new(String::new()),
            colour: RwSignal::new(Self::usual_colour(number)),
        }
    }

    /// Lines that nobody has filled yet propose different colours.
    fn usual_colour(number: usize) -> Colour {
        let mut colours = Colour::ALL.into_iter().cycle();
        colours.nth(number).unwrap_or(Colour::Red)
    }

    fn clear(self) {
        self.id.set(None);
        self.word.set(String::new());
    }
}

fn show(lines: &[Line], labels: &Labels) {
    let mut offered = labels.offered();
    for line in lines {
        match offered.next() {
            Some(label) => {
                line.id.set(Some(label.id));
                line.word.set(label.word.to_string());
                line.colour.set(label.colour);
            }
            None => line.clear(),
        }
    }
}

/// What stands in the lines that have a word.
fn typed(lines: &[Line]) -> Vec<RawLabel> {
    let lines = lines.iter().map(|line| RawLabel {
        id: line.id.get_untracked(),
        word: line.word.get_untracked(),
        colour: line.colour.get_untracked(),
    });
    lines
        .filter(|label| !label.word.trim().is_empty())
        .collect()
}
