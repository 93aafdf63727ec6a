//! A moment of the staff's list as one piece of markup: what it tells, and the buttons for what can be done with it.

use web_sys::Element;

use super::{
    moment_actions::{EDIT, HIDE, MERGE, Progress, STAR},
    moment_markup::{ToldWith, clip, part, told},
};
use crate::{
    components::shared::{live_text::escaped, updates::set_content},
    domain::moments::moment::{EditingState, Moment},
    words::moments as words,
};

/// A moment of the staff's list as markup, by what can change of it while it is drawn.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StaffItem {
    /// All of it.
    pub(super) markup: String,
    class: &'static str,
    is_busy: bool,
    /// What a crowd changes of it from second to second.
    told: String,
    /// What stands before that and after it.
    around: [String; 2],
}

/// What is in an item: the list lets the Tab key lead to that of one of them.
const OUT_OF_TAB_ORDER: &str = " tabindex=\"-1\"";

/// A moment as an item of the staff's list. Links of the timeline lead to it.
pub(super) fn staff_item(moment: &Moment, told_with: &ToldWith, progress: &Progress) -> StaffItem {
    let id = moment.id.0.to_string();
    let class = match moment.hidden {
        true => "moment moment--staff moment--hidden",
        false => "moment moment--staff",
    };
    let busy = if progress.is_busy {
        " aria-busy=\"true\""
    } else {
        ""
    };
    let failure = progress
        .failure
        .as_deref()
        .map(|failure| ["<span class=\"form__error\">", &escaped(failure), "</span>"].concat());
    let told = told(moment, moment.visitors, told_with);
    let before = tick_box(moment, progress.is_ticked) + "<span class=\"moment__told\">";
    let after = [
        "</span>",
        &clip(moment, OUT_OF_TAB_ORDER),
        &state(moment),
        &buttons(moment, progress),
        &progress.edited_by,
        &failure.unwrap_or_default(),
    ]
    .concat();
    let markup = [
        "<li class=\"",
        class,
        "\" id=\"moment-",
        &id,
        "\" data-moment=\"",
        &id,
        // The list lets the Tab key lead to one of them, and to its controls.
        "\" tabindex=\"-1\"",
        busy,
        ">",
        &before,
        &told,
        &after,
        "</li>",
    ]
    .concat();
    StaffItem {
        markup,
        class,
        is_busy: progress.is_busy,
        told,
        around: [before, after],
    }
}

impl StaffItem {
    /// Changes an element that was drawn as another state of the same moment: whoever reads it, or is in it, stays there.
    /// Browser only.
    pub(super) fn redraw(&self, before: &Self, element: &Element) {
        if self.class != before.class {
            element.set_class_name(self.class);
        }
        // An attribute can only fail to be set or removed for a name that is none.
        let _ = match self.is_busy {
            true => element.set_attribute("aria-busy", "true"),
            false => element.remove_attribute("aria-busy"),
        };
        if self.around != before.around {
            let [start, end] = &self.around;
            element.set_inner_html(&[start, &self.told, end].map(String::as_str).concat());
        } else if let Ok(Some(told)) = element.query_selector(".moment__told") {
            set_content(&told, &self.told);
        }
    }
}

/// The box that ticks it.
fn tick_box(moment: &Moment, is_ticked: bool) -> String {
    let checked = if is_ticked { " checked" } else { "" };
    [
        "<label class=\"moment__tick needs-scripts\"><input type=\"checkbox\" tabindex=\"-1\" data-key=\"x\"",
        checked,
        "><span class=\"visually-hidden\">",
        &words::tick(moment.peak),
        "</span></label>",
    ]
    .concat()
}

/// What only the staff are told.
fn state(moment: &Moment) -> String {
    let mut told = String::new();
    if moment.hidden {
        told += &part("state", words::HIDDEN);
    }
    if moment.state != EditingState::Open {
        told += &part("state", words::state(moment.state));
    }
    told
}

