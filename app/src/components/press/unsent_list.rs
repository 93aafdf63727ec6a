//! The presses that are not saved yet: sending, waiting, refused or too late.

use std::borrow::Cow;

use crate::{
    components::shared::{
        event_target::{DOES, ROW},
        live_text::escaped,
        rows::Rows,
    },
    domain::{role::Audience, segment::Segment, session::Status, text::Note},
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
            .map(|press| Row::new(press, &session.status, &segments, feed.audience).markup())
            .collect();
        drawn.draw(LIST, rows);
        drawn
    });
}

/// What is said of one press.
struct Row<'a> {
    press: &'a PendingPress,
    class: &'static str,
    moment: String,
    words: Cow<'static, str>,
    can_be_dismissed: bool,
}

impl<'a> Row<'a> {
    fn new(
        press: &'a PendingPress,
        status: &Status,
        segments: &[Segment],
        audience: Audience,
    ) -> Self {
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
        let moment = press.spot(segments).map_or_else(String::new, |spot| {
            if is_too_late {
                format!(
                    "{} {}",
                    words::stream::segment(spot.segment_index),
                    spot.offset_seconds
                )
            } else {
                spot.offset_seconds.to_string()
            }
        });
        Self {
            class,
            moment,
            words,
            can_be_dismissed: is_too_late || matches!(press.delivery, Delivery::Refused(_)),
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
        let button = match self.can_be_dismissed {
            true => format!(
                "<button type=\"button\" class=\"button button--quiet\" {DOES}=\"{DISMISS}\">{}</button>",
                words::press::DISMISS
            ),
            false => String::new(),
        };
        format!(
            "<li class=\"timestamp timestamp--{class}{timeless}\" data-state=\"{class}\" {ROW}=\"{id}\">{offset}\
             <span class=\"timestamp__note\" dir=\"auto\">{note}</span> \
             <span class=\"timestamp__state\"{role}>{words}</span>{button}</li>",
            class = self.class,
            id = self.press.id.0,
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
    use crate::domain::timestamp::TimestampId;

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
        let status = Status::Paused { last: None };
        Row::new(press, &status, &[], Audience::Public).markup()
    }

    proptest! {
        #[test]
        fn whatever_was_typed_makes_no_element(note in "[<>&\"'/a-z ]{0,40}") {
            prop_assert_eq!(markup(&press(&note)).matches("<span").count(), 2);
            prop_assert_eq!(markup(&press(&note)).matches('<').count(), 6);
        }
    }
}
