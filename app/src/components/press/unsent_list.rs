//! The presses that are not saved yet: sending, waiting, refused or too late.

use std::borrow::Cow;

use web_sys::Element;

use super::press_fields::BUTTON;
use crate::{
    components::shared::{
        event_target::{DOES, ROW},
        focus::keeping_focus,
        label_chip::chip,
        live_text::escaped,
        rows::Rows,
    },
    domain::{role::Audience, segment::Segment, session::Session, text::Note},
    live::{
        page::feed::Feed,
        press::{
            outbox::{Delivery, PendingPress},
            outcome::{has_own_line, refusal_holds},
        },
        signals::*,
    },
    words,
};

const LIST: &str = "unsent";
/// The action of a row's button.
pub(crate) const DISMISS: &str = "dismiss";

/// The presses that are not saved yet; empty when all are. Does not repeat what the button already says. It starts empty,
/// and `use_unsent` fills it.
#[component]
pub fn UnsentList() -> impl IntoView {
    view! { <ul id=LIST class="unsent" aria-label=words::press::UNSENT></ul> }
}

/// Keeps the list current. Browser only.
pub(crate) fn use_unsent(feed: Feed) {
    Effect::new(move |drawn: Option<Rows>| {
        let mut drawn = drawn.unwrap_or_default();
        let (outbox, session) = (feed.outbox.read(), feed.session.read());
        let segments = feed.segments.read();
        let presses = outbox.presses().iter();
        let rows = presses
            .filter(|press| has_own_line(press))
            .map(|press| Row::new(press, &session, &segments, feed.audience).markup())
            .collect();
        keeping_focus(way_on, || drawn.draw(LIST, rows));
        drawn
    });
}

/// The selector of what follows a button of the list that goes away: that of the row in its row's place or, if there is none, the
/// first one, and after the last the large button. At the document, the space bar would make a press.
fn way_on(focused: &Element) -> Option<String> {
    let mut row = focused.closest("#unsent > li").ok()??;
    let mut place = 1_u32;
    while let Some(before) = row.previous_element_sibling() {
        row = before;
        place += 1;
    }
    let next = ["> :nth-child(n+", &place.to_string(), ") button"].concat();
    let ways = [
        ["#unsent ", &next].concat(),
        ["#unsent:not(:has(", &next, ")) button"].concat(),
        ["body:not(:has(#unsent button)) #", BUTTON].concat(),
    ];
    Some(ways.join(", "))
}

/// What is said of one press.
struct Row<'a> {
    press: &'a PendingPress,
    class: &'static str,
    moment: String,
    /// Its label, as markup.
    label: String,
    words: Cow<'static, str>,
    /// What the button says that removes it; empty if there is none.
    button: &'static str,
}

impl<'a> Row<'a> {
    fn new(
        press: &'a PendingPress,
        session: &Session,
        segments: &[Segment],
        audience: Audience,
    ) -> Self {
        let status = &session.status;
        let is_too_late = press.is_too_late(status);
        let (class, words) = match &press.delivery {
            _ if is_too_late => ("late", words::press::too_late(audience).into()),
            Delivery::Sending => ("sending", words::press::SENDING.into()),
            Delivery::Waiting => ("waiting", words::press::WAITING.into()),
            Delivery::Resending => ("waiting", words::press::SENDING_AGAIN.into()),
            Delivery::Nameless => ("waiting", words::press::NAMELESS.into()),
            Delivery::Refused(error) if refusal_holds(error, status) => {
                ("refused", words::press::refused(error, audience))
            }
            Delivery::Refused(_) => ("refused", words::press::NOT_SAVED.into()),
        };
        let button = match &press.delivery {
            _ if is_too_late => words::press::DISMISS,
            Delivery::Refused(_) => words::press::DISMISS,
            Delivery::Nameless => words::press::TAKE_BACK,
            // The server may have written it down, though no answer came: it could not be taken back here.
            Delivery::Sending | Delivery::Waiting | Delivery::Resending => "",
        };
        let label = press.label.and_then(|label| session.labels.get(label));
        let moment = press.spot(segments).map_or_else(String::new, |spot| {
            if is_too_late {
                let segments = status.segment();
                words::stream::before_time(spot.segment_index, segments)
                    + &spot.offset_seconds.to_string()
            } else {
                spot.offset_seconds.to_string()
            }
        });
        Self {
            class,
            moment,
            label: label.map_or_else(String::new, |label| chip(label, None)),
            words,
            button,
            press,
        }
    }

