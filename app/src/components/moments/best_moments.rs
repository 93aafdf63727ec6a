//! The best moments so far and the newest ones, for viewers: also what somebody missed who comes late. They can join each: "me
//! too".

use leptos::ev;
use web_sys::Element;

use super::{
    live_picture::LivePicture,
    moment_markup::{JOIN, JOIN_FORM, OwnPart, ToldWith, clip, item, told},
    picture::Timeline,
    timeline_table::{ViewerTable, use_table},
};
use crate::{
    components::{
        press::press_fields::BUTTON,
        shared::{
            event_target::{DOES, closest},
            focus::keeping_focus,
            live_text::escaped,
            row_cool_down::use_row_cool_down,
            updates::{self, Update},
        },
    },
    domain::{
        moments::moment::{Moment, MomentId},
        offset::Offset,
        session::{Session, Status},
    },
    live::{
        highlights::LiveHighlights,
        list::timestamps::List,
        page::feed::Feed,
        press::{
            fate::{Mark, marks, visitors},
            own_joins::OwnJoins,
            uncounted::with_own,
        },
        signals::*,
    },
    service::ServiceError,
    words::{joins, moments as words},
};

/// How many of the best moments viewers are shown.
const BEST: usize = 5;
/// How many of the newest that are not among them.
const NEWEST: usize = 3;
/// The section. The plain form that joins a moment leads back to it (`server/src/routes/forms.rs`).
const SECTION: &str = "best-moments";
const HEADING: &str = "missed";
const PICTURE: &str = "best-moments-timeline";
const LIST: &str = "best-moments-list";
const NEWEST_SECTION: &str = "newest-moments";
const NEWEST_LIST: &str = "newest-moments-list";
const REFUSAL: &str = "join-refusal";

/// The timeline with the best moments, and the newest moments; each part is hidden while there are none. `use_best_moments` keeps
/// them current.
#[component]
pub fn BestMoments(
    /// The live session.
    feed: Feed,
    /// Why a moment was not joined, on the page after the plain form.
    #[prop(optional_no_strip)]
    refused: Option<ServiceError>,
) -> impl IntoView {
    let (highlights, session) = (
        feed.highlights.read_untracked(),
        feed.session.read_untracked(),
    );
    let (list, joins) = (feed.list.read_untracked(), feed.joins.read_untracked());
    let segments = feed.segments.read_untracked();
    let listed = Listed::of(&highlights, &session);
    let marks = marks(&list, &joins);
    let timeline = Timeline::new(&segments, &highlights, None);
    let picture = picture(&timeline, &listed, |moment| {
        line(moment, &highlights, &list, &marks)
    });
    let rows = |ids: &[MomentId]| rows(ids, &highlights, &session, &list, &joins, &marks);
    let (newest, best) = (rows(&listed.newest), rows(&listed.best));
    let is_empty = best.is_empty() && refused.is_none();
    view! {
        <section id=SECTION class="panel" aria-labelledby=HEADING hidden=is_empty>
            <h2 id=HEADING tabindex="-1">
                {words::MISSED}
            </h2>
            <div id=PICTURE class="timeline" inner_html=picture></div>
            <ViewerTable feed />
            // The element always exists, because screen readers only announce changes within one.
            <p id=REFUSAL class="own__refusal" role="alert">
                {refused.as_ref().map(joins::refused)}
            </p>
            <ol id=LIST class="moments" inner_html=markup(&best)></ol>
            // What its buttons submit: it has nothing to show, and takes no room.
            <form id=JOIN_FORM method="post" action=format!("/s/{}/join", feed.code()) hidden></form>
        </section>
        <section
            id=NEWEST_SECTION
            class="panel"
            aria-labelledby="newest"
            hidden=newest.is_empty()
        >
            <h2 id="newest">{words::NEWEST}</h2>
            <ol id=NEWEST_LIST class="moments" inner_html=markup(&newest)></ol>
        </section>
    }
    .into_any()
}

/// Which moments are listed, by list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Listed {
    newest: Vec<MomentId>,
    best: Vec<MomentId>,
}

impl Listed {
    /// The best moments, and while a segment is open the newest of it that are not among them.
    fn of(highlights: &LiveHighlights, session: &Session) -> Self {
        let ids = |moments: Vec<&Moment>| moments.iter().map(|moment| moment.id).collect();
        let best: Vec<MomentId> = ids(highlights.best(BEST));
        let newest = match session.status {
            Status::Active { segment, .. } => ids(highlights.newest(segment, &best, NEWEST)),
            Status::Paused { .. } | Status::Ended { .. } => Vec::new(),
        };
        Self { newest, best }
    }

