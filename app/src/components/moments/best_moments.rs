//! The best moments so far, for viewers: also what somebody missed who comes late. They can join each: "me too".

use leptos::ev;
use web_sys::Element;

use super::{
    live_picture::LivePicture,
    moment_markup::{JOIN, JOIN_FORM, OwnPart, ToldWith, item, told},
    picture::Timeline,
};
use crate::{
    components::shared::{
        event_target::{DOES, closest},
        focus::keeping_focus,
        live_text::escaped,
        updates::{self, Update},
    },
    domain::{
        moments::moment::MomentId,
        offset::Offset,
        session::{Session, Status},
    },
    live::{
        highlights::LiveHighlights,
        list::timestamps::List,
        page::feed::Feed,
        press::{
            fate::{marks, visitors},
            own_joins::OwnJoins,
        },
        signals::*,
    },
    service::ServiceError,
    words::{joins, moments as words},
};

/// How many moments viewers are shown.
const BEST: usize = 5;
/// The section. The plain form that joins a moment leads back to it (`server/src/routes/forms.rs`).
const SECTION: &str = "best-moments";
const PICTURE: &str = "best-moments-timeline";
const LIST: &str = "best-moments-list";
const REFUSAL: &str = "join-refusal";

/// The timeline and the best moments; hidden while there are none. `use_best_moments` keeps them current.
#[component]
pub fn BestMoments(
    /// The live session.
    feed: Feed,
    /// Why a moment was not joined, on the page after the plain form.
    #[prop(optional_no_strip)]
    refused: Option<ServiceError>,
) -> impl IntoView {
    let highlights = feed.highlights.read_untracked();
    let picture = picture(&Timeline::new(
        &feed.segments.read_untracked(),
        &highlights,
        None,
    ));
    let rows = rows(
        &highlights,
        &feed.session.read_untracked(),
        &feed.list.read_untracked(),
        &feed.joins.read_untracked(),
    );
    let is_empty = rows.is_empty() && refused.is_none();
    view! {
        <section id=SECTION class="panel" aria-labelledby="missed" hidden=is_empty>
            <h2 id="missed">{words::MISSED}</h2>
            <div id=PICTURE class="timeline" inner_html=picture></div>
            // The element always exists, because screen readers only announce changes within one.
            <p id=REFUSAL class="own__refusal" role="alert">
                {refused.as_ref().map(joins::refused)}
            </p>
            <ol id=LIST class="moments" inner_html=markup(&rows)></ol>
            // What its buttons submit: it has nothing to show, and takes no room.
            <form id=JOIN_FORM method="post" action=format!("/s/{}/join", feed.code()) hidden></form>
        </section>
    }
    .into_any()
}

/// A moment as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: MomentId,
    at: Offset,
    own: OwnPart,
    /// What is told of it, as markup.
    told: String,
}

impl Row {
    /// What it is besides what is told of it.
    fn frame(&self) -> (MomentId, OwnPart) {
        (self.id, self.own)
    }
}

/// What is drawn.
#[derive(Default)]
struct Drawn {
    updates: Vec<Update>,
    rows: Vec<Row>,
}

/// Keeps them current, and joins moments. `told` is what the document says about one that was not joined. Browser only.
pub(crate) fn use_best_moments(feed: Feed, told: Option<ServiceError>) {
    let live_picture = LivePicture::of(feed);
    let refusal = RwSignal::new(told);
    Effect::new(move |before: Option<()>| {
        let refused = feed.join_refused.get();
        if before.is_some() {
            refusal.set(refused);
        }
    });
    Effect::new(move |before: Option<Drawn>| {
        let before = before.unwrap_or_default();
        let rows = rows(
            &feed.highlights.read(),
            &feed.session.read(),
            &feed.list.read(),
            &feed.joins.read(),
        );
        let refused = refusal.get();
        let refused = refused.as_ref().map(joins::refused);
        let is_shown = !rows.is_empty() || refused.is_some();
        let updates = vec![
            Update::shown(SECTION, is_shown),
            Update::content(REFUSAL, escaped(&refused.unwrap_or_default())),
        ];
        updates::apply(&updates, &before.updates);
        draw(&rows, &before.rows);
        Drawn { updates, rows }
    });
    Effect::new(move |before: Option<[Update; 1]>| {
        let now = [Update::content(PICTURE, live_picture.with(picture))];
        updates::apply(&now, before.as_ref().map_or(&[], |before| before));
        now
    });
    Effect::new(move |_| {
        let click = window_event_listener(ev::click, move |event| {
            let button = closest(&event, "[data-does]");
            let button =
                button.filter(|button| button.get_attribute(DOES).as_deref() == Some(JOIN));
            if let Some(moment) =
                button.and_then(|button| button.get_attribute("value")?.parse().ok())
            {
                event.prevent_default();
                feed.join.run(MomentId(moment));
            }
        });
        on_cleanup(move || click.remove());
    });
}

/// The best moments, with what this visitor has to do with them.
fn rows(
    highlights: &LiveHighlights,
    session: &Session,
    list: &List,
    own_joins: &OwnJoins,
) -> Vec<Row> {
    let told_with = ToldWith::of(session);
    let marks = marks(list, own_joins);
    let is_active = matches!(session.status, Status::Active { .. });
    let rows = highlights.best(BEST).into_iter().map(|moment| {
        let has_pressed = list
            .own_rows()
            .any(|(press, _)| moment.contains(press.segment_index, press.offset_seconds));
        let has_joined = || own_joins.all().any(|join| join.is_in(moment));
        Row {
            own: match is_active {
                _ if has_pressed => OwnPart::Pressed,
                _ if has_joined() => OwnPart::Joined,
                true => OwnPart::Joinable,
                false => OwnPart::None,
            },
            told: told(moment, visitors(moment, &marks, highlights), &told_with),
            id: moment.id,
            at: moment.peak,
        }
    });
    rows.collect()
}

fn markup(rows: &[Row]) -> String {
    let rows = rows.iter();
    rows.map(|row| item(row.id, row.at, row.own, &row.told))
        .collect()
}

/// Draws the moments. While they and their buttons stay the same, only what is told of them changes: a button that somebody
/// is about to press must not be replaced with every new count.
fn draw(rows: &[Row], before: &[Row]) {
    let Some(list) = document().get_element_by_id(LIST) else {
        return;
    };
    if before.is_empty()
        || !rows
            .iter()
            .map(Row::frame)
            .eq(before.iter().map(Row::frame))
    {
        keeping_focus(by_id, || updates::set_content(&list, &markup(rows)));
        return;
    }
    let mut next = list.first_element_child();
    for (row, before) in rows.iter().zip(before) {
        let Some(item) = next else { break };
        if row.told != before.told
            && let Some(told) = item.first_element_child()
        {
            updates::set_content(&told, &row.told);
        }
        next = item.next_element_sibling();
    }
}

/// The selector of an element of the list.
fn by_id(element: &Element) -> Option<String> {
    let is_of_list = matches!(element.closest(".moments"), Ok(Some(_)));
    is_of_list.then(|| ["[id='", &element.id(), "']"].concat())
}

fn picture(timeline: &Timeline<'_>) -> String {
    [
        "<svg class=\"timeline__picture\" role=\"img\" aria-label=\"",
        words::PICTURE,
        "\">",
        &timeline.still(),
        "</svg>",
    ]
    .concat()
}