    fn markup(&self) -> String {
        let note = self.press.note.as_ref().map_or("", Note::as_str);
        let timeless = match self.moment.as_str() {
            "" => " timestamp--timeless",
            _ => "",
        };
        let offset = match self.moment.as_str() {
            "" => String::new(),
            moment => format!("<span class=\"timestamp__offset\">{moment}</span> "),
        };
        // A refusal is announced; if it has no such line, the button announces it.
        let role = match self.class {
            "refused" => " role=\"alert\"",
            _ => "",
        };
        let button = match self.button {
            "" => String::new(),
            words => format!(
                "<button type=\"button\" class=\"button button--quiet\" {DOES}=\"{DISMISS}\">{words}</button>"
            ),
        };
        format!(
            "<li class=\"timestamp timestamp--{class}{timeless}\" data-state=\"{class}\" {ROW}=\"{id}\">{offset}{label}\
             <span class=\"timestamp__note\" dir=\"auto\">{note}</span> \
             <span class=\"timestamp__state\"{role}>{words}</span>{button}</li>",
            class = self.class,
            id = self.press.id.0,
            label = self.label,
            note = escaped(note),
            words = escaped(&self.words),
        )
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::{
        domain::{
            labels::LabelId,
            session::{Status, tests::blank},
            timestamp::TimestampId,
        },
        service::ServiceError,
    };

    fn press(note: &str) -> PendingPress {
        PendingPress {
            id: TimestampId(Uuid::nil()),
            note: Note::parse_optional(note).unwrap(),
            name: None,
            label: None,
            pressed_at: DateTime::UNIX_EPOCH,
            is_provisional: false,
            delivery: Delivery::Sending,
        }
    }

    fn markup(press: &PendingPress) -> String {
        markup_at(press, Status::Paused { last: None })
    }

    fn markup_at(press: &PendingPress, status: Status) -> String {
        let labels = r#"[{"id":1,"word":"<wow>","colour":"blue"}]"#;
        let session = Session {
            status,
            labels: serde_json::from_str(labels).unwrap(),
            ..blank()
        };
        Row::new(press, &session, &[], Audience::Public).markup()
    }

    #[test]
    fn a_label_is_shown_also_where_there_is_no_note() {
        let labelled = |label| PendingPress {
            label: Some(LabelId(label)),
            ..press("")
        };
        let label = "<span class=\"label label--blue\" dir=\"auto\">&lt;wow&gt;</span> ";
        assert!(markup(&labelled(1)).contains(label));
        assert!(!markup(&labelled(2)).contains("class=\"label"));
    }

    #[test]
    fn a_press_can_be_taken_back_while_it_waits_for_a_name_and_not_once_the_server_may_have_it() {
        let button = |delivery: &Delivery, status| {
            let press = PendingPress {
                delivery: delivery.clone(),
                ..press("a note")
            };
            let markup = markup_at(&press, status);
            [words::press::TAKE_BACK, words::press::DISMISS]
                .map(|words| markup.contains(&format!(">{words}</button>")))
        };
        let before_the_end = Status::Paused { last: None };
        for (delivery, buttons) in [
            (Delivery::Sending, [false, false]),
            (Delivery::Resending, [false, false]),
            (Delivery::Waiting, [false, false]),
            (Delivery::Nameless, [true, false]),
            (Delivery::Refused(ServiceError::Conflict), [false, true]),
        ] {
            assert_eq!(
                button(&delivery, before_the_end.clone()),
                buttons,
                "{delivery:?}"
            );
        }
        let ended = Status::Ended { last: None };
        assert_eq!(button(&Delivery::Waiting, ended), [false, true]);
    }

    proptest! {
        #[test]
        fn whatever_was_typed_makes_no_element(note in "[<>&\"'/a-z ]{0,40}") {
            prop_assert_eq!(markup(&press(&note)).matches("<span").count(), 2);
            prop_assert_eq!(markup(&press(&note)).matches('<').count(), 6);
        }
    }
}
