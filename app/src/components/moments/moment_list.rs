//! All moments for the staff, in the order that they choose.

use std::{borrow::Borrow, collections::HashMap, rc::Rc};

use leptos::ev;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::{
    moment_actions::{MomentActions, Progress, moment_or_control},
    moment_markup::ToldWith,
    moment_tools::MomentTools,
    order::{Arrangement, Kept, Order},
    selection::Selection,
    staff_markup::{StaffItem, staff_item},
};
use crate::{
    components::shared::{
        event_target::{MOMENT_ITEM, closest, moment_at},
        focus::{NOWHERE, go_on, keeping_focus},
        live_text::live_text,
        roving::{self, DOWN, Roving},
        rows::Rows,
        shortcuts,
    },
    domain::moments::moment::{Moment, MomentId},
    live::{page::feed::Feed, signals::views::*},
    words::{desk, moderation, moments as words},
};

/// The list, by its id.
const LIST: &str = "moment-list";
/// Its moments, whatever else somebody puts between them.
const ITEMS: &str = "#moment-list > [data-moment]";
/// What keeps the moments in their places: the focus of the keyboard, in the list or on the button that says how many are new.
const READ: &str = ".moment-list__kept :focus-visible";
/// What in a moment uses a click for itself.
const CONTROLS: &str = "a, button, input, select, textarea, label, form";