fn buttons(moment: &Moment, progress: &Progress) -> String {
    let at = moment.peak.to_string();
    let button = |does: &str, key: &str, title: &str, words: &str| {
        [
            "<button type=\"button\" tabindex=\"-1\" class=\"button button--quiet\" data-does=\"",
            does,
            "\" data-key=\"",
            key,
            "\" title=\"",
            title,
            "\">",
            words,
            "<span class=\"visually-hidden\"> ",
            &at,
            "</span></button>",
        ]
        .concat()
    };
    let [star, unstar] = words::STARS;
    let [hide, show] = words::TOGGLES;
    let [star_title, hide_title, edit_title, merge_title] = words::BUTTON_TITLES;
    let merge = match progress.can_merge {
        true => button(MERGE, "m", merge_title, words::MERGE_INTO),
        false => String::new(),
    };
    [
        "<span class=\"moment__actions needs-scripts\">",
        &button(
            STAR,
            "s",
            star_title,
            if moment.starred { unstar } else { star },
        ),
        &button(
            HIDE,
            "h",
            hide_title,
            if moment.hidden { show } else { hide },
        ),
        &button(EDIT, "e", edit_title, words::EDIT),
        &merge,
        "</span>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::{super::moment_markup::tests::moment, *};

    #[test]
    fn a_moment_of_the_staff_has_its_buttons_each_with_its_key() {
        let hidden = Moment {
            hidden: true,
            state: EditingState::Rejected,
            ..moment(&[])
        };
        insta::assert_snapshot!(staff_item(&hidden, &ToldWith::default(), &Progress::default()).markup, @r#"<li class="moment moment--staff moment--hidden" id="moment-00000000-0000-0000-0000-000000000007" data-moment="00000000-0000-0000-0000-000000000007" tabindex="-1"><label class="moment__tick needs-scripts"><input type="checkbox" tabindex="-1" data-key="x"><span class="visually-hidden">Tick the moment at 00:01:23</span></label><span class="moment__told"><span class="moment__time">00:01:23</span> <span class="moment__start">clip from 00:01:08</span> <span class="moment__viewers">7 viewers</span> <span class="moment__segment">Segment 2</span> </span><span class="moment__state">Hidden</span> <span class="moment__state">Rejected</span> <span class="moment__actions needs-scripts"><button type="button" tabindex="-1" class="button button--quiet" data-does="star" data-key="s" title="Star, or remove the star">Star<span class="visually-hidden"> 00:01:23</span></button><button type="button" tabindex="-1" class="button button--quiet" data-does="hide" data-key="h" title="Hide or restore">Restore<span class="visually-hidden"> 00:01:23</span></button><button type="button" tabindex="-1" class="button button--quiet" data-does="edit" data-key="e" title="Edit">Edit …<span class="visually-hidden"> 00:01:23</span></button></span></li>"#);
        let progress = Progress {
            is_ticked: true,
            can_merge: true,
            is_busy: true,
            failure: Some("No <b>".to_owned()),
            edited_by: "<i>Anna</i>".to_owned(),
        };
        let busy = staff_item(&moment(&[]), &ToldWith::default(), &progress).markup;
        assert!(busy.contains(" checked>") && busy.contains("aria-busy=\"true\""));
        assert!(busy.contains("data-key=\"m\"") && busy.contains("No &lt;b&gt;"));
        assert!(busy.contains("<i>Anna</i>"), "{busy}");
    }

    #[test]
    fn a_moment_that_grows_stays_the_same_but_for_what_is_told_of_it() {
        let item = |moment: &Moment| staff_item(moment, &ToldWith::default(), &Progress::default());
        let before = moment(&[]);
        let grown = Moment {
            visitors: before.visitors + 1,
            ..before.clone()
        };
        let (before, grown) = (item(&before), item(&grown));
        assert_eq!(before.around, grown.around);
        assert_ne!(before.told, grown.told);
        let [start, end] = &grown.around;
        let inner = [start.as_str(), &grown.told, end, "</li>"].concat();
        assert!(grown.markup.ends_with(&inner));
    }
}
