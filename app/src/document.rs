//! The HTML document around a page, which the server writes in full, with the page's data in it.
//!
//! Nothing in it is specific to one response: no nonce, no time of day, no order of chunks. It can therefore be cached as
//! bytes.

use std::sync::{Arc, LazyLock};

use leptos::{prelude::*, reactive::owner::Owner};

use crate::{
    components::shared::{announcer::Announcer, live_text::escaped, not_running::NotRunning},
    embedded::DATA,
    json,
    pages::PageData,
    script_text::without_comments,
    words::home::{DESCRIPTION, PRODUCT},
};

/// Tracks from the first moment whether the app runs.
static WATCHDOG: LazyLock<String> = LazyLock::new(|| without_comments(include_str!("watchdog.js")));

/// Registers the service worker, on the viewers' page alone.
static REGISTRATION: LazyLock<String> =
    LazyLock::new(|| without_comments(include_str!("offline/register.js")));

/// The files of one build that a document loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// The stylesheet.
    pub style: Style,
    /// The bundle with only the viewers' page, which is what most people load, on phones.
    pub viewer: Bundle,
    /// The bundle with the staff's pages.
    pub desk: Bundle,
    /// The bundle with the first page and others that belong to no session.
    pub start: Bundle,
    /// The port of the socket that tells pages to reload during development.
    pub reload_port: Option<u32>,
}

/// The stylesheet of all pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Its address.
    pub address: String,
    /// Its text; `None` during development, when it is read again for every page.
    pub text: Option<Arc<str>>,
}

/// One bundle of client code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The address of its JavaScript.
    pub script: String,
    /// The address of its WebAssembly.
    pub module: String,
}

/// What a document needs to know about its server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The files that it loads.
    pub assets: Assets,
    /// Whether other machines reach the server without encryption: the page then says so.
    pub is_plain_http: bool,
    /// Whether viewers' browsers are offered a page for when there is no connection.
    pub has_offline_page: bool,
}

impl Bundle {
    /// Starts the bundle. The same for every page that loads it, so that a policy can allow it by its hash.
    fn start(&self) -> String {
        let Self { script, module } = self;
        format!(
            "import start, {{ run }} from \"{script}\"; start({{ module_or_path: \"{module}\" }}).then(run)\
             .catch((error) => {{ dispatchEvent(new Event(\"appfailed\")); throw error; }});"
        )
    }
}

impl Assets {
    /// The text of every inline script that a document may contain: the policy allows these and no others.
    pub fn inline_scripts(&self) -> Vec<String> {
        let scripts = [
            WATCHDOG.clone(),
            REGISTRATION.clone(),
            self.viewer.start(),
            self.desk.start(),
            self.start.start(),
        ];
        scripts.into_iter().chain(self.reload()).collect()
    }

    /// The text of every inline stylesheet that a document may contain: the policy allows these and no others.
    pub fn inline_styles(&self) -> impl Iterator<Item = &str> {
        self.style.text.iter().map(AsRef::as_ref)
    }

    /// Reloads the page when the development socket says so.
    fn reload(&self) -> Option<String> {
        let port = self.reload_port?;
        Some(format!(
            "new WebSocket(`ws://${{location.hostname}}:{port}/live_reload`).onmessage = () => location.reload();"
        ))
    }

    fn of(&self, page: &PageData) -> &Bundle {
        match page {
            PageData::Viewer(_) => &self.viewer,
            PageData::Control(_) | PageData::Moderate(_) => &self.desk,
            PageData::Home(_) | PageData::Privacy(_) | PageData::Error(_) => &self.start,
        }
    }
}

/// Renders a page as a complete document.
pub fn html(page: PageData, around: &Surroundings) -> String {
    rendered(|| shell(page, around))
}

/// A document as text.
pub(crate) fn rendered<V: IntoView>(document: impl FnOnce() -> V) -> String {
    // Everything reactive ends with this owner, after the last character has been written.
    let mut html = Owner::new().with(|| document().to_html());
    // Leptos marks the end of every node; there is nothing to find after the document.
    let end = html.trim_end_matches("<!>").len();
    html.truncate(end);
    html
}

fn shell(page: PageData, around: &Surroundings) -> impl IntoView + use<> {
    let assets = &around.assets;
    let is_of_viewers = matches!(page, PageData::Viewer(_));
    let style = if is_of_viewers {
        stylesheet(&assets.style)
    } else {
        linked(&assets.style)
    };
    let registers = is_of_viewers && around.has_offline_page;
    let Bundle { script, module } = assets.of(&page).clone();
    let start = assets.of(&page).start();
    let (name, data, title) = (page.name(), in_script(&page), page.title());
    let manifest = format!("{}/manifest.webmanifest", page.path());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-plain-http=around.is_plain_http.then_some("")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="dark light" />
                <script inner_html=WATCHDOG.as_str()></script>
                // A note with digits stays as it was typed, and does not become a telephone link.
                <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
                <meta name="description" content=DESCRIPTION />
                // The preview that chat programs show for a link.
                {preview("og:type", "website")}
                {preview("og:site_name", PRODUCT)}
                {preview("og:title", title.clone())}
                {preview("og:description", DESCRIPTION)}
                // Leptos' own marks between texts would be read aloud here.
                <title inner_html=escaped(&title)></title>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <link
                    rel="preload"
                    href="/fonts/bricolage-grotesque-basic.woff2"
                    r#as="font"
                    r#type="font/woff2"
                    crossorigin="anonymous"
                />
                <link rel="manifest" href=manifest />
                {style}
                <link rel="modulepreload" href=script />
                <link
                    rel="preload"
                    href=module
                    r#as="fetch"
                    r#type="application/wasm"
                    crossorigin="anonymous"
                />
                <script type="application/json" id=DATA data-page=name inner_html=data></script>
                <script type="module" inner_html=start></script>
                {registers.then(|| view! { <script inner_html=REGISTRATION.as_str()></script> })}
                {assets.reload().map(|reload| view! { <script inner_html=reload></script> })}
            </head>
            <body>
                <NotRunning />
                {page.written()}
                <Announcer />
            </body>
        </html>
    }
}

/// The stylesheet, inline. The viewers' page carries it: people open it on phones, once, and on a slow network another file
/// takes as long as the page itself.
pub(crate) fn stylesheet(style: &Style) -> AnyView {
    match &style.text {
        Some(text) => view! { <style inner_html=text.clone()></style> }.into_any(),
        None => linked(style),
    }
}

/// The stylesheet as a file.
fn linked(style: &Style) -> AnyView {
    view! { <link rel="stylesheet" href=style.address.clone() /> }.into_any()
}

/// A tag of the Open Graph protocol (https://ogp.me).
fn preview(property: &'static str, content: impl Into<String>) -> impl IntoView {
    leptos::html::meta()
        .attr("property", property)
        .content(content.into())
}

/// The page's data as the text of a script element: JSON that no markup can end, because every `<` in it is escaped.
fn in_script(page: &PageData) -> String {
    let json = match page {
        PageData::Home(data) => json::write(data),
        PageData::Privacy(data) => json::write(data),
        PageData::Viewer(data) => json::write(data),
        PageData::Control(data) | PageData::Moderate(data) => json::write(data),
        PageData::Error(data) => json::write(data),
    };
    json.replace('<', "\\u003c")
}