/// All moments, with the selected one highlighted. `children` stand beside the heading.
#[component]
pub fn MomentList(
    /// The live session.
    feed: Feed,
    /// Their order.
    #[prop(into)]
    order: Signal<Order>,
    /// What is selected.
    selection: Selection,
    /// What is being done with the moments.
    actions: MomentActions,
    /// The heading.
    #[prop(optional)]
    heading: Option<&'static str>,
    /// What stands beside it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    actions.use_release();
    // Whether a pointer is over the list, and how many moments are not in it meanwhile.
    let (is_pointed, unseen) = (StoredValue::new(false), RwSignal::new(0_usize));
    let leave = move || {
        is_pointed.set_value(false);
        actions.released.notify();
    };
    let count = Memo::new(move |_| feed.highlights.read().moments().count());
    let is_pending = Memo::new(move |_| feed.highlights.read().is_pending());
    let told_with = Memo::new(move |_| ToldWith::of(&feed.session.read()));
    let shown = move || u32::try_from(count.get()).unwrap_or(u32::MAX);
    let first = untrack(|| {
        let (highlights, told_with) = (feed.highlights.read(), told_with.read());
        let moments = order.get().of(&highlights);
        let rows = Items::default().rows(moments, &told_with, actions.progress());
        rows.concat()
    });
    let roving = StoredValue::new_local(Roving::default());
    let mark = move || {
        let selected = selection.id().and_then(element);
        roving.update_value(|roving| roving.mark(selected, ITEMS));
    };
    Effect::new(move |drawn: Option<Drawn>| {
        let mut drawn = drawn.unwrap_or_default();
        // Neither a pointer that comes nor a press draws the list again, so that what the press does is shown at once.
        actions.released.track();
        let (highlights, told_with) = (feed.highlights.read(), told_with.read());
        let kept = match (is_pointed.get_value(), document().query_selector(READ)) {
            (true, _) => Kept::List,
            (false, Ok(Some(_))) => Kept::Order,
            (false, _) => Kept::Nothing,
        };
        let (moments, new) = drawn.arrangement.arrange(&highlights, order.get(), kept);
        if unseen.get_untracked() != new {
            unseen.set(new);
        }
        let rows = drawn.items.rows(moments, &told_with, actions.progress());
        if !actions.is_held.get_value() {
            keeping_focus(moment_or_control, || {
                drawn
                    .rows
                    .change(|row, element| drawn.items.redraw(row, element));
                drawn.rows.draw_moved(LIST, rows);
                untrack(mark);
            });
        }
        drawn
    });
    Effect::new(move |_| mark());
    let on_click = move |event: ev::MouseEvent| {
        actions.clicked(&event);
        if closest(&event, CONTROLS).is_none()
            && let Some(moment) = closest(&event, MOMENT_ITEM)
        {
            toggle(selection, &moment);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        // It presses a button once it is let go, if that is still the same one.
        if event.key() == " " {
            actions.is_held.set_value(true);
        }
        let is_used = shortcuts::is_alone(&event, "Enter") || shortcuts::is_alone(&event, " ");
        if is_used
            && closest(&event, CONTROLS).is_none()
            && let Some(moment) = closest(&event, MOMENT_ITEM)
        {
            event.prevent_default();
            toggle(selection, &moment);
        } else if roving::step(&event, DOWN, ITEMS) {
            event.prevent_default();
        }
    };
    let on_focus = move |event: ev::FocusEvent| {
        if let Some(moment) = closest(&event, MOMENT_ITEM) {
            roving.update_value(|roving| roving.lead_to(Some(moment)));
        }
    };
    let show_new = move |event: ev::MouseEvent| {
        // As long as it has the focus, the moments keep their places. It can only fail for an element that can't be focused.
        let _ = event_target::<HtmlElement>(&event).blur();
        leave();
        go_on(NOWHERE, [ITEMS, "[tabindex='0']"].concat());
    };
    view! {
        <section class="panel moment-list" aria-labelledby="moments">
            <div class="moment-list__head">
                <h2 id="moments">
                    {heading.unwrap_or(words::HEADING)} " "
                    <span class="count" translate="no" inner_html=live_text(shown)></span>
                </h2>
                {children.map(|children| children())}
            </div>
            <p
                class="empty"
                hidden=move || count.get() != 0
                inner_html=live_text(move || match is_pending.get() {
                    true => words::PENDING,
                    false => words::NONE,
                })
            ></p>
            <div
                class="through moment-list__kept"
                on:pointerleave=move |_| leave()
                // It may be back by the next frame, in a moment that was drawn again.
                on:focusout=move |_| request_animation_frame(move || actions.released.notify())
            >
                <div class="new-pill-above">
                    <button
                        type="button"
                        class="new-pill new-pill--above"
                        hidden=move || unseen.get() == 0
                        on:click=show_new
                        inner_html=live_text(move || moderation::new_rows(unseen.get()))
                    ></button>
                </div>
                <ol
                    id=LIST
                    class="moments"
                    inner_html=first
                    on:pointerdown=move |_| actions.is_held.set_value(true)
                    // Not where the list only comes to lie under the pointer, as when a dialog closes.
                    on:pointermove=move |_| is_pointed.set_value(true)
                    on:click=on_click
                    on:change=move |event| actions.box_changed(&event)
                    on:keydown=on_key
                    on:focusin=on_focus
                ></ol>
            </div>
            <MomentTools feed actions />
        </section>
    }
    .into_any()
}

/// The switch between the orders.
#[component]
pub fn OrderSwitch(
    /// The order.
    order: RwSignal<Order>,
    /// Called with the name of the chosen one.
    #[prop(into)]
    on_choose: Callback<&'static str>,
) -> impl IntoView {
    let choices = Order::CHOICES.map(|(choice, name, label)| {
        view! {
            <button
                type="button"
                class="switch__choice"
                aria-pressed=move || if order.get() == choice { "true" } else { "false" }
                on:click=move |_| {
                    order.set(choice);
                    on_choose.run(name);
                }
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="switch needs-scripts" role="group" aria-label=desk::ORDER>
            {choices.into_iter().collect_view()}
        </div>
    }
    .into_any()
}

/// The list as it was last drawn.
#[derive(Default)]
struct Drawn {
    arrangement: Arrangement,
    items: Items,
    rows: Rows<Row>,
}

/// A moment as it is drawn.
#[derive(Clone, PartialEq, Eq)]
struct Row {
    id: MomentId,
    item: Rc<StaffItem>,
}

impl Borrow<str> for Row {
    fn borrow(&self) -> &str {
        &self.item.markup
    }
}

/// The moments as markup. There can be hundreds, of which few change at a time: only those are written again.
#[derive(Default)]
struct Items {
    told_with: ToldWith,
    written: HashMap<MomentId, Item>,
}

/// A moment, and what was written of it.
struct Item {
    moment: Moment,
    progress: Progress,
    row: Row,
}

impl Items {
    /// These moments, in their order.
    fn rows(
        &mut self,
        moments: Vec<&Moment>,
        told_with: &ToldWith,
        progress: impl Fn(MomentId) -> Progress,
    ) -> Vec<Row> {
        if self.told_with != *told_with {
            self.written.clear();
            self.told_with = told_with.clone();
        }
        let rows = moments.into_iter().map(|moment| {
            let progress = progress(moment.id);
            if let Some(known) = self.written.get(&moment.id)
                && known.moment == *moment
                && known.progress == progress
            {
                return known.row.clone();
            }
            let row = Row {
                id: moment.id,
                item: Rc::new(staff_item(moment, told_with, &progress)),
            };
            let item = Item {
                moment: moment.clone(),
                progress,
                row: row.clone(),
            };
            self.written.insert(moment.id, item);
            row
        });
        rows.collect()
    }

    /// Changes a moment in its place, if anything of it has changed since it was drawn.
    fn redraw(&self, row: &mut Row, element: &Element) {
        if let Some(Item { row: now, .. }) = self.written.get(&row.id)
            && now != row
        {
            now.item.redraw(&row.item, element);
            *row = now.clone();
        }
    }
}

fn toggle(selection: Selection, moment: &Element) {
    if let Some(id) = moment_at(moment) {
        selection.toggle(id);
        focus(moment);
    }
}

/// Focuses a moment of the list, which scrolls it into sight.
pub(crate) fn focus(moment: &Element) {
    if let Some(moment) = moment.dyn_ref::<HtmlElement>() {
        // It can only fail for an element that can't be focused.
        let _ = moment.focus();
    }
}

/// The element of a moment in the list.
pub(crate) fn element(id: MomentId) -> Option<Element> {
    document().get_element_by_id(&["moment-", &id.0.to_string()].concat())
}
