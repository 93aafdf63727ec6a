//! Start-up in the browser: the app renders parts of the document again, and replaces the server's markup with them.
//!
//! The app takes nothing from the document except the page's data: extensions, translators and phones change the document,
//! and an app that adopted those nodes would work on foreign markup. What the user has typed, ticked, opened, focused or
//! scrolled is carried over (what they chose in a `select` is not), and nothing is replaced while a pointer or a key is down, which `watchdog.js` tracks.

use gloo_timers::callback::Timeout;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlDetailsElement, HtmlElement, HtmlInputElement};

use crate::live::signals;

/// The document's attribute with the state of the app.
const APP: &str = "data-app";
/// The document's attribute that is set while a pointer or a key is down.
pub(crate) const HELD: &str = "data-held";
/// How often it is checked, in milliseconds.
const LOOK_MS: u32 = 30;
/// After this many checks the app starts anyway: a key may stay down forever, and the page is not live until then.
const MOST_LOOKS: u32 = 200;

/// A part of a page that is rendered twice: by the server, and by the app as its replacement.
pub struct Part {
    id: &'static str,
    view: AnyView,
}

impl Part {
    /// A part with the id of the element that holds it.
    pub fn new(id: &'static str, view: impl IntoView + 'static) -> Self {
        Self {
            id,
            view: view.into_any(),
        }
    }

    /// As the server writes it.
    pub fn written(self) -> impl IntoView {
        view! {
            <div id=self.id class="through">
                {self.view}
            </div>
        }
    }

    /// Replaces the server's markup; does nothing in a document without that element. Browser only.
    pub fn replace(self) {
        let (Some(written), Some(place)) = (document().get_element_by_id(self.id), element("div"))
        else {
            return;
        };
        place.set_id(self.id);
        place.set_class_name("through");
        let carried = Carried::from(&written);
        mount_to(place.clone(), move || self.view).forget();
        // Only fails if the element has no parent.
        let _ = written.replace_with_with_node_1(&place);
        carried.put_into(&place);
    }
}

/// Starts the app as soon as no pointer or key is down, and marks it as running.
pub fn begin(start: impl FnOnce() + 'static) {
    begin_after(MOST_LOOKS, start);
}

fn begin_after(looks: u32, start: impl FnOnce() + 'static) {
    let Some(html) = document().document_element() else {
        return;
    };
    if looks > 0 && html.has_attribute(HELD) {
        Timeout::new(LOOK_MS, move || begin_after(looks - 1, start)).forget();
        return;
    }
    // The script that failed before the app started may be the app itself.
    if html.get_attribute(APP).as_deref() == Some("died") {
        return;
    }
    signals::start(start);
    // From now on clicks belong to the app. It works without this mark too.
    let _ = html.set_attribute(APP, "runs");
}

fn element(name: &str) -> Option<HtmlElement> {
    document().create_element(name).ok()?.dyn_into().ok()
}

/// What the user did to a part before it was replaced.
struct Carried {
    focus: Option<(Key, Option<(u32, u32)>)>,
    fields: Vec<(Key, Typed)>,
    open: Vec<Key>,
    scrolled: Vec<(Key, i32)>,
}

/// Input that was typed or ticked.
enum Typed {
    Text(String),
    Tick(bool),
}

/// Identifies an element in both renderings of the page: by its id, or as the n-th of its tag and class.
struct Key {
    selector: String,
    at: usize,
}

impl Key {
    fn of(element: &Element, part: &Element) -> Self {
        // Not by its property: a form with a field named "id" returns that field.
        let selector = match (element.get_attribute("id"), element.class_list().item(0)) {
            (Some(id), _) => format!("[id='{id}']"),
            (_, Some(class)) => format!("{}.{class}", element.local_name()),
            (_, None) => element.local_name(),
        };
        let alike = elements(part, &selector);
        let at = alike.iter().position(|other| other == element);
        Self {
            selector,
            at: at.unwrap_or(0),
        }
    }

    fn find<T: JsCast>(&self, part: &Element) -> Option<T> {
        let found = elements(part, &self.selector).into_iter().nth(self.at)?;
        found.dyn_into().ok()
    }
}

impl Carried {
    fn from(part: &Element) -> Self {
        let key = |element: &Element| Key::of(element, part);
        let focused = document().active_element();
        let focused = focused.filter(|focused| part.contains(Some(focused)));
        let focus = focused.map(|focused| (key(&focused), selection(&focused)));
        let fields = elements(part, "input");
        let typed = |field: &Element| Some((key(field), typed(field.dyn_ref()?)?));
        let fields = fields.iter().filter_map(typed).collect();
        let open = elements(part, "details[open]").iter().map(key).collect();
        let all = elements(part, "*");
        let scrolled = all.iter().filter(|element| element.scroll_top() != 0);
        let scrolled = scrolled
            .map(|element| (key(element), element.scroll_top()))
            .collect();
        Self {
            focus,
            fields,
            open,
            scrolled,
        }
    }

    fn put_into(self, part: &Element) {
        for key in self.open {
            if let Some(details) = key.find::<HtmlDetailsElement>(part) {
                details.set_open(true);
            }
        }
        for (key, typed) in self.fields {
            if let Some(field) = key.find::<HtmlInputElement>(part) {
                retype(&field, typed);
            }
        }
        for (key, top) in self.scrolled {
            if let Some(element) = key.find::<Element>(part) {
                element.set_scroll_top(top);
            }
        }
        if let Some((key, selection)) = self.focus
            && let Some(element) = key.find::<HtmlElement>(part)
        {
            // Elements that can't be focused any more, or have no selection, are left alone.
            let _ = element.focus();
            if let (Some((start, end)), Some(input)) =
                (selection, element.dyn_ref::<HtmlInputElement>())
            {
                let _ = input.set_selection_range(start, end);
            }
        }
    }
}

/// The elements of a part, at any depth, that match a selector.
fn elements(part: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = part.query_selector_all(selector) else {
        return Vec::new();
    };
    let found = (0..found.length()).filter_map(|at| found.item(at));
    found.filter_map(|node| node.dyn_into().ok()).collect()
}

fn selection(focused: &Element) -> Option<(u32, u32)> {
    let input: &HtmlInputElement = focused.dyn_ref()?;
    let start = input.selection_start().ok()??;
    Some((start, input.selection_end().ok()??))
}

/// The content of a field, if it differs from what the server put there.
fn typed(field: &HtmlInputElement) -> Option<Typed> {
    match field.type_().as_str() {
        "checkbox" | "radio" => {
            let is_ticked = field.checked();
            (is_ticked != field.default_checked()).then_some(Typed::Tick(is_ticked))
        }
        // A slider may be elsewhere than the server put it only because its steps are.
        "hidden" | "range" => None,
        _ => {
            let text = field.value();
            (text != field.default_value()).then_some(Typed::Text(text))
        }
    }
}

/// Types it again, so that listeners on the field are notified.
fn retype(field: &HtmlInputElement, typed: Typed) {
    let kind = match typed {
        Typed::Text(text) => {
            field.set_value(&text);
            "input"
        }
        Typed::Tick(is_ticked) => {
            field.set_checked(is_ticked);
            "change"
        }
    };
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict(kind, &bubbles) {
        // Only fails for an event that is being dispatched.
        let _ = field.dispatch_event(&event);
    }
}
