//! The document around a page, which the server writes whole, with the page's data in it.
//!
//! Nothing in it is made for one answer alone: no nonce, no time of day, no order of chunks. So it can be kept as bytes.

use std::sync::{Arc, LazyLock};

use leptos::{prelude::*, reactive::owner::Owner};

use crate::{
    components::shared::{announcer::Announcer, live_text::escaped, not_running::NotRunning},
    embedded::DATA,
    json,
    pages::PageData,
    words::home::{DESCRIPTION, PRODUCT},
};

/// Knows from the first moment on whether the app runs: the comments of its source are left out.
static WATCHDOG: LazyLock<String> = LazyLock::new(|| {
    let lines = include_str!("watchdog.js").lines().map(str::trim);
    let code = lines.filter(|line| !line.starts_with("//"));
    code.collect::<Vec<_>>().join("\n")
});

/// The files of one build that a document loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assets {
    /// How pages look.
    pub style: Style,
    /// The bundle with the viewers' page alone: what most people load, on phones.
    pub viewer: Bundle,
    /// The bundle with all other pages.
    pub clips: Bundle,
    /// The port of the socket that tells pages to load anew while they are developed.
    pub reload_port: Option<u32>,
}

/// How pages look: one stylesheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Its address.
    pub address: String,
    /// Its text; none where it is read anew for every page, while it is developed.
    pub text: Option<Arc<str>>,
}

/// One build of the browser's half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The address of its JavaScript.
    pub script: String,
    /// The address of its WebAssembly.
    pub module: String,
}

/// What a document says of where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The files that it loads.
    pub assets: Assets,
    /// Whether people reach the server from other machines without encryption: the page then says so.
    pub is_plain_http: bool,
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
    /// The text of every inline script that a document can hold: a policy allows these and no others.
    pub fn inline_scripts(&self) -> Vec<String> {
        let scripts = [WATCHDOG.clone(), self.viewer.start(), self.clips.start()];
        scripts.into_iter().chain(self.reload()).collect()
    }

    /// The text of every inline stylesheet that a document can hold: a policy allows these and no others.
    pub fn inline_styles(&self) -> impl Iterator<Item = &str> {
        self.style.text.iter().map(AsRef::as_ref)
    }

    /// Loads the page anew when the developer's socket says so.
    fn reload(&self) -> Option<String> {
        let port = self.reload_port?;
        Some(format!(
            "new WebSocket(`ws://${{location.hostname}}:{port}/live_reload`).onmessage = () => location.reload();"
        ))
    }

    fn of(&self, page: &PageData) -> &Bundle {
        match page {
            PageData::Viewer(_) => &self.viewer,
            PageData::Home(_)
            | PageData::Privacy(_)
            | PageData::Control(_)
            | PageData::Moderate(_)
            | PageData::Error(_) => &self.clips,
        }
    }
}

/// A page as a whole document.
pub fn html(page: PageData, around: &Surroundings) -> String {
    // Whatever is reactive ends with this owner, after the last character was written.
    let mut html = Owner::new().with(|| shell(page, around).to_html());
    // Leptos marks the end of every node; behind the document there is nothing to be found.
    let end = html.trim_end_matches("<!>").len();
    html.truncate(end);
    html
}

fn shell(page: PageData, around: &Surroundings) -> impl IntoView + use<> {
    let assets = &around.assets;
    let style = style(&page, &assets.style);
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
                // A note with digits stays as it was typed, and no link to a telephone.
                <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
                <meta name="description" content=DESCRIPTION />
                // What chats show of a link.
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
                    href="/fonts/bricolage-grotesque-latin.woff2"
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

/// The stylesheet. The viewers' page carries it along: it is what people open on phones, once, and a slow network takes as
/// long for another file as for the page.
fn style(page: &PageData, style: &Style) -> AnyView {
    match (page, &style.text) {
        (PageData::Viewer(_), Some(text)) => {
            view! { <style inner_html=text.clone()></style> }.into_any()
        }
        (_, _) => view! { <link rel="stylesheet" href=style.address.clone() /> }.into_any(),
    }
}

/// A tag of the Open Graph protocol (https://ogp.me).
fn preview(property: &'static str, content: impl Into<String>) -> impl IntoView {
    leptos::html::meta()
        .attr("property", property)
        .content(content.into())
}

/// The page's data as the text of a script element: JSON that no markup can end, since every `<` in it is escaped.
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
