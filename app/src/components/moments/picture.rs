//! The timeline as one picture: the crowd curves of all segments side by side, with the moments on them.
//!
//! Pure functions from values to markup. The server writes it into pages and as a file, and the browser redraws it as the
//! session grows.

use crate::{
    components::shared::live_text::escaped,
    domain::{
        moments::{
            moment::{Moment, MomentId},
            path::{self, HEIGHT},
        },
        offset::Offset,
        segment::Segment,
        time_range::{Position, TimeRange},
    },
    live::highlights::{LiveCurve, LiveHighlights},
    words::{moments as words, stream},
};

/// The gap of a pause is this fraction of the width of all segments: 1 in so many.
const PAUSES: u32 = 60;
/// The lowest curve that fills the whole height, in tenths of a visitor, so that three visitors don't look like a crowd.
const LEAST_TOP: u32 = 100;
/// The room above the highest curve, as a fraction of its height: 1 in so many.
const HEADROOM: u32 = 10;
/// The shortest length that is drawn, in seconds. Otherwise a session's first presses would jump across the whole width.
const LEAST_SECONDS: u32 = 300;

/// The shortest step in which the edge of the open segment moves, in seconds.
const LEAST_STEP: u32 = 5;
/// In how many steps at most the edge crosses the picture, which is about that many pixels wide. Each step moves
/// everything to the left of the edge.
const STEPS: u32 = 1_000;

/// How far apart the lines of the time axis may be, in seconds; in longer pictures, any number of hours.
const INTERVALS: [u32; 8] = [60, 120, 300, 600, 900, 1_200, 1_800, HOUR];
const HOUR: u32 = 3_600;
/// So many lines have room for their times on a phone.
const MOST_LINES: u32 = 4;

/// The interval between the lines of the time axis in a picture that is so many seconds wide.
fn interval(width: u32) -> u32 {
    let fits = |interval: &u32| width <= interval.saturating_mul(MOST_LINES);
    let found = INTERVALS.into_iter().find(fits);
    found.unwrap_or_else(|| width.div_ceil(MOST_LINES * HOUR).saturating_mul(HOUR))
}

/// Where the edge of the open segment is drawn once it is this long, in seconds: ahead of the segment's end
/// by less than a step.
pub(crate) fn edge(seconds: u32) -> u32 {
    let mut step = LEAST_STEP;
    while step < seconds.div_ceil(step).saturating_mul(step) / STEPS {
        step *= 2;
    }
    seconds.div_ceil(step).saturating_mul(step)
}

/// A segment and its place in the picture, in seconds.
struct PlacedSegment<'a> {
    segment: &'a Segment,
    curve: Option<&'a LiveCurve>,
    left: u32,
    /// How wide it is drawn.
    seconds: u32,
    /// How long it is so far.
    length: u32,
}

/// A moment in the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Which one.
    pub(crate) id: MomentId,
    /// How far across, in percent.
    pub(crate) x: String,
    /// How far down, in percent.
    pub(crate) y: String,
    /// What it says.
    pub(crate) label: String,
}

/// The contents of the picture.
pub(crate) struct Timeline<'a> {
    segments: Vec<PlacedSegment<'a>>,
    highlights: &'a LiveHighlights,
    /// The total width, in seconds.
    width: u32,
    /// The value of the curves that fills the height.
    top: u32,
}

