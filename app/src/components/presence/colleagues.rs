//! The names of the others of the staff who are here, with what each of them is doing.

use leptos::prelude::*;

use super::{edited_by::isolated, state::PresenceState};
use crate::{
    components::shared::live_text::{attribute, escaped},
    domain::{
        offset::Offset,
        presence::{Colleague, Edited},
    },
    live::page::feed::Feed,
    words::presence as words,
};

/// How many names there is room for; if there are more, the last one tells how many.
const MOST: usize = 3;

/// The names of the others of the staff. As wide with none as with many, so that nothing beside it moves.
#[component]
pub fn Colleagues(
    /// The live session.
    feed: Feed,
    /// Who is here.
    presence: PresenceState,
) -> impl IntoView {
    let is_alone = move || presence.others.read().as_ref().is_none_or(Vec::is_empty);
    let names = move || {
        let others = presence.others.read();
        names(others.as_deref().unwrap_or_default(), |edited| {
            offset(feed, edited)
        })
    };
    view! {
        <div class="colleagues needs-scripts">
            <ul
                class="colleagues__names"
                aria-label=words::ALSO_HERE
                hidden=is_alone
                inner_html=names
            ></ul>
        </div>
    }
    .into_any()
}

/// Where what is edited lies, if the page knows it.
fn offset(feed: Feed, edited: Edited) -> Option<Offset> {
    match edited {
        Edited::Timestamp(id) => {
            let place = feed.list.read_untracked().place(id)?;
            Some(place.offset_seconds)
        }
        Edited::Moment(id) => {
            let highlights = feed.highlights.read_untracked();
            let moment = highlights.moment(id)?;
            Some(moment.peak)
        }
    }
}

fn names(others: &[Colleague], offset: impl Fn(Edited) -> Option<Offset>) -> String {
    let shown = match others.len() <= MOST {
        true => others.len(),
        false => MOST - 1,
    };
    let (shown, rest) = others.split_at(shown);
    let doing = |other: &Colleague| {
        let edited = other.editing.iter().map(|edited| match edited {
            Edited::Timestamp(_) => words::note(offset(*edited)),
            Edited::Moment(_) => words::moment(offset(*edited)),
        });
        let name = words::name(other.name.as_ref());
        words::doing(name, other.pages, &edited.collect::<Vec<_>>())
    };
    let mut names: String = shown
        .iter()
        .map(|other| {
            let pages = words::pages(other.pages).unwrap_or_default();
            let name = isolated(other.name.as_ref()) + &pages;
            chip(&name, !other.editing.is_empty(), &doing(other))
        })
        .collect();
    if !rest.is_empty() {
        let is_editing = rest.iter().any(|other| !other.editing.is_empty());
        let doing: Vec<_> = rest.iter().map(doing).collect();
        names += &chip(&words::more(rest.len()), is_editing, &doing.join(", "));
    }
    names
}

/// One name, already markup. What its owner is doing is told in words to those who point at it and those who hear the page;
/// a pencil instead of a dot shows everybody whether they are editing.
fn chip(name: &str, is_editing: bool, doing: &str) -> String {
    let mark = match is_editing {
        true => "<span class=\"icon icon--edit\"></span>",
        false => "",
    };
    [
        "<li class=\"colleagues__name\" title=\"",
        &attribute(doing),
        "\"><span class=\"colleagues__mark\">",
        mark,
        "</span><span class=\"colleagues__words\" aria-hidden=\"true\">",
        name,
        "</span><span class=\"visually-hidden\">",
        &escaped(doing),
        "</span></li>",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{text::Text, timestamp::TimestampId};

    fn colleague(name: &str, pages: usize, edits: bool) -> Colleague {
        let edited = Edited::Timestamp(TimestampId(Uuid::nil()));
        Colleague {
            name: Text::parse(name).ok(),
            pages,
            editing: edits.then_some(edited).into_iter().collect(),
        }
    }

    #[test]
    fn a_name_says_what_its_owner_is_doing() {
        let others = [colleague("", 1, false), colleague("A \"b\"", 2, true)];
        insta::assert_snapshot!(names(&others[..1], |_| None), @r#"<li class="colleagues__name" title="Streamer is here"><span class="colleagues__mark"></span><span class="colleagues__words" aria-hidden="true"><bdi translate="no">Streamer</bdi></span><span class="visually-hidden">Streamer is here</span></li>"#);
        let told = names(&others[1..], |_| Some(Offset(83)));
        assert!(
            told.contains("title=\"A &quot;b&quot; is editing the note at 00:01:23\""),
            "{told}"
        );
        assert!(
            told.contains("<bdi translate=\"no\">A \"b\"</bdi> ×2<"),
            "{told}"
        );
        assert!(told.contains("icon--edit"), "{told}");
    }

    proptest! {
        #[test]
        fn there_are_no_more_names_than_there_is_room_for_and_everybody_is_in_one(
            all in proptest::collection::vec(("[<>\"&a-z]{1,9}", 1..3usize, any::<bool>()), 0..9),
        ) {
            let others: Vec<_> = all.iter().map(|(name, pages, edits)| colleague(&format!("x{name}"), *pages, *edits)).collect();
            let told = names(&others, |_| None);
            prop_assert_eq!(told.matches("<li ").count(), others.len().min(MOST));
            // Once for those who point, and once for those who hear.
            let said = told.matches(" is here").count() + told.matches(" pages open").count() + told.matches(" is editing").count();
            prop_assert_eq!(said, 2 * others.len());
        }
    }
}
