//! The visitor's own presses as rows of markup: what became of each, and the buttons that change it.

use chrono::{DateTime, Utc};

use super::own_editor::Editing;
use crate::{
    components::{
        list::timestamp_markup::{place_in_words, timestamp_in_words},
        shared::{
            event_target::{DOES, ROW},
            live_text::escaped,
        },
    },
    domain::{
        press::can_be_changed,
        session::Session,
        timestamp::{Timestamp, TimestampId},
    },
    live::{
        highlights::LiveHighlights,
        list::timestamps::List,
        press::{
            fate::{Fate, fate, marks},
            own_joins::OwnJoins,
        },
    },
    words::{moments, press as words},
};

/// How many are shown at least: the newest ones.
const NEWEST: usize = 5;

/// The actions of the buttons.
pub(super) const EDIT: &str = "edit-own";
pub(super) const TAKE_BACK: &str = "take-back";

/// What can be changed.
#[derive(Clone, Copy)]
pub(super) struct Changeable<'a> {
    /// What the server's clock shows; `None` while it is unknown, and nothing can be changed.
    pub(super) now: Option<DateTime<Utc>>,
    /// Whether the stream has ended: then presses can only be taken back.
    pub(super) is_ended: bool,
    /// Whether somebody else has edited a press: then it can only be taken back.
    pub(super) is_edited: &'a dyn Fn(TimestampId) -> bool,
    /// Whether a change of a press is not answered yet.
    pub(super) is_waiting: &'a dyn Fn(TimestampId) -> bool,
    /// The press that is being edited.
    pub(super) editing: Option<&'a Editing>,
}

impl Changeable<'_> {
    /// Nothing, as in what the server renders.
    pub(super) const NOTHING: Self = Self {
        now: None,
        is_ended: false,
        is_edited: &|_| false,
        is_waiting: &|_| false,
        editing: None,
    };
}

/// One of the presses.
pub(super) struct Row<'a> {
    /// The press.
    pub(super) press: &'a Timestamp,
    session: &'a Session,
    /// What became of it.
    pub(super) fate: String,
    /// The link to the clip of its moment, as markup.
    clip: String,
    can_be_edited: bool,
    can_be_taken_back: bool,
    is_waiting: bool,
    /// What its editor shows, if it is being edited.
    edited: Option<&'a Editing>,
}

/// The newest presses, and all others that can still be changed or are being edited, newest first: without sorting, whose code
/// would weigh several kB in the viewers' bundle.
pub(super) fn rows<'a>(
    list: &'a List,
    session: &'a Session,
    highlights: &LiveHighlights,
    joins: &OwnJoins,
    changeable: Changeable<'a>,
) -> Vec<Row<'a>> {
    let own: Vec<_> = list.own_rows().map(|(press, _)| press).collect();
    let marks = marks(list, joins);
    let mut rows: Vec<Row<'a>> = Vec::with_capacity(NEWEST);
    loop {
        let last = rows.last().map(|row| row.press.arrival);
        let older = own.iter().copied();
        let older = older.filter(|press| last.is_none_or(|last| press.arrival < last));
        let Some(press) = older.max_by_key(|press| press.arrival) else {
            break;
        };
        let now = changeable.now;
        let can_be_changed = now.is_some_and(|now| can_be_changed(press.created_at, now));
        let is_after_edited = |edited: &Editing| press.arrival < edited.press.arrival;
        if rows.len() >= NEWEST && !can_be_changed && changeable.editing.is_none_or(is_after_edited)
        {
            break;
        }
        let fate = fate(press, &marks, highlights);
        rows.push(Row {
            press,
            session,
            fate: words::fate(&fate),
            clip: clip_markup(&fate),
            can_be_edited: can_be_changed
                && !changeable.is_ended
                && !(changeable.is_edited)(press.id),
            can_be_taken_back: can_be_changed,
            is_waiting: (changeable.is_waiting)(press.id),
            edited: changeable
                .editing
                .filter(|edited| edited.press.id == press.id),
        });
    }
    rows
}

/// The link to the clip of a press, after what became of it. It is no part of that, so that a new count leaves alone what
/// somebody is about to press.
fn clip_markup(fate: &Fate<'_>) -> String {
    let Fate::InMoment {
        clip: Some(clip), ..
    } = fate
    else {
        return String::new();
    };
    [
        " · <a rel=\"noreferrer\" href=\"",
        // It holds no quotation marks.
        &escaped(clip.as_str()),
        "\">",
        moments::CLIP,
        "</a>",
    ]
    .concat()
}

