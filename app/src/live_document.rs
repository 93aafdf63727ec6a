//! How a document comes alive: the app renders parts of it once more, and puts them in the place of what the server wrote.
//!
//! Nothing is taken from the document but the page's data: extensions, translators and phones change what stands in it,
//! and an app that adopted those nodes would work on somebody else's. What people have under their hands meanwhile is
//! carried over, and nothing is replaced while a pointer or a key is down: `watchdog.js` knows.

use gloo_timers::callback::Timeout;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlDetailsElement, HtmlElement, HtmlInputElement};

/// The attribute of the document that says how the app is.
const APP: &str = "data-app";
/// The attribute of the document that is there while somebody is in the middle of something.
const HELD: &str = "data-held";
/// How often it is looked at, in milliseconds.
const LOOK_MS: u32 = 30;
/// After so many looks the app begins all the same: a key may stay down for ever, and the page is not live so long.
const MOST_LOOKS: u32 = 200;

/// A part of a page that is rendered twice: by the server, and by the app in its place.
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

    /// Puts it in the place of what the server wrote; a document without that place has no use for it.
    fn replace(self) {
        let (Some(written), Some(place)) = (document().get_element_by_id(self.id), element("div"))
        else {
            return;
        };
        place.set_id(self.id);
        place.set_class_name("through");
        let carried = Carried::from(&written);
        mount_to(place.clone(), move || self.view).forget();
        // It only fails where the written element stands nowhere.
        let _ = written.replace_with_with_node_1(&place);
        carried.put_into(&place);
    }
}

/// Renders these parts as soon as nobody is in the middle of something, and says that the app runs.
pub fn begin(render: impl FnOnce() -> Vec<Part> + 'static) {
    begin_after(MOST_LOOKS, render);
}

fn begin_after(looks: u32, render: impl FnOnce() -> Vec<Part> + 'static) {
    let Some(html) = document().document_element() else {
        return;
    };
    if looks > 0 && html.has_attribute(HELD) {
        Timeout::new(LOOK_MS, move || begin_after(looks - 1, render)).forget();
        return;
    }
    // What broke off before the app began may be the app.
    if html.get_attribute(APP).as_deref() == Some("died") {
        return;
    }
    let Some(root) = element("div") else {
        return;
    };
    // What the parts share belongs to a root that stands nowhere, and lives as long as the document.
    mount_to(root, move || render().into_iter().for_each(Part::replace)).forget();
    // From now on what is clicked is the app's. A document without a place for the mark works as well.
    let _ = html.set_attribute(APP, "runs");
}

fn element(name: &str) -> Option<HtmlElement> {
    document().create_element(name).ok()?.dyn_into().ok()
}

/// What somebody did to a part before it was replaced.
struct Carried {
    focus: Option<(Key, Option<(u32, u32)>)>,
    fields: Vec<(Key, Typed)>,
    open: Vec<Key>,
    scrolled: Vec<(Key, i32)>,
}

/// What was typed or ticked.
enum Typed {
    Text(String),
    Tick(bool),
}

/// An element of the page, in whichever of its two renderings: by its id, or as the n-th of its tag and class.
struct Key {
    selector: String,
    at: usize,
}

impl Key {
    fn of(element: &Element, part: &Element) -> Self {
        // Not by its property: a form whose field is called "id" answers with that field.
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
            // What can't be focused any more, or has no selection, stays as it is.
            let _ = element.focus();
            if let (Some((start, end)), Some(input)) =
                (selection, element.dyn_ref::<HtmlInputElement>())
            {
                let _ = input.set_selection_range(start, end);
            }
        }
    }
}

/// The elements of a part, of whatever depth, that a selector finds.
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

/// What a field holds, where that is not what the server put into it.
fn typed(field: &HtmlInputElement) -> Option<Typed> {
    match field.type_().as_str() {
        "checkbox" | "radio" => {
            let is_ticked = field.checked();
            (is_ticked != field.default_checked()).then_some(Typed::Tick(is_ticked))
        }
        "hidden" => None,
        _ => {
            let text = field.value();
            (text != field.default_value()).then_some(Typed::Text(text))
        }
    }
}

/// Types it again, so that whoever listens to the field hears of it.
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
        // It only fails for an event that is under way.
        let _ = field.dispatch_event(&event);
    }
}
