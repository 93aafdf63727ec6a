//! The labels below the large button: each is a press of its own.

use leptos::prelude::*;

use crate::{
    components::shared::{live_text::escaped, updates::Update},
    domain::labels::Labels,
    live::page::feed::Feed,
    words::press,
};

const LABELS: &str = "press-labels";

/// The buttons of the labels; hidden while there are none. `updates` keep them current.
///
/// Each submits the form with its number, so it works without scripts too.
#[component]
pub fn PressLabels(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let buttons = buttons(&feed.session.read_untracked().labels);
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

pub(crate) fn updates(labels: &Labels) -> [Update; 2] {
    let buttons = buttons(labels);
    [
        Update::shown(LABELS, !buttons.is_empty()),
        Update::content(LABELS, buttons),
    ]
}

fn buttons(labels: &Labels) -> String {
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
            buttons(&labels),
            @r#"<button type="submit" name="label" value="2" class="label label--blue" dir="auto">&lt;wow&gt;</button>"#
        );
        assert_eq!(buttons(&Labels::default()), "");
    }
}
