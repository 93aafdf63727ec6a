//! Start-up in the browser: the app renders parts of the document again, and replaces the server's markup with them.
//!
//! The app takes nothing from the document except the page's data: extensions, translators and phones change the document,
//! and an app that adopted those nodes would work on foreign markup. What the user has typed, ticked, chosen, opened, focused
//! or scrolled is carried over (what has no name of its own is not), and nothing is replaced while a pointer or a key is down, which
//! `watchdog.js` tracks.

use gloo_timers::callback::Timeout;
use leptos::{mount::mount_to, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, EventInit, HtmlDetailsElement, HtmlElement, HtmlInputElement, HtmlSelectElement,
};

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
    focus: Option<(Name, Option<(u32, u32)>)>,
    fields: Vec<(Name, Typed)>,
    open: Vec<Name>,
    scrolled: Vec<(Name, i32)>,
}

/// Input that was typed, ticked or chosen.
enum Typed {
    Text(String),
    Tick(bool),
    Choice(String),
}

/// The selector of one element alone, in both renderings of the page.
type Name = String;

/// What names an element, and whatever is the only one of its kind in it.
const NAMED: &str = "[id], [data-id], [data-moment]";
/// Attributes that say which one an element is that has no id.
const TELLING: [&str; 5] = ["data-id", "data-moment", "data-key", "data-does", "value"];

/// The name of an element. None where others are called the same: the two renderings may differ in how many there are, and
/// what was done to one row is not to be done to another.
fn name(element: &Element, part: &Element) -> Option<Name> {
    let within = element.closest(NAMED).ok()??;
    let mut name = told(&within);
    if within != *element {
        name = [&name, " ", &told(element)].concat();
    }
    only::<Element>(part, &name).map(|_| name)
}

/// The id of an element, or else its tag, its first class and what tells of it, as a selector.
fn told(element: &Element) -> String {
    // Not by its property: a form with a field named "id" returns that field.
    if let Some(id) = element.get_attribute("id") {
        return ["[id='", &id, "']"].concat();
    }
    let mut told = element.local_name();
    if let Some(class) = element.class_list().item(0) {
        told += &[".", &class].concat();
    }
    for attribute in TELLING {
        if let Some(value) = element.get_attribute(attribute) {
            told += &["[", attribute, "='", &value, "']"].concat();
        }
    }
    told
}

/// What the selector finds, if that is one element.
fn only<T: JsCast>(part: &Element, selector: &str) -> Option<T> {
    let mut found = elements(part, selector);
    let last = found.pop().filter(|_| found.is_empty());
    last?.dyn_into().ok()
}

impl Carried {
    fn from(part: &Element) -> Self {
        let name = |element: &Element| name(element, part);
        let focused = document().active_element();
        let focused = focused.filter(|focused| part.contains(Some(focused)));
        let focus = focused.and_then(|focused| Some((name(&focused)?, selection(&focused))));
        let fields = elements(part, "input, select");
        let typed = |field: &Element| {
            let typed = match field.dyn_ref::<HtmlInputElement>() {
                Some(input) => typed(input)?,
                None => chosen(field.dyn_ref()?)?,
            };
            Some((name(field)?, typed))
        };
        let fields = fields.iter().filter_map(typed).collect();
        let open = elements(part, "details[open]");
        let open = open.iter().filter_map(name).collect();
        let all = elements(part, "*");
        let scrolled = all.iter().filter(|element| element.scroll_top() != 0);
        let scrolled = scrolled
            .filter_map(|element| Some((name(element)?, element.scroll_top())))
            .collect();
        Self {
            focus,
            fields,
            open,
            scrolled,
        }
    }

    fn put_into(self, part: &Element) {
        for name in self.open {
            if let Some(details) = only::<HtmlDetailsElement>(part, &name) {
                details.set_open(true);
            }
        }
        for (name, typed) in self.fields {
            if let Some(field) = only::<Element>(part, &name) {
                retype(&field, typed);
            }
        }
        for (name, top) in self.scrolled {
            if let Some(element) = only::<Element>(part, &name) {
                element.set_scroll_top(top);
            }
        }
        if let Some((name, selection)) = self.focus
            && let Some(element) = only::<HtmlElement>(part, &name)
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

/// What was chosen in a list, if it is another option than the server chose.
fn chosen(list: &HtmlSelectElement) -> Option<Typed> {
    let option = |selector| list.query_selector(selector).ok().flatten();
    let default = option("[selected]").or_else(|| option("option"));
    (option(":checked") != default).then(|| Typed::Choice(list.value()))
}

/// Types it again, so that listeners on the field are notified.
fn retype(field: &Element, typed: Typed) {
    let kind = match (typed, field.dyn_ref::<HtmlInputElement>()) {
        (Typed::Text(text), Some(input)) => {
            input.set_value(&text);
            "input"
        }
        (Typed::Tick(is_ticked), Some(input)) => {
            input.set_checked(is_ticked);
            "change"
        }
        (Typed::Choice(choice), _) if choose(field, &choice) => "change",
        _ => return,
    };
    let bubbles = EventInit::new();
    bubbles.set_bubbles(true);
    if let Ok(event) = Event::new_with_event_init_dict(kind, &bubbles) {
        // Only fails for an event that is being dispatched.
        let _ = field.dispatch_event(&event);
    }
}

/// Chooses the option with this value. Whether there is one.
fn choose(list: &Element, choice: &str) -> bool {
    let option = ["option[value='", choice, "']"].concat();
    let list = list.dyn_ref::<HtmlSelectElement>();
    let list = list.filter(|list| matches!(list.query_selector(&option), Ok(Some(_))));
    list.inspect(|list| list.set_value(choice)).is_some()
}
