//! The best moments so far, for viewers: also what somebody missed who comes late.

use super::{
    live_picture::use_edge,
    moment_markup::{ToldWith, item},
    picture::Timeline,
};
use crate::{
    components::shared::updates::{self, Update},
    domain::{segment::Segment, session::Session},
    live::{highlights::LiveHighlights, page::feed::Feed, signals::*},
    words::moments as words,
};

/// How many moments viewers are shown.
const BEST: usize = 5;
const SECTION: &str = "best-moments";
const PICTURE: &str = "best-moments-timeline";
const LIST: &str = "best-moments-list";

/// The timeline and the best moments; hidden while there are none. `use_best_moments` keeps them current.
#[component]
pub fn BestMoments(
    /// The live session.
    feed: Feed,
) -> impl IntoView {
    let highlights = feed.highlights.read_untracked();
    let picture = picture(&feed.segments.read_untracked(), &highlights, None);
    let list = list(&highlights, &feed.session.read_untracked());
    let is_empty = list.is_empty();
    view! {
        <section id=SECTION class="panel" aria-labelledby="missed" hidden=is_empty>
            <h2 id="missed">{words::MISSED}</h2>
            <div id=PICTURE class="timeline" inner_html=picture></div>
            <ol id=LIST class="moments" inner_html=list></ol>
        </section>
    }
    .into_any()
}

/// Keeps them current. Browser only.
pub(crate) fn use_best_moments(feed: Feed) {
    let edge = use_edge(feed);
    Effect::new(move |before: Option<Vec<Update>>| {
        let (segments, highlights) = (feed.segments.read(), feed.highlights.read());
        let list = list(&highlights, &feed.session.read());
        let updates = vec![
            Update::shown(SECTION, !list.is_empty()),
            Update::content(PICTURE, picture(&segments, &highlights, edge.get())),
            Update::content(LIST, list),
        ];
        updates::apply(&updates, &before.unwrap_or_default());
        updates
    });
}

fn list(highlights: &LiveHighlights, session: &Session) -> String {
    let told_with = ToldWith::of(session);
    let best = highlights.best(BEST).into_iter();
    best.map(|moment| item(moment, &told_with)).collect()
}

fn picture(segments: &[Segment], highlights: &LiveHighlights, elapsed: Option<u32>) -> String {
    let timeline = Timeline::new(segments, highlights, elapsed);
    [
        "<svg class=\"timeline__picture\" role=\"img\" aria-label=\"",
        words::PICTURE,
        "\">",
        &timeline.still(),
        "</svg>",
    ]
    .concat()
}
