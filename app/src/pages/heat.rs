//! The timeline as a picture of its own, to be shown on any page.

use crate::{
    components::moments::picture::Timeline, domain::snapshot::Snapshot,
    live::highlights::LiveHighlights, words::moments as words,
};

/// How it looks. A policy allows it by its hash; what shows the picture can't change it.
pub const STYLE: &str = ".timeline__ground{fill:#808080;fill-opacity:.12}\
.timeline__curve{fill:#ffd21f;fill-opacity:.55;stroke:#d9a900;stroke-width:1.5}\
.timeline__mark{fill:#d9a900;stroke:#fff;stroke-width:1.5}\
.timeline__tick{stroke:#808080;stroke-opacity:.4}\
.timeline__time{fill:#808080;font:11px system-ui,sans-serif;text-anchor:end}\
@media (prefers-color-scheme:dark){.timeline__curve{stroke:#ffe04a}.timeline__mark{fill:#ffe04a;stroke:#17191f}}";

/// Where the timeline lies: nothing is drawn outside of a picture, so marks at its ends and times below it need room there. A
/// width in percent less some pixels is none that browsers take here.
const PLACE: &str = "x=\"2%\" width=\"96%\" height=\"86%\" overflow=\"visible\"";

/// The picture of a session, as far as everybody may see it: the file `heat.svg`. It fills whatever place it is given.
pub fn heat(snapshot: &Snapshot) -> String {
    let highlights = LiveHighlights::new(snapshot.highlights.clone(), snapshot.cursor.revision);
    let timeline = Timeline::new(&snapshot.segments, &highlights, None);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100%\" height=\"100%\" role=\"img\" aria-label=\"{}\"><style>{STYLE}</style><svg {PLACE}>{}</svg></svg>",
        words::PICTURE,
        timeline.still(),
    )
}
