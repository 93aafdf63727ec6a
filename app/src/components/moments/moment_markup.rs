//! A moment as one piece of markup: when it was, how many marked it, and what they said about it.

use crate::{
    components::shared::{event_target::DOES, label_chip::chip, live_text::escaped},
    domain::{
        labels::Labels,
        lead::Lead,
        moments::moment::{MergedNote, Moment, MomentId},
        offset::Offset,
        session::Session,
    },
    words::{joins, moments as words, stream},
};

/// What of its session is told with a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ToldWith {
    labels: Labels,
    lead: Lead,
    /// How many segments it has had.
    segments: u32,
}

impl ToldWith {
    /// Of this session.
    pub(super) fn of(session: &Session) -> Self {
        Self {
            labels: session.labels.clone(),
            lead: session.timing.lead_seconds,
            segments: session.status.segment(),
        }
    }
}

/// The form of the buttons that join moments.
pub(super) const JOIN_FORM: &str = "join";
/// The action of these buttons.
pub(super) const JOIN: &str = "join-moment";

/// What a viewer has to do with a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OwnPart {
    /// Nothing, and there is nothing to do now.
    None,
    /// They can join it.
    Joinable,
    /// They joined it.
    Joined,
    /// They pressed in it.
    Pressed,
}

/// A moment as an item of the viewers' list, with what is told of it in its first element, and the link to its clip beside that.
/// Links of the timeline lead to it.
pub(super) fn item(id: MomentId, at: Offset, own: OwnPart, told: &str, clip: &str) -> String {
    let id = id.0.to_string();
    [
        "<li class=\"moment\" id=\"moment-",
        &id,
        "\"><span class=\"moment__told\">",
        told,
        "</span>",
        clip,
        &own_part(&id, own, &at.to_string()),
        "</li>",
    ]
    .concat()
}

/// The button that joins a moment, or what stands in its place.
fn own_part(id: &str, own: OwnPart, at: &str) -> String {
    let (words, disabled) = match own {
        OwnPart::None => return String::new(),
        OwnPart::Pressed => return part("own", joins::YOU_MARKED),
        OwnPart::Joinable => (joins::ME_TOO, ""),
        // There is no way back. It stays a button, for whoever has the focus on it.
        OwnPart::Joined => (joins::YOU_TOO, " aria-disabled=\"true\""),
    };
    // It submits the form without scripts. Those who hear the page are told which moment it is about.
    [
        "<button id=\"join-",
        id,
        "\" class=\"button moment__join\" form=\"",
        JOIN_FORM,
        "\" name=\"moment\" value=\"",
        id,
        "\" ",
        DOES,
        "=\"",
        JOIN,
        "\"",
        disabled,
        " aria-label=\"",
        words,
        ", ",
        at,
        "\">",
        words,
        "</button>",
    ]
    .concat()
}

/// What everybody is told of it. `visitors` marked it.
pub(super) fn told(moment: &Moment, visitors: u32, told_with: &ToldWith) -> String {
    let at = moment.peak.to_string();
    let mut told = part("time", &at);
    told += &part(
        "start",
        &words::clip_start(moment.clip_start(told_with.lead)),
    );
    if moment.starred {
        told += &part("star", words::STARRED);
    }
    if let Some(viewers) = words::marked_by(visitors) {
        told += &part("viewers", &viewers);
    }
    if let Some(segment) = stream::segment_of(moment.segment_index, told_with.segments) {
        told += &part("segment", &segment);
    }
    for counted in &moment.labels {
        if let Some(label) = told_with.labels.get(counted.label) {
            told += &chip(label, Some(counted.count));
        }
    }
    if let Some(title) = &moment.title {
        told += "<b class=\"moment__title\" dir=\"auto\">";
        told += &escaped(title.as_str());
        told += "</b> ";
    }
    for of in &moment.notes {
        told += &note(of);
    }
    told
}

/// The link to its clip, if it was cut. It is no part of what is told, so that a new count leaves alone what somebody is about to
/// press.
pub(super) fn clip(moment: &Moment, attributes: &str) -> String {
    let Some(clip) = &moment.clip else {
        return String::new();
    };
    [
        "<a id=\"clip-",
        &moment.id.0.to_string(),
        "\"",
        attributes,
        " class=\"moment__clip\" rel=\"noreferrer\" href=\"",
        // It holds no quotation marks.
        &escaped(clip.as_str()),
        "\">",
        words::CLIP,
        "</a> ",
    ]
    .concat()
}

pub(super) fn part(kind: &str, words: &str) -> String {
    ["<span class=\"moment__", kind, "\">", words, "</span> "].concat()
}