impl<'a> Timeline<'a> {
    /// The segments with their curves and moments. The open segment is `elapsed` seconds long; if that isn't known, it ends
    /// with its last press.
    pub(crate) fn new(
        segments: &'a [Segment],
        highlights: &'a LiveHighlights,
        elapsed: Option<u32>,
    ) -> Self {
        let curves = highlights.curves();
        let lengths = segments.iter().map(|segment| {
            let curve = curves
                .iter()
                .find(|curve| curve.segment_index == segment.index);
            let drawn = curve.map_or(0, LiveCurve::seconds);
            let length = match segment.end_time {
                Some(end) => u32::try_from((end - segment.start_time).num_seconds()).unwrap_or(0),
                None => elapsed.unwrap_or(0),
            };
            let length = length.max(drawn);
            let seconds = match segment.end_time {
                Some(_) => length,
                None => edge(length),
            };
            (segment, curve, seconds, length)
        });
        let lengths: Vec<_> = lengths.collect();
        let on_air: u32 = lengths.iter().map(|(_, _, seconds, _)| seconds).sum();
        let gap = on_air / PAUSES;
        let (mut placed, mut left) = (Vec::with_capacity(lengths.len()), 0);
        for (segment, curve, seconds, length) in lengths {
            placed.push(PlacedSegment {
                segment,
                curve,
                left,
                seconds,
                length,
            });
            left += seconds + gap;
        }
        let tops = curves.iter().flat_map(|curve| curve.values.iter().copied());
        let top = tops.max().unwrap_or(0).max(LEAST_TOP);
        Self {
            segments: placed,
            highlights,
            width: left.saturating_sub(gap).max(LEAST_SECONDS),
            // The mark of the highest moment has its place, too.
            top: top + top / HEADROOM,
        }
    }

    /// How many segments there are.
    pub(crate) fn segments(&self) -> u32 {
        self.segments
            .last()
            .map_or(0, |placed| placed.segment.index)
    }

    fn before_time(&self, moment: &Moment) -> String {
        stream::before_time(moment.segment_index, self.segments())
    }

