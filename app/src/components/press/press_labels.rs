//! The labels below the large button: each is a press of its own.

use web_sys::Element;

use super::press_fields::BUTTON;
use crate::{
    components::shared::{
        focus::keeping_focus,
        live_text::escaped,
        rows::Rows,
        updates::{self, Update},
    },
    domain::labels::Labels,
    live::{page::feed::Feed, signals::*},
    words::press,
};

const LABELS: &str = "press-labels";

/// The buttons of the labels; hidden while there are none. `use_labels` keeps them current.
///
/// Each submits the form with its number, so it works without scripts too.
#[component]
pub fn PressLabels(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let buttons = buttons(&feed.session.read_untracked().labels).concat();
    let is_empty = buttons.is_empty();
    view! {
        <div
            id=LABELS
            class="press-labels"
            role="group"
            aria-label=press::WITH_A_LABEL
            hidden=is_empty
            inner_html=buttons
        ></div>
    }
    .into_any()
}

/// Keeps them current: those that the streamer leaves as they are stay in the document. Browser only.
pub(crate) fn use_labels(feed: Feed) {
    Effect::new(move |drawn: Option<Rows>| {
        let mut drawn = drawn.unwrap_or_default();
        let buttons = buttons(&feed.session.read().labels);
        updates::apply(&[Update::shown(LABELS, !buttons.is_empty())], &[]);
        keeping_focus(way_on, || drawn.draw(LABELS, buttons));
        drawn
    });
}

/// The selector of what follows a label's button that goes away: that of the same label or, if it is not offered any more, of the
/// large one.
fn way_on(focused: &Element) -> Option<String> {
    focused.closest("#press-labels").ok()??;
    let number = focused.get_attribute("value")?;
    let label = ["#press-labels [value='", &number, "']"].concat();
    Some([&label, ", body:not(:has(", &label, ")) #", BUTTON].concat())
}

fn buttons(labels: &Labels) -> Vec<String> {
    let buttons = labels.offered().map(|label| {
        [
            "<button type=\"submit\" name=\"label\" value=\"",
            &label.id.0.to_string(),
            "\" class=\"label label--",
            label.colour.name(),
            "\" dir=\"auto\">",
            &escaped(label.word.as_str()),
            "</button>",
        ]
        .concat()
    });
    buttons.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_label_that_is_offered_is_a_button_with_its_number() {
        let labels: Labels = serde_json::from_str(
            r#"[{"id":2,"word":"<wow>","colour":"blue"},{"id":1,"word":"funny","colour":"yellow","removed":true}]"#,
        )
        .unwrap();
        insta::assert_snapshot!(
            buttons(&labels).concat(),
            @r#"<button type="submit" name="label" value="2" class="label label--blue" dir="auto">&lt;wow&gt;</button>"#
        );
        assert!(buttons(&Labels::default()).is_empty());
    }
}