impl Row<'_> {
    /// The row, with what became of the press.
    pub(super) fn markup(&self, fate: &str) -> String {
        let (class, content) = match self.edited {
            Some(edited) => ("timestamp timestamp--editing", edited.editor()),
            None => ("timestamp", self.content(fate)),
        };
        let id = self.press.id.0.to_string();
        let place = place_in_words(self.press, self.session.status.segment());
        [
            "<li class=\"",
            class,
            "\" ",
            ROW,
            "=\"",
            &id,
            "\">",
            &place,
            &content,
            "</li>",
        ]
        .concat()
    }

    fn content(&self, fate: &str) -> String {
        // All of them are the visitor's own here.
        let unmarked = Timestamp {
            mine: false,
            ..self.press.clone()
        };
        let buttons = [
            (self.can_be_edited, EDIT, words::EDIT),
            (self.can_be_taken_back, TAKE_BACK, words::TAKE_BACK),
        ];
        let buttons = buttons.into_iter().filter(|(is_shown, ..)| *is_shown);
        let buttons = buttons.map(|(_, does, label)| self.button(does, label));
        [
            &timestamp_in_words(&unmarked, &self.session.labels),
            "<span class=\"timestamp__state own__fate\"><span>",
            fate,
            "</span>",
            &self.clip,
            "</span> ",
            &buttons.collect::<String>(),
        ]
        .concat()
    }

    /// A button. Those who hear the page are told which press it is about.
    fn button(&self, does: &str, label: &str) -> String {
        let busy = match self.is_waiting {
            true => " aria-busy=\"true\"",
            false => "",
        };
        format!(
            "<button type=\"button\" class=\"button button--quiet needs-scripts\" {DOES}=\"{does}\"{busy} \
             aria-label=\"{label} {}\">{label}</button>",
            self.press.offset_seconds
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        clip_url::ClipUrl, labels::Labels, offset::Offset, revision::Revision,
        session::tests::blank as session, text::Text, timestamp::tests::blank,
    };

    fn press(n: u32, note: &str, name: &str) -> Timestamp {
        Timestamp {
            id: TimestampId(Uuid::from_u128(n.into())),
            offset_seconds: Offset(n),
            note: Text::parse_optional(note).unwrap(),
            submitted_by: Text::parse_optional(name).unwrap(),
            arrival: Revision(n.into()),
            revision: Revision(n.into()),
            ..blank()
        }
    }

    /// The editor of a press in a session without labels.
    fn editing(press: Timestamp) -> Editing {
        Editing {
            press,
            labels: Labels::default(),
        }
    }

    fn own(presses: impl IntoIterator<Item = Timestamp>) -> List {
        let mut list = List::default();
        presses.into_iter().for_each(|press| list.merge_own(press));
        list
    }

    fn at(seconds: i64) -> Changeable<'static> {
        Changeable {
            now: Some(DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)),
            ..Changeable::NOTHING
        }
    }

    fn markup(list: &List, changeable: Changeable) -> String {
        let (session, none) = (session(), LiveHighlights::default());
        let joins = OwnJoins::default();
        let rows = rows(list, &session, &none, &joins, changeable);
        rows.iter().map(|row| row.markup(&row.fate)).collect()
    }

    /// Which of these are shown.
    fn shown(list: &List, changeable: Changeable) -> Vec<i64> {
        let (session, none) = (session(), LiveHighlights::default());
        let joins = OwnJoins::default();
        let rows = rows(list, &session, &none, &joins, changeable);
        rows.iter().map(|row| row.press.arrival.0).collect()
    }

    #[test]
    fn the_newest_presses_are_shown_newest_first() {
        let list = own((1..=9).map(|n| press(n, "", "")));
        assert_eq!(shown(&list, Changeable::NOTHING), [9, 8, 7, 6, 5]);
    }

    #[test]
    fn those_that_can_be_changed_are_shown_however_many_and_one_that_is_edited_for_longer() {
        // One a second.
        let list = own((1..=9).map(|n| Timestamp {
            created_at: DateTime::UNIX_EPOCH + TimeDelta::seconds(n.into()),
            ..press(n, "", "")
        }));
        assert_eq!(shown(&list, at(10)), [9, 8, 7, 6, 5, 4, 3, 2, 1]);
        assert_eq!(shown(&list, at(122)), [9, 8, 7, 6, 5, 4, 3]);
        assert_eq!(shown(&list, at(500)), [9, 8, 7, 6, 5]);
        let edited = editing(press(3, "", ""));
        let changeable = Changeable {
            editing: Some(&edited),
            ..at(500)
        };
        assert_eq!(shown(&list, changeable), [9, 8, 7, 6, 5, 4, 3]);
    }

    #[test]
    fn a_press_tells_what_became_of_it_and_for_two_minutes_can_be_changed() {
        let list = own([press(83, "he <fell>", "Ciri")]);
        insta::assert_snapshot!(
            markup(&list, Changeable::NOTHING),
            @r#"<li class="timestamp" data-id="00000000-0000-0000-0000-000000000053"><span class="timestamp__offset">00:01:23</span> <span class="timestamp__note" dir="auto">he &lt;fell&gt;</span> <span class="timestamp__name" dir="auto">Ciri</span> <span class="timestamp__state own__fate"><span>Saved</span></span> </li>"#
        );
        let buttons = |changeable| {
            let markup = markup(&list, changeable);
            [EDIT, TAKE_BACK].map(|does| markup.contains(&format!("{DOES}=\"{does}\"")))
        };
        assert_eq!(buttons(at(119)), [true, true]);
        assert_eq!(buttons(at(120)), [false, false]);
        let ended = Changeable {
            is_ended: true,
            ..at(119)
        };
        assert_eq!(buttons(ended), [false, true]);
        let edited = Changeable {
            is_edited: &|id| id == press(83, "", "").id,
            ..at(119)
        };
        assert_eq!(buttons(edited), [false, true]);
        let busy = |waiting| {
            let changeable = Changeable {
                is_waiting: &|id| id == press(waiting, "", "").id,
                ..at(119)
            };
            markup(&list, changeable)
                .matches("aria-busy=\"true\"")
                .count()
        };
        assert_eq!([83, 84].map(busy), [2, 0]);
    }

    #[test]
    fn a_press_whose_moment_was_cut_leads_to_the_clip() {
        let clip = ClipUrl::parse_optional("https://clips.example/?a=1&b=2").unwrap();
        let fate = |clip| Fate::InMoment {
            others: 36,
            is_starred: true,
            is_cut: true,
            clip,
        };
        insta::assert_snapshot!(
            clip_markup(&fate(clip.as_ref())),
            @r#" · <a rel="noreferrer" href="https://clips.example/?a=1&amp;b=2">Watch the clip</a>"#
        );
        for fate in [fate(None), Fate::Saved] {
            assert_eq!(clip_markup(&fate), "");
        }
    }

    #[test]
    fn what_is_typed_into_the_editor_is_not_replaced_when_time_passes_or_the_press_changes() {
        let began = editing(press(1, "before", ""));
        let mut list = own([began.press.clone()]);
        let at_second = |seconds| Changeable {
            editing: Some(&began),
            ..at(seconds)
        };
        let before = markup(&list, at_second(1));
        assert!(before.contains("value=\"before\""));
        list.merge_own(Timestamp {
            revision: Revision(2),
            ..press(1, "of another tab", "")
        });
        assert_eq!(markup(&list, at_second(500)), before);
    }

    proptest! {
        #[test]
        fn whatever_was_typed_makes_no_element(
            note in "[<>&\"'/a-z ]{0,40}", name in "[<>&\"'/a-z ]{0,40}", is_edited in any::<bool>(),
        ) {
            let (typed, plain) = (press(1, &note, &name), press(1, "a", "b"));
            let is_named = is_edited || typed.submitted_by.is_some();
            let tags = |press: Timestamp| {
                let editing = editing(press.clone());
                let changeable = Changeable {
                    editing: is_edited.then_some(&editing),
                    ..at(0)
                };
                let markup = markup(&own([press]), changeable);
                // In a text, unlike an attribute, quotes are characters like others.
                let quotes = if is_edited { markup.matches('"').count() } else { 0 };
                (markup.matches('<').count(), quotes)
            };
            let (elements, quotes) = tags(plain);
            let left_out = if is_named { 0 } else { 2 };
            prop_assert_eq!(tags(typed), (elements - left_out, quotes));
        }
    }
}