    /// Whether there is anything to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.segments.iter().all(|placed| placed.curve.is_none())
    }

    /// The curves and the moments on them, as one picture without links.
    pub(crate) fn still(&self) -> String {
        let moments = self.highlights.moments();
        let marks = moments.filter_map(|moment| self.circle(moment, "mark", "4"));
        self.curves() + &marks.collect::<String>()
    }

    /// The same, with the segment and what `line` says of each moment. Moments that the page lists are links to their items there.
    pub(crate) fn told(
        &self,
        is_listed: impl Fn(MomentId) -> bool,
        line: impl Fn(&Moment) -> String,
    ) -> String {
        let mut markup = self.curves();
        for moment in self.highlights.moments() {
            let (Some(hit), Some(mark)) = (
                self.circle(moment, "hit", "12"),
                self.circle(moment, "mark", "4"),
            ) else {
                continue;
            };
            let id = moment.id.0.to_string();
            let (opened, closed) = match is_listed(moment.id) {
                true => (["<a href=\"#moment-", &id, "\""].concat(), "</a>"),
                false => ("<g".to_owned(), "</g>"),
            };
            let line = self.before_time(moment) + &escaped(&line(moment));
            let told = [
                &opened,
                " class=\"timeline__moment\"><title>",
                &line,
                "</title>",
                &hit,
                &mark,
                closed,
            ];
            markup += &told.concat();
        }
        markup
    }

    /// A circle where a moment lies, of this kind and radius.
    fn circle(&self, moment: &Moment, kind: &str, radius: &str) -> Option<String> {
        let (x, y) = self.place(moment)?;
        let circle = [
            "<circle class=\"timeline__",
            kind,
            "\" cx=\"",
            &x,
            "\" cy=\"",
            &y,
            "\" r=\"",
            radius,
            "\"/>",
        ];
        Some(circle.concat())
    }

    /// The moments in the picture, in order of time.
    pub(crate) fn marks(&self) -> Vec<Mark> {
        let marks = self.highlights.in_order().into_iter().filter_map(|moment| {
            let (x, y) = self.place(moment)?;
            let label = self.before_time(moment) + &words::in_a_line(moment, moment.visitors);
            let id = moment.id;
            Some(Mark { id, x, y, label })
        });
        marks.collect()
    }

    /// The curves, each stretched over its segment's part of the picture, with a time axis.
    pub(crate) fn curves(&self) -> String {
        let mut markup = String::new();
        for placed in &self.segments {
            let (left, width) = (
                share(placed.left, self.width),
                share(placed.seconds, self.width),
            );
            let place = ["x=\"", &left, "\" width=\"", &width, "\" height=\"100%\""].concat();
            markup += &["<rect class=\"timeline__ground\" ", &place, "/>"].concat();
            let Some(curve) = placed.curve else { continue };
            // The part of the segment that the curve covers: its last bucket may reach beyond the segment's end.
            let drawn = share(curve.seconds().max(1), self.width);
            let buckets = path::width(curve.values.len()).to_string();
            markup += &[
                "<svg class=\"timeline__part\" x=\"",
                &left,
                "\" width=\"",
                &drawn,
                "\" height=\"100%\" viewBox=\"0 0 ",
                &buckets,
                " ",
                &HEIGHT.to_string(),
                "\" preserveAspectRatio=\"none\"><path class=\"timeline__curve\" vector-effect=\"non-scaling-stroke\" d=\"",
                &path::path(&curve.values, self.top),
                "\"/></svg>",
            ]
            .concat();
        }
        markup + &self.axis()
    }

    /// Lines at round times of each segment, and these times below the picture. Moments say when they were, so nobody has to hear
    /// these.
    fn axis(&self) -> String {
        let mut markup = "<g aria-hidden=\"true\">".to_owned();
        let interval = interval(self.width);
        for placed in &self.segments {
            for number in 1..=placed.length / interval {
                let offset = Offset(number * interval);
                let x = share(placed.left + offset.seconds(), self.width);
                markup += &[
                    "<line class=\"timeline__tick\" x1=\"",
                    &x,
                    "\" x2=\"",
                    &x,
                    "\" y2=\"100%\"/><text class=\"timeline__time\" x=\"",
                    &x,
                    "\" y=\"100%\" dy=\"1.1em\">",
                    &offset.to_string(),
                    "</text>",
                ]
                .concat();
            }
        }
        markup + "</g>"
    }

    /// How wide the picture is, in seconds.
    pub(crate) fn seconds(&self) -> u32 {
        self.width
    }

    /// The second of the session that is drawn so many seconds from the left; for a pause, the last one before it. None
    /// before the first segment.
    pub(crate) fn position_at(&self, seconds: u32) -> Option<Position> {
        let mut before = self.segments.iter().rev();
        let placed = before.find(|placed| placed.left <= seconds)?;
        Some(Position {
            segment_index: placed.segment.index,
            offset_seconds: Offset((seconds - placed.left).min(placed.length)),
        })
    }

    /// How many seconds from the left a second of the session is drawn; none if its segment isn't.
    pub(crate) fn seconds_to(&self, position: Position) -> Option<u32> {
        let mut segments = self.segments.iter();
        let placed = segments.find(|placed| placed.segment.index == position.segment_index)?;
        Some(placed.left + position.offset_seconds.seconds().min(placed.seconds))
    }

    /// Where a range of time begins in the picture, and how wide it is, each as a share.
    pub(crate) fn band(&self, range: &TimeRange) -> Option<(String, String)> {
        let from = self.seconds_to(range.first)?;
        let to = self.seconds_to(range.last)?;
        Some((
            share(from, self.width),
            share(to.saturating_sub(from).max(1), self.width),
        ))
    }

    /// Where a moment stands in the picture: across and down, each as a share.
    fn place(&self, moment: &Moment) -> Option<(String, String)> {
        let placed = self
            .segments
            .iter()
            .find(|placed| placed.segment.index == moment.segment_index)?;
        let x = placed.left + moment.peak.seconds();
        let curve = placed.curve?;
        let value = curve.at(moment.peak.seconds()).min(self.top);
        Some((share(x, self.width), share(self.top - value, self.top)))
    }
}

/// A share of a whole in percent, to two places, without the machinery that prints fractions.
fn share(part: u32, whole: u32) -> String {
    let hundredths = u64::from(part) * 10_000 / u64::from(whole.max(1));
    let (percent, rest) = (hundredths / 100, hundredths % 100);
    let zero = if rest < 10 { "0" } else { "" };
    [&percent.to_string(), ".", zero, &rest.to_string(), "%"].concat()
}

#[cfg(test)]
mod tests;
