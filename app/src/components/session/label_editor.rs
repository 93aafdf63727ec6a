//! Edits the labels that viewers can press.

use super::concurrent_form::{ConcurrentForm, Fields};
use crate::{
    api,
    components::shared::form_error::FormError,
    domain::{
        invalid_input::InvalidInput,
        labels::{Colour, LabelEdit, LabelId, Labels, MOST_LABELS, RawLabel},
    },
    live::{page::feed::Feed, signals::views::*},
    words::settings,
};

/// The lines of the form: as many as there can be labels.
#[derive(Clone, Copy)]
struct Lines([Line; MOST_LABELS]);

/// One line of the form.
#[derive(Clone, Copy)]
struct Line {
    /// Counted from 1.
    number: usize,
    /// The label that is edited here; none for one that is added.
    id: RwSignal<Option<LabelId>>,
    word: RwSignal<String>,
    colour: RwSignal<Colour>,
    /// The colour that the form put there. Another one in a line without a word was chosen, for a word that is to come.
    proposed: StoredValue<Colour>,
}

/// Edits the labels that viewers can press: as many lines as there can be labels, and those without a word are left out.
#[component]
pub fn LabelEditor(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let lines = Lines(std::array::from_fn(|line| Line::new(line + 1)));
    let labels = Memo::new(move |_| offered(&feed.session.read().labels));
    lines.show(&labels.read_untracked());
    let form = ConcurrentForm::following(lines, labels);
    let save = move |event| {
        let call = |labels, began| api::sessions::set_labels(feed.code(), labels, began);
        form.save(&event, call, move |session| {
            form.hear_saved(offered(&session.labels));
        });
    };
    let remove = move |line: Line| {
        line.clear();
        form.take_back_error();
    };
    let rows = lines.0.map(|line| row(line, remove)).collect_view();
    view! {
        <form
            class="form"
            aria-labelledby="labels-heading"
            on:submit=save
            on:input=move |_| form.take_back_error()
        >
            <h3 id="labels-heading">{settings::LABELS_HEADING}</h3>
            <p class="field__hint">{settings::LABELS_HINT}</p>
            {rows}
            <FormError error=form.saving.error />
            {form.foot()}
        </form>
    }
    .into_any()
}

fn row(line: Line, remove: impl Fn(Line) + Send + Sync + 'static) -> impl IntoView {
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
            <button type="button" class="button button--quiet" on:click=move |_| remove(line)>
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
            colour: RwSignal::new(Colour::Red),
            proposed: StoredValue::new(Colour::Red),
        }
    }

    fn clear(self) {
        self.id.set(None);
        self.word.set(String::new());
        self.colour.set(self.proposed.get_value());
    }

    fn is_blank(self) -> bool {
        self.word.read_untracked().trim().is_empty()
    }

    /// What was proposed and what was chosen instead, if that has no word yet.
    fn chosen(self) -> Option<[Colour; 2]> {
        let colours = [self.proposed.get_value(), self.colour.get_untracked()];
        let [proposed, colour] = colours;
        let is_new = self.id.get_untracked().is_none();
        (is_new && self.is_blank() && colour != proposed).then_some(colours)
    }

    /// Shows a label, or none, and this colour for one that may be added.
    fn show(self, label: Option<&RawLabel>, [proposed, colour]: [Colour; 2]) {
        self.id.set(label.and_then(|label| label.id));
        self.word
            .set(label.map_or_else(String::new, |label| label.word.clone()));
        self.proposed.set_value(proposed);
        self.colour.set(colour);
    }
}

impl Fields for Lines {
    type Value = Vec<RawLabel>;