    fn contains(&self, id: MomentId) -> bool {
        self.place(id).is_some()
    }

    /// Where a moment stands: whether among the newest, and how many stand before it there.
    fn place(&self, id: MomentId) -> Option<(bool, usize)> {
        let place = |ids: &[MomentId]| ids.iter().position(|listed| *listed == id);
        let newest = place(&self.newest).map(|at| (true, at));
        newest.or_else(|| place(&self.best).map(|at| (false, at)))
    }
}

/// A moment as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row {
    id: MomentId,
    at: Offset,
    own: OwnPart,
    /// The link to its clip, as markup.
    clip: String,
    /// What is told of it, as markup.
    told: String,
}

impl Row {
    /// What it is besides what is told of it.
    fn frame(&self) -> (MomentId, OwnPart, &str) {
        (self.id, self.own, &self.clip)
    }
}

/// What is drawn.
#[derive(Default)]
struct Drawn {
    updates: Vec<Update>,
    newest: Vec<Row>,
    best: Vec<Row>,
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
    let marks = Memo::new(move |_| marks(&feed.list.read(), &feed.joins.read()));
    use_table(feed, marks);
    let is_pointed = use_pointed();
    let listed = RwSignal::new(Listed::default());
    // A finger is on its way when the moments move, to where they were before.
    let (moved, left) = (use_row_cool_down(), StoredValue::new(Listed::default()));
    Effect::new(move |before: Option<Drawn>| {
        let is_first = before.is_none();
        let before = before.unwrap_or_default();
        let (highlights, session) = (feed.highlights.read(), feed.session.read());
        let (list, joins, marks) = (feed.list.read(), feed.joins.read(), marks.read());
        // Whoever is about to press a button must not press that of another moment.
        if is_first || !is_pointed.get() {
            let now = Listed::of(&highlights, &session);
            let shown = listed.read_untracked().clone();
            if shown != now {
                if shown != Listed::default() {
                    moved.begin();
                    left.set_value(shown);
                }
                listed.set(now);
            }
        }
        let rows = |ids: &[MomentId]| rows(ids, &highlights, &session, &list, &joins, &marks);
        let (newest, best) =
            listed.with_untracked(|listed| (rows(&listed.newest), rows(&listed.best)));
        let refused = refusal.get();
        let refused = refused.as_ref().map(joins::refused);
        let is_shown = !best.is_empty() || refused.is_some();
        let updates = vec![
            Update::shown(NEWEST_SECTION, !newest.is_empty()),
            Update::shown(SECTION, is_shown),
            Update::content(REFUSAL, escaped(&refused.unwrap_or_default())),
        ];
        // Around both: a moment can move from one list to the other.
        keeping_focus(way_on, || {
            updates::apply(&updates, &before.updates);
            draw(NEWEST_LIST, &newest, &before.newest);
            draw(LIST, &best, &before.best);
        });
        Drawn {
            updates,
            newest,
            best,
        }
    });
    Effect::new(move |before: Option<[Update; 1]>| {
        let (listed, marks) = (listed.read(), marks.read());
        let picture = live_picture.with(|timeline| {
            let highlights = feed.highlights.read_untracked();
            let list = feed.list.read_untracked();
            picture(timeline, &listed, |moment| {
                line(moment, &highlights, &list, &marks)
            })
        });
        let now = [Update::content(PICTURE, picture)];
        keeping_focus(way_on_in_picture, || {
            updates::apply(&now, before.as_ref().map_or(&[], |before| before));
        });
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
                let moment = MomentId(moment);
                let has_moved = || {
                    let place = listed.with_untracked(|listed| listed.place(moment));
                    moved.is_on() && left.with_value(|left| left.place(moment)) != place
                };
                // The keyboard goes with its button, and its clicks are not counted.
                if event.detail() == 0 || !has_moved() {
                    feed.join.run(moment);
                }
            }
        });
        on_cleanup(move || click.remove());
    });
}

/// Whether a mouse points at one of the lists. A finger leaves none behind, and a list that only comes to lie under a mouse is
/// not pointed at.
fn use_pointed() -> RwSignal<bool> {
    let is_pointed = RwSignal::new(false);
    let point = move |now: bool| {
        if now != is_pointed.get_untracked() {
            is_pointed.set(now);
        }
    };
    Effect::new(move |_| {
        let moves = window_event_listener(ev::pointermove, move |event| {
            point(event.pointer_type() == "mouse" && closest(&event, ".moments").is_some());
        });
        // Out of the window.
        let leaves = window_event_listener(ev::pointerout, move |event| {
            if event.related_target().is_none() {
                point(false);
            }
        });
        on_cleanup(move || {
            moves.remove();
            leaves.remove();
        });
    });
    is_pointed
}

