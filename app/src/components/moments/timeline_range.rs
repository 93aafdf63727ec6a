//! Selecting a range of time on the timeline: by dragging along it, or with two sliders for those who use the keyboard.

use leptos::{
    ev::{Event, PointerEvent},
    html,
};
use web_sys::HtmlInputElement;

use super::{live_picture::LivePicture, selection::Selection};
use crate::{
    components::shared::event_target::closest, domain::time_range::TimeRange,
    live::signals::views::*, words::desk,
};

/// A pointer that moves less than this, in pixels, clicks and doesn't drag.
const CLICK: f64 = 5.0;
/// How many steps a slider has.
const STEPS: u32 = 200;

/// Dragging along the timeline.
#[derive(Clone, Copy)]
pub(super) struct Drag {
    picture: LivePicture,
    selection: Selection,
    stage: NodeRef<html::Div>,
    /// Where the pointer went down and where it is, in pixels from the left edge of the window.
    dragged: RwSignal<Option<(f64, f64)>>,
}

/// Dragging, and the element that it happens in.
pub(super) fn use_drag(picture: LivePicture, selection: Selection) -> (NodeRef<html::Div>, Drag) {
    let stage = NodeRef::new();
    let drag = Drag {
        picture,
        selection,
        stage,
        dragged: RwSignal::new(None),
    };
    (stage, drag)
}

impl Drag {
    /// A pointer went down.
    pub(super) fn begins(self, event: &PointerEvent) {
        let is_primary = event.is_primary() && event.button() == 0;
        // A mark is a link.
        if is_primary && closest(event, "a").is_none() {
            let x = f64::from(event.client_x());
            self.dragged.set(Some((x, x)));
            if let Some(stage) = self.stage.get_untracked() {
                // It fails if the pointer is gone already.
                let _ = stage.set_pointer_capture(event.pointer_id());
            }
        }
    }

    /// It moved.
    pub(super) fn moves(self, event: &PointerEvent) {
        let x = f64::from(event.client_x());
        if let Some((from, to)) = self.dragged.get_untracked()
            && to != x
        {
            self.dragged.set(Some((from, x)));
        }
    }

    /// It went up.
    pub(super) fn ends(self) {
        if let Some(range) = untrack(|| self.range()) {
            self.selection.set_range(range);
        }
        self.breaks_off();
    }

    /// The browser took the pointer for something else.
    pub(super) fn breaks_off(self) {
        if self.dragged.get_untracked().is_some() {
            self.dragged.set(None);
        }
    }

    /// The range that is being dragged. Tracked.
    pub(super) fn range(self) -> Option<TimeRange> {
        let (from, to) = self.dragged.get()?;
        if (from - to).abs() < CLICK {
            return None;
        }
        let stage = self.stage.get_untracked()?.get_bounding_client_rect();
        self.picture.with_untracked(|timeline| {
            let at = |x: f64| {
                let share = ((x - stage.left()) / stage.width().max(1.0)).clamp(0.0, 1.0);
                timeline.position_at(seconds(share * f64::from(timeline.seconds())))
            };
            Some(TimeRange::between(at(from)?, at(to)?))
        })
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float as an integer is clamped, and this one is neither negative nor that large"
)]
fn seconds(at: f64) -> u32 {
    at as u32
}

/// The ends of a range after one of them was moved: it stops at the other one. Seconds from the left.
fn moved(end: End, to: u32, (first, last): (u32, u32)) -> (u32, u32) {
    match end {
        End::First => (to.min(last), last),
        End::Last => (first, to.max(first)),
    }
}

/// How far a slider goes with each key, of so many seconds.
fn step_of(width: u32) -> u32 {
    (width / STEPS).max(1)
}

/// Where a slider ends: it only stands at whole steps, and the last second must be one that it gets to.
fn most_of(width: u32) -> u32 {
    width.next_multiple_of(step_of(width))
}

/// An end of the range, each with a slider.
#[derive(Clone, Copy, Debug)]
enum End {
    First,
    Last,
}

/// The sliders. They take no room until one has the focus.
#[component]
pub fn TimelineRange(
    /// The timeline's picture.
    picture: LivePicture,
    /// What is selected.
    selection: Selection,
) -> impl IntoView {
    let width = Memo::new(move |_| picture.with(|timeline| timeline.seconds()));
    let ends = Memo::new(move |_| {
        let range = selection.range();
        picture.with(|timeline| {
            let end = |position| timeline.seconds_to(position);
            (
                range.and_then(|range| end(range.first)).unwrap_or(0),
                range
                    .and_then(|range| end(range.last))
                    .unwrap_or(timeline.seconds()),
            )
        })
    });
    let step = move || step_of(width.get());
    let most = move || most_of(width.get());
    let words = Memo::new(move |_| {
        let (from, to) = ends.get();
        picture.with(|timeline| {
            let segments = timeline.segments();
            let words = |at| {
                let position = timeline.position_at(at)?;
                Some(desk::second(position, segments))
            };
            (words(from), words(to))
        })
    });
    let set = move |from: u32, to: u32| {
        let range = picture
            .with_untracked(|timeline| timeline.position_at(from).zip(timeline.position_at(to)));
        if let Some((first, last)) = range {
            selection.set_range(TimeRange::between(first, last));
        }
    };
    let slide = move |event: Event, end: End| {
        let to = event_target_value(&event).parse().unwrap_or(0);
        let (first, last) = moved(end, to, ends.get_untracked());
        let stands_at = match end {
            End::First => first,
            End::Last => last,
        };
        // The picture may be drawn a little beyond what can be selected.
        let stands_at = picture.with_untracked(|timeline| {
            let position = timeline.position_at(stands_at);
            position.map_or(stands_at, |position| {
                timeline.seconds_to(position).unwrap_or(stands_at)
            })
        });
        if stands_at != to {
            // The range may be the same as before, and then nothing else moves the slider back.
            event_target::<HtmlInputElement>(&event).set_value(&stands_at.to_string());
        }
        set(first, last);
    };
    view! {
        <div class="timeline__range needs-scripts">
            <input
                type="range"
                aria-label=desk::RANGE_FROM
                aria-valuetext=move || words.get().0
                min="0"
                max=most
                step=step
                prop:value=move || ends.get().0.to_string()
                on:input=move |event| slide(event, End::First)
            />
            <input
                type="range"
                aria-label=desk::RANGE_TO
                aria-valuetext=move || words.get().1
                min="0"
                max=most
                step=step
                prop:value=move || ends.get().1.to_string()
                on:input=move |event| slide(event, End::Last)
            />
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_slider_reaches_the_last_second_with_its_last_step(width in 0_u32..100_000) {
            let (step, most) = (step_of(width), most_of(width));
            prop_assert_eq!(most % step, 0);
            prop_assert!(most >= width && most < width + step);
        }

        #[test]
        fn an_end_that_is_moved_stops_at_the_other_one(
            one in 0_u32..1_000,
            other in 0_u32..1_000,
            to in 0_u32..1_000,
        ) {
            let ends = (one.min(other), one.max(other));
            prop_assert_eq!(moved(End::First, to, ends), (to.min(ends.1), ends.1));
            prop_assert_eq!(moved(End::Last, to, ends), (ends.0, to.max(ends.0)));
            for end in [End::First, End::Last] {
                let (first, last) = moved(end, to, ends);
                prop_assert!(first <= last);
            }
        }
    }
}