    /// Lines that nobody has filled yet propose colours that no other line has. A colour that was chosen in one of them stays,
    /// in the next one if a label takes the line.
    fn show(self, labels: &Vec<RawLabel>) {
        let chosen = self.0.map(Line::chosen);
        let used = labels.iter().map(|label| label.colour);
        let used = used.chain(chosen.into_iter().flatten().map(|[_, colour]| colour));
        let used: Vec<_> = used.collect();
        let is_unused = |colour: &Colour| !used.contains(colour);
        let mut unused = Colour::ALL.into_iter().filter(is_unused);
        let mut displaced = chosen.into_iter().take(labels.len()).flatten();
        for ((at, line), chosen) in self.0.into_iter().enumerate().zip(chosen) {
            let label = labels.get(at);
            let colours = match label {
                Some(label) => [label.colour; 2],
                None => chosen
                    .or_else(|| displaced.next())
                    .unwrap_or_else(|| [unused.next().unwrap_or(Colour::Red); 2]),
            };
            line.show(label, colours);
        }
    }

    fn has_more(self) -> bool {
        self.0.into_iter().any(|line| line.chosen().is_some())
    }

    /// What stands in the lines that have a word, as it was typed: the server parses it again.
    fn typed(self) -> Result<Vec<RawLabel>, InvalidInput> {
        let lines = self.filled().map(|line| RawLabel {
            id: line.id.get_untracked(),
            word: line.word.get_untracked(),
            colour: line.colour.get_untracked(),
        });
        let typed: Vec<_> = lines.collect();
        for label in typed.iter().cloned() {
            LabelEdit::try_from(label)?;
        }
        Ok(typed)
    }
}

impl Lines {
    /// Those that have a word.
    fn filled(self) -> impl Iterator<Item = Line> {
        self.0.into_iter().filter(|line| !line.is_blank())
    }
}

/// The labels that are offered, as they stand in the lines.
fn offered(labels: &Labels) -> Vec<RawLabel> {
    let labels = labels.offered().take(MOST_LABELS);
    let labels = labels.map(|label| RawLabel {
        id: Some(label.id),
        word: label.word.to_string(),
        colour: label.colour,
    });
    labels.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_nobody_has_filled_propose_colours_that_no_other_line_has() {
        use Colour::*;
        Owner::new().with(|| {
            let lines = Lines(std::array::from_fn(|line| Line::new(line + 1)));
            let label = |colour| RawLabel {
                id: None,
                word: "word".to_owned(),
                colour,
            };
            let colours = || lines.0.map(|line| line.colour.get_untracked());
            lines.show(&[Yellow, Green, Red, Purple, Blue].map(label).into());
            assert_eq!(colours(), [Yellow, Green, Red, Purple, Blue, Orange]);
            lines.show(&[Orange, Pink, Pink].map(label).into());
            assert_eq!(colours(), [Orange, Pink, Pink, Red, Yellow, Green]);
        });
    }

    #[test]
    fn a_colour_that_was_chosen_before_its_word_is_typed_stays() {
        use Colour::*;
        Owner::new().with(|| {
            let lines = Lines(std::array::from_fn(|line| Line::new(line + 1)));
            let label = |colour| RawLabel {
                id: None,
                word: "word".to_owned(),
                colour,
            };
            let colours = || lines.0.map(|line| line.colour.get_untracked());
            lines.show(&[Red, Orange].map(label).into());
            assert!(!lines.has_more());
            assert_eq!(colours(), [Red, Orange, Yellow, Green, Teal, Blue]);
            // What others add neither takes its colour nor is shown instead of it.
            lines.0[3].colour.set(Yellow);
            assert!(lines.has_more());
            lines.show(&[Red, Orange, Green].map(label).into());
            assert_eq!(colours(), [Red, Orange, Green, Yellow, Teal, Blue]);
            lines.show(&[Red, Orange, Green, Teal].map(label).into());
            assert_eq!(colours(), [Red, Orange, Green, Teal, Yellow, Blue]);
            assert!(lines.has_more());
            // Taken back, it is proposed for again.
            lines.0[4].clear();
            assert!(!lines.has_more());
            lines.show(&[Red].map(label).into());
            assert_eq!(colours(), [Red, Orange, Yellow, Green, Teal, Blue]);
        });
    }
}