/// These moments, with what this visitor has to do with them.
fn rows(
    ids: &[MomentId],
    highlights: &LiveHighlights,
    session: &Session,
    list: &List,
    own_joins: &OwnJoins,
    marks: &[Mark],
) -> Vec<Row> {
    let told_with = ToldWith::of(session);
    let is_active = matches!(session.status, Status::Active { .. });
    let moments = ids.iter().filter_map(|id| highlights.moment(*id));
    let rows = moments.map(|moment| {
        let has_pressed = list
            .own_rows()
            .any(|(press, _)| moment.contains(press.segment_index, press.offset_seconds));
        let has_joined = || own_joins.all().any(|join| join.is_in(moment));
        let seen = with_own(moment, list);
        let seen = seen.as_ref().unwrap_or(moment);
        Row {
            own: match is_active {
                _ if has_pressed => OwnPart::Pressed,
                _ if has_joined() => OwnPart::Joined,
                true => OwnPart::Joinable,
                false => OwnPart::None,
            },
            told: told(seen, visitors(moment, marks, highlights), &told_with),
            clip: clip(moment, ""),
            id: moment.id,
            at: moment.peak,
        }
    });
    rows.collect()
}

fn markup(rows: &[Row]) -> String {
    let rows = rows.iter();
    rows.map(|row| item(row.id, row.at, row.own, &row.told, &row.clip))
        .collect()
}

/// Draws the moments. While they, their links and their buttons stay the same, only what is told of them changes: what somebody
/// is about to press must not be replaced with every new count.
fn draw(list: &str, rows: &[Row], before: &[Row]) {
    let Some(list) = document().get_element_by_id(list) else {
        return;
    };
    if before.is_empty()
        || !rows
            .iter()
            .map(Row::frame)
            .eq(before.iter().map(Row::frame))
    {
        updates::set_content(&list, &markup(rows));
        return;
    }
    // By their ids: others may have put something between them.
    for (row, _) in rows
        .iter()
        .zip(before)
        .filter(|(row, before)| row.told != before.told)
    {
        let told = ["[id='moment-", &row.id.0.to_string(), "'] > .moment__told"].concat();
        if let Ok(Some(told)) = list.query_selector(&told) {
            updates::set_content(&told, &row.told);
        }
    }
}

/// The selector of what follows an element of the lists that goes away: the same one of its moment, in whichever list.
fn way_on(focused: &Element) -> Option<String> {
    let is_of_list = matches!(focused.closest(".moments"), Ok(Some(_)));
    is_of_list.then(|| or_heading(&["[id='", &focused.id(), "']"].concat()))
}

/// The selector of what follows a link of the picture that goes away: that of the same moment.
fn way_on_in_picture(focused: &Element) -> Option<String> {
    let address = focused.get_attribute("href")?;
    let is_of_picture = focused.closest("a.timeline__moment").ok()?.is_some();
    is_of_picture.then(|| or_heading(&["a.timeline__moment[href='", &address, "']"].concat()))
}

/// This selector. Where it finds nothing, that of the heading, and if no moment is left, that of the large button: at the document,
/// the space bar would make a press.
fn or_heading(same: &str) -> String {
    let nothing = ["body:not(:has(", same, "))"].concat();
    let heading = [&nothing, " #", SECTION, ":not([hidden]) #", HEADING].concat();
    let button = [&nothing, ":has(#", SECTION, "[hidden]) #", BUTTON].concat();
    [same, &heading, &button].join(", ")
}

/// What the picture says of a moment to this visitor: the same as the list.
fn line(moment: &Moment, highlights: &LiveHighlights, list: &List, marks: &[Mark]) -> String {
    let seen = with_own(moment, list);
    let visitors = visitors(moment, marks, highlights);
    words::in_a_line(seen.as_ref().unwrap_or(moment), visitors)
}

fn picture(timeline: &Timeline<'_>, listed: &Listed, line: impl Fn(&Moment) -> String) -> String {
    [
        "<svg class=\"timeline__picture\" role=\"group\" aria-label=\"",
        words::PICTURE,
        "\">",
        &timeline.told(|id| listed.contains(id), line),
        "</svg>",
    ]
    .concat()
}
