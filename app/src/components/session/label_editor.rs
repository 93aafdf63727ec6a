//! Edits the labels that viewers can press.

use super::concurrent_form::{ConcurrentForm, Fields};
use crate::{
    api,
    components::shared::form_error::FormError,
    domain::{
        invalid_input::InvalidInput,
        labels::{Colour, LabelEdit, LabelId, Labels, MOST_LABELS, RawLabel},
        text::LabelWord,
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
    let lines = Lines::new();
    let labels = Memo::new(move |_| offered(&feed.session.read().labels));
    lines.show(&labels.read_untracked());
    let form = ConcurrentForm::following(lines, labels);
    // The lines whose labels were sent.
    let filled = StoredValue::new(Vec::new());
    let save = move |event| {
        let call = move |labels, began| {
            filled.set_value(lines.filled().collect());
            api::sessions::set_labels(feed.code(), labels, began)
        };
        form.save(&event, call, move |session| {
            let now = offered(&session.labels);
            // A label that was added is known by its number from now on: another word for it, typed meanwhile, renames it.
            form.began.update(|began| {
                let began = began.iter_mut().flatten();
                for (label, line) in began.zip(filled.get_value()) {
                    Line::take_number(line, label, &now);
                }
            });
            form.hear_saved(now);
        });
    };
    let remove = move |line: Line| {
        line.clear();
        form.changed();
    };
    let rows = lines.0.map(|line| row(line, remove)).collect_view();
    view! {
        <form
            class="form"
            aria-labelledby="labels-heading"
            on:submit=save
            on:input=move |_| form.changed()
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
                on:input=move |event| {
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

    /// The label that was sent from this line, and was new, has the number of the one that says the same. A line that was
    /// removed since has none.
    fn take_number(self, sent: &mut RawLabel, now: &[RawLabel]) {
        if sent.id.is_none() && !self.is_blank() {
            let word = LabelWord::parse(&sent.word);
            let is_it =
                |label: &&RawLabel| Ok(label.word.as_str()) == word.as_ref().map(LabelWord::as_str);
            sent.id = now.iter().find(is_it).and_then(|label| label.id);
            self.id.set(sent.id);
        }
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
    /// As many as there may be labels, still empty.
    fn new() -> Self {
        Self(std::array::from_fn(|line| Line::new(line + 1)))
    }

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

    fn label(colour: Colour) -> RawLabel {
        RawLabel {
            id: None,
            word: "word".to_owned(),
            colour,
        }
    }

    #[test]
    fn lines_that_nobody_has_filled_propose_colours_that_no_other_line_has() {
        use Colour::*;
        Owner::new().with(|| {
            let lines = Lines::new();
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
            let lines = Lines::new();
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

    #[test]
    fn another_word_for_a_label_that_is_being_added_renames_it() {
        Owner::new().with(|| {
            let label = |id: Option<u32>, word: &str| RawLabel {
                id: id.map(LabelId),
                word: word.to_owned(),
                colour: Colour::Red,
            };
            let lines = Lines::new();
            let mut sent = [label(Some(1), "funny"), label(None, " wow ")];
            lines.show(&sent.to_vec());
            lines.0[1].word.set("wow!".to_owned());
            let now = [
                label(Some(3), "theirs"),
                label(Some(1), "fun"),
                label(Some(2), "wow"),
            ];
            for (sent, line) in sent.iter_mut().zip(lines.filled()) {
                line.take_number(sent, &now);
            }
            assert_eq!(sent, [label(Some(1), "funny"), label(Some(2), " wow ")]);
            // One that was removed meanwhile has no number to pass on to the next word.
            let mut removed = label(None, "wow");
            lines.0[2].take_number(&mut removed, &now);
            assert_eq!((lines.0[2].id.get_untracked(), removed.id), (None, None));
            assert_eq!(
                lines.typed(),
                Ok(vec![label(Some(1), "funny"), label(Some(2), "wow!")])
            );
        });
    }
}