/// One of its notes, in its own direction, with how many said the same.
fn note(note: &MergedNote) -> String {
    let count = words::said_by(note.count).map(|count| part("count", &count));
    [
        "<span class=\"moment__note\"><span dir=\"auto\">",
        &escaped(note.note.as_str()),
        "</span> ",
        &count.unwrap_or_default(),
        "</span> ",
    ]
    .concat()
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{
        clip_url::ClipUrl,
        labels::LabelId,
        moments::moment::{LabelCount, tests::blank},
        text::Text,
    };

    pub(in super::super) fn moment(notes: &[(&str, u32)]) -> Moment {
        let notes = notes.iter().map(|(note, count)| MergedNote {
            note: Text::parse(note).unwrap(),
            count: *count,
        });
        Moment {
            id: MomentId(Uuid::from_u128(7)),
            segment_index: 2,
            start: Offset(80),
            peak: Offset(83),
            end: Offset(90),
            excess: 60,
            notes: notes.collect(),
            ..blank()
        }
    }

    fn shown(moment: &Moment, told_with: &ToldWith) -> String {
        let told = told(moment, moment.visitors, told_with);
        item(
            moment.id,
            moment.peak,
            OwnPart::None,
            &told,
            &clip(moment, ""),
        )
    }

    #[test]
    fn a_moment_tells_when_it_was_how_many_marked_it_and_what_they_said() {
        insta::assert_snapshot!(
            shown(&moment(&[("he <fell>", 3), ("wow", 1)]), &ToldWith::default()),
            @r#"<li class="moment" id="moment-00000000-0000-0000-0000-000000000007"><span class="moment__told"><span class="moment__time">00:01:23</span> <span class="moment__start">clip from 00:01:08</span> <span class="moment__viewers">7 viewers</span> <span class="moment__segment">Segment 2</span> <span class="moment__note"><span dir="auto">he &lt;fell&gt;</span> <span class="moment__count">× 3</span> </span> <span class="moment__note"><span dir="auto">wow</span> </span> </span></li>"#
        );
    }

    #[test]
    fn a_moment_tells_how_many_gave_it_which_label() {
        let labels = r#"[{"id":1,"word":"funny","colour":"yellow"}]"#;
        let labels: Labels = serde_json::from_str(labels).unwrap();
        let count = |label, count| LabelCount {
            label: LabelId(label),
            count,
        };
        let labelled = Moment {
            labels: vec![count(1, 4), count(2, 1)],
            ..moment(&[])
        };
        let told_with = ToldWith {
            labels,
            ..ToldWith::default()
        };
        let told = shown(&labelled, &told_with);
        let chip = r#"<span class="label label--yellow" dir="auto">funny <b>4</b></span>"#;
        assert!(told.contains(chip), "{told}");
        assert_eq!(told.matches("class=\"label ").count(), 1, "{told}");
    }

    #[test]
    fn what_the_staff_gave_it_is_shown_to_everybody() {
        let curated = Moment {
            title: Text::parse("The <boss>").ok(),
            starred: true,
            clip: ClipUrl::parse_optional("https://a.example/?b=c&d").unwrap(),
            ..moment(&[])
        };
        insta::assert_snapshot!(shown(&curated, &ToldWith::default()), @r#"<li class="moment" id="moment-00000000-0000-0000-0000-000000000007"><span class="moment__told"><span class="moment__time">00:01:23</span> <span class="moment__start">clip from 00:01:08</span> <span class="moment__star">★ Starred</span> <span class="moment__viewers">7 viewers</span> <span class="moment__segment">Segment 2</span> <b class="moment__title" dir="auto">The &lt;boss&gt;</b> </span><a id="clip-00000000-0000-0000-0000-000000000007" class="moment__clip" rel="noreferrer" href="https://a.example/?b=c&amp;d">Watch the clip</a> </li>"#);
    }

    #[test]
    fn a_viewer_can_join_a_moment_unless_they_pressed_in_it_or_the_stream_is_not_live() {
        let moment = moment(&[]);
        let own = |own| {
            let item = item(moment.id, moment.peak, own, "told", "");
            item.split_once("told</span>").unwrap().1.to_owned()
        };
        insta::assert_snapshot!(own(OwnPart::Joinable), @r#"<button id="join-00000000-0000-0000-0000-000000000007" class="button moment__join" form="join" name="moment" value="00000000-0000-0000-0000-000000000007" data-does="join-moment" aria-label="Me too, 00:01:23">Me too</button></li>"#);
        let joined = own(OwnPart::Joined);
        assert!(joined.contains(r#"aria-disabled="true" aria-label="You too, 00:01:23">You too<"#));
        insta::assert_snapshot!(own(OwnPart::Pressed), @r#"<span class="moment__own">You marked this</span> </li>"#);
        assert_eq!(own(OwnPart::None), "</li>");
    }

    #[test]
    fn a_moment_that_was_made_where_nobody_pressed_tells_no_count() {
        let empty = Moment {
            visitors: 0,
            ..moment(&[])
        };
        let told = shown(&empty, &ToldWith::default());
        assert!(!told.contains("viewer"), "{told}");
        assert_eq!(words::in_a_line(&empty, 0), "00:01:23");
    }

    #[test]
    fn a_moment_names_its_segment_where_there_has_been_more_than_one() {
        let first = Moment {
            segment_index: 1,
            ..moment(&[])
        };
        let names_it = |segments| {
            let told_with = ToldWith {
                segments,
                ..ToldWith::default()
            };
            shown(&first, &told_with).contains("Segment 1")
        };
        assert_eq!([1, 2].map(names_it), [false, true]);
    }

    proptest! {
        #[test]
        fn whatever_was_typed_makes_no_element(note in "[<>&\"'/a-z ]{0,40}") {
            let note = format!("a{note}");
            let typed = Moment {
                title: Text::parse(&note).ok(),
                ..moment(&[(note.as_str(), 1)])
            };
            let told = shown(&typed, &ToldWith::default());
            prop_assert_eq!(told.matches("<span").count(), 7);
            prop_assert_eq!(told.matches('<').count(), 18);
        }
    }
}
